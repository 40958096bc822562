"""What an arrival on time is."""

import polars as pl

DIMENSIONS = [
    "origin_state",
]
UNKNOWN = "unknown"
NEEDED = ["record_id", "occurred_at", "amount"]

# the rule of the U.S. Department of Transportation: 14 minutes late is on time
LATE_FROM_MINUTES = 15


def clean_on_time_arrivals(raw: pl.DataFrame) -> pl.DataFrame:
    """Keep the flights that arrived on time, each once, and count each as one.

    # FLOW: extract→clean(on_time_arrivals)→calculate

    Args:
        raw: the columns of the extractor; `amount` is minutes late.

    Returns:
        The same columns; `amount` is 1. No flight twice, none without number,
        time or delay. A blank state reads `UNKNOWN`.
    """
    text = pl.col(DIMENSIONS).str.strip_chars()
    return (
        raw.drop_nulls(NEEDED)
        .unique("record_id", keep="first", maintain_order=True)
        .filter(pl.col("amount") < LATE_FROM_MINUTES)
        .with_columns(text.replace("", None).fill_null(UNKNOWN), amount=1.0)
    )
