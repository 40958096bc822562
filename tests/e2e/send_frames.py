"""Sends rows with the loaders of a repository: each line of the input is [loader, variables, days, columns left out].

Prints what came of each as a list of JSON.
"""

import json
import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path.cwd() / "src"))

from own_frames import loading  # noqa: E402

# the night on which 02:30 comes twice
MOMENTS = [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), None]


def rows(day: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "day": [date(2026, 1, day)] * 3,
            "channel": ["a", "ñ 😀 𝔘 \"'\\\n", None],
            "exact": [Decimal("1234567890123456789012345678.10"), Decimal("0.00"), None],
            "big": [2**53 + 1, -(2**62), None],
            "value": [0.1 + 0.2, float("nan"), None],
            "zoned": MOMENTS,
            "flag": [True, False, None],
        },
        schema_overrides={"exact": pl.Decimal(38, 2)},
    ).with_columns(pl.col("zoned").dt.convert_time_zone("Europe/Madrid"))


found = []
for name, variables, days, left_out in json.load(sys.stdin):
    os.environ.update(variables)
    load = loading(getattr(import_module(f"core.loaders.{name}"), name))
    frame = pl.concat([rows(1).clear(), *map(rows, days)]).drop(left_out)
    try:
        found.append({"sent": load(frame)})
    except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
        found.append({"error": type(error).__name__, "says": str(error)})
print(json.dumps(found))
