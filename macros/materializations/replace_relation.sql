{#- Builds the current model as a table or a view, in place of what bears its name. -#}
{% macro replace_relation(type) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if existing and existing.type == type -%}
        {%- call statement('drop') -%} drop {{ type }} {{ existing }} {%- endcall -%}
    {%- elif existing -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement('main', language=model['language']) -%}
        {%- if type == 'view' -%}
            {{ get_create_view_as_sql(target, compiled_code) }}
        {%- else -%}
            {{ create_table_as(False, target, compiled_code, model['language']) }}
        {%- endif -%}
    {%- endcall -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target, model) -%}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{%- endmacro %}
