"""Prints what an extractor and a loader say of a database that is not as it should be.

Run in a repository: database_faults.py <extractor> <batched extractor> <loader> < a list of [address, what]
where `what` is nothing, `table`, `column` or `away`.
"""

import json
import os
import sys
from contextlib import suppress
from datetime import date
from importlib import import_module
from pathlib import Path

import polars as pl
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

sys.path.insert(0, str(Path.cwd() / "src"))

from core import sql_load  # noqa: E402
from own_frames import own, own_schema  # noqa: E402

DAYS = (date(2026, 1, 5), date(2026, 1, 6))
QUERIES = {
    "": "select 1 as n where :start < :end",
    "table": "select n from no_such_table where :start < :end",
    "column": "select no_such_column as n from numbers where :start < :end",
    "away": "select n from numbers where :start < :end",
}
# what reads by columns has a connection that nobody here sees: it ends its own
AWAY = "select n from numbers where :start < :end and pg_terminate_backend(pg_backend_pid())"
ROWS = own(pl.DataFrame({"day": [DAYS[0]], "channel": ["a"], "value": [1.0]}))
# the word itself, and as it stands in an address
SECRETS = ("a word", "a%20word", "a+word")
names = sys.argv[1:]
modules = [import_module(f"core.{group}.{name}") for group, name in zip(("extractors", "extractors", "loaders"), names, strict=True)]


def end_others(address: str) -> None:
    """What an administrator does, or a network."""
    with create_engine(address, isolation_level="AUTOCOMMIT").connect() as connection:
        if address.startswith("postgresql"):
            connection.execute(text("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"))
        else:
            for row in connection.execute(text("show processlist")).all():
                if row[0] != connection.execute(text("select connection_id()")).scalar() and row[3]:
                    # one that ended by itself is none to end
                    with suppress(OperationalError):
                        connection.execute(text(f"kill {row[0]}"))


def ending(address: str, run) -> None:
    """Ends the connection once it is in the middle: after its first statement."""

    def end(*_: object) -> None:
        event.remove(Engine, "after_cursor_execute", end)
        end_others(address)

    event.listen(Engine, "after_cursor_execute", end)
    run()


def said(address: str, what: str, run) -> str:
    os.environ["ARCHIVE_URL"] = address
    try:
        if what == "away":
            ending(address, run)
        else:
            run()
    except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
        chain = []
        each = error
        while each:
            chain.append(str(each))
            each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        return f"{type(error).__name__}: {error}" + (" SECRET" if any(each in "".join(chain) for each in SECRETS) else "")
    return "was done"


found = []
for address, what in json.load(sys.stdin):
    if what in ("away", "column"):
        with create_engine(address).begin() as connection:
            connection.execute(text("drop table if exists numbers"))
            connection.execute(text("create table numbers (n integer)"))
            connection.execute(text("insert into numbers values (1), (2), (3)"))
    told = []
    for module, name in zip(modules, names, strict=True):
        ends_itself = what == "away" and address.startswith("postgresql") and name != names[-1]
        query = AWAY if ends_itself else QUERIES[what]
        module.QUERY, module.SCHEMA, module.BATCH_ROWS = query, own_schema(pl.Schema({"n": pl.Int64()})), 1
        function = getattr(module, name)
        if name != names[-1]:
            told.append(said(address, "" if ends_itself else what, lambda function=function: function(*DAYS)))
        elif what in ("", "away"):
            told.append(said(address, what, lambda function=function: function(ROWS)))
    found.append(told)
print(json.dumps(found))
