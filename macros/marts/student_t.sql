{#-
    The 97.5 % quantile of Student's t: how many standard errors a 95 % interval reaches
    to each side. The expansion 26.7.5 of Abramowitz and Stegun (1964) about the normal
    quantile; off by less than 1 % from 2 degrees of freedom, below which it is null.
-#}
{% macro student_t(degrees) -%}
    case
        when {{ degrees }} >= 2
            then 1.959964
                + 2.372271 / {{ degrees }}
                + 2.822499 / power({{ degrees }}, 2)
                + 2.555850 / power({{ degrees }}, 3)
                + 1.589534 / power({{ degrees }}, 4)
    end
{%- endmacro %}
