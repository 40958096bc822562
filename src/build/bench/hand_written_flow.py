"""What `create` makes, as somebody would write it by hand: the same functions as
tasks, with their options as literals. Starting ours is compared with starting this.
"""

from datetime import date, timedelta

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from core.extractors.records import records
from core.loaders.stock_daily import stock_daily
from core.transformers.clean_records import clean_records
from core.transformers.stock import stock
from core.transformers.stock_by_day import stock_by_day

options = {"retries": 3, "timeout_seconds": 900, "cache_policy": NO_CACHE}

extract = task(name="records", tags=["extract"], **options)(records)
clean = task(name="clean_records", tags=["transform"], **options)(clean_records)
calculate = task(name="stock", tags=["transform"], **options)(stock)
aggregate = task(name="stock_by_day", tags=["transform"], **options)(stock_by_day)
load = task(name="stock_daily", tags=["load"], **options)(stock_daily)


@task(name="publish_stock", tags=["load"], **options)
def publish(frame):
    """Show the KPI in Prefect."""
    create_table_artifact(key="kpi-stock", table=frame.to_dicts())


@flow(name="stock", description="A KPI")
def stock_flow(start: date | None = None, end: date | None = None) -> None:
    """Compute the KPI for some days, save it and publish it."""
    end = end or date.today() + timedelta(days=1)
    start = start or end - timedelta(days=7)
    raw = extract.submit(start, end)
    by_day = aggregate(calculate(clean(raw.result())))
    load(by_day)
    publish(by_day)


if __name__ == "__main__":
    stock_flow()
