"""Runs a flow time after time, and prints what its extractor was asked for: run in a repository with Prefect's address set."""

import json
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from prefect import flow, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, TaskRunFilter, TaskRunFilterTags

sys.path.insert(0, str(Path.cwd()))

from prefect_flows import tasks  # noqa: E402
from prefect_flows.sales_flow import sales_flow  # noqa: E402

from core import sample  # noqa: E402
from core.settings import settings  # noqa: E402
from core.window import current_day  # noqa: E402

asked: list[tuple[str, str]] = []
load_fails = False


def read(stage: str, _query: str, _schema: object, start: date, end: date) -> object:
    asked.append((start.isoformat(), end.isoformat()))
    return sample.records(stage, end - timedelta(days=1), end)


def save(*_: object) -> int:
    if load_fails:
        raise RuntimeError("the table is away")
    return 1


sys.modules["core.extractors.refunds"].read_sql = read
sys.modules["core.loaders.refunds_daily"].save = save


@flow(name="another")
def another_flow(start: date | None = None, end: date | None = None) -> None:
    today = current_day(settings().flow.timezone)
    tasks.refunds(start or today, end or today + timedelta(days=1))


def run(which, *days: date) -> tuple[str, list[tuple[str, str]]]:
    asked.clear()
    state = which(*days, return_state=True)
    own = FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))
    mark = TaskRunFilter(tags=TaskRunFilterTags(all_=["incremental:refunds"]))
    with get_client(sync_client=True) as client:
        # Prefect records tasks a moment after they ran.
        for _ in range(300):
            if client.read_task_runs(flow_run_filter=own, task_run_filter=mark):
                break
            time.sleep(0.2)
    return state.type.value, list(asked)


runs = {}
load_fails = True
runs["the first one, which fails to load"] = run(sales_flow)
load_fails = False
# it completes today: did it count, the next one would not begin at the initial day
runs["a backfill"] = run(sales_flow, date(2026, 2, 1), date(2026, 2, 3))
runs["the next one"] = run(sales_flow)
runs["one after a run that completed"] = run(sales_flow)
runs["one of another flow"] = run(another_flow)
print(json.dumps({"today": current_day(settings().flow.timezone).isoformat(), "runs": runs}))
