"""What holds for every extractor of a lake: run in a repository as lake_extracts.py <json>, which says of each lake
its address, what opens it, the variables of its source, and which formats to try. Prints one line of JSON: of each
extractor what was seen where a case did not hold.
"""

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

sys.path.insert(0, str(Path.cwd() / "src"))

from core.contract import ContractError  # noqa: E402
from core.lake import LakeError  # noqa: E402
from core.lake_batches import staged_lake  # noqa: E402
from core.lake_contract_batches import staged_lake_by_contract  # noqa: E402
from own_frames import frames, ours, own_schema  # noqa: E402

ZONE = "Europe/Madrid"
CLOCK = datetime(2026, 10, 24)
# every six hours of some days around the night on which 02:30 comes twice, and the end of a month
MOMENTS = [CLOCK + timedelta(hours=6 * n, microseconds=n) for n in range(40)]
ROWS = pl.DataFrame(
    {
        "record_id": [f"r{n}" for n in range(40)],
        "occurred_at": MOMENTS,
        "channel": ["tienda ñ 😀", "", 'a,"b"\nc', None] * 10,
        "amount": [0.1 + 0.2, 1e-300, -2.0, None] * 10,
    }
)


def write(frame: pl.DataFrame, path: str, form: str, options: dict[str, str] | None) -> None:
    if form == "delta":
        frame.write_delta(path, storage_options=options, mode="append")
        return
    if "://" not in path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    sink = {"parquet": frame.lazy().sink_parquet, "csv": frame.lazy().sink_csv, "json": frame.lazy().sink_ndjson}[form]
    sink(path, storage_options=options)


class Lake:
    """An extractor with the lake that it reads."""

    def __init__(self, stage: str, form: str, uri: str, options: dict[str, str] | None, env: dict[str, str]) -> None:
        self.stage, self.form, self.options, self.env = stage, form, options, env
        self.uri = uri
        self.module = import_module(f"core.extractors.{stage}")
        self.variable = f"AT_{env['name'].upper()}_URI"

    def fill(self, folder: str, frame: pl.DataFrame, file: str = "part") -> None:
        place = f"{self.uri}/{folder}/{self.stage}"
        write(frame, place if self.form == "delta" else f"{place}/{file}.{self.form}", self.form, self.options)

    def read(self, folder: str, start: date, end: date, **env: str) -> pl.DataFrame:
        given = {**self.env["variables"], self.variable: f"{self.uri}/{folder}", **env}
        os.environ.update(given)
        return ours(getattr(self.module, self.stage)(start, end))

    @property
    def files(self) -> str:
        return self.module.TABLE if self.form == "delta" else self.module.FILES

    def in_batches(self, folder: str, days: tuple[date, date], batch_rows: int, contract: str | None = None, schema: pl.Schema | None = None, cursor: str = "occurred_at") -> pl.DataFrame:
        """What its block gives, and its folder goes with the block."""
        os.environ.update({**self.env["variables"], self.variable: f"{self.uri}/{folder}"})
        module = import_module(reader_of(self.form, contract))
        given = (getattr(module, self.form.upper()), self.stage, self.files, own_schema(schema or ROWS.schema), *days)
        with tempfile.TemporaryDirectory() as own:
            tempfile.tempdir = own
            try:
                staged = staged_lake_by_contract(*given, batch_rows=batch_rows, cursor=cursor, contract=contract) if contract else staged_lake(*given, batch_rows=batch_rows, cursor=cursor)
                with staged as rows:
                    files = map(pq.ParquetFile, Path(own).rglob("*.parquet"))
                    sizes = [file.metadata.row_group(at).num_rows for file in files for at in range(file.num_row_groups)]
                    # what is put together to make a batch is smaller than one
                    assert max(sizes, default=0) < 2 * batch_rows, sizes
                    found = rows.collect() if frames is None else ours(frames.from_arrow(rows.to_table()))
            finally:
                tempfile.tempdir = None
                assert not list(Path(own).iterdir())
        return found

    def fails(self, folder: str, **env: str) -> str:
        try:
            self.read(folder, date(2026, 10, 1), date(2026, 11, 1), **env)
        except LakeError as error:
            return str(error)
        raise AssertionError("was read")


