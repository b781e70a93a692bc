{#-
    Materialization: a table (comparison, level, m, u, weight) of what agreement is worth
    in this data, by expectation maximisation (Dempster, Laird and Rubin 1977) from the
    trained weights on. The rows of the model are (pattern, pair_count, known_weight,
    entity_count, comparison, level): a row per level that the pairs of a pattern have,
    the setting matches_per_entity among them; known_weight is what does not change.

    In each round every pair is as likely a match as the weights of the round before say;
    m is the share of the matches that have the level, and matches_per_entity the number
    of matches. u, which is about pairs that are none, stays as it was trained. What was
    trained counts as `trained_matches` matches, so that a small table changes little.

    Config: `rounds` (default 10).
-#}
{% materialization expectation_maximisation, default -%}
    {%- set trained = scratch_table('trained', trained_weights(match_model())) -%}
    {%- set rows = scratch_table('rows', sql) -%}
    {%- set state = namespace(weights=trained) -%}
    {%- for round in range(1, config.get('rounds', 10) + 1) -%}
        {%- set state.weights = scratch_table(
            'weights_' ~ round, weights_of_matches(rows, state.weights, trained)
        ) -%}
    {%- endfor -%}

    {{ return(replace_relation(
        'table', code='select comparison, level, m, u, weight from ' ~ state.weights
    )) }}
{%- endmaterialization %}
