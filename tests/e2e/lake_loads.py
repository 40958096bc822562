"""What holds for every loader of a lake: run in a repository as lake_loads.py <json>, which says of each lake its
address, what opens it, the variables of its source, and which formats to try. Prints one line of JSON: of each loader
what was seen where a case did not hold.

As lake_loads.py old <loader> it loads two days, as lake_loads.py new <loader> the same days anew, for somebody who ends
it in the middle, and as lake_loads.py look <loader> <form> it says which rows of each day are there.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import polars as pl

sys.path.insert(0, str(Path.cwd() / "src"))

from core import lake  # noqa: E402
from core.lake import LakeError  # noqa: E402
from own_frames import loading, ours, own_schema  # noqa: E402

# the night on which 02:30 comes twice, and the one on which it does not come
NIGHTS = [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, 0, 1, tzinfo=UTC), None]
NOTES = ["😀 ñ 日本語 𝔘", "", "a\tb\nc\\d\r\n\\N '' 'q' \"q\" ,;--", None]


def rows(days: list[int], mark: float = 0.0) -> pl.DataFrame:
    """Four rows, whose values differ by `mark`; January has the days."""
    return pl.DataFrame(
        {
            "day": [date(2026, 1, day) for day in days],
            "occurred_at": [datetime(2026, 1, day, 23, 59, 59, 999999) for day in days],
            "channel": ["a", "A", "ñ🙂 `\"'%:x/y", "b"],
            "exact": [Decimal("12345678901234.56"), Decimal("0.10"), Decimal("-1.00"), None],
            "wide": [Decimal("1234567890123456789012345678.0123456789"), Decimal("0.0000000001"), Decimal(0), None],
            "big": [2**53 + 1, -(2**62), 0, None],
            "value": [0.1 + 0.2, 1e-300, mark, None],
            "zoned": NIGHTS,
            "flag": [True, False, None, True],
            "note": NOTES,
        },
        schema_overrides={"exact": pl.Decimal(20, 2), "wide": pl.Decimal(38, 10), "zoned": pl.Datetime("us", "UTC")},
    ).with_columns(pl.col("zoned").dt.convert_time_zone("Europe/Madrid"))


OLD = rows([5, 5, 5, 6])
NEW = pl.concat([rows([5, 5, 5, 6], 2.5).slice(2, 1), rows([6, 7, 7, 7], 2.5)])
YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    order = ["day", "channel", "value"]
    found, expected = found.sort(order), expected.sort(order)
    assert found.schema == expected.schema, (found.schema, expected.schema)
    assert found.equals(expected, null_equal=True), (found.rows(), expected.rows())


class Loader:
    """A loader with the lake that it writes to; what is kept is read as an extractor of the same form reads it."""

    def __init__(self, name: str, form: str) -> None:
        self.name, self.form = name, form
        self.load = loading(getattr(import_module(f"core.loaders.{name}"), name))
        module = import_module({"parquet": "core.lake", "delta": "core.lake_delta"}.get(form, "core.lake_text"))
        self.reader = getattr(module, f"read_{form}")
        # the source is the loader's own
        self.stage = name.removeprefix("to_")

    def read(self, schema: pl.Schema = OLD.schema) -> pl.DataFrame:
        files = self.name if self.form == "delta" else f"{self.name}/**/*.{self.form}"
        return ours(self.reader(self.stage, files, own_schema(pl.Schema(schema)), *YEAR))


def comes_back_as_it_was(loader: Loader) -> None:
    assert loader.load(OLD) == OLD.height
    same(loader.read(), OLD)


def twice_changes_nothing(loader: Loader) -> None:
    loader.load(OLD)
    same(loader.read(), OLD)


def no_rows_change_nothing(loader: Loader) -> None:
    assert loader.load(OLD.clear()) == 0
    same(loader.read(), OLD)


def what_cannot_be_kept_changes_nothing(loader: Loader) -> None:
    refused = [NEW.drop("day"), NEW.with_columns(day=pl.lit(None, pl.Date))]
    if loader.form == "delta":
        refused.append(NEW.with_columns(value=pl.lit("text")))
    if loader.form == "csv":
        refused.append(NEW.with_columns(note=pl.lit([["a"]])))
    for frame in refused:
        try:
            loader.load(frame)
        except LakeError:
            same(loader.read(), OLD)
        else:
            raise AssertionError(f"was kept: {frame.schema}")


def only_its_partitions_are_replaced(loader: Loader) -> None:
    loader.load(NEW.filter(pl.col("day") != date(2026, 1, 5)))
    same(loader.read(), pl.concat([OLD.filter(pl.col("day") == date(2026, 1, 5)), NEW.filter(pl.col("day") != date(2026, 1, 5))]))
    loader.load(NEW)
    same(loader.read(), NEW)


def a_column_more_is_kept(loader: Loader) -> None:
    more = rows([8, 8, 8, 8]).with_columns(extra=pl.lit("x"))
    loader.load(more)
    same(loader.read(), pl.concat([NEW, more.drop("extra")]))


def a_column_less_is_kept_as_it_is(loader: Loader) -> None:
    loader.load(rows([8, 8, 8, 8]).drop("note"))
    less = pl.Schema({name: kind for name, kind in OLD.schema.items() if name != "note"})
    same(loader.read(less), pl.concat([NEW, rows([8, 8, 8, 8])]).drop("note"))


def a_slash_of_a_value_is_no_folder(loader: Loader) -> None:
    if loader.form == "delta":
        return
    table = f"slashes_{loader.form}"
    with patch.object(lake, "keys_of", lambda *_: ["day", "channel"]), patch.object(lake, "table_of", lambda _, found: f"{found.uri}/{table}"):
        assert loader.load(OLD) == OLD.height
    found = lake.open_lake(loader.name)
    # as lines, which files of any form have
    lines = pl.scan_lines(f"{found.uri}/{table}/**/data.*", storage_options=found.options, include_file_paths="path")
    folders = {tuple(path.split(f"/{table}/")[1].split("/")[:-1]) for path in lines.select("path").unique().collect()["path"]}
    assert folders == {(f"day={day}", f"channel={quote(channel, safe='')}") for day, channel in OLD.select("day", "channel").rows()}, folders
    same(ours(loader.reader(loader.stage, f"{table}/**/*.{loader.form}", own_schema(OLD.schema), *YEAR)), OLD)


CASES = [
    comes_back_as_it_was,
    twice_changes_nothing,
    no_rows_change_nothing,
    what_cannot_be_kept_changes_nothing,
    only_its_partitions_are_replaced,
    a_column_more_is_kept,
    a_column_less_is_kept_as_it_is,
    a_slash_of_a_value_is_no_folder,
]


def run(loader: Loader) -> list[str]:
    faults: list[str] = []
    for case in CASES:
        try:
            case(loader)
        except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
            faults.append(f"{case.__name__}: {type(error).__name__}: {error}")
    return faults


def two_days(value: float) -> pl.DataFrame:
    """Rows of two partitions: 0 marks old ones, 2.5 new ones."""
    return rows([5, 5, 6, 6]).with_columns(value=value)


def marks(loader: Loader) -> dict[str, list[float]]:
    """What marks the rows of each day."""
    days = loader.read().group_by("day").agg(pl.col("value").unique().sort()).sort("day")
    return {str(day): values for day, values in days.rows()}


match sys.argv[1:]:
    case ["new", name]:
        module = import_module(f"core.loaders.{name}")
        if "KILLED_AT" in os.environ:
            # before a file takes the place of another
            files = getattr(lake, "take_place", None) and import_module("core.lake_files") or lake
            count, usual = 0, files.Path.replace

            def replace(aside: Path, target: Path) -> Path:
                global count
                count += 1
                if count == int(os.environ["KILLED_AT"]):
                    os.kill(os.getpid(), 9)
                return usual(aside, target)

            files.Path.replace = replace
        loading(getattr(module, name))(two_days(2.5))
    case ["old", name]:
        loading(getattr(import_module(f"core.loaders.{name}"), name))(two_days(0.0))
    case ["look", name, form]:
        print(json.dumps(marks(Loader(name, form))))
    case [told]:
        found = {}
        for each in json.loads(told):
            os.environ.update({**each["variables"], f"AT_{each['name'].upper()}_URI": each["uri"]})
            for form in each["forms"]:
                found[f"to_{each['name']}_{form}"] = run(Loader(f"to_{each['name']}_{form}", form))
        print(json.dumps(found))
