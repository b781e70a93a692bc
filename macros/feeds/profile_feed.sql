{#-
    The feed `profiles` of one kind of record: a row for each row of `relation`, every
    column of the contract, null where it is not stated. See _macros.yml.
-#}
{% macro profile_feed(
    relation, system, entity, record_id, columns, renamed={}, where='true'
) -%}
select
    {{ customer360.record_key(system, entity, record_id) }} as record_key,
    '{{ system }}' as source_system,
    '{{ entity }}' as entity,
    {{ record_id }} as record_id,
    {%- for name, data_type in customer360.feed_columns('profiles').items()
        if name not in ('record_key', 'source_system', 'entity', 'record_id') %}
    {%- if name in renamed %}
    {{ renamed[name] }} as {{ name }}
    {%- elif name in columns or name == 'source_row' %}
    {{ name }}
    {%- else %}
    cast(null as {{ data_type }}) as {{ name }}
    {%- endif %}{{ "," if not loop.last }}
    {%- endfor %}
from {{ relation }}
where {{ where }}
{%- endmacro %}
