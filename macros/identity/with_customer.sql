{#-
    A relation of facts with two more columns as the identity map stands now: customer_id,
    and is_excluded, whether an exclusion rule says that this is no customer.

    Facts carry record_key and never customer_id, so that a merge rewrites a row of the
    map and not every event. `at` is the column that says when the fact happened. A fact
    without a record_key belongs to whoever had its device then: name the column of the
    device in `device`. A fact of a record that identity does not know has no customer.

    A model of materialization `sliced` names its unique_key in `by`, and in `reached_by`
    what else it joins the facts with, as for the macro `sliced`. By customer_id, only the
    facts of somebody are read; `until` then names the times of a fact, if the model leaves
    out what is later than core__as_of.
-#}
{% macro with_customer(relation, at, device=none, by=none, reached_by=[], until=none) -%}
{%- set map = ref('identity_map') -%}
{%- set owned = ['record_key', 'valid_from', 'valid_to', 'customer_id', 'is_excluded'] -%}
{%- set record = 'facts.record_key' -%}
{%- if device -%}
    {%- set record = 'coalesce(facts.record_key, facts.' ~ device ~ ')' -%}
{%- endif -%}
{%- if until -%}
    {%- set until = (ref('core__as_of'), 'as_of', until) -%}
{%- endif -%}
{%- if by == 'customer_id' -%}
    {%- set relation = customer360.sliced(
        relation,
        by,
        reached_by,
        through=(map, 'record_key', record | replace('facts.', '')),
        until=until
    ) -%}
    {%- set map = customer360.sliced(map, by, columns=owned) -%}
{%- elif by -%}
    {%- set relation = customer360.sliced(
        relation,
        by,
        [(map, 'record_key', record | replace('facts.', ''), {'columns': owned})]
        + reached_by
    ) -%}
{%- endif -%}
{%- set first_moment = "timestamp '0001-01-01'" -%}
{%- set last_moment = "timestamp '9999-12-31'" -%}
{%- set happened_at = 'coalesce(facts.' ~ at ~ ', ' ~ first_moment ~ ')' -%}
(
    select
        facts.*,
        map.customer_id,
        coalesce(map.is_excluded, false) as is_excluded

    from {{ relation }} as facts
    {{ 'inner' if by == 'customer_id' else 'left' }} join {{ map }} as map
        on
            {{ record }} = map.record_key
            and {{ happened_at }} >= coalesce(map.valid_from, {{ first_moment }})
            and {{ happened_at }} < coalesce(map.valid_to, {{ last_moment }})
)
{%- endmacro %}
