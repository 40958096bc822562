from datetime import datetime

import polars as pl

from core.extractors.arrivals import SCHEMA
from core.transformers.clean_arrivals import clean_arrivals

ROW = {
    "record_id": "F0001",
    "occurred_at": datetime(2026, 1, 5, 8),
    "origin_state": "CA",
    "amount": 3.0,
}


def _raw(*changes: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, **each} for each in changes], schema=SCHEMA)


def test_late_flights_arrived_too() -> None:
    raw = _raw({"amount": 120.0})

    assert clean_arrivals(raw).height == 1


def test_counts_each_flight_once() -> None:
    raw = _raw({"record_id": "1"}, {"record_id": "2"}, {"record_id": "1"})

    clean = clean_arrivals(raw)

    assert clean["record_id"].to_list() == ["1", "2"]
    assert clean["amount"].to_list() == [1.0, 1.0]


def test_a_flight_that_never_arrived_does_not_count() -> None:
    assert clean_arrivals(_raw({"amount": None})).is_empty()


def test_names_a_blank_state() -> None:
    raw = _raw({"record_id": "1", "origin_state": " "}, {"origin_state": " TX "})

    clean = clean_arrivals(raw)

    assert clean["origin_state"].to_list() == ["unknown", "TX"]
