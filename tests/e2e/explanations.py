"""Prints what a repository says of errors of databases and stores: explanations.py < {"sql": […], "lake": […]}."""

import json
import sys
from pathlib import Path

from sqlalchemy import create_engine

sys.path.insert(0, str(Path.cwd() / "src"))

from core.lake import Lake, explain  # noqa: E402
from core.sql_errors import explained  # noqa: E402

given = json.load(sys.stdin)
lake = Lake("s3://bucket", None, "LAKE_URI", "LAKE_SERVER", "LAKE_KEY")
with create_engine("sqlite://").connect() as connection:
    connection.info["says"] = ("orders", "SHOP_URL")
    sql = [str(explained(connection, Exception(each))) for each in given["sql"]]
print(json.dumps({"sql": sql, "lake": [explain(each, lake) for each in given["lake"]]}))
