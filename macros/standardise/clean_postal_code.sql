{#-
    A postal code as the country writes it (Universal Postal Union, addressing systems):
    US five digits, with the zeros that spreadsheets drop and without the +4; GB and CA
    with their one space; NL with a space before the letters; else upper case as written.
    Null for nothing but zeros.
-#}
{% macro clean_postal_code(column, country_column) -%}
{%- set written -%}
case
    when regexp_matches(_bare, '^0*$') then null
    when {{ country_column }} = 'US' and regexp_matches(_bare, '^[0-9]{6,9}$')
        then left(lpad(_bare, 9, '0'), 5)
    when {{ country_column }} = 'US' and regexp_matches(_bare, '^[0-9]{3,5}$')
        then lpad(_bare, 5, '0')
    when
        {{ country_column }} = 'GB'
        and regexp_matches(_bare, '^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$')
        then left(_bare, length(_bare) - 3) || ' ' || right(_bare, 3)
    when {{ country_column }} = 'CA' and regexp_matches(_bare, '^([A-Z][0-9]){3}$')
        then left(_bare, 3) || ' ' || right(_bare, 3)
    when {{ country_column }} = 'NL' and regexp_matches(_bare, '^[0-9]{4}[A-Z]{2}$')
        then left(_bare, 4) || ' ' || right(_bare, 2)
    else _code
end
{%- endset -%}
{{ customer360.let(
    '_code',
    'upper(' ~ customer360.clean_text(column) ~ ')',
    customer360.let(
        '_bare', "regexp_replace(_code, '[^A-Z0-9]', '', 'g')", written
    )
) }}
{%- endmacro %}
