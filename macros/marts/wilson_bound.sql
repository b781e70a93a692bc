{#-
    The lower (`-`) or upper (`+`) end of the 95 % interval of a share, from 0 to 1, by
    the score method of Wilson (1927); null of none.
-#}
{% macro wilson_bound(sign, successes, trials) -%}
    ({{ successes }} + 1.920729 {{ sign }} 1.959964 * sqrt(
            {{ successes }} * (1 - {{ successes }} / nullif({{ trials }}, 0)) + 0.960365
        )) / (nullif({{ trials }}, 0) + 3.841459)
{%- endmacro %}
