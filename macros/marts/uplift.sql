{#-
    What each arm of an experiment did more than its control, on average, with the 95 %
    interval of two independent means (Welch). `people` has one row per person with
    experiment, arm, is_control and the outcomes: numbers, 1 or 0 for a rate.
-#}
{% macro uplift(people, outcomes) -%}
(
    with

    figures as (

        {%- for outcome in outcomes %}
        select
            experiment,
            is_control,
            case when not is_control then arm end as arm,
            '{{ outcome }}' as outcome,
            count(*) as person_count,
            avg(cast({{ outcome }} as double)) as mean,
            var_samp(cast({{ outcome }} as double)) / count(*) as squared_error
        from {{ people }}
        group by experiment, is_control, case when not is_control then arm end
        {%- if not loop.last %}

        union all
        {% endif %}
        {%- endfor %}

    )

    select
        arms.experiment,
        arms.arm,
        arms.outcome,
        arms.person_count,
        controls.person_count as control_person_count,
        arms.mean,
        controls.mean as control_mean,
        arms.mean - controls.mean as uplift,
        1.96 * sqrt(arms.squared_error + controls.squared_error) as half_width
    from figures as arms
    inner join figures as controls
        on
            arms.experiment = controls.experiment
            and arms.outcome = controls.outcome
            and controls.is_control
    where not arms.is_control
)
{%- endmacro %}
