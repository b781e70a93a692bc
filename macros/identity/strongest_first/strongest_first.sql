{#-
    Materialization: a table of links with the verdict on each, for records whose links
    would make customers that hold more than a rule allows. Links are added strongest
    first, and one whose union would break a limit is cut (Kruskal's algorithm under
    constraints).

    The model's rows are (component_key, record_seq, record_key, node_key, priority,
    times_seen, first_seen_at, last_seen_at, value_group, value_key, max_values,
    window_days, is_decision). A row with a node_key links the record to what shares the
    node; the strongest link to a node is by priority, then times_seen, first_seen_at,
    node_key and record_key, so that no order of arrival matters. A row with a
    value_group says that the record holds one of the values that are counted: a cluster
    may hold max_values of a group, within window_days if given. A link that
    is_decision yields to limits that are decisions alone.

    What a record or a decision holds in excess is kept: a union breaks a limit only if
    it holds more than either side did.

    Columns: record_key, node_key, holder_record_key (whose link to the node is the
    strongest), entity_key (the lowest record_seq of the cluster), is_cut, value_group
    and value_count (which limit would have been broken, with how many values),
    max_values.
-#}
{% materialization strongest_first, default -%}
    {%- set evidence = scratch_table('evidence', sql) -%}
    {%- set links = scratch_table('links', rank_links(evidence)) -%}
    {%- set solved = add_strongest_first(evidence, links) -%}

    {{ return(replace_relation('table', code=tell_verdicts(links, solved))) }}
{%- endmaterialization %}
