{#-
    Why a birth date, as text, cannot be taken as one: 'not a date', 'placeholder' (what
    forms and spreadsheets put where nothing was said), 'future' or 'too old' (nobody is
    known to have lived 123 years). Null when it can, and when nothing is stated.
-#}
{% macro birth_date_problem(column, format='%Y-%m-%d') -%}
{%- set born = customer360.cast_raw(column, 'date', format) -%}
case
    when nullif(trim({{ column }}), '') is null then null
    when {{ born }} is null then 'not a date'
    when
        {{ born }} in (
            date '0001-01-01', date '1753-01-01', date '1899-12-30',
            date '1899-12-31', date '1900-01-01', date '1970-01-01',
            date '9999-12-31'
        )
        then 'placeholder'
    when {{ born }} > current_date then 'future'
    when {{ born }} < current_date - interval 123 year then 'too old'
end
{%- endmacro %}
