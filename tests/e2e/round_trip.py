"""What a loader keeps comes back as it was, and a load that fails leaves what was there.

Run in a repository: round_trip.py <loader>, with its source's variable set.
"""

import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path.cwd() / "src"))

from core import sql  # noqa: E402
from core.settings import settings  # noqa: E402
from core.sql_load import LoadError  # noqa: E402
from own_frames import loading, ours, own_schema  # noqa: E402

(name,) = sys.argv[1:]
load = loading(getattr(import_module(f"core.loaders.{name}"), name))
period, *dimensions = settings().kpi.grain
summer = datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
moments = [datetime(2026, 1, 5), datetime(2026, 1, 5, 23, 59, 59, 999999), datetime(2026, 1, 6)]
periods = [datetime(2026, 1, 5 + day) for day in range(3)]
frame = pl.DataFrame(
    {
        period: periods if period == "hour" else [each.date() for each in periods],
        **{each: ["a", "A", "ñ🙂 `\"'%:x"] for each in dimensions},
        "exact": [Decimal("12345678901234.56"), Decimal("0.10"), None],
        "big": [2**53 + 1, -(2**62), None],
        "value": [0.1 + 0.2, float("nan"), 1e-300],
        "moment": moments,
        "zoned": [summer, None, summer],
        "flag": [True, False, None],
        "note": ["x" * 1000, "", "日本語 🙂"],
    },
    schema_overrides={"exact": pl.Decimal(20, 2), "zoned": pl.Datetime("us", "Europe/Madrid")},
)
# the same keys in each row but the first dimension's: a database must tell `a` from `A`
if dimensions:
    frame = frame.with_columns(pl.col(period).first())
kept = frame.with_columns(
    pl.col("zoned").dt.convert_time_zone("UTC").dt.replace_time_zone(None),
    pl.col("value").fill_nan(None),
).sort("moment")


def read(condition: str) -> pl.DataFrame:
    query = f"select * from {name} where {condition}"
    rows = sql.read_sql(name, query, own_schema(pl.Schema(kept.schema)), date(2026, 1, 5), date(2026, 1, 6))
    return ours(rows).sort("moment")


load(frame)
load(frame)
assert read(":start < :end").equals(kept, null_equal=True), read(":start < :end")
# from the start on, and not at the end
assert read("moment >= :start and moment < :end").equals(kept.head(2)), "window"

twice = pl.concat([frame.head(1), frame.head(1)])
try:
    load(twice.with_columns(note=pl.lit("other")))
except LoadError:
    pass
else:
    raise AssertionError("two rows of one key were kept")
assert read(":start < :end").equals(kept, null_equal=True), "a load that failed left something"
print("kept")
