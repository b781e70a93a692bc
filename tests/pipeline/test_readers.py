"""Readers of the release who never stop reading while releases are published."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

from orchestration.warehouse import PROJECT_ROOT
from tests.pipeline.small_releases import release_of

RELEASES = 12

# Opens the release anew for each reading, as tools do, and tells what it saw: which run
# the file says it is of, and how many customers it has and says it has.
READER = """
    import json, sys
    from pathlib import Path
    import duckdb

    current, stop = Path(sys.argv[1]), Path(sys.argv[2])
    seen, last = [], False
    while not last:
        last = stop.exists()  # and once more after it
        for name in ("customer360.duckdb", "customer360_masked.duckdb"):
            with duckdb.connect(str(current / name), read_only=True) as release:
                seen.append(
                    release.execute(
                        '''
                        select
                            run_id,
                            cast(row_counts ->> 'marts.customers' as bigint),
                            (select count(*) from marts.customers),
                            (select count(distinct customer_id) from marts.customers)
                        from marts._published
                        '''
                    ).fetchone()
                )
        if len(seen) == 2:
            print("reading", flush=True)
    print(json.dumps(seen))
"""


def test_who_reads_all_the_time_sees_whole_releases_in_their_order(
    data, tmp_path: Path
):
    """The newest three are kept, so what the reader opens is deleted meanwhile."""
    release_of(data, "run00", 100, 1)
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(READER),
            str(data.published / "current"),
            str(stop),
        ],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert reader.stdout
        assert reader.stdout.readline() == "reading\n"
        for number in range(1, RELEASES + 1):
            release_of(data, f"run{number:02d}", 100 + number, 1 + number)
        stop.touch()
        said, complaints = reader.communicate(timeout=60)
    finally:
        reader.kill()
    assert reader.returncode == 0, complaints
    seen = json.loads(said)
    assert all(
        stated == counted == different == 100 + int(run_id[3:])
        for run_id, stated, counted, different in seen
    )
    runs = [run_id for run_id, *_ in seen]
    assert runs == sorted(runs)
    assert (runs[0], runs[-1]) == ("run00", f"run{RELEASES}")
    assert len(set(runs)) > 3
