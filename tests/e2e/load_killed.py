"""Kills loads at random moments: run in a repository as load_killed.py <kills> <loader>..., with their source's variable set.

Prints one line of JSON: of each loader how many loads were killed while they ran, how many of those left the old rows and
the new ones, and what was seen of the first that left something else.
"""

import json
import random
import subprocess
import sys
import time
from datetime import date
from importlib import import_module
from pathlib import Path

import polars as pl
from sqlalchemy import text

sys.path.insert(0, str(Path.cwd() / "src"))

from core import sql  # noqa: E402
from core.settings import settings  # noqa: E402
from own_frames import loading  # noqa: E402

CHANNELS = 400


def rows(first: int, last: int, mark: float) -> pl.DataFrame:
    """Rows of the days of January, whose values differ by `mark`."""
    days = pl.DataFrame({"day": [date(2026, 1, day) for day in range(first, last + 1)]})
    channels = pl.DataFrame({"channel": [f"channel {n}" for n in range(CHANNELS)]})
    return days.join(channels, how="cross").with_columns(value=pl.int_range(pl.len()) + mark)


# half of the days are there already
OLD, NEW = rows(1, 20, 0.25), rows(11, 30, 0.75)


def load(name: str, frame: pl.DataFrame) -> None:
    module = import_module(f"core.loaders.{name}")
    loading(getattr(module, name))(frame)


def held(name: str) -> list[tuple[object, ...]]:
    current = ", valid_to is null" if settings().loaders[name].way == "scd2" else ""
    with sql.open_database(name).connect() as connection:
        found = connection.execute(text(f"select day, channel, value{current} from {name}"))
        return sorted(map(tuple, found), key=str)


def begin(name: str) -> None:
    with sql.open_database(name).begin() as connection:
        for table in (name, f"{name}_staged"):
            connection.execute(text(f"drop table if exists {table}"))
    load(name, OLD)


def start(name: str) -> "subprocess.Popen[str]":
    """A process that has all it needs, and loads when it is told to."""
    return subprocess.Popen([sys.executable, __file__, "load", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def kill(name: str, within: float) -> bool:
    """Kills a load some time after its start; whether it still ran."""
    with start(name) as child:
        assert child.stdin and child.stdout
        begin(name)
        assert child.stdout.readline() == "ready\n"
        child.stdin.write("go\n")
        child.stdin.flush()
        time.sleep(within * random.random())
        child.kill()
        return "done" not in child.stdout.read()


def run(name: str, kills: int) -> dict[str, object]:
    begin(name)
    old = held(name)
    started = time.perf_counter()
    load(name, NEW)
    takes = time.perf_counter() - started
    new = held(name)
    assert old != new
    # one kill is to hit a load; many are to hit any of its moments, the last ones and those after it too
    within = takes if kills == 1 else takes * 2
    told = {"killed": 0, "old": 0, "new": 0}
    for _ in range(kills):
        told["killed"] += kill(name, within)
        left = held(name)
        if left not in (old, new):
            return {**told, "fault": f"neither the {len(old)} old rows nor the {len(new)} new ones: {len(left)}"}
        told["old" if left == old else "new"] += 1
        load(name, NEW)
        if held(name) != new:
            return {**told, "fault": "loaded again, it is not what it should be"}
    return {**told, "fault": ""}


if sys.argv[1] == "load":
    import_module(f"core.loaders.{sys.argv[2]}")
    print("ready", flush=True)
    sys.stdin.readline()
    load(sys.argv[2], NEW)
    print("done", flush=True)
else:
    kills, *names = sys.argv[1:]
    print(json.dumps({name: run(name, int(kills)) for name in names}))
