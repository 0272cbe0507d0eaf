"""Prepares one district for measuring, in a process of its own: import with its cost, a signed-in family, the pages.

Prints one JSON object. Environment: DATA_DIR, as for the portal. The database runs already.
"""

import io
import json
import resource
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

STUDENTS = int(sys.argv[1])
TOKEN = "f" * 32  # a form token of ours, as cookie and in the body
MARKS = 1_000_000  # bytes read at a time when the same files go in by plain COPY


def main() -> None:
    import django

    django.setup()
    from portal.config import house

    house.migrate()
    house.collect_files()
    answer = {"import": _import()} if _empty() else {}
    cookie, addresses = _family()
    answer |= {
        "cookie": cookie,
        "pages": {name: _page(name, path, cookie) for name, path in addresses.items()},
    }
    print(json.dumps(answer))


def _empty() -> bool:
    from portal.students.models import Org

    return not Org.objects.exists()


def _import() -> dict[str, float]:
    """The import as families' records come in, and the same rows by plain COPY into bare text tables."""
    from django.conf import settings
    from django.utils.timezone import localdate

    from portal.demo import accounts
    from portal.demo.district import generate
    from portal.people.asking import opened
    from portal.sis import command

    written = generate(settings.DATA_DIR / "bundles", STUDENTS, 1, localdate(), "1.2")
    rows = sum(written.rows.values())
    began = time.perf_counter()
    for bundle in (written.oneroster, written.companion):
        with redirect_stdout(io.StringIO()):
            assert command.take(bundle, source="sample-sis", dry_run=False, as_json=True) == command.APPLIED
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    for bundle in (written.oneroster, written.companion):
        _again(bundle, command)
    again = time.perf_counter() - began
    with opened("demo"):
        accounts.make()
    copied = _plain_copy([*written.oneroster.glob("*.csv"), *written.companion.glob("*.csv")])
    return {
        "rows": rows,
        "seconds": took,
        "seconds_again": again,
        "rows_per_second": rows / took,
        "copy_rows_per_second": rows / copied,
        "ratio_to_copy": copied / took,
        "peak_memory_mb": peak,
    }


def _again(bundle: Path, command: ModuleType) -> None:
    with redirect_stdout(io.StringIO()):
        assert command.take(bundle, source="sample-sis", dry_run=False, as_json=True) == command.APPLIED


def _plain_copy(files: list[Path]) -> float:
    """Seconds for the same files by COPY into tables without keys or indexes."""
    import csv

    from django.db import connection

    total = 0.0
    with connection.cursor() as cursor:
        for file in files:
            if file.name == "manifest.csv":
                continue
            with file.open(encoding="utf-8-sig", newline="") as text:
                columns = ", ".join(f'"{name}" text' for name in next(csv.reader(text)))
            cursor.execute(f"CREATE TEMP TABLE plain ({columns})")
            began = time.perf_counter()
            with (
                file.open("rb") as source,
                cursor.copy("COPY plain FROM STDIN (FORMAT csv, HEADER true)") as copy,
            ):
                while block := source.read(MARKS):
                    copy.write(block)
            total += time.perf_counter() - began
            cursor.execute("DROP TABLE plain")
    return total


def _family() -> tuple[str, dict[str, str]]:
    """A signed-in mother of four, and the addresses she opens."""
    from portal.demo.district import cast
    from portal.people.asking import opened
    from portal.people.models import Person
    from portal.people.sessions import SessionStore
    from portal.students.models import Student

    session = SessionStore()
    with opened("demo"):
        mother = Person.objects.get(email_key=cast.MARISOL.email)
        session.sign_in(mother, own_device=True, device="Bench")
        session.save()
        ana = Student.objects.get(sourced_id=cast.ANA.id).ref
    return session.session_key, {
        "F1 family home": "/home/",
        "R0 student home": f"/students/{ana}/",
        "R2 attendance": f"/students/{ana}/attendance/",
        "R4 grades": f"/students/{ana}/grades/",
        "P2 login": "/login/",
    }


def _page(name: str, path: str, cookie: str) -> dict[str, object]:
    """What one page asks of the database and sends to the phone."""
    import brotli
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1"})
    if path == "/login/":
        return _login(client)
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    client.get(path)  # fills what is computed once a process
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, (name, answer.status_code)
    return {
        "path": path,
        "method": "GET",
        "queries": [query["sql"] for query in asked.captured_queries if _asks(query["sql"])],
        "bytes": len(answer.content),
        "brotli": len(brotli.compress(answer.content)),
    }


def _login(client: "Client") -> dict[str, object]:
    """Signing in: the form's POST, whose price is mostly the password hash."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from portal.demo.accounts import PASSWORD
    from portal.demo.district import cast

    body = {"username": cast.GRACE.email, "password": PASSWORD, "csrfmiddlewaretoken": TOKEN}
    client.post("/login/", body)  # fills what is computed once a process
    del client.cookies[settings.SESSION_COOKIE_NAME]  # signed out, on a phone that is known by now
    known = "; ".join(f"{name}={held.value}" for name, held in client.cookies.items())
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/login/", body)
    assert answer.status_code in (302, 303), answer.status_code
    return {
        "path": "/login/",
        "method": "POST",
        "body": body,
        "cookie": f"form={TOKEN}; {known}",
        "queries": [query["sql"] for query in asked.captured_queries if _asks(query["sql"])],
        "bytes": len(answer.content),
        "brotli": 0,
    }


def _asks(sql: str) -> bool:
    return not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"))


if __name__ == "__main__":
    main()
