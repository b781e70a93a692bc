{#-
    Query: what the table of the current model holds: a digest of its columns, and a
    checksum of its rows. If slices were put in anew, it follows from what it was.
-#}
{% macro content_of_build() -%}
    {%- set fresh = customer360.slices().fresh -%}
    {%- if fresh -%}
    {%- set kept = "from ops.table_builds where table_schema = '" ~ this.schema
        ~ "' and table_name = '" ~ this.identifier ~ "'" -%}
    select
        (select layout {{ kept }}) as layout,
        (select checksum {{ kept }})
        + {{ customer360.checksum(fresh.after) }}
        - {{ customer360.checksum(fresh.before) }} as checksum
    {%- else -%}
    select
        md5(typeof((select _row from {{ this }} as _row limit 1))) as layout,
        {{ customer360.checksum(this) }} as checksum
    {%- endif -%}
{%- endmacro %}
