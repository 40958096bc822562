"""What holds for every loader of a table: run in a repository as load_suite.py <loader>..., with their
source's variable set. Prints one line of JSON: of each loader the cases that held, and what was seen of the first that did not.
"""

import json
import os
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, Engine, event, text

sys.path.insert(0, str(Path.cwd() / "src"))

from core import sql  # noqa: E402
from core.settings import settings  # noqa: E402
from core.sql_load import LoadError  # noqa: E402
from own_frames import loading, ours, own_schema  # noqa: E402

# neither the machine nor the server stands where the KPI is looked at
os.environ["TZ"] = "America/New_York"
time.tzset()

# the night on which 02:30 comes twice, the one on which it does not come, and the edges of a day
NIGHTS = [
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, 0, 1, tzinfo=UTC),
    None,
]
NOTES = ["😀 ñ 日本語 𝔘", "", "a\tb\nc\\d\r\n\\N \\. 'q' \"q\" %s :x ;--", None]
SCHEMA = {
    "day": pl.Date(),
    "channel": pl.String(),
    "exact": pl.Decimal(20, 2),
    "wide": pl.Decimal(38, 10),
    "big": pl.Int64(),
    "value": pl.Float64(),
    "moment": pl.Datetime("us"),
    "zoned": pl.Datetime("us", "Europe/Madrid"),
    "flag": pl.Boolean(),
    "note": pl.String(),
}


def rows(days: list[int], mark: float = 0.0) -> pl.DataFrame:
    """Four rows, whose values differ by `mark`; January has the days."""
    return pl.DataFrame(
        {
            "day": [date(2026, 1, day) for day in days],
            "channel": ["a", "A", "ñ🙂 `\"'%:x", "b"],
            "exact": [Decimal("12345678901234.56"), Decimal("0.10"), Decimal("-1.00"), None],
            "wide": [Decimal("1234567890123456789012345678.0123456789"), Decimal("0.0000000001"), Decimal(0), None],
            "big": [2**53 + 1, -(2**62), 0, None],
            "value": [0.1 + 0.2, 1e-300, mark, None],
            "moment": [datetime(2026, 3, 29, 2, 30), datetime(2026, 1, 5, 23, 59, 59, 999999), datetime(2026, 1, 6), datetime(1999, 12, 31)],
            "zoned": NIGHTS,
            "flag": [True, False, None, True],
            "note": NOTES,
        },
        schema_overrides={**SCHEMA, "zoned": pl.Datetime("us", "UTC")},
    ).with_columns(pl.col("zoned").dt.convert_time_zone("Europe/Madrid"))


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """As it comes back: what has a time zone in UTC."""
    utc = pl.col("zoned").dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return frame.with_columns(utc).sort("day", "channel", "value")


OLD = rows([5, 5, 5, 6])
NEW = pl.concat([rows([5, 5, 5, 6], 2.5).slice(2, 1), rows([7, 7, 7, 7])])
YEAR = (date(2026, 1, 1), date(2026, 2, 1))


def same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    assert found.schema == expected.schema, (found.schema, expected.schema)
    assert found.equals(expected, null_equal=True), (found.rows(), expected.rows())


class Crash(Exception):
    """What a machine that goes away looks like from here."""


