with

fields as (

    select * from {{ ref('int_identity__match_fields') }}

)
{%- for field in match_fields().rarities %},

{{ field }}_shares as (

    select
        {{ field }},
        count(*) / sum(count(*)) over () as share
    from fields
    where {{ field }} is not null
    group by {{ field }}

)
{%- endfor %}

select
    {%- for field in match_fields().rarities %}
    {{ field }}_shares.share as {{ field }}_share,
    {%- endfor %}
    fields.*
from fields
{% for field in match_fields().rarities %}
left join {{ field }}_shares
    on fields.{{ field }} = {{ field }}_shares.{{ field }}
{% endfor %}