def reader_of(form: str, contract: str | None) -> str:
    """The module of its repository that reads a form."""
    of_form = {"parquet": "", "delta": "_delta"}.get(form, "_text")
    return f"core.lake{'_contract' if contract else ''}{of_form}"


def same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    found, expected = found.sort("occurred_at"), expected.sort("occurred_at")
    assert found.schema == expected.schema, (found.schema, expected.schema)
    assert found.equals(expected, null_equal=True), (found.rows(), expected.rows())


def a_window_is_closed_and_open(lake: Lake) -> None:
    lake.fill("plain", ROWS.head(15), "one")
    lake.fill("plain", ROWS.slice(15), "two")
    for start, end in [(date(2026, 10, 25), date(2026, 10, 26)), (date(2026, 10, 31), date(2026, 11, 1)), (date(2026, 1, 1), date(2027, 1, 1))]:
        day = pl.col("occurred_at")
        same(lake.read("plain", start, end), ROWS.filter(day >= datetime(start.year, start.month, start.day), day < datetime(end.year, end.month, end.day)))


def a_cursor_of_its_own_decides(lake: Lake) -> None:
    lake.fill("changed", ROWS.with_columns(changed_at=pl.col("occurred_at") + timedelta(days=100)))
    os.environ.update({**lake.env["variables"], lake.variable: f"{lake.uri}/changed"})
    module = import_module(reader_of(lake.form, None))
    schema = pl.Schema({**ROWS.schema, "changed_at": pl.Datetime("us")})
    days = date(2027, 2, 1), date(2027, 2, 2)
    found = getattr(module, f"read_{lake.form}")(lake.stage, lake.files, own_schema(schema), *days, cursor="changed_at")
    same(ours(found).drop("changed_at"), ROWS.filter(pl.col("occurred_at").dt.to_string("%F") == "2026-10-24"))
    for contract in (None, "freeze"):
        same(lake.in_batches("changed", days, 2, contract, schema, "changed_at"), ours(found))


def an_empty_window_has_its_columns(lake: Lake) -> None:
    same(lake.read("plain", date(2020, 1, 1), date(2020, 2, 1)), ROWS.clear())


def moments_of_a_zone_become_local(lake: Lake) -> None:
    utc = [datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)]
    zoned = ROWS.head(3).with_columns(occurred_at=pl.Series(utc).dt.cast_time_unit("us"))
    lake.fill("zoned", zoned)
    found = lake.read("zoned", date(2026, 10, 25), date(2026, 10, 26))
    assert sorted(found["occurred_at"]) == [datetime(2026, 10, 25), datetime(2026, 10, 25, 2, 30)], found


def other_columns_are_left_out(lake: Lake) -> None:
    lake.fill("more", ROWS.with_columns(note=pl.lit("x")).select("note", *ROWS.columns))
    same(lake.read("more", date(2026, 1, 1), date(2027, 1, 1)), ROWS)


def only_folders_of_its_days_are_looked_at(lake: Lake) -> None:
    if lake.form == "delta":
        return
    usual = lake.module.FILES
    lake.module.FILES = usual.replace("/**/", "/day={day}/")
    try:
        for day in ("2026-10-24", "2026-10-26"):
            lake.fill("days", ROWS.filter(pl.col("occurred_at").dt.to_string("%F") == day), f"day={day}/part")
        same(lake.read("days", date(2026, 10, 24), date(2026, 10, 27)), ROWS.filter(pl.col("occurred_at").dt.day().is_in([24, 26])))
        same(lake.read("days", date(2026, 10, 25), date(2026, 10, 26)), ROWS.clear())
        # what lies elsewhere is not even opened
        write(pl.DataFrame({"nothing": [1]}), f"{lake.uri}/days/{lake.stage}/day=2026-11-30/part.{lake.form}", lake.form, lake.options)
        assert lake.read("days", date(2026, 10, 24), date(2026, 10, 25)).height == 4
    finally:
        lake.module.FILES = usual


