{% macro record_build() -%}{%- endmacro %}
