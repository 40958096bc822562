"""The work that the runtime is measured beside, in Prefect's Python: `python runtime_bench.py mapped|overhead <count>`."""

import json
import sys
import time

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import wait
from prefect.runtime import flow_run


@task(cache_policy=NO_CACHE)
def double(n: int) -> int:
    return n * 2


@flow
def mapped(count: int) -> tuple[str, float]:
    started = time.perf_counter()
    wait(double.map(range(count)))
    return str(flow_run.id), time.perf_counter() - started


@flow
def overhead(count: int) -> float:
    wall, cpu = time.perf_counter(), time.process_time()
    for n in range(count):
        double(n)
    return (time.perf_counter() - wall) / count, (time.process_time() - cpu) / count


@flow
def quick() -> None:
    pass


@flow
def waits() -> None:
    while True:
        time.sleep(0.1)


if __name__ == "__main__":
    what, count = sys.argv[1], int(sys.argv[2])
    if what == "mapped":
        run, seconds = mapped(count)
        print(json.dumps({"run": run, "seconds": seconds}), flush=True)
    else:
        wall, cpu = overhead(count)
        print(json.dumps({"wall": wall, "cpu": cpu}), flush=True)
