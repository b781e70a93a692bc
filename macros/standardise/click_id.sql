{#-
    The id that an ad network puts into the links of its ads: Google Ads (gclid), Meta
    (fbclid), Microsoft (msclkid), TikTok (ttclid).
-#}
{% macro click_id(url) -%}
coalesce(
    {{ customer360.url_parameter(url, 'gclid') }},
    {{ customer360.url_parameter(url, 'fbclid') }},
    {{ customer360.url_parameter(url, 'msclkid') }},
    {{ customer360.url_parameter(url, 'ttclid') }}
)
{%- endmacro %}
