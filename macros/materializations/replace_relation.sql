{#-
    Builds the current model as a table or a view, in place of what bears its name: from
    `code`, by default the model's own. A table that `is_tracked` is compared with the one
    before.
-#}
{% macro replace_relation(type, is_tracked=false, code=none) -%}
    {%- set code = code or compiled_code -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}
    {%- set before = none -%}
    {%- do customer360.slices().update({'fresh': none}) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if is_tracked and existing and existing.type == type -%}
        {%- set before = customer360.scratch_table('before', 'from ' ~ existing) -%}
    {%- endif -%}
    {%- if existing and existing.type == type -%}
        {%- call statement('drop') -%} drop {{ type }} {{ existing }} {%- endcall -%}
    {%- elif existing -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement('main', language=model['language']) -%}
        {%- if type == 'view' -%}
            {{ get_create_view_as_sql(target, code) }}
        {%- else -%}
            {{ create_table_as(False, target, code, model['language']) }}
        {%- endif -%}
    {%- endcall -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- if is_tracked or customer360.slices().digest -%}
        {%- call statement('log') -%}
            {%- if before and customer360.log_has_columns() %}
            {{ customer360.log_changes(before, target) }}
            {%- else %}
            {{ customer360.restart_log() }}
            {%- endif %}
            {{ customer360.log_inputs() if not is_tracked }}
        {%- endcall -%}
    {%- endif -%}
    {%- do persist_docs(target, model) -%}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{%- endmacro %}
