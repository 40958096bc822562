"""How much memory rows take that come out of a database in batches: run in a repository as staged_memory.py <extractor>
<database> <rows>, with the variable of its source set. Prints a line of JSON: how many of the rows are of one channel, and the
most memory that the process had, in MiB.
"""

import json
import sys
from datetime import date
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path.cwd() / "src"))

from core.sql_batches import staged_sql  # noqa: E402
from own_frames import frames, own_schema  # noqa: E402

# thousands of files; a dataset of Arrow remembers the metadata of each that it read, which is no row
BATCH_ROWS = 500 if frames is None else 5_000
SCHEMA = pl.Schema({"record_id": pl.Int64(), "channel": pl.String(), "note": pl.String()})
# so many numbers, each a row
NUMBERS = {
    "postgresql": "generate_series(1, {}) as numbers(i)",
    "mariadb": "(select seq as i from seq_1_to_{}) as numbers",
    "duckdb": "(select range as i from range({})) as numbers",
    "sqlite": "(with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) select i from n) as numbers",
}
LONG = "a note that makes rows wide enough to come in many parts, as a driver has them: " * 3


def grouped(stage: str, database: str, rows: int) -> int:
    channel = "case when i % 4 = 0 then 'web' else 'shop' end"
    query = f"select i as record_id, {channel} as channel, '{LONG}' as note from {NUMBERS[database].format(rows)} where :start < :end"
    with staged_sql(stage, query, own_schema(SCHEMA), date(2026, 1, 1), date(2026, 1, 2), batch_rows=BATCH_ROWS) as found:
        if frames is None:
            return found.group_by("channel").agg(pl.len(), pl.col("note").max()).filter(channel="web").collect(engine="streaming")["len"].item()
        import pyarrow.dataset as ds

        return found.to_table(columns=["channel"], filter=ds.field("channel") == "web").num_rows


def most_memory() -> float:
    """Of this process alone; what resource usage tells includes who started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(each for each in lines if each.startswith("VmHWM:")).split()[1]) / 1024


print(json.dumps({"rows": grouped(sys.argv[1], sys.argv[2], int(sys.argv[3])), "peak": most_memory()}))
