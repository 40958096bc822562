"""Runs the tests of one repository after another.

Importing Prefect and polars takes longer than most repositories' tests, so this
process does it once, and each repository's tests run in a fork of it.

Each line that it reads is a JSON object: `root`, and `tests` as pytest takes them.
Each that it writes is the answer: `code`, and what was `said` unless it is 0.
"""

import gc
import importlib
import json
import os
import sys
import tempfile

import pytest

for name in (
    "dotenv",
    "polars",
    "prefect",
    "prefect.testing.utilities",
    "pydantic",
    "ruamel.yaml",
    "sqlalchemy",
):
    importlib.import_module(name)

# A collection in a fork would touch, and so copy, all that was imported.
gc.collect()
gc.freeze()


def run(root: str, args: list[str]) -> tuple[int, str]:
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            os.chdir(root)
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            sys.path.insert(0, root)
            code = 70
            try:
                code = int(pytest.main(["-q", "-p", "no:cacheprovider", *args]))
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                # What the parent opened is not this process's to close.
                os._exit(code)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode(errors="replace")


for line in sys.stdin:
    asked = json.loads(line)
    # Rewriting asserts takes a quarter of the time, and only says more of a failure.
    code, said = run(asked["root"], ["--assert=plain", *asked["tests"]])
    if code:
        _, said = run(asked["root"], asked["tests"])
    print(json.dumps({"code": code, "said": said if code else ""}), flush=True)
