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
def mapped(count: int) -> None:
    # said before anything: a server that has too much to do may end the run with an error
    print(json.dumps({"run": str(flow_run.id)}), flush=True)
    wait(double.map(range(count)))


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
        mapped(count)
    else:
        wall, cpu = overhead(count)
        print(json.dumps({"wall": wall, "cpu": cpu}), flush=True)
