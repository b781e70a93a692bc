{#- One decoded parameter of a URL's query (RFC 3986, + as a space); null if absent. -#}
{% macro url_parameter(url, name) -%}
    {{ return(adapter.dispatch('url_parameter', 'customer360')(url, name)) }}
{%- endmacro %}

{% macro default__url_parameter(url, name) -%}
nullif(
    url_decode(
        replace(regexp_extract({{ url }}, '[?&]{{ name }}=([^&#]*)', 1), '+', ' ')
    ),
    ''
)
{%- endmacro %}

{% macro spark__url_parameter(url, name) -%}
nullif(
    try_url_decode(
        replace(regexp_extract({{ url }}, '[?&]{{ name }}=([^&#]*)', 1), '+', ' ')
    ),
    ''
)
{%- endmacro %}