class Suite:
    """The cases, each on what the one before left."""

    def __init__(self, name: str) -> None:
        self.name = name
        module = import_module(f"core.loaders.{name}")
        self.load = loading(getattr(module, name))
        if hasattr(module, "audits"):
            module.audits = lambda _: {}
        self.way = settings().loaders[name].way
        self.keys = settings().keys_of(name)

    def read(self) -> pl.DataFrame:
        current = " and valid_to is null" if self.way == "scd2" else ""
        query = f"select * from {self.name} where :start < :end{current}"
        found = sql.read_sql(self.name, query, own_schema(kept(OLD).schema), *YEAR)
        return ours(found).sort("day", "channel", "value")

    def expected(self) -> pl.DataFrame:
        """What should be there when the new rows came, by the way that the loader writes."""
        match self.way:
            case "replace":
                return kept(NEW)
            case "append" | "insert-only":
                return kept(pl.concat([OLD, NEW.join(OLD, on=self.keys, how="anti")]))
            case _:
                return kept(pl.concat([OLD.join(NEW, on=self.keys, how="anti"), NEW]))

    def comes_back_as_it_was(self) -> None:
        assert self.load(OLD) == OLD.height
        same(self.read(), kept(OLD))

    def twice_changes_nothing(self) -> None:
        self.load(OLD)
        same(self.read(), kept(OLD))

    def no_rows_change_nothing(self) -> None:
        assert self.load(OLD.clear()) == 0
        same(self.read(), kept(OLD))

    def what_cannot_be_kept_changes_nothing(self) -> None:
        refused = [NEW.with_columns(extra=pl.lit(1)), NEW.with_columns(note=pl.lit([["a"]]))]
        if self.keys:
            last = self.keys[-1]
            refused += [NEW.drop(self.keys[0]), NEW.with_columns(pl.lit(None, SCHEMA[last]).alias(last))]
        if settings().loaders[self.name].write == "merge":
            refused.append(pl.concat([NEW, NEW.head(1)]))
        for frame in refused:
            try:
                self.load(frame)
            except LoadError:
                same(self.read(), kept(OLD))
            else:
                raise AssertionError(f"was kept: {frame.columns}")

    def cut(self, moment: str, count: int) -> bool:
        """Loads what is new and stops before a statement or a commit; whether it was stopped."""
        seen = 0

        def stop(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == count:
                raise Crash

        event.listen(Engine, moment, stop)
        try:
            self.load(NEW)
        except Crash:
            return True
        finally:
            event.remove(Engine, moment, stop)
        return False

    def a_crash_leaves_the_old_rows_or_the_new_ones(self) -> None:
        new = self.expected()
        cuts = 0
        for moment in ("before_cursor_execute", "commit"):
            count = 1
            while self.cut(moment, count):
                found = self.read()
                whole = any(found.equals(each, null_equal=True) for each in (kept(OLD), new))
                assert whole, (moment, count, found.rows())
                cuts += 1
                count += 1
        assert cuts > 3, cuts
        same(self.read(), new)
        self.load(NEW)
        same(self.read(), new)

    def history_has_every_version(self) -> None:
        if self.way != "scd2":
            return
        query = f"select day, valid_to from {self.name} where :start < :end and valid_to is not null"
        schema = pl.Schema({"day": pl.Date(), "valid_to": pl.Datetime("us")})
        assert len(sql.read_sql(self.name, query, own_schema(schema), *YEAR)) == 1

    def a_column_less_is_empty_in_new_rows(self) -> None:
        before = self.read().height
        less = rows([8, 8, 8, 8]).drop("note")
        assert self.load(less) == less.height
        added = self.read().filter(pl.col("day") == date(2026, 1, 8))
        same(added.drop("note"), kept(rows([8, 8, 8, 8])).drop("note"))
        assert added["note"].is_null().all()
        assert self.read().height == (0 if self.way == "replace" else before) + less.height

    def make_zoned(self, connection: Connection) -> bool:
        """A table as somebody made it whose columns have a time zone; whether the database has any."""
        zoned = {"postgresql": "timestamptz", "duckdb": "timestamptz", "mariadb": "timestamp(6) null"}.get(connection.dialect.name)
        if zoned is None:
            return False
        whole = " character set utf8mb4 collate utf8mb4_bin" if connection.dialect.name == "mariadb" else ""
        columns = ["day date", f"channel varchar(99){whole}", *(f"{name} {zoned}" for name in ("moment", "zoned", "since"))]
        if self.way == "scd2":
            columns += [f"{name} {zoned}" for name in ("valid_from", "valid_to")]
        elif settings().loaders[self.name].write == "merge":
            columns.append(f"primary key ({', '.join(self.keys)})")
        connection.execute(text(f"drop table {self.name}"))
        connection.execute(text(f"create table {self.name} ({', '.join(columns)})"))
        return True

    def columns_of_a_zone_keep_the_same_instants_whatever_the_zone_of_the_server_was(self) -> None:
        with sql.open_database(self.name).begin() as connection:
            if not self.make_zoned(connection):
                return
            epoch = {"postgresql": "extract(epoch from {})", "duckdb": "epoch({})", "mariadb": "unix_timestamp({})"}[connection.dialect.name]
        # 02:30 comes twice, and not at all: the first, and what the clock before it says
        local = [datetime(2026, 10, 25, 2, 30), datetime(2026, 3, 29, 2, 30), datetime(2026, 7, 1, 12, 0, 0, 250000), None]
        given = rows([5, 5, 5, 6]).select("day", "channel", pl.Series("moment", local, pl.Datetime("us")), "zoned", since="day")
        instants = [[datetime(2026, 10, 25, 0, 30), datetime(2026, 3, 29, 1, 30), datetime(2026, 7, 1, 10, 0, 0, 250000)], NIGHTS, [datetime(2026, 1, 4, 23)] * 3 + [datetime(2026, 1, 5, 23)]]
        wanted = [sorted(at.replace(tzinfo=UTC).timestamp() for at in column if at) for column in instants]
        for _ in range(2):
            assert self.load(given) == 4
            with sql.open_database(self.name).connect() as connection:
                query = f"select {', '.join(map(epoch.format, ('moment', 'zoned', 'since')))} from {self.name}"
                found = [sorted(float(at) for at in column if at is not None) for column in zip(*connection.execute(text(query)).all(), strict=True)]
            assert found == wanted, (found, wanted)
        read = ours(sql.read_sql(self.name, f"select moment, zoned, since from {self.name} where :start < :end", own_schema(pl.Schema({"moment": pl.Datetime("us"), "zoned": pl.Datetime("us", "Europe/Madrid"), "since": pl.Datetime("us")})), *YEAR))
        # MariaDB gives local moments: which 02:30 it is, it does not say
        nights = [*NIGHTS[:1] * 2, *NIGHTS[2:]] if epoch.startswith("unix") else NIGHTS
        assert sorted(read["zoned"].dt.convert_time_zone("UTC").drop_nulls()) == sorted(filter(None, nights)), read
        assert sorted(read["moment"].drop_nulls()) == sorted([local[0], datetime(2026, 3, 29, 3, 30), local[2]]), read
        assert sorted(read["since"]) == [datetime(2026, 1, 5)] * 3 + [datetime(2026, 1, 6)], read
        if self.way == "scd2":
            with sql.open_database(self.name).connect() as connection:
                age = connection.execute(text(f"select {epoch.format('min(valid_from)')} from {self.name}")).scalar_one()
            assert abs(float(age) - time.time()) < 1800, age

    def run(self) -> tuple[list[str], str]:
        held: list[str] = []
        for case in CASES:
            try:
                getattr(self, case)()
            except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
                return held, f"{case}: {type(error).__name__}: {error}"
            held.append(case)
        return held, ""


CASES = [case for case in vars(Suite) if case.endswith(("was", "nothing", "ones", "version", "new_rows"))]
with sql.open_database(sys.argv[1]).begin() as server:
    if server.dialect.name == "postgresql":
        # as its administrator may have; what connects from now on stands there
        server.execute(text(f"alter database {server.engine.url.database} set timezone to 'America/New_York'"))
print(json.dumps({name: Suite(name).run() for name in sys.argv[1:]}))
