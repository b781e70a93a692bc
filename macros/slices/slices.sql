{#-
    What is known of the slices of the model that is being built: its `inputs`, as
    `sliced` was told while the model was compiled, whether the build `is_whole`, and, if
    it is not, the rows before and after of the slices that it put in `fresh`.
-#}
{% macro slices() -%}
    {%- set models = graph.setdefault('customer360_slices', {}) -%}
    {{ return(models.setdefault(model.unique_id, {'inputs': {}, 'is_whole': true})) }}
{%- endmacro %}
