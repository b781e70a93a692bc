{#-
    The records whose component a change may reach, as slice_key: those that it names, and
    all of the components that these were of. Whatever joins two of the others was there
    before and holds them in a component that is none of these.
-#}
{% macro reached_components(target, records, key) -%}
select slice_key
from {{ records }}

union

select members.record_key as slice_key
from {{ target }} as members
inner join (
    select distinct components.{{ key }}
    from {{ target }} as components
    inner join {{ records }} as records on components.record_key = records.slice_key
) as reached on members.{{ key }} = reached.{{ key }}
{%- endmacro %}
