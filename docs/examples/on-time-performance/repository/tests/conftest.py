"""Keeps every test away from real systems."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

FLIGHTS = """
create table flights (
    flight_id text,
    departed_at timestamp,
    delay_minutes integer,
    origin_state text
)
"""


@pytest.fixture(autouse=True)
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test reads three flights of one day and writes below a folder of its own."""
    monkeypatch.setenv("KPI_FOLDER", str(tmp_path))
    file = tmp_path / "warehouse.sqlite"
    rows = [
        ("T1", "2026-01-05 00:00:00.000000", -8, "CA"),
        ("T2", "2026-01-05 23:59:59.000000", 15, "TX"),
        ("T3", "2026-01-06 00:00:00.000000", 0, "TX"),
    ]
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(FLIGHTS)
        database.executemany("insert into flights values (?, ?, ?, ?)", rows)
    monkeypatch.setenv("WAREHOUSE_URL", f"sqlite:///{file}")
