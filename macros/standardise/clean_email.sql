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
case
    when
        length({{ address }}) <= 254
        and regexp_matches(
            {{ address }},
            '^[\p{L}\p{N}!#$%&''*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&''*+/=?^_`{|}~-]+)*'
            || '@([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+'
            || '(\p{L}{2,63}|xn--[a-z0-9-]{2,59})$'
        )
        and regexp_matches({{ address }}, '^.{1,64}@')
        then {{ address }}
end
{%- endmacro %}
