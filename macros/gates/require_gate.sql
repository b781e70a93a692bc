{#-
    Pre-hook of the layers behind a gate: on `prod`, no model is built past a gate that
    has not passed since its layer was last rebuilt. Other commands are let through. The
    warehouse is asked once in an invocation: what one builds, nobody judges before it ends.
-#}
{% macro require_gate(layer) -%}
    {%- if execute and target.name == 'prod' and flags.WHICH in ('run', 'build') -%}
        {%- set known = graph.setdefault('customer360_closed_tables', {}) -%}
        {%- set question = (invocation_id, layer) -%}
        {%- if question not in known -%}
            {%- do known.update({question: customer360.closed_tables(layer)}) -%}
        {%- endif -%}
        {%- set closed = known[question] -%}
        {%- if closed -%}
            {%- set others = closed | length - 5 -%}
            {{ exceptions.raise_compiler_error(
                "gate " ~ layer ~ " has not passed for " ~ closed[:5] | join(', ')
                ~ (" and " ~ others ~ " more" if others > 0 else "")
                ~ ": run `c360 gate " ~ layer ~ "` to judge them and see why"
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
