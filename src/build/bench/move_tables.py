"""Takes a million rows out of PostgreSQL and puts them where they belong, as a generated repository does and as others do.

Run in a repository with the extractors `sold` and `sold_parts` and the loaders `moved` (a table) and `filed` (parquet, a
file a day): move_tables.py seed <rows>, or move_tables.py <way> <job>, with the variables of its sources set. Prints a line
of JSON: seconds without the imports, and the most memory that the process held, in MiB.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path.cwd() / "src"))

URL = os.environ["WAREHOUSE_URL"]
PLAIN = URL.replace("+psycopg", "")
LAKE = Path(os.environ["LAKE_URI"])
DAYS = (date(2026, 1, 1), date(2027, 1, 1))
COLUMNS = {
    "order_id": "bigint",
    "sold_at": "timestamp",
    "day": "date",
    "channel": "varchar(760)",
    "amount": "numeric(18, 2)",
    "value": "double precision",
    "flag": "boolean",
    "note": "text",
}
SCHEMA = pl.Schema(
    {
        "order_id": pl.Int64(),
        "sold_at": pl.Datetime("us"),
        "day": pl.Date(),
        "channel": pl.String(),
        "amount": pl.Decimal(18, 2),
        "value": pl.Float64(),
        "flag": pl.Boolean(),
        "note": pl.String(),
    }
)
NAMES = ", ".join(COLUMNS)
STATED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
FROM = "sold_many" if "many" in sys.argv[2:] else "sold"
ASKED = f"select {NAMES} from {FROM} where sold_at >= '{DAYS[0]}' and sold_at < '{DAYS[1]}'"
# the way of a generated loader: what comes anew is deleted, all is inserted, in one transaction
MERGE = [
    "delete from moved using staged where moved.day = staged.day and moved.channel = staged.channel",
    f"insert into moved ({NAMES}) select {NAMES} from staged",
]
# forty thousand rows a day
ROWS = f"""create table sold as select n::bigint as order_id,
  timestamp '2026-01-01' + (n / 40000) * interval '1 day' + (n % 40000) * interval '2 seconds' as sold_at,
  date '2026-01-01' + (n / 40000) as day, ('channel_' || n % 40000)::varchar(760) as channel,
  ((n % 10000) * 0.01)::numeric(18, 2) as amount, n * 0.1::float8 as value, n % 3 = 0 as flag,
  case when n % 10 > 0 then 'a note, with "words" ' || n end as note from generate_series(0, {{}} - 1) n"""


def psycopg_connection() -> Any:
    return import_module("psycopg").connect(PLAIN)


def seed(rows: int) -> None:
    with psycopg_connection() as database:
        database.execute("drop table if exists sold, sold_many")
        database.execute(ROWS.format(rows))
        database.execute(ROWS.format(rows * 10).replace("table sold", "table sold_many"))


def as_declared(frame: pl.DataFrame) -> pl.DataFrame:
    """A numeric comes as text, whoever reads by ADBC."""
    return frame.with_columns(pl.col("amount").ext.storage().cast(SCHEMA["amount"]))


def file_by_day(frame: pl.DataFrame) -> None:
    for (day,), rows in frame.partition_by("day", as_dict=True).items():
        folder = LAKE / f"day={day}"
        folder.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(folder / "part.parquet")


def ours() -> dict[str, Callable[[], None]]:
    sold = import_module("core.extractors.sold")
    parts = import_module("core.sql_batches")
    moved, filed = (import_module(f"core.loaders.{name}") for name in ("moved", "filed"))
    sold.SCHEMA, sold.QUERY = SCHEMA, f"select {NAMES} from {FROM} where sold_at >= :start and sold_at < :end"
    import_module("adbc_driver_postgresql")

    def streamed() -> None:
        LAKE.mkdir(parents=True, exist_ok=True)
        with parts.staged_sql("sold", sold.QUERY, SCHEMA, *DAYS, batch_rows=100_000) as rows:
            rows.sink_parquet(LAKE / "streamed.parquet")

    return {
        "parquet": lambda: filed.filed(sold.sold(*DAYS)),
        "table": lambda: moved.moved(sold.sold(*DAYS)),
        "streamed": streamed,
    }


def by_polars() -> dict[str, Callable[[], None]]:
    adbc = import_module("adbc_driver_postgresql.dbapi")

    def read() -> pl.DataFrame:
        return as_declared(pl.read_database_uri(ASKED, PLAIN, engine="adbc"))

    def table() -> None:
        frame = read()
        with adbc.connect(PLAIN) as database, database.cursor() as cursor:
            cursor.execute(f"create table if not exists moved ({STATED}, primary key (day, channel))")
            cursor.execute(f"create table staged ({STATED})")
            frame.write_database("staged", database, engine="adbc", if_table_exists="append")
            for statement in [*MERGE, "drop table staged"]:
                cursor.execute(statement)
            database.commit()

    return {"parquet": lambda: file_by_day(read()), "table": table}


def by_adbc() -> dict[str, Callable[[], None]]:
    adbc = import_module("adbc_driver_postgresql.dbapi")
    pyarrow, compute, dataset = (import_module(f"pyarrow{part}") for part in ("", ".compute", ".dataset"))

    def read(cursor: Any) -> Any:
        cursor.execute(ASKED)
        found = cursor.fetch_arrow_table()
        place = found.schema.get_field_index("amount")
        text = pyarrow.chunked_array([getattr(each, "storage", each) for each in found["amount"].chunks])
        return found.set_column(place, "amount", compute.cast(text, pyarrow.decimal128(18, 2)))

    def parquet() -> None:
        with adbc.connect(PLAIN) as database, database.cursor() as cursor:
            rows = read(cursor)
        dataset.write_dataset(rows, LAKE, format="parquet", partitioning=["day"], partitioning_flavor="hive")

    def table() -> None:
        with adbc.connect(PLAIN) as database, database.cursor() as cursor:
            rows = read(cursor)
            cursor.execute(f"create table if not exists moved ({STATED}, primary key (day, channel))")
            cursor.adbc_ingest("staged", rows, mode="create", temporary=True)
            for statement in MERGE:
                cursor.execute(statement)
            database.commit()

    return {"parquet": parquet, "table": table}


def by_copy() -> dict[str, Callable[[], None]]:
    import_module("psycopg")

    def read() -> pl.DataFrame:
        with psycopg_connection() as database, database.cursor() as cursor, cursor.copy(f"copy ({ASKED}) to stdout (format csv)") as rows:
            text = b"".join(rows)
        as_text = {"sold_at": pl.String(), "day": pl.String(), "flag": pl.String()}
        frame = pl.read_csv(text, has_header=False, schema={**SCHEMA, **as_text})
        moment = pl.col("sold_at").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")
        return frame.with_columns(moment, pl.col("day").str.to_date("%Y-%m-%d"), flag=pl.col("flag") == "t")

    def table() -> None:
        frame = read()
        with psycopg_connection() as database, database.cursor() as cursor:
            cursor.execute(f"create table if not exists moved ({STATED}, primary key (day, channel))")
            cursor.execute(f"create temporary table staged ({STATED})")
            with cursor.copy("copy staged from stdin (format csv)") as copy:
                for part in frame.iter_slices(10_000):
                    copy.write(part.write_csv(include_header=False))
            for statement in MERGE:
                cursor.execute(statement)

    return {"parquet": lambda: file_by_day(read()), "table": table}


def by_dlt() -> dict[str, Callable[[], None]]:
    dlt = import_module("dlt")
    source = import_module("dlt.sources.sql_database")
    import_module("connectorx")
    # it wants a password, and the server asks nobody for one
    address = PLAIN.replace("kpi@", "kpi:none@")

    def run(destination: Any, **how: Any) -> None:
        pipeline = dlt.pipeline("moves", destination=destination, dataset_name="moves", pipelines_dir=str(LAKE.parent / "pipelines"))
        rows = source.sql_table(address, table=FROM, backend="connectorx", backend_kwargs={"return_type": "arrow"})
        pipeline.run(rows, table_name="moved", **how)

    return {
        "parquet": lambda: run(dlt.destinations.filesystem(str(LAKE)), loader_file_format="parquet", write_disposition="replace"),
        "table": lambda: run(dlt.destinations.postgres(address), write_disposition="merge", primary_key=["day", "channel"]),
    }


def most_memory() -> float:
    """Of this process alone; what resource usage tells includes who started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(each for each in lines if each.startswith("VmHWM:")).split()[1]) / 1024


WAYS = {"ours": ours, "polars": by_polars, "adbc": by_adbc, "copy": by_copy, "dlt": by_dlt}
if sys.argv[1] == "seed":
    seed(int(sys.argv[2]))
    sys.exit()
with psycopg_connection() as database:
    database.execute("drop table if exists moved")
    database.execute("drop schema if exists moves, moves_staging cascade")
run = WAYS[sys.argv[1]]()[sys.argv[2]]
started = time.perf_counter()
run()
print(json.dumps({"seconds": time.perf_counter() - started, "peak": most_memory()}))
