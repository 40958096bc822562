"""How much memory an extractor takes that reads a lake in batches: run in a repository as lake_memory.py fill <extractor>
<form> <files>, then lake_memory.py read <extractor> <form>, with the variable of its source set. Prints a line of JSON: the
rows that were there, and the most memory that the process had, in MiB.
"""

import json
import os
import sys
from datetime import date, datetime
from importlib import import_module
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path.cwd() / "src"))

from core.lake_batches import staged_lake  # noqa: E402
from own_frames import frames, own_schema  # noqa: E402

FILE_ROWS = 25_000
BATCH_ROWS = 20_000
DAYS = (date(2026, 1, 1), date(2026, 1, 2))
# one column of each type that a text has to be read as
SCHEMA = pl.Schema({"record_id": pl.String(), "occurred_at": pl.Datetime("us"), "day": pl.Date(), "flag": pl.Boolean(), "amount": pl.Float64(), "note": pl.String()})


def fill(stage: str, form: str, files: int) -> None:
    for at in range(files):
        n = pl.int_range(at * FILE_ROWS, (at + 1) * FILE_ROWS, eager=True).alias("n").to_frame()
        moment = pl.lit(datetime(2026, 1, 1, 8)).cast(pl.Datetime("us"))
        text = pl.format("record {} of many that do not fit", "n")
        rows = n.select(record_id=text, occurred_at=moment, day=moment.dt.date(), flag=pl.col("n") % 3 == 0, amount=pl.col("n") * 0.5, note=text)
        place = Path(os.environ["AT_FOLDER_URI"], stage)
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"{at:03}.{form}"
        if form == "delta":
            rows.write_delta(str(place), mode="append")
        elif form == "parquet":
            rows.write_parquet(file)
        elif form == "csv":
            rows.write_csv(file)
        else:
            rows.write_ndjson(file)


def read(stage: str, form: str) -> int:
    module = import_module(f"core.extractors.{stage}")
    where = module.TABLE if form == "delta" else module.FILES
    with staged_lake(getattr(module, form.upper()), stage, where, own_schema(SCHEMA), *DAYS, batch_rows=BATCH_ROWS) as rows:
        return rows.select(pl.len()).collect().item() if frames is None else rows.count_rows()


def most_memory() -> float:
    """Of this process alone; what resource usage tells includes who started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(each for each in lines if each.startswith("VmHWM:")).split()[1]) / 1024


if sys.argv[1] == "fill":
    fill(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    print(json.dumps({"rows": read(sys.argv[2], sys.argv[3]), "peak": most_memory()}))
