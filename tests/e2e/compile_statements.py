"""Prints what a database is told, compiled by its own dialect: compile_statements.py <address> <stage>.

Run in a repository. Nothing is connected to.
"""

import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import polars as pl
from sqlalchemy import Column, MetaData, Table, create_engine
from sqlalchemy.schema import CreateTable

sys.path.insert(0, str(Path.cwd() / "src"))

from core import sql  # noqa: E402

address, stage = sys.argv[1:]
extractor = import_module(f"core.extractors.{stage}")
# imports the driver, as a run would
dialect = create_engine(address).dialect
# as a server of these days says when it is first asked
dialect.server_version_info = (16,)
if dialect.name == "mssql":
    dialect._setup_version_attributes()
query = sql.typed(extractor.QUERY, extractor.SCHEMA, date(2026, 1, 31), date(2026, 2, 1))
compiled = query.compile(dialect=dialect)
print(compiled, compiled.params, sep="\n")
kinds = [pl.Datetime("us"), pl.Date(), pl.Decimal(20, 2), pl.Boolean(), pl.Int64(), pl.Float64(), pl.String()]
columns = [Column(f"c_{kind.base_type().__name__.lower()}", sql.sql_type(kind)) for kind in kinds]
print(CreateTable(Table("kept", MetaData(), *columns)).compile(dialect=dialect))
