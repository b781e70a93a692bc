{#-
    A relation that a model of materialization `sliced` reads by slices: rows for which
    `by`, an expression, has one value make the rows of the model with that value in its
    unique_key, alone. A build of what changed then reads these rows only; any other
    reads the relation whole, which is all that stands in the SQL.

    `reached_by` names what the rows are joined with, as (relation, its column, the
    expression that is joined to it): slices of rows that a change there reaches are
    built again as well.
-#}
{% macro sliced(relation, by, reached_by=[]) -%}
    {%- if not execute or model.resource_type != 'model' -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set marker = relation ~ ' /* by ' ~ by ~ ' */' -%}
    {%- do customer360.slices().inputs.update({marker: {
        'relation': relation, 'by': by, 'reached_by': reached_by,
    }}) -%}
    {{ return(marker) }}
{%- endmacro %}
