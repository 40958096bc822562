"""Prints the rows of a table, sorted, in a form that is the same for every database: dump_table.py <url> <table>."""

import sys
from datetime import date

from sqlalchemy import create_engine, text


def show(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.9g}"
    # SQLite writes a moment as text, with its fraction
    return str(value)[:19] if isinstance(value, date | str) else str(value)


url, table = sys.argv[1:]
with create_engine(url).connect() as connection:
    rows = connection.execute(text(f"select * from {table}"))
    print("\n".join(sorted(" ".join(map(show, row)) for row in rows)))
