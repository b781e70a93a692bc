{#-
    SQL as Spark spells it, for what has one name on DuckDB and another on Spark. All that
    becomes a table or a view on Spark goes through here, so that models use the names of
    DuckDB; what differs in more than its name has a macro beside this.
-#}
{% macro spark_sql(sql) -%}
    {%- set spelt = namespace(sql=sql) -%}
    {%- for pattern, spark in [
        ('\\bas (varchar|json)\\)', 'as string)'),
        ('\\bregexp_matches\\(', 'regexp_like('),
        ('\\bstarts_with\\(', 'startswith('),
        ('\\bstrpos\\(', 'instr('),
        ('\\bexclude \\(', 'except ('),
        (",\\s*'g'\\s*\\)", ')'),
        ("'\\\\(\\d)'", "'$\\1'"),
        ('\\\\p\\{(Latin|Common|Inherited|Cyrillic|Greek)\\}', '\\\\p{Is\\1}'),
    ] -%}
        {%- set spelt.sql = modules.re.sub(pattern, spark, spelt.sql) -%}
    {%- endfor -%}
    {#- Spark takes a backslash in a text for the start of a character's code. -#}
    {{ return(spelt.sql | replace('\\', '\\\\')) }}
{%- endmacro %}
