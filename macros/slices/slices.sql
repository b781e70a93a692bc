{#-
    What is known of the slices of the model that is being built: its `inputs`, as
    `sliced` was told while the model was compiled, and whether the build `is_whole`.
-#}
{% macro slices() -%}
    {%- set models = graph.setdefault('customer360_slices', {}) -%}
    {{ return(models.setdefault(model.unique_id, {'inputs': {}, 'is_whole': true})) }}
{%- endmacro %}
