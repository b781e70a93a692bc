{#-
    The checksum of a table's rows, in whatever order: the sum of their hashes, as
    MSet-Add-Hash of Clarke et al., Incremental Multiset Hash Functions (ASIACRYPT 2003).
    That of a union is the sum of both. A row is hashed twice: DuckDB combines the hashes
    of its columns by XOR, so that two rows which exchange a value would often cancel out.
-#}
{% macro checksum(relation) -%}
    (select cast(coalesce(sum(hash(hash(_row))), 0) as hugeint) from {{ relation }} as _row)
{%- endmacro %}
