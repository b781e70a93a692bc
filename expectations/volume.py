"""How many rows a batch should bring, learnt from the drops of its table before it.

Belongs here: the band and the two rules that hold a batch to it. Does not belong here:
when files come, which is freshness. Import this module lazily, as `rules.py`.
"""

from __future__ import annotations

from great_expectations.expectations.expectation import Expectation as Rule

from expectations.rules import no_rows

LEARNT_FROM = 28
"""Drops that a band is learnt from; of one weekday they span half a year."""

STOPS_FROM = 8
"""Drops of the same weekday without which a band only warns: two months of weeks."""

WARNS_FROM = 3
"""Drops without which there is no band: no median can be told from fewer."""

MADS = 5
"""Half the width of a band. Of normal counts 5 MADs, 3.4 standard deviations, leave out
one batch in 1,500; a batch that waits costs a person's time."""

LEAST_SHARE = 0.25
"""Half the width at least, of the median: a table whose size never changes has a MAD of
nothing, and may grow all the same."""

LEAST_ROWS = 10
"""Half the width at least, in rows: a quarter of a handful is no row at all."""

# A drop is what one batch brought of one day, so that a backfill of many days is many
# drops, none of them large. The first drop of a table holds the past and teaches
# nothing, and mended rows that come back from quarantine are no drop.
_DROPS = """
drops as (
    select
        files.dropped_on,
        files.batch_id,
        batches.status = 'accepted' as is_known,
        sum(files.rows_loaded) as row_count
    from ops.ingested_files as files
    inner join ops.batches as batches on files.batch_id = batches.batch_id
    where
        files.source_system = '{system}'
        and files.source_table = '{table}'
        and not contains(files.path, '.replay-')
        and (
            batches.status = 'accepted'
            or batches.batch_id = (select _batch_id from judged limit 1)
        )
    group by all
),
days as (
    select
        dropped_on,
        dropped_on - lag(dropped_on) over (order by dropped_on) as days_covered
    from (select distinct dropped_on from drops)
),
sized as (
    select drops.*, days.days_covered
    from drops
    inner join days on drops.dropped_on = days.dropped_on
    where days.days_covered is not null
)"""

# Every new drop against the drops of its weekday and, while these are few, of any.
_BANDS = """
compared as (
    select
        new.dropped_on,
        new.row_count,
        new.days_covered,
        weekdays.only_same,
        known.dropped_on as known_on,
        known.row_count as known_rows,
        known.days_covered as known_days
    from sized as new
    inner join sized as known on known.is_known
    inner join (values (true), (false)) as weekdays (only_same)
        on
            not weekdays.only_same
            or {is_snapshot}
            or dayofweek(new.dropped_on) = dayofweek(known.dropped_on)
    where not new.is_known
    qualify row_number() over (
        partition by new.dropped_on, weekdays.only_same
        order by known.dropped_on desc, known.batch_id desc
    ) <= {learnt_from}
),
learnt as (
    select
        dropped_on,
        row_count,
        only_same,
        count(*) as drop_count,
        min(known_on) as first_on,
        max(known_on) as last_on,
        median(known_rows) as usual,
        greatest(
            {mads} * mad(known_rows),
            {least_share} * median(known_rows),
            {least_rows}
        ) as half_width,
        case
            when {is_snapshot} then 1
            else greatest(1, days_covered / median(known_days))
        end as times_as_long
    from compared
    group by dropped_on, row_count, days_covered, only_same
),
bands as (
    select
        *,
        cast(greatest(0, ceil(usual - half_width)) as bigint) as lowest,
        cast(floor((usual + half_width) * times_as_long) as bigint) as highest,
        bool_or(only_same and drop_count >= {stops_from}) over (
            partition by dropped_on
        ) as is_certain
    from learnt
)"""

_OUTSIDE = """
select
    dropped_on,
    row_count as rows_found,
    lowest,
    highest,
    drop_count as learnt_from_drops,
    first_on as learnt_from_day,
    last_on as learnt_to_day,
    concat(
        'the drop of ', dayname(dropped_on), ' ', dropped_on, ' has ',
        format('{{{{:,}}}}', cast(row_count as bigint)), ' rows, where ',
        format('{{{{:,}}}}', lowest), ' to ', format('{{{{:,}}}}', highest),
        ' are usual by ', drop_count, ' drops',
        case when only_same and not {is_snapshot}
            then ' on ' || dayname(dropped_on) || 's'
            else ''
        end,
        ' from ', first_on, ' to ', last_on
    ) as said
from bands
where
    row_count not between lowest and highest
    and {judged_by}
order by dropped_on"""

_WHAT_TO_DO = (
    "Half an export, one sent twice, or the whole history in the place of a day: all "
    "of its rows may be well-formed. If the source really changed, accept the batch, "
    "and the band learns from it; if not, reject it and have the file sent again."
)


def usual_volume(system: str, table: str, *, is_snapshot: bool) -> list[Rule]:
    """Expect of every drop of a batch about as many rows as those before it had.

    Usual is the median ± 5 MADs of the last 28 accepted drops of the same weekday. The
    upper bound grows with the days since the drop before, where these are more than is
    usual. Snapshots are whole tables: they are compared with each other, whatever the
    weekday and however long ago.

    Args:
        system: source system of the batch.
        table: source table of the batch.
        is_snapshot: whether each drop is the whole table.

    Returns:
        A rule that stops, by what 8 or more drops of the weekday taught; and one that
        warns, where there are fewer, by 3 or more drops of any weekday.
    """

    def rule(judged_by: str, what: str, *, stops: bool) -> Rule:
        query = f"select * from (with {_DROPS}, {_BANDS} {_OUTSIDE}) as outside".format(
            system=system,
            table=table,
            is_snapshot=is_snapshot,
            learnt_from=LEARNT_FROM,
            stops_from=STOPS_FROM,
            mads=MADS,
            least_share=LEAST_SHARE,
            least_rows=LEAST_ROWS,
            judged_by=judged_by,
        )
        return no_rows(query, what, _WHAT_TO_DO, stops=stops)

    return [
        rule(
            f"only_same and drop_count >= {STOPS_FROM}",
            "the number of rows is usual",
            stops=True,
        ),
        rule(
            f"not only_same and drop_count >= {WARNS_FROM} and not is_certain",
            "the number of rows is usual, by the little history there is",
            stops=False,
        ),
    ]
