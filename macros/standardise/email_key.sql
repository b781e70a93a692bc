{#-
    What two spellings of one mailbox have in common, for comparison only: Gmail ignores
    dots and everything after a plus (Gmail Help, answers 7436150 and 22370) and answers
    to googlemail.com too; for other domains only the plus tag (RFC 5233) is dropped.
-#}
{% macro email_key(column) -%}
{%- set local_part -%}
regexp_extract({{ column }}, '^([^+@]+)[^@]*@', 1)
{%- endset -%}
case
    when regexp_matches({{ column }}, '@(gmail|googlemail)\.com$')
        then replace({{ local_part }}, '.', '') || '@gmail.com'
    when regexp_matches({{ column }}, '^[^+@]+[^@]*@')
        then {{ local_part }} || regexp_extract({{ column }}, '@[^@]*$', 0)
    else {{ column }}
end
{%- endmacro %}
