"""Gives the rows that a Python repository computes from raw records: compute_kpi.py <repository> <kpi> <file>."""

import importlib
import json
import sys
from pathlib import Path

import polars as pl

repository, kpi, file = sys.argv[1:]
sys.path.insert(0, str(Path(repository, "src")))

frames: dict[str, pl.DataFrame] = {}
for name, rows in json.loads(Path(file).read_text(encoding="utf-8")).items():
    schema = importlib.import_module(f"core.extractors.{name}").SCHEMA
    read = {column: pl.String if kind.is_temporal() else kind for column, kind in schema.items()}
    frames[name] = pl.DataFrame(rows, schema=read).with_columns(
        pl.col(column).str.to_datetime(time_unit="us") for column, kind in schema.items() if kind.is_temporal()
    )

pipeline = getattr(importlib.import_module(f"core.pipelines.{kpi}"), kpi)
print(json.dumps(pipeline(**frames).rows(named=True), default=lambda value: value.isoformat()))
