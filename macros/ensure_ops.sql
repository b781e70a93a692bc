{% macro ensure_ops() -%}{%- endmacro %}
