{#- Lower case with a capital at the start of each word: O'Brien, Jean-Luc, Ørsted. -#}
{% macro capitalise_words(column) -%}
    {{ return(adapter.dispatch('capitalise_words', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__capitalise_words(column) -%}
array_to_string(
    list_transform(
        regexp_extract_all(lower({{ column }}), '[\p{L}\p{M}]+|[^\p{L}\p{M}]+'),
        lambda part: upper(part[1]) || part[2:]
    ),
    ''
)
{%- endmacro %}

{% macro spark__capitalise_words(column) -%}
array_join(
    transform(
        regexp_extract_all(lower({{ column }}), '([\p{L}\p{M}]+|[^\p{L}\p{M}]+)', 1),
        part -> upper(substr(part, 1, 1)) || substr(part, 2)
    ),
    ''
)
{%- endmacro %}