def what_is_missing_is_named(lake: Lake) -> None:
    lake.fill("less", ROWS.drop("amount"))
    if lake.form == "json":
        assert lake.read("less", date(2026, 1, 1), date(2027, 1, 1))["amount"].null_count() == 40
        return
    said = lake.fails("less")
    assert "amount" in said and lake.stage in said, said


def an_empty_place_says_what_to_check(lake: Lake) -> None:
    said = lake.fails("nowhere")
    assert "no file lies there" in said and lake.variable in said, said
    if "://" in lake.uri:
        said = lake.fails("nowhere", **{lake.variable: f"{lake.uri.partition('://')[0]}:///nowhere"})
    else:
        # a file where a folder should be
        (Path(lake.uri) / "a_file").write_text("")
        said = lake.fails("a_file")
    assert lake.variable in said, said


def another_form_is_named(lake: Lake) -> None:
    if lake.form == "delta":
        return
    other = "json" if lake.form == "parquet" else "parquet"
    write(ROWS, f"{lake.uri}/other/{lake.stage}/part.{lake.form}", other, lake.options)
    said = lake.fails("other")
    assert "another form" in said or "columns are missing" in said, said
    if "://" in lake.uri:
        return
    file = Path(lake.uri) / "bytes" / lake.stage / f"part.{lake.form}"
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(range(256)) * 40)
    said = lake.fails("bytes")
    assert said == f"{lake.stage}: the files have another form than its code says", said
    for contract in CONTRACTS:
        said = str(in_batches_fails(lake, "bytes", contract))
        assert said == f"{lake.stage}: the files have another form than its code says", said


def a_moment_of_another_type_is_named(lake: Lake) -> None:
    if lake.form in ("csv", "json"):
        return
    lake.fill("numbered", ROWS.with_columns(occurred_at=pl.col("amount")))
    said = lake.fails("numbered")
    assert said.startswith(f"{lake.stage}: occurred_at: expected") and "came" in said, said


def a_text_that_is_no_number_shows_no_value(lake: Lake) -> None:
    if lake.form not in ("csv", "json"):
        return
    lake.fill("wrong", ROWS.with_columns(amount=pl.lit("secret-one")))
    said = lake.fails("wrong")
    assert "amount" in said and "secret-one" not in said, said


CONTRACTS = ["evolve", "freeze", "discard_row", "discard_value"]
MANY = date(2026, 1, 1), date(2027, 1, 1)


def by_contract(lake: Lake, contract: str, folder: str, days: tuple[date, date] = MANY, schema: pl.Schema = ROWS.schema) -> pl.DataFrame:
    os.environ.update({**lake.env["variables"], lake.variable: f"{lake.uri}/{folder}"})
    read = getattr(import_module(reader_of(lake.form, contract)), f"read_{lake.form}_by_contract")
    return ours(read(lake.stage, lake.files, own_schema(schema), *days, contract))


def is_refused(lake: Lake, contract: str, folder: str, *parts: str, days: tuple[date, date] = MANY) -> None:
    try:
        found = by_contract(lake, contract, folder, days)
    except ContractError as error:
        said = str(error)
        assert said.startswith(f"{lake.stage}: {lake.stage}") and all(part in said for part in parts), said
    else:
        raise AssertionError(f"{contract}: was read: {found}")


def what_fits_is_the_same_by_every_contract(lake: Lake) -> None:
    for contract in CONTRACTS:
        for start, end in [(date(2026, 10, 25), date(2026, 10, 26)), MANY, (date(2020, 1, 1), date(2020, 2, 1))]:
            same(by_contract(lake, contract, "plain", (start, end)), lake.read("plain", start, end))
    same(by_contract(lake, "freeze", "zoned", (date(2026, 10, 25), date(2026, 10, 26))), lake.read("zoned", date(2026, 10, 25), date(2026, 10, 26)))


