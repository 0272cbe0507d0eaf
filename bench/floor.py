"""The least a page could cost: the same server, the same SQL statements by the bare driver, a body of the same size.

Environment: BENCH_FLOOR, a JSON file of pages as bench/district.py prints them; BENCH_DATABASE, the database.
Statements that would write the same key twice (a session's row) run on nothing: `WHERE false` costs the round trip.
"""

import json
import os
import re
from collections.abc import Callable, Iterable

from argon2 import PasswordHasher
from psycopg_pool import ConnectionPool

with open(os.environ["BENCH_FLOOR"]) as _file:
    PAGES = {
        (page["method"], page["path"], "If-None-Match" in page["headers"]): page
        for page in json.load(_file)["pages"].values()
    }
POOL = ConnectionPool(os.environ["BENCH_DATABASE"], min_size=1, max_size=6)
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
HASH = HASHER.hash("a body of the same size")
KEYED = re.compile(r'^INSERT INTO "?(people_session|people_knowndevice|people_mail|procrastinate_jobs)')


def application(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
    """A WSGI application that does nothing but what cannot be avoided."""
    query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
    known = "HTTP_IF_NONE_MATCH" in environ
    page = PAGES[str(environ["REQUEST_METHOD"]), f"{environ['PATH_INFO']}{query}", known]
    with POOL.connection() as connection, connection.cursor() as cursor:
        for statement in page["queries"]:
            cursor.execute("SELECT 1 WHERE false" if KEYED.match(statement) else statement)
            if cursor.description:
                cursor.fetchall()
    if page["method"] == "POST":
        HASHER.verify(HASH, "a body of the same size")
    if known:
        start("304 Not Modified", [])
        return []
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(page["bytes"]))])
    return [b"x" * page["bytes"]]
