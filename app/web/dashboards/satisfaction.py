"""What customers say when asked: NPS, CSAT and CES with their n and interval."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from app.web.charts import ink, line_with_interval
from app.web.figures import (
    GOOD,
    NEUTRAL,
    count,
    duration,
    figure,
    nothing,
    percent,
    tiles,
)
from app.web.marts import rows

_SURVEYS = {
    "nps": "NPS, from -100 to 100: promoters (9, 10) less detractors (0 to 6), in %.",
    "csat": "CSAT: % satisfied, the top two of five boxes.",
    "ces": "CES: mean ease from 1 to 7.",
}
_OVER_TIME = """
select period_start, answer_count, cast(score as double) as score,
    cast(score_low as double) as score_low, cast(score_high as double) as score_high
from marts.satisfaction
where survey_type = ? and period = ? and rfm_segment = 'all' and channel = 'all'
order by period_start
"""
_BY_SEGMENT = """
select replace(rfm_segment, '_', ' ') as segment, answer_count,
    cast(score as double) as score, cast(score_low as double) as score_low,
    cast(score_high as double) as score_high
from marts.satisfaction
where
    survey_type = ? and period = 'year' and channel = 'all' and rfm_segment <> 'all'
    and period_start = (select max(period_start) from marts.satisfaction
        where survey_type = ? and period = 'year')
order by score desc
"""
_DRIVERS = """
select
    replace(driver, '_', ' ') || ': ' || driver_value as driver,
    answer_count,
    cast(difference as double) as difference,
    cast(difference_low as double) as difference_low,
    cast(difference_high as double) as difference_high,
    case when is_clear then 'clear' else 'may be chance' end as verdict
from marts.satisfaction_drivers
where survey_type = ?
order by difference
"""
_CLOSED_LOOP = """
select
    count(*) as low_answers,
    count(*) filter (where not is_contacted and customer_id is not null) as waiting,
    median(hours_to_contact) as hours,
    avg(cast(is_recovered as integer)) as recovered
from marts.closed_loop
"""


def page() -> None:
    """Show satisfaction in the release in use."""
    st.title("Satisfaction", anchor=False)
    kinds = rows("select distinct survey_type from marts.satisfaction")["survey_type"]
    if kinds.empty:
        nothing(
            "Nobody has answered a survey yet. Answers come from the survey tool and "
            "from ratings of tickets; Data quality says what arrived."
        )
        return
    _latest(kinds)
    survey = st.segmented_control(
        "Survey",
        [kind for kind in _SURVEYS if kind in set(kinds)],
        format_func=str.upper,
        default="nps" if "nps" in set(kinds) else kinds.iloc[0],
        required=True,
    )
    _over_time(survey)
    left, right = st.columns(2, gap="large")
    with left:
        _by_segment(survey)
    with right:
        _drivers(survey)
    _waiting()


def _latest(kinds: pd.Series) -> None:
    shown = []
    for kind in _SURVEYS:
        years = rows(_OVER_TIME, kind, "year")
        if kind not in set(kinds) or years.empty:
            continue
        last = years.iloc[-1]
        interval = (
            "interval unknown"
            if pd.isna(last["score_low"])
            else f"95% interval {last['score_low']:.1f} to {last['score_high']:.1f}"
        )
        shown.append(
            (
                f"{kind.upper()} (n = {count(last['answer_count'])})",
                f"{last['score']:.1f}",
                f"{_SURVEYS[kind]} Year {last['period_start']:%Y}, {interval}.",
            )
        )
    tiles(*shown)


def _over_time(survey: str) -> None:
    period = st.segmented_control(
        "Period", ["month", "quarter", "year"], default="month", required=True
    )
    figure(
        f"{survey.upper()} by {period}",
        rows(_OVER_TIME, survey, period),
        lambda r: line_with_interval(
            r,
            "period_start",
            "score",
            "score_low",
            "score_high",
            title=survey.upper(),
            number=".1f",
            tooltip=[alt.Tooltip("answer_count:Q", title="answers", format=",")],
        ),
        counts=f"{_SURVEYS[survey]} The band is the 95% interval: few answers, a wide "
        "band.",
        mart="satisfaction",
        empty=f"Nobody has answered a {survey.upper()} question in any {period}.",
    )


def _by_segment(survey: str) -> None:
    figure(
        f"{survey.upper()} by RFM segment, this year",
        rows(_BY_SEGMENT, survey, survey),
        lambda r: _dots(r, "segment", "score", survey.upper()),
        counts="Answers of the latest year by the RFM segment that the customer is in "
        "today, with 95% intervals.",
        mart="satisfaction",
        empty="No answer of this year can be laid to a segment.",
    )


def _drivers(survey: str) -> None:
    figure(
        f"What goes with {survey.upper()}",
        rows(_DRIVERS, survey),
        lambda r: _dots(r, "driver", "difference", "points above or below the others"),
        counts="Answers given under a circumstance compared with all others, with 95% "
        "intervals: what goes with the score, not what causes it.",
        mart="satisfaction_drivers",
        empty=f"Drivers are worked out for NPS and CSAT, and not for {survey.upper()}; "
        "or no circumstance has answers enough.",
    )


def _dots(found: pd.DataFrame, label: str, value: str, title: str) -> alt.LayerChart:
    base = alt.Chart(found).encode(
        y=alt.Y(f"{label}:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
        tooltip=[
            f"{label}:N",
            alt.Tooltip(f"{value}:Q", title=title, format=".1f"),
            alt.Tooltip(f"{value}_low:Q", title="from", format=".1f"),
            alt.Tooltip(f"{value}_high:Q", title="to", format=".1f"),
            alt.Tooltip("answer_count:Q", title="answers", format=","),
        ],
    )
    interval = base.mark_rule(strokeWidth=2, color=NEUTRAL).encode(
        x=alt.X(f"{value}_low:Q", title=title), x2=f"{value}_high:Q"
    )
    shade = (
        alt.Color(
            "verdict:N",
            title=None,
            scale=alt.Scale(domain=["clear", "may be chance"], range=[GOOD, NEUTRAL]),
            legend=alt.Legend(orient="top"),
        )
        if "verdict" in found
        else alt.Color()
    )
    dots = base.mark_circle(size=90, opacity=1).encode(x=f"{value}:Q", color=shade)
    chart = interval + dots
    if value == "difference":
        zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(
            strokeDash=[3, 3], color=ink()
        )
        chart += zero.encode(x="zero:Q")
    return chart.properties(height=alt.Step(26))


def _waiting() -> None:
    st.header("Unhappy, and who was called", anchor=False)
    st.caption(
        "Answers of detractors and of the dissatisfied, and whether anybody contacted "
        "them since. From `marts.closed_loop`."
    )
    loop = rows(_CLOSED_LOOP).iloc[0]
    if not loop["low_answers"]:
        nothing("No low answer so far: nobody needs a call.")
        return
    tiles(
        ("Low answers", count(loop["low_answers"]), "Detractors and dissatisfied."),
        (
            "Not called yet",
            count(loop["waiting"]),
            "Known customers whom nobody contacted since: the list to call is "
            "marts.closed_loop where not is_contacted.",
        ),
        (
            "Median to contact",
            duration(loop["hours"]),
            "From the answer to the first contact, of those who were contacted.",
        ),
        (
            "Recovered",
            percent(loop["recovered"]),
            "Of those who answered again, how many are no longer unhappy.",
        ),
    )
