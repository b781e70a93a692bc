{%- set rarities = match_fields().rarities -%}
with

fields as (

    select * from {{ ref('int_identity__match_fields') }}

),

totals as (

    select
        {%- for field in rarities %}
        count({{ field }}) as {{ field }}_count{{ ',' if not loop.last }}
        {%- endfor %}
    from fields

){% for field in rarities %},

{{ field }}_counts as (

    select
        {{ field }},
        count(*) as entity_count
    from fields
    group by {{ field }}

){% endfor %}

select
    fields.*,
    {%- for field in rarities %}
    {{ field }}_counts.entity_count / totals.{{ field }}_count
        as {{ field }}_share{{ ',' if not loop.last }}
    {%- endfor %}

from fields
cross join totals
{%- for field in rarities %}
left join {{ field }}_counts
    on fields.{{ field }} = {{ field }}_counts.{{ field }}
{%- endfor %}
