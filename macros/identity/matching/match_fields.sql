{#-
    What the rules of matching may name: the columns of int_identity__match_profiles, and
    those of them (`rarities`) of which it also says how many entities share the value.
-#}
{% macro match_fields() -%}
    {{ return({
        'all': [
            'given_name', 'family_name', 'both_names', 'given_forms', 'given_initial',
            'given_start', 'family_start', 'birth_date', 'birth_year', 'birthday',
            'street', 'city', 'postal_code', 'email', 'email_user',
            'email_of_name', 'phone',
            'gender', 'occupation',
        ],
        'rarities': [
            'given_name', 'family_name', 'birth_date', 'street', 'postal_code', 'city',
            'email', 'email_user', 'occupation',
        ],
    }) }}
{%- endmacro %}
