{#-
    What each record holds: one row per record and value. Where a group has a window, a
    value counts from its first sighting until window_days after its last.
-#}
{% macro hold_values(evidence) -%}
{%- set from = "coalesce(first_seen_at, timestamp '0001-01-01')" -%}
{%- set until = dbt.dateadd('day', 'window_days', 'last_seen_at') -%}
{%- set until = 'coalesce(' ~ until ~ ", timestamp '9999-12-31')" -%}
select
    record_seq as cluster,
    value_group,
    value_key,
    min(case when window_days is not null then {{ from }} end) as held_from,
    max(case when window_days is not null then {{ until }} end) as held_until

from {{ evidence }}
where value_group is not null
group by record_seq, value_group, value_key
{%- endmacro %}