def a_column_more_is_what_its_contract_says(lake: Lake) -> None:
    # in one of two files, and in Delta, which has one schema, in all rows
    lake.fill("grown", ROWS.head(15).with_columns(extra=pl.lit(7)) if lake.form == "delta" else ROWS.head(15), "one")
    lake.fill("grown", ROWS.slice(15).with_columns(extra=pl.lit(7)), "two")
    first = "1" if lake.form == "delta" else "two"
    is_refused(lake, "freeze", "grown", "extra: expected", "'extra': 'str'" if lake.form == "csv" else "'extra': 'int'", "(records 1, 2, 3)", *(["two"] if first == "two" else []))
    same(by_contract(lake, "discard_value", "grown"), ROWS)
    same(by_contract(lake, "discard_row", "grown"), ROWS.clear() if lake.form == "delta" else ROWS.head(15))
    found = by_contract(lake, "evolve", "grown").sort("occurred_at")
    same(found.drop("extra"), ROWS)
    assert found["extra"].cast(pl.Int64).to_list() == ([7] * 40 if lake.form == "delta" else [None] * 15 + [7] * 25), found["extra"]
    # what is of other days is not held to anything
    same(by_contract(lake, "freeze", "grown", (date(2020, 1, 1), date(2020, 2, 1))), ROWS.clear())


def a_value_of_another_type_is_what_its_contract_says(lake: Lake) -> None:
    texts = pl.col("amount").cast(pl.String)
    wrong = pl.col("record_id").is_in(["r4", "r6"])
    lake.fill("unfit", ROWS.with_columns(amount=pl.when(wrong).then(pl.lit("secret-one")).otherwise(texts)))
    for contract in ("evolve", "freeze"):
        is_refused(lake, contract, "unfit", "amount: expected", "came", "'amount': 'str'", "(records 5, 7)")
        try:
            by_contract(lake, contract, "unfit")
        except ContractError as error:
            assert "secret-one" not in str(error), error
    same(by_contract(lake, "discard_row", "unfit"), ROWS.filter(~wrong))
    same(by_contract(lake, "discard_value", "unfit"), ROWS.with_columns(pl.when(~wrong).then("amount").alias("amount")))
    # r4 and r6 are of the second day
    same(by_contract(lake, "freeze", "unfit", (date(2026, 10, 24), date(2026, 10, 25))), ROWS.head(4))


def a_moment_that_cannot_be_read_is_what_its_contract_says(lake: Lake) -> None:
    texts = pl.col("occurred_at").dt.to_string("%FT%T%.6f")
    lake.fill("dateless", ROWS.with_columns(occurred_at=pl.when(pl.col("record_id") == "r9").then(pl.lit("soon")).when(pl.col("record_id") == "r8").then(None).otherwise(texts)))
    for contract in ("evolve", "freeze"):
        is_refused(lake, contract, "dateless", "occurred_at: expected", days=(date(2020, 1, 1), date(2020, 2, 1)))
    for contract in ("discard_row", "discard_value"):
        same(by_contract(lake, contract, "dateless"), ROWS.filter(~pl.col("record_id").is_in(["r8", "r9"])))


def a_column_less_stops_every_contract(lake: Lake) -> None:
    # "less" has no amounts
    for contract in CONTRACTS:
        is_refused(lake, contract, "less", "amount: expected")


def what_folders_say_is_a_column_by_contract(lake: Lake) -> None:
    if lake.form == "delta":
        return
    lake.fill("told", ROWS.drop("channel"), "day=2026-10-24/channel=a%2Fb/part")
    for contract in CONTRACTS:
        same(by_contract(lake, contract, "told"), ROWS.with_columns(channel=pl.lit("a/b")))


def truths_and_numbers_are_read_by_contract(lake: Lake) -> None:
    more = ROWS.head(4).with_columns(flag=pl.Series([True, False, None, True]), big=pl.Series([2**53 + 1, -(2**62), 0, None]), exact=pl.Series(["1.10", "-0.01", "12345678901234.56", None]).cast(pl.Decimal(20, 2)), day=pl.Series([date(2026, 1, 5)] * 4))
    lake.fill("typed", more)
    for contract in CONTRACTS:
        same(by_contract(lake, contract, "typed", schema=more.schema), more)
    # where one column has another type, each value is looked at
    lake.fill("looked_at", more.with_columns(day=pl.col("day").cast(pl.Datetime("us"))))
    for contract in CONTRACTS:
        same(by_contract(lake, contract, "looked_at", schema=more.schema), more)


