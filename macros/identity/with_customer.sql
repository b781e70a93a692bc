{#-
    A relation of facts with two more columns as the identity map stands now: customer_id,
    and is_excluded, whether an exclusion rule says that this is no customer.

    Facts carry record_key and never customer_id, so that a merge rewrites a row of the
    map and not every event. `at` is the column that says when the fact happened. A fact
    without a record_key belongs to whoever had its device then: name the column of the
    device in `device`. A fact of a record that identity does not know has no customer.

    A model of materialization `sliced` names its unique_key in `by`, and in `reached_by`
    what else it joins the facts with, as for the macro `sliced`.
-#}
{% macro with_customer(relation, at, device=none, by=none, reached_by=[]) -%}
{%- set map = ref('identity_map') -%}
{%- set record = 'facts.record_key' -%}
{%- if device -%}
    {%- set record = 'coalesce(facts.record_key, facts.' ~ device ~ ')' -%}
{%- endif -%}
{%- if by -%}
    {%- set relation = customer360.sliced(
        relation, by, [(map, 'record_key', record | replace('facts.', ''))] + reached_by
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
    left join {{ map }} as map
        on
            {{ record }} = map.record_key
            and {{ happened_at }} >= coalesce(map.valid_from, {{ first_moment }})
            and {{ happened_at }} < coalesce(map.valid_to, {{ last_moment }})
)
{%- endmacro %}
