{#-
    One decoded parameter of a URL's query (RFC 3986, + as a space); null if absent. What
    does not decode to UTF-8, such as a Latin-1 fr%FChling, stays as it is written: one
    link of a stranger must not stop the build.
-#}
{% macro url_parameter(url, name) -%}
    {{ return(adapter.dispatch('url_parameter', 'customer360')(url, name)) }}
{%- endmacro %}

{% macro default__url_parameter(url, name) -%}
{{ customer360.let(
    '_written',
    "replace(regexp_extract(" ~ url ~ ", '[?&]" ~ name ~ "=([^&#]*)', 1), '+', ' ')",
    "nullif(coalesce(try(url_decode(_written)), _written), '')"
) }}
{%- endmacro %}

{% macro spark__url_parameter(url, name) -%}
{{ customer360.let(
    '_written',
    "replace(regexp_extract(" ~ url ~ ", '[?&]" ~ name ~ "=([^&#]*)', 1), '+', ' ')",
    "nullif(coalesce(try_url_decode(_written), _written), '')"
) }}
{%- endmacro %}
