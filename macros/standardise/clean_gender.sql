{#- female, male or other, from the words and letters forms use; null when not said. -#}
{% macro clean_gender(column) -%}
case
    when
        lower(trim({{ column }})) in (
            'f', 'female', 'woman', 'w', 'weiblich', 'frau', 'femme', 'mujer',
            'femenino', 'donna', 'vrouw', 'kvinna', '2'
        )
        then 'female'
    when
        lower(trim({{ column }})) in (
            'm', 'male', 'man', 'männlich', 'mann', 'herr', 'homme', 'hombre',
            'masculino', 'uomo', '1'
        )
        then 'male'
    when
        lower(trim({{ column }})) in (
            'x', 'd', 'divers', 'diverse', 'other', 'nonbinary', 'non-binary',
            'non binary', '9'
        )
        then 'other'
end
{%- endmacro %}
