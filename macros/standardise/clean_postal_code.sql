{#-
    A postal code as the country writes it (Universal Postal Union, addressing systems):
    US five digits, with the zeros that spreadsheets drop and without the +4; GB and CA
    with their one space; NL with a space before the letters; else upper case as written.
    Null for nothing but zeros.
-#}
{% macro clean_postal_code(column, country_column) -%}
{%- set code = "upper(" ~ customer360.clean_text(column) ~ ")" -%}
{%- set bare -%}
regexp_replace({{ code }}, '[^A-Z0-9]', '', 'g')
{%- endset -%}
case
    when regexp_matches({{ bare }}, '^0*$') then null
    when {{ country_column }} = 'US' and regexp_matches({{ bare }}, '^[0-9]{3,9}$')
        then
            case
                when length({{ bare }}) > 5 then left(lpad({{ bare }}, 9, '0'), 5)
                else lpad({{ bare }}, 5, '0')
            end
    when
        {{ country_column }} = 'GB'
        and regexp_matches({{ bare }}, '^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$')
        then left({{ bare }}, length({{ bare }}) - 3) || ' ' || right({{ bare }}, 3)
    when
        {{ country_column }} = 'CA'
        and regexp_matches({{ bare }}, '^([A-Z][0-9]){3}$')
        then left({{ bare }}, 3) || ' ' || right({{ bare }}, 3)
    when {{ country_column }} = 'NL' and regexp_matches({{ bare }}, '^[0-9]{4}[A-Z]{2}$')
        then left({{ bare }}, 4) || ' ' || right({{ bare }}, 2)
    else {{ code }}
end
{%- endmacro %}
