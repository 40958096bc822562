"""Prints what a repository says of errors of databases and stores: explanations.py < {"sql": […], "lake": […]}."""

import json
import sys
from pathlib import Path

from sqlalchemy import create_engine

sys.path.insert(0, str(Path.cwd() / "src"))

from core import lake, sql_errors  # noqa: E402

given = json.load(sys.stdin)
place = lake.Lake("s3://bucket", None, "LAKE_URI", "LAKE_SERVER", "LAKE_KEY")
engine = sql_errors.explain(create_engine("sqlite://"), "orders", "SHOP_URL")
with engine.connect() as connection:
    sql = [str(sql_errors.explained(connection, Exception(each))) for each in given["sql"]]
print(json.dumps({"sql": sql, "lake": [lake.explain(each, place) for each in given["lake"]]}))
