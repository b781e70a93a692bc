{% macro require_gate(layer) -%}{%- endmacro %}
