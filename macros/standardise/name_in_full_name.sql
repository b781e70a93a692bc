{#-
    The given or the family name in a folded full name (see fold_name), which is all that
    some systems have: its first word and its last. Null where it is one word. Where
    families come first, whoever compares allows for names in the other order.
-#}
{% macro name_in_full_name(part, full_name) -%}
nullif(
        regexp_extract(
            {{ full_name }}, '{{ "^(\\S+) " if part == "given" else " (\\S+)$" }}', 1
        ),
        ''
    )
{%- endmacro %}
