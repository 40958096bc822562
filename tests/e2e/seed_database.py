"""Makes a database of a server, and in it the tables that extractors read, with the records of the sample.

Run in a repository: seed_database.py <url of a database that is there> <url of the new one> <start> <end> <table>...
"""

import sys
import time
from datetime import date
from pathlib import Path

from sqlalchemy import Column, MetaData, Table, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

sys.path.insert(0, str(Path.cwd() / "src"))

from core import sample, sql  # noqa: E402
from own_frames import kinds_of, ours  # noqa: E402

TRIES = 100

first, url, start, end, *tables = sys.argv[1:]
server = create_engine(first, isolation_level="AUTOCOMMIT")
for _ in range(TRIES):
    try:
        with server.connect() as connection:
            connection.execute(text(f"create database {make_url(url).database}"))
        break
    except OperationalError as error:
        fault = error.orig
        # it takes connections before it answers
        time.sleep(0.1)
else:
    raise SystemExit(f"no answer in {TRIES} tries: {fault}")
with create_engine(url).begin() as connection:
    for name in tables:
        columns = [Column(key, sql.sql_type(kind)) for key, kind in kinds_of(sample.SCHEMA).items()]
        table = Table(name, MetaData(), *columns)
        table.create(connection)
        records = sample.records(name, date.fromisoformat(start), date.fromisoformat(end))
        connection.execute(table.insert(), ours(records).to_dicts())