def a_new_moment_of_a_zone_becomes_local(lake: Lake) -> None:
    if lake.form not in ("parquet", "delta"):
        return
    seen = [datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), None]
    more = ROWS.head(3).with_columns(seen_at=pl.Series(seen).dt.cast_time_unit("us"))
    local = [datetime(2026, 10, 25), datetime(2026, 10, 25, 2, 30), None]
    lake.fill("seen", more)
    lake.fill("seen_too", more.with_columns(amount=pl.col("amount").cast(pl.String)))
    for folder in ("seen", "seen_too"):
        assert by_contract(lake, "evolve", folder).sort("occurred_at")["seen_at"].to_list() == local


def a_column_of_a_zone_keeps_its_moments(lake: Lake) -> None:
    # "zoned" has moments of UTC, and the days are those of Madrid
    schema = pl.Schema({**ROWS.schema, "occurred_at": pl.Datetime("us", "UTC")})
    wanted = [datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
    for contract in CONTRACTS:
        found = by_contract(lake, contract, "zoned", (date(2026, 10, 25), date(2026, 10, 26)), schema)
        assert found.schema["occurred_at"] == pl.Datetime("us", "UTC") and sorted(found["occurred_at"]) == wanted, (contract, found)


def a_text_is_a_number_where_others_take_it_for_one(lake: Lake) -> None:
    texts = pl.Series(["1_000", "1000", " 10 ", None])
    schema = pl.Schema({**ROWS.schema, "big": pl.Int64(), "exact": pl.Decimal(20, 2)})
    lake.fill("marked", ROWS.head(4).with_columns(amount=texts, big=texts, exact=texts))
    for contract in ("evolve", "freeze"):
        try:
            by_contract(lake, contract, "marked", schema=schema)
        except ContractError as error:
            assert "amount, big, exact: expected" in str(error) and "(records 1)" in str(error), error
        else:
            raise AssertionError(f"{contract}: 1_000 was read as a number")
    numbers = pl.Series([None, 1000, 10, None])
    for column, found in by_contract(lake, "discard_value", "marked", schema=schema).sort("occurred_at").select("amount", "big", "exact").to_dict().items():
        assert found.to_list() == numbers.to_list(), (column, found)
    assert by_contract(lake, "discard_row", "marked", schema=schema)["record_id"].sort().to_list() == ["r1", "r2", "r3"]


def in_batches_it_gives_what_it_gives_at_once(lake: Lake) -> None:
    for folder, days in [("plain", MANY), ("plain", (date(2026, 10, 31), date(2026, 11, 1))), ("plain", (date(2020, 1, 1), date(2020, 2, 1))), ("zoned", (date(2026, 10, 25), date(2026, 10, 26)))]:
        at_once = lake.read(folder, *days)
        for batch_rows in (1, 7, 1000):
            for contract in (None, *CONTRACTS):
                same(lake.in_batches(folder, days, batch_rows, contract), at_once)


def in_batches_it_is_held_to_its_contract(lake: Lake) -> None:
    for folder in ("grown", "unfit", "dateless", *(["told"] if lake.form != "delta" else [])):
        for contract in CONTRACTS:
            said: list[str] = []
            found: list[pl.DataFrame] = []
            for read in (partial(by_contract, lake, contract, folder), partial(lake.in_batches, folder, MANY, 3, contract)):
                try:
                    found.append(read())
                except ContractError as error:
                    said.append(str(error))
            # which of the first records do not fit is looked at in each batch
            first = {re.sub(r"(\(records \d+).*", r"\1", each) for each in said}
            assert (len(said), len(first)) in ((0, 0), (2, 1)), (folder, contract, said)
            if found:
                same(found[1].select(found[0].columns), found[0])
    assert "amount" in str(in_batches_fails(lake, "less", "freeze")), "less"
    if lake.form != "json":
        assert "amount" in str(in_batches_fails(lake, "less", None)), "less"


def in_batches_it_says_what_is_wrong(lake: Lake) -> None:
    for contract in (None, "freeze"):
        said = str(in_batches_fails(lake, "nowhere", contract))
        assert "no file lies there" in said and lake.variable in said, said


def in_batches_fails(lake: Lake, folder: str, contract: str | None) -> Exception:
    try:
        found = lake.in_batches(folder, MANY, 3, contract)
    except (ContractError, LakeError) as error:
        return error
    raise AssertionError(f"{folder}, {contract}: was read: {found}")


def a_lake_that_fails_half_way_is_read_whole_the_next_time(lake: Lake) -> None:
    """Its second file is cut, and then it is put right."""
    if lake.form == "delta":
        return
    lake.fill("cut", ROWS.head(15), "one")
    place = f"{lake.uri}/cut/{lake.stage}/two.{lake.form}"
    other = "json" if lake.form == "parquet" else "parquet"
    write(ROWS.slice(15), place, other, lake.options)
    for contract in (None, "freeze"):
        in_batches_fails(lake, "cut", contract)
    write(ROWS.slice(15), place, lake.form, lake.options)
    for contract in (None, "freeze"):
        same(lake.in_batches("cut", MANY, 3, contract), ROWS)


def a_day_in_folders_of_year_month_and_day(lake: Lake) -> None:
    if lake.form == "delta":
        return
    usual = lake.module.FILES
    lake.module.FILES = usual.replace("/**/", "/{day:%Y/%m/%d}/")
    try:
        for day in ("2026-10-24", "2026-10-31", "2026-11-01"):
            lake.fill("parts", ROWS.filter(pl.col("occurred_at").dt.to_string("%F") == day), f"{day.replace('-', '/')}/part")
        there = ROWS.filter(pl.col("occurred_at").dt.to_string("%F").is_in(["2026-10-24", "2026-10-31", "2026-11-01"]))
        for start, end in [(date(2026, 10, 31), date(2026, 11, 2)), (date(2026, 10, 20), date(2026, 10, 24)), (date(2026, 10, 25), date(2026, 10, 26)), (date(2020, 1, 1), date(2020, 2, 1)), (date(2026, 10, 1), date(2026, 12, 1))]:
            of_days = there.filter(pl.col("occurred_at") >= datetime(start.year, start.month, start.day), pl.col("occurred_at") < datetime(end.year, end.month, end.day))
            same(lake.read("parts", start, end), of_days)
            for contract in (None, "freeze"):
                same(lake.in_batches("parts", (start, end), 3, contract), of_days)
            same(by_contract(lake, "freeze", "parts", (start, end)), of_days)
        said = lake.fails("nothing_at_all")
        assert "no file lies there" in said, said
    finally:
        lake.module.FILES = usual


CASES: list[Callable[[Lake], None]] = [
    a_window_is_closed_and_open,
    a_cursor_of_its_own_decides,
    an_empty_window_has_its_columns,
    moments_of_a_zone_become_local,
    other_columns_are_left_out,
    only_folders_of_its_days_are_looked_at,
    what_is_missing_is_named,
    an_empty_place_says_what_to_check,
    another_form_is_named,
    a_moment_of_another_type_is_named,
    a_text_that_is_no_number_shows_no_value,
    what_fits_is_the_same_by_every_contract,
    a_column_more_is_what_its_contract_says,
    a_value_of_another_type_is_what_its_contract_says,
    a_moment_that_cannot_be_read_is_what_its_contract_says,
    a_column_less_stops_every_contract,
    what_folders_say_is_a_column_by_contract,
    truths_and_numbers_are_read_by_contract,
    a_new_moment_of_a_zone_becomes_local,
    a_column_of_a_zone_keeps_its_moments,
    a_text_is_a_number_where_others_take_it_for_one,
    in_batches_it_gives_what_it_gives_at_once,
    in_batches_it_is_held_to_its_contract,
    in_batches_it_says_what_is_wrong,
    a_lake_that_fails_half_way_is_read_whole_the_next_time,
    a_day_in_folders_of_year_month_and_day,
]


def run(lake: Lake) -> list[str]:
    faults: list[str] = []
    for case in CASES:
        try:
            case(lake)
        except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
            faults.append(f"{case.__name__}: {type(error).__name__}: {error}")
    return faults


lakes = json.loads(sys.argv[1])
print(json.dumps({f"{each['name']}_{form}": run(Lake(f"{each['name']}_{form}", form, each["uri"], each["options"], each)) for each in lakes for form in each["forms"]}))
