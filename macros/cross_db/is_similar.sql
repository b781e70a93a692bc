{#-
    Whether two short texts differ by a slip of the pen: Jaro-Winkler similarity (Winkler
    1990) of at least .88. On Spark a function of Python says it
    (orchestration/spark/functions.py): its own counts half transpositions.
-#}
{% macro is_similar(one, other) -%}
    {{ return(adapter.dispatch('is_similar', 'customer360')(one, other)) }}
{%- endmacro %}

{% macro default__is_similar(one, other) -%}
    (jaro_winkler_similarity({{ one }}, {{ other }}) >= 0.88)
{%- endmacro %}

{% macro spark__is_similar(one, other) -%}
    (winkler_similarity({{ one }}, {{ other }}) >= 0.88)
{%- endmacro %}
