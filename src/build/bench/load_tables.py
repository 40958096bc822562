"""Upserts 100,000 rows into 1,000,000, as a generated loader does and as one would by hand.

Run in a repository with the loader `kept`: load_tables.py <rounds>, with its source's variable set. Prints a line of JSON:
seconds of each, round by round. Every round half of the rows are there already, and all values are new.
"""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from sqlalchemy import make_url

sys.path.insert(0, str(Path.cwd() / "src"))

from core.loaders.kept import kept  # noqa: E402

BEFORE = 1_000_000
NEW = 100_000
ADDRESS = make_url(os.environ["WAREHOUSE_URL"])
COLUMNS = "day, channel, orders, value"
HAND = Callable[[pl.DataFrame], None]


def rows(start: int, count: int, mark: float) -> pl.DataFrame:
    number = pl.int_range(start, start + count, eager=True)
    first = date(2020, 1, 1)
    return pl.DataFrame(
        {
            "day": pl.Series([first + timedelta(days=n // 1000) for n in number]),
            "channel": "channel_" + (number % 1000).cast(pl.String),
            "orders": (number % 97).cast(pl.Float64),
            "value": number * 0.5 + mark,
        }
    )


def plain(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    return frame.with_columns(pl.col("day").cast(pl.String)).rows()


SQLITE = "insert into kept ({}) {} on conflict (day, channel) do update set orders = excluded.orders, value = excluded.value"
MARIADB = "insert into kept ({}) {} on duplicate key update orders = values(orders), value = values(value)"
STAGED = "create temporary table hand (day date, channel varchar(760) character set utf8mb4 collate utf8mb4_bin, orders double, value double)"


def sqlite_rows(frame: pl.DataFrame) -> None:
    with closing(sqlite3.connect(str(ADDRESS.database))) as database, database:
        database.executemany(SQLITE.format(COLUMNS, "values (?, ?, ?, ?)"), plain(frame))


def sqlite_staged(frame: pl.DataFrame) -> None:
    with closing(sqlite3.connect(str(ADDRESS.database))) as database, database:
        database.execute("create temporary table hand (day, channel, orders, value)")
        database.executemany("insert into hand values (?, ?, ?, ?)", plain(frame))
        database.execute(SQLITE.format(COLUMNS, "select * from hand where true"))


def postgresql(fill: Callable[[object, pl.DataFrame], None]) -> HAND:
    import psycopg

    def run(frame: pl.DataFrame) -> None:
        address = ADDRESS.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as database, database.cursor() as cursor:
            cursor.execute("create temporary table hand (day date, channel text, orders float8, value float8) on commit drop")
            fill(cursor, frame)
            cursor.execute(SQLITE.format(COLUMNS, "select * from hand"))

    return run


def copy_rows(cursor: object, frame: pl.DataFrame) -> None:
    with cursor.copy("copy hand from stdin") as copy:  # type: ignore[attr-defined]
        for row in frame.iter_rows():
            copy.write_row(row)


def copy_csv(cursor: object, frame: pl.DataFrame) -> None:
    with cursor.copy("copy hand from stdin (format csv)") as copy:  # type: ignore[attr-defined]
        copy.write(frame.write_csv(include_header=False))


def mariadb(staged: bool) -> HAND:
    import pymysql

    def run(frame: pl.DataFrame) -> None:
        with pymysql.connect(host=ADDRESS.host, port=ADDRESS.port or 3306, user=ADDRESS.username, password=ADDRESS.password or "", database=ADDRESS.database) as database, database.cursor() as cursor:
            if staged:
                cursor.execute(STAGED)
                cursor.executemany("insert into hand values (%s, %s, %s, %s)", frame.rows())
                cursor.execute(MARIADB.format(COLUMNS, "select * from hand"))
            else:
                cursor.executemany(MARIADB.format(COLUMNS, "values (%s, %s, %s, %s)"), frame.rows())
            database.commit()

    return run


def by_hand() -> dict[str, HAND]:
    match ADDRESS.get_backend_name():
        case "sqlite":
            return {"executemany": sqlite_rows, "temporary table": sqlite_staged}
        case "postgresql":
            return {"COPY by row": postgresql(copy_rows), "COPY of CSV": postgresql(copy_csv)}
        case _:
            return {"executemany": mariadb(False), "temporary table": mariadb(True)}


def seconds(run: Callable[[pl.DataFrame], object], frame: pl.DataFrame) -> float:
    started = time.perf_counter()
    run(frame)
    return time.perf_counter() - started


kept(rows(0, BEFORE, 0.0))
ways: dict[str, Callable[[pl.DataFrame], object]] = {"generated loader": kept, **by_hand()}
found: dict[str, list[float]] = {name: [] for name in ways}
end = BEFORE
# the first round warms up and is thrown away
for turn in range(int(sys.argv[1]) + 1):
    for name, run in ways.items():
        frame = rows(end - NEW // 2, NEW, turn + 1.0)
        end += NEW // 2
        spent = seconds(run, frame)
        if turn:
            found[name].append(spent)
print(json.dumps(found))
