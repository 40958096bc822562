"""What holds for every extractor of a database: run in a repository as extract_suite.py <database> <extractor>...,
with their source's variable set. Prints one line of JSON: of each extractor the cases that held, and what was seen of
the first that did not.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import adbc_driver_manager
import adbc_driver_postgresql
import polars as pl
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

sys.path.insert(0, str(Path.cwd() / "src"))

from core import sql  # noqa: E402
from own_frames import frames, ours, own_schema  # noqa: E402

MADRID = ZoneInfo("Europe/Madrid")
LONG = Decimal("1234567890123456789012345678.0123456789")
SCHEMA = pl.Schema(
    {
        "record_id": pl.String(),
        "occurred_at": pl.Datetime("us"),
        "local_at": pl.Datetime("us"),
        "exact": pl.Decimal(20, 2),
        "wide": pl.Decimal(38, 10),
        "big": pl.Int64(),
        "value": pl.Float64(),
        "flag": pl.Boolean(),
        "day": pl.Date(),
        "clock": pl.Time(),
        "note": pl.String(),
    }
)
# as somebody else would have made the table
TYPES = {
    "sqlite": ["text", "text", "text", "text", "text", "integer", "real", "integer", "text", "text", "text"],
    "postgresql": ["text", "timestamptz", "timestamp", "numeric(20, 2)", "numeric(38, 10)", "bigint", "double precision", "boolean", "date", "time", "text"],
    "mariadb": ["varchar(9)", "timestamp(6) null", "datetime(6)", "decimal(20, 2)", "decimal(38, 10)", "bigint unsigned", "double", "boolean", "date", "time(6)", "text character set utf8mb4"],
    "duckdb": ["varchar", "timestamptz", "timestamp", "decimal(20, 2)", "decimal(38, 10)", "bigint", "double", "boolean", "date", "time", "varchar"],
}
# the edges of a day at the end of a month, the night on which 02:30 comes twice, the one on which it does not come
MOMENTS = [
    datetime(2026, 1, 30, 23, 59, 59, 999999, MADRID),
    datetime(2026, 1, 31, tzinfo=MADRID),
    datetime(2026, 1, 31, 23, 59, 59, 999999, MADRID),
    datetime(2026, 2, 1, tzinfo=MADRID),
    datetime(2026, 3, 29, 1, 0, 0, 1, UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
]
VALUES: list[tuple[object, ...]] = [
    (datetime(2026, 3, 29, 2, 30), Decimal("12345678901234.56"), LONG, 2**53 + 1, 0.1 + 0.2, True, date(2026, 3, 29), time(23, 59, 59), "😀 ñ 日本語 𝔘"),
    (datetime(1999, 12, 31, 23, 59, 59, 999999), Decimal("0.10"), Decimal("0.0000000001"), 2**62, 1e-300, False, date(1999, 12, 31), time(0), "a\tb\nc\\d\r\n\\N 'q' \"q\" %s :x ;--"),
    (None,) * 9,
    (datetime(2026, 10, 25, 2, 30), Decimal("-1.00"), LONG.copy_negate(), 0, -0.5, True, date(2028, 2, 29), time(12, 30), "x" * 5000),
]
ROWS = [(f"r{n}", at, *VALUES[n % len(VALUES)]) for n, at in enumerate(MOMENTS)]
YEAR = (date(2026, 1, 1), date(2027, 1, 1))
COLUMNS = ", ".join(SCHEMA)
WINDOW = "from things where occurred_at >= :start and occurred_at < :end order by record_id"
QUERY = f"select {COLUMNS} {WINDOW}"

database, *names = sys.argv[1:]


def local(moment: datetime) -> datetime:
    return moment.astimezone(MADRID).replace(tzinfo=None)


def expected() -> pl.DataFrame:
    rows = [(name, local(at), *rest) for name, at, *rest in ROWS]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def as_kept(value: object) -> object:
    """As a database of this kind is usually given it."""
    if isinstance(value, datetime) and value.tzinfo and database == "sqlite":
        value = local(value)
    if isinstance(value, datetime) and value.tzinfo and database == "mariadb":
        value = value.astimezone(UTC)
    if database == "sqlite" and isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    if database == "sqlite" and isinstance(value, date | time | Decimal):
        return str(value)
    return value


def make_table() -> None:
    """A table as another program makes one."""
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(SCHEMA, TYPES[database], strict=True))
    marks = ", ".join(f":{name}" for name in SCHEMA)
    with sql.open_database(names[0]).begin() as connection:
        if database == "duckdb":
            connection.exec_driver_sql("set TimeZone = 'UTC'")
        if database == "mariadb":
            connection.exec_driver_sql("set time_zone = '+00:00'")
        connection.execute(text("drop table if exists things"))
        connection.execute(text(f"create table things ({columns})"))
        for row in ROWS:
            given = zip(SCHEMA, map(as_kept, row), strict=True)
            connection.execute(text(f"insert into things values ({marks})"), dict(given))


def same(found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    assert found.schema == wanted.schema, (found.schema, wanted.schema)
    assert found.equals(wanted, null_equal=True), (found.rows(), wanted.rows())


class Suite:
    """The cases, each on the same table."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.module = import_module(f"core.extractors.{name}")
        # two rows at a time, so that there are many batches and the last one is not full
        self.module.BATCH_ROWS = 2
        contract = name.removeprefix("batched_")
        self.contract = contract.removeprefix("by_") if contract.startswith("by_") else None
        self.by_columns = database == "postgresql" and self.contract is None
        self.extract: Callable[[date, date], Any] = getattr(self.module, name)
        self.module.SCHEMA = own_schema(SCHEMA)

    def read(self, query: str = QUERY, days: tuple[date, date] = YEAR, schema: pl.Schema = SCHEMA) -> pl.DataFrame:
        self.module.QUERY, self.module.SCHEMA = query, own_schema(schema)
        return ours(self.extract(*days)).lazy().collect()

    def refuses(self, query: str, *parts: str, days: tuple[date, date] = YEAR, schema: pl.Schema = SCHEMA) -> None:
        try:
            found = self.read(query, days, schema)
        except Exception as error:  # noqa: BLE001  whatever it is, it has to say these words
            assert all(part in str(error) for part in parts), (parts, str(error))
        else:
            raise AssertionError(f"was read: {found}")

    def keeps_quiet(self, query: str, value: str) -> None:
        try:
            self.read(query)
        except ValueError as error:
            assert value not in str(error), str(error)

    def what_went_in_comes_out(self) -> None:
        same(self.read(), expected())

    def no_rows_have_the_types_too(self) -> None:
        same(self.read(days=(date(2020, 1, 1), date(2021, 1, 1))), expected().clear())

    def a_window_at_the_end_of_a_month_is_closed_and_open(self) -> None:
        same(self.read(days=(date(2026, 1, 31), date(2026, 2, 1))), expected()[1:3])

    def a_query_is_written_as_anywhere(self) -> None:
        same(self.read(f"{QUERY};"), expected())
        same(self.read(QUERY.replace("order by", "and record_id like 'r%' order by") + " -- all of it, 100 %"), expected())

    def a_database_that_fails_once_is_read_whole_the_next_time(self) -> None:
        def fail(*_: object) -> None:
            raise OperationalError("gone", None, Exception("gone"))

        def fail_by_columns(*_: object) -> None:
            raise adbc_driver_manager.OperationalError("gone", status_code=adbc_driver_manager.AdbcStatusCode.IO)

        if self.by_columns:
            with patch.object(adbc_driver_postgresql, "connect", fail_by_columns):
                self.refuses(QUERY, "gone")
        event.listen(Engine, "before_cursor_execute", fail)
        try:
            self.refuses(QUERY, "gone")
        finally:
            event.remove(Engine, "before_cursor_execute", fail)
        same(self.read(), expected())

    def its_database_is_opened_once(self) -> None:
        with patch.object(sql, "create_engine", wraps=sql.create_engine) as opened:
            same(self.read(), expected())
        assert opened.call_count == 1, opened.call_count

    def nothing_stays_of_what_was_staged(self) -> None:
        with tempfile.TemporaryDirectory() as own:
            tempfile.tempdir = own
            try:
                self.read()
                assert not list(Path(own).iterdir())
            finally:
                tempfile.tempdir = None

    def a_column_more_is_what_the_contract_says(self) -> None:
        query = f"select {COLUMNS}, 7 as extra, occurred_at as seen_at, wide as wider {WINDOW}"
        match self.contract:
            case "freeze":
                self.refuses(query, "extra, seen_at, wider: expected", "'extra': 'int'", "(records 1, 2")
            case "discard_row":
                same(self.read(query), expected().clear())
            case "evolve":
                found = self.read(query)
                same(found.select(SCHEMA.keys()), expected())
                assert found["extra"].to_list() == [7] * len(ROWS), found["extra"]
                if database != "sqlite":
                    assert found["seen_at"].equals(expected()["occurred_at"]), found["seen_at"]
                    assert found["wider"].to_list() == expected()["wide"].to_list(), found["wider"]
            case _:
                same(self.read(query), expected())

    def what_nobody_asked_for_may_be_of_any_type(self) -> None:
        if self.by_columns:
            same(self.read(f"select {COLUMNS}, interval '1 month' as lasts, row(1, 2) as pair, 1 as twice, 2 as twice {WINDOW}"), expected())

    def an_interrupt_ends_the_query_in_the_database_too(self) -> None:
        if not self.by_columns:
            return
        asleep = text("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")

        def sleeping() -> int:
            with sql.open_database(names[0]).connect() as connection:
                return connection.execute(asleep).scalar_one()

        def interrupt() -> None:
            until = monotonic() + 120
            while not sleeping() and monotonic() < until:
                sleep(0.05)
            os.kill(os.getpid(), signal.SIGINT)

        Thread(target=interrupt).start()
        try:
            self.read(f"select {COLUMNS} from (select *, pg_sleep(100) from things) slow {WINDOW.removeprefix('from things')}")
        except KeyboardInterrupt:
            assert not sleeping()
        else:
            raise AssertionError("it was not interrupted")

    def a_column_less_stops_it(self) -> None:
        query = f"select {', '.join(list(SCHEMA)[:-1])} {WINDOW}"
        self.refuses(query, "note")
        self.refuses(query, "note", days=(date(2020, 1, 1), date(2021, 1, 1)))

    def a_column_of_another_type_is_what_the_contract_says(self) -> None:
        kind = "char" if database == "mariadb" else "varchar(40)"
        other = f"case record_id when 'r1' then 'n/a' else cast(exact as {kind}) end as exact"
        query = f"select {COLUMNS.replace('exact', other)} {WINDOW}"
        match self.contract:
            case "evolve" | "freeze":
                self.refuses(query, "exact: expected", "'exact': 'Decimal(precision=20, scale=2)'" if frames is None else "'exact': 'decimal128(20, 2)'", "came", "'exact': 'str'", "(records 2)")
            case "discard_row":
                same(self.read(query), expected().filter(pl.col("record_id") != "r1"))
            case "discard_value":
                wrong = pl.col("record_id") == "r1"
                same(self.read(query), expected().with_columns(pl.when(~wrong).then("exact").alias("exact")))
            case _:
                # with the stage and the column, and without the value
                self.refuses(query, f"{self.name}: ", "exact")
                self.keeps_quiet(query, "n/a")

    def what_has_no_room_is_no_value_of_its_column(self) -> None:
        schema = pl.Schema({**SCHEMA, "big": pl.Int32(), "wide": pl.Decimal(38, 2)})
        match self.contract:
            case "discard_value":
                found = self.read(schema=schema)
                assert found["big"].to_list() == [None, None, None, 0] + [None] * 3, found["big"]
                assert found["wide"].to_list() == [None] * len(ROWS), found["wide"]
            case "discard_row":
                assert self.read(schema=schema)["record_id"].to_list() == ["r2", "r6"]
            case "evolve" | "freeze":
                self.refuses(QUERY, "wide", "big", ": expected", schema=schema)
            case _:
                pass

    def a_column_of_a_zone_keeps_its_instants(self) -> None:
        kinds = {"occurred_at": pl.Datetime("us", "UTC"), "local_at": pl.Datetime("us", "Europe/Madrid")}
        local_only = database in ("sqlite", "mariadb")
        if local_only:
            # they give local moments of the KPI, and of an hour that comes twice the first is meant
            kinds["occurred_at"] = kinds["local_at"]
        found = self.read(schema=pl.Schema({**SCHEMA, **kinds}))
        assert [found.schema[name] for name in kinds] == list(kinds.values()), found.schema
        at_once = 6 if local_only else 7
        instants = found["occurred_at"].dt.convert_time_zone("UTC").to_list()
        assert instants[:at_once] == [at.astimezone(UTC) for at in MOMENTS[:at_once]], instants
        local = [at and at.replace(tzinfo=MADRID).astimezone(UTC) for _, _, at, *_ in ROWS]
        assert [at and at.astimezone(UTC) for at in found["local_at"]] == local, found["local_at"]

    def a_whole_number_beyond_the_signed_ones_keeps_its_digits(self) -> None:
        if database not in ("mariadb", "duckdb"):
            return
        query = "select 18446744073709551615 as big from things where record_id = 'r0' and :start < :end"
        schema = pl.Schema({"big": pl.UInt64()})
        same(self.read(query, schema=schema), pl.DataFrame({"big": [2**64 - 1]}, schema=schema))

    def run(self) -> tuple[list[str], str]:
        held: list[str] = []
        for case in cases():
            try:
                getattr(self, case)()
            except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
                return held, f"{case}: {type(error).__name__}: {error}"
            held.append(case)
        return held, ""


def cases() -> Iterator[str]:
    others = {"read", "refuses", "keeps_quiet", "run"}
    return (case for case in vars(Suite) if not case.startswith("_") and case not in others)


make_table()
print(json.dumps({name: Suite(name).run() for name in names}))
