"""Puts the flight records into a small SQLite file: the warehouse of this example.

    python load_flights.py <warehouse.sqlite> [flights.csv]

A real KPI reads a warehouse that is there already, and needs no such script.
"""

import csv
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

CSV = Path(__file__).parent / "data" / "flights.csv"

TABLE = """
create table flights (
    flight_id text primary key,
    departed_at timestamp not null,
    delay_minutes integer not null,
    distance_miles integer not null,
    origin text not null,
    origin_state text not null,
    destination text not null
)
"""

# SQLAlchemy compares times in SQLite as texts with microseconds: stored without them,
# a flight at midnight would sort before the midnight that its day starts at.
ROW = """
insert into flights values (
    :flight_id, :departed_at || '.000000', :delay_minutes, :distance_miles,
    :origin, :origin_state, :destination
)
"""


def load(warehouse: Path, records: Path = CSV) -> int:
    """Make the table anew from the CSV file, in one transaction.

    Args:
        warehouse: the SQLite file; made when it is not there.
        records: the flights, as in data/flights.csv.

    Returns:
        How many flights the table holds.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(warehouse)) as database,
        records.open(encoding="utf-8", newline="") as file,
        database,
    ):
        database.execute("drop table if exists flights")
        database.execute(TABLE)
        database.executemany(ROW, csv.DictReader(file))
        (count,) = database.execute("select count(*) from flights").fetchone()
    return count


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(f"{load(*map(Path, sys.argv[1:]))} flights")
