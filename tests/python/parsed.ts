import { readPythonGrammar } from '../../src/edge/python-grammar.ts';
import { loadPython } from '../../src/python/load-python.ts';

/** The parser, as every test of this room uses it. */
export const parse = await loadPython(await readPythonGrammar());

/** A flow as `create` writes it. */
export const flowText = `"""The flow."""

from datetime import date

from prefect import flow

from core.pipelines.conversion import conversion
from core.settings import settings
from core.window import current_day, window
from prefect_flows import tasks


@flow(
    name="conversion",
    description=settings().kpi.description,
)
def conversion_flow(
    start: date | None = None,
    end: date | None = None,
) -> None:
    """Compute."""
    days = window(start, end, current_day(settings().flow.timezone))

    orders = tasks.orders.submit(*days)
    sessions = tasks.sessions.submit(*days)

    by_day = conversion(
        orders=orders.result(),
        sessions=sessions.result(),
        steps=tasks,
    )

    tasks.conversion_daily(by_day)
    tasks.publish_conversion(by_day)


if __name__ == "__main__":
    conversion_flow()
`;

/** A pipeline as \`create\` writes it. */
export const pipelineText = `from types import ModuleType

import polars as pl

from core import transformers


def conversion(
    *,
    orders: pl.DataFrame,
    sessions: pl.DataFrame,
    steps: ModuleType = transformers,
) -> pl.DataFrame:
    """Clean, calculate, aggregate."""
    counted = steps.conversion(
        steps.clean_orders(orders),
        steps.clean_sessions(sessions),
    )
    return steps.conversion_by_day(counted)
`;
