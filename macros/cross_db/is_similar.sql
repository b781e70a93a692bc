{#-
    Whether two short texts differ by a slip of the pen: Jaro-Winkler similarity (Winkler
    1990) of at least .88 where the engine has it, else one edit (Levenshtein 1966).
-#}
{% macro is_similar(one, other) -%}
    {{ return(adapter.dispatch('is_similar', 'customer360')(one, other)) }}
{%- endmacro %}

{% macro default__is_similar(one, other) -%}
    (levenshtein({{ one }}, {{ other }}) <= 1)
{%- endmacro %}

{% macro duckdb__is_similar(one, other) -%}
    (jaro_winkler_similarity({{ one }}, {{ other }}) >= 0.88)
{%- endmacro %}

{#- A function of Python (orchestration/spark/functions.py). -#}
{% macro spark__is_similar(one, other) -%}
    (winkler_similarity({{ one }}, {{ other }}) >= 0.88)
{%- endmacro %}
