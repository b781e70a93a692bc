{#-
    A relation that a model of materialization `sliced` reads by slices: rows for which
    `by`, an expression, has one value make the rows of the model with that value in its
    unique_key, alone. A build of what changed then reads these rows only; any other
    reads the relation whole, which is all that stands in the SQL.

    `columns` narrows the relation to these: what changes in others reaches nothing.

    `through` is for rows that do not say themselves to which slice they belong, as
    (relation, its column, the expression of a row that is equal to it): `by` is then a
    column of that relation, which the model reads by slices as well.

    `until` is for rows that the model leaves out while they are later than a moment, as
    (relation, its column, expressions of a row's times): as the moment moves on, slices
    of the rows that it passes are built again.

    `reached_by` names what the rows are joined with, as (relation, its column, the
    expression that is joined to it): slices of rows that a change there reaches are
    built again as well. A fourth member may hold `columns` and `until` of that relation.
-#}
{% macro sliced(relation, by, reached_by=[], columns=[], through=none, until=none) -%}
    {%- if not execute or model.resource_type != 'model' -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set terms = ['by ' ~ by] -%}
    {%- do terms.append('of ' ~ columns | join(', ')) if columns -%}
    {%- do terms.append('through ' ~ through[2]) if through -%}
    {%- do terms.append('until ' ~ until[2] | join(', ')) if until -%}
    {%- set reaches = [] -%}
    {%- for reach in reached_by -%}
        {%- do reaches.append({
            'relation': reach[0], 'column': reach[1], 'expression': reach[2],
            'columns': [], 'until': none,
        }) -%}
        {%- do reaches[-1].update(reach[3]) if reach | length > 3 -%}
    {%- endfor -%}
    {%- set marker = relation ~ ' /* ' ~ terms | join(' ') ~ ' */' -%}
    {%- do customer360.slices().inputs.update({marker: {
        'relation': relation, 'by': by, 'reached_by': reaches, 'columns': columns,
        'through': through, 'until': until,
    }}) -%}
    {{ return(
        '(select ' ~ columns | join(', ') ~ ' from ' ~ marker ~ ')' if columns else marker
    ) }}
{%- endmacro %}
