{#-
    An e-mail address as it is delivered to: the mailbox of RFC 5322 (dot-atom, or what
    stands in <…>), within the lengths of RFC 5321, letters of any script (RFC 6531),
    lower case. Null when the text is no address. Quoted local parts are not accepted:
    no mail provider issues them, and forms that let them through let through mistakes.
-#}
{% macro clean_email(column) -%}
{%- set address -%}
lower(
    regexp_replace(
        regexp_replace(
            {{ customer360.normalise_unicode(column) }},
            '^.*<([^<>]*)>[^<>]*$',
            '\1'
        ),
        '^\s*(?i:mailto:)|[\s\p{Z}\x{200B}\x{FEFF}]+$|^[\s\p{Z}\x{200B}\x{FEFF}]+',
        '',
        'g'
    )
)
{%- endset -%}
{%- set valid -%}
case
    when
        length(_address) <= 254
        and strpos(_address, '@') <= 65
        and regexp_matches(
            _address,
            '^[\p{L}\p{N}!#$%&''*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&''*+/=?^_`{|}~-]+)*'
            || '@([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+'
            || '(\p{L}{2,}|xn--[a-z0-9-]+)$'
        )
        then _address
end
{%- endset -%}
{{ customer360.let('_address', address, valid) }}
{%- endmacro %}
