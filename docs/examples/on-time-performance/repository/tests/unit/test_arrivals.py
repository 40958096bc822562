from datetime import date, datetime

from core.extractors.arrivals import SCHEMA, arrivals


def test_reads_from_start_up_to_end() -> None:
    frame = arrivals(date(2026, 1, 5), date(2026, 1, 6))

    assert frame["occurred_at"].to_list() == [
        datetime(2026, 1, 5),
        datetime(2026, 1, 5, 23, 59, 59),
    ]


def test_gives_minutes_late() -> None:
    frame = arrivals(date(2026, 1, 5), date(2026, 1, 7))

    assert frame.schema == SCHEMA
    assert frame["amount"].to_list() == [-8.0, 15.0, 0.0]
