{#-
    A UTC timestamp as clocks showed it in a time zone (a name of the IANA database);
    null for a zone that is not known.
-#}
{% macro local_time(timestamp, time_zone) -%}
    {{ return(adapter.dispatch('local_time', 'customer360')(timestamp, time_zone)) }}
{%- endmacro %}

{% macro default__local_time(timestamp, time_zone) -%}
case
    when {{ time_zone }} in (select name from pg_timezone_names())
        then ({{ timestamp }} at time zone 'UTC') at time zone {{ time_zone }}
end
{%- endmacro %}

{% macro spark__local_time(timestamp, time_zone) -%}
case
    when is_time_zone({{ time_zone }})
        then convert_timezone('UTC', {{ time_zone }}, {{ timestamp }})
end
{%- endmacro %}
