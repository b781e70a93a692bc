{#- The attributes of the golden record by the group whose winning record states them. -#}
{% macro golden_attributes() -%}
    {{ return({
        'name': ['given_name', 'middle_name', 'family_name', 'full_name'],
        'birth_date': ['birth_date'],
        'gender': ['gender'],
        'address': ['street', 'city', 'region', 'postal_code', 'country_code'],
        'work': ['company', 'job_title', 'account_key'],
        'language': ['language'],
        'time_zone': ['time_zone'],
    }) }}
{%- endmacro %}
