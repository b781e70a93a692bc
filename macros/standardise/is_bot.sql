{#-
    Whether a user agent is that of a machine, by the patterns of bot_user_agents. The
    subquery is evaluated once per distinct value of the column, so let it be a plain
    one, not a field of a struct. Models that use it list ref('bot_user_agents') in the
    inputs of their unit tests.
-#}
{% macro is_bot(user_agent) -%}
exists (
    select _bots._pattern
    from (
        select pattern as _pattern
        from {{ ref('bot_user_agents') }}
    ) as _bots
    where regexp_matches(lower({{ user_agent }}), _bots._pattern)
)
{%- endmacro %}
