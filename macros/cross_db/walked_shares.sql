{#-
    SQL of walks over a graph: a row (ended_in, removed, state, share) for every step, with
    the share of the walks that are in a state by then. `starts` has (ended_in, removed,
    state, share); `transitions` (ended_in, state, next_state, probability). What is led
    to `removed` is lost, and a share that is next to nothing goes no further. The body
    of a CTE `walks` after `with recursive`.
-#}
{% macro walked_shares(starts, transitions) -%}
    {{ return(adapter.dispatch('walked_shares', 'customer360')(starts, transitions)) }}
{%- endmacro %}

{% macro default__walked_shares(starts, transitions) -%}
    select * from {{ starts }}

    union all

    select
        walks.ended_in,
        walks.removed,
        transitions.next_state as state,
        sum(walks.share * transitions.probability) as share
    from walks
    inner join {{ transitions }} as transitions
        on
            walks.ended_in = transitions.ended_in
            and walks.state = transitions.state
            and walks.removed <> transitions.next_state
    where walks.share > 1e-12
    group by walks.ended_in, walks.removed, transitions.next_state
{%- endmacro %}

{#- Spark lets no recursion aggregate, so a row holds the shares of all states. -#}
{% macro spark__walked_shares(starts, transitions) -%}
    with recursive

    graphs as (

        select
            ended_in,
            collect_list(struct(state, next_state, probability)) as edges,
            collect_set(next_state) as states
        from {{ transitions }}
        group by ended_in

    ),

    steps as (

        select
            starts.ended_in,
            starts.removed,
            graphs.edges,
            graphs.states,
            map(starts.state, starts.share) as shares
        from {{ starts }} as starts
        inner join graphs on starts.ended_in = graphs.ended_in

        union all

        select
            ended_in,
            removed,
            edges,
            states,
            map_from_arrays(
                states,
                transform(states, next -> aggregate(
                    filter(edges, edge ->
                        edge.next_state = next
                        and edge.next_state <> removed
                        and shares[edge.state] > 1e-12
                    ),
                    cast(0 as double),
                    (total, edge) -> total + shares[edge.state] * edge.probability
                ))
            ) as shares
        from steps
        where exists(edges, edge -> shares[edge.state] > 1e-12)

    )

    select
        ended_in,
        removed,
        explode(shares) as (state, share)
    from steps
{%- endmacro %}
