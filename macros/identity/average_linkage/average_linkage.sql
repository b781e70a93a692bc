{#-
    Materialization: a table (record_key, entity_key, cluster_key, confidence) of the
    clusters that scored links make of entities. The rows of the model are (record_key, entity_key,
    other_entity_key, weight, is_forbidden): a row without an other_entity_key says of
    which entity a record is; one with it is what a comparison of two entities found.

    Clusters grow by average linkage: in each round those merge that are each other's
    best, as long as the mean weight over all pairs of their entities is at least
    `accept` and no pair is forbidden. A chain of weak links, which connected components
    would follow to its end, has a low mean. A pair that nobody compared counts
    `unseen_pair`. Both settings are in seeds/match_weights.csv.

    cluster_key is the lowest entity_key of the cluster; confidence is the probability
    of the weakest link on the way from the entity to the one that names the cluster.

    Config: `max_rounds` (default 100).
-#}
{% materialization average_linkage, default -%}
    {%- set settings = match_model().settings -%}
    {%- set rows = scratch_table('rows', sql) -%}
    {%- set members = merge_by_average(
        rows, settings.accept, settings.unseen_pair, config.get('max_rounds', 100)
    ) -%}

    {{ return(replace_relation('table', code=name_merged_records(rows, members))) }}
{%- endmaterialization %}
