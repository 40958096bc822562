"""Prints how rows get into a table, compiled by a database's own dialect: compile_loads.py <address> <loader>.

Run in a repository that has a loader of each way; the one that is named merges by day and channel. Nothing is connected
to. Prints a line of JSON: how rows are put aside, and what each way tells the database then.
"""

import json
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import polars as pl
from sqlalchemy import Table, create_engine
from sqlalchemy.schema import CreateTable

sys.path.insert(0, str(Path.cwd() / "src"))

from core import sql_load, sql_scd2  # noqa: E402

WAYS = ["append", "replace", "replace_partitions", "delete_insert", "upsert", "insert_only", "scd2"]
FRAME = pl.DataFrame({"day": [date(2026, 1, 5)], "channel": ["a"], "value": [1.5]})
KEYS = ["day", "channel"]
dialect = create_engine(sys.argv[1]).dialect
# as a server of these days says when it is first asked
dialect.server_version_info = (16,)
if dialect.name == "mssql":
    dialect._setup_version_attributes()


def said(statement) -> str:
    return " ".join(str(statement.compile(dialect=dialect)).split())


def table_of(way: str) -> Table:
    table = sql_load.table_like(sys.argv[2], FRAME, "kept")
    return sql_scd2.with_validity(table) if way == "scd2" else table


def aside(table: Table) -> Table:
    name, options = sql_load._TEMPORARY.get(dialect.name, sql_load._PLAIN)
    staged = sql_load.beside(table, name, **options)
    if dialect.name == "mssql":
        sql_load.compare_as_database(staged)
    return staged


found = {}
for way in WAYS:
    table = table_of(way)
    staged = aside(table)
    strategy = getattr(import_module(f"core.sql_{way}"), way)
    found[way] = [said(each) for each in strategy(table, staged, [] if way == "replace" else KEYS, dialect.name)]
staged = aside(table_of("upsert"))
# a text that is no key, and may be long
noted = sql_scd2.with_validity(sql_load.table_like(sys.argv[2], FRAME.with_columns(note=pl.lit("x")).drop("value"), "kept"))
found["scd2_of_texts"] = [said(each) for each in sql_scd2.scd2(noted, aside(noted), KEYS, dialect.name)]
print(json.dumps({"aside": [said(CreateTable(staged)), said(staged.insert())], **found}))
