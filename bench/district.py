"""Prepares one district for measuring, in a process of its own: import with its cost, a signed-in family, the pages.

Prints one JSON object. Environment: DATA_DIR, as for the portal. The database runs already.
"""

import csv
import io
import json
import random
import resource
import sys
import time
from contextlib import redirect_stdout
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

TOKEN = "f" * 32  # a form token of ours, as cookie and in the body
MARKS = 1_000_000  # bytes read at a time when the same files go in by plain COPY
# What is new in a row of changes, by file.
CHANGED = {
    "attendance": "localText", "results": "comment", "reportCardMarks": "comment", "currentGrades": "comment",
    "lineItems": "title", "users": "familyName", "classes": "location", "emergencyContacts": "givenName",
    "enrollments": "beginDate",
}  # fmt: skip
CHANGED_TO = {"beginDate": ""}  # otherwise the word "Changed"


def main() -> None:
    import django

    django.setup()
    from portal.config import house

    house.migrate()
    house.collect_files()
    answer = {"import": load(int(sys.argv[1]))} if _empty() else {}
    cookie, addresses = _family()
    answer |= {
        "cookie": cookie,
        "pages": {name: _page(name, path, headers) for name, (path, headers) in addresses.items()},
    }
    print(json.dumps(answer))


def _empty() -> bool:
    from portal.students.models import Org

    return not Org.objects.exists()


def load(students: int, again: bool = True) -> dict[str, float]:
    """The import as families' records come in, and the same rows by plain COPY into tables without keys or indexes.

    again: whether the same bundles go in once more, without a change.
    """
    from django.conf import settings
    from django.utils.timezone import localdate

    from portal.demo import accounts
    from portal.demo.district import generate
    from portal.people.asking import opened

    folder = settings.DATA_DIR / "bundles"
    began = time.perf_counter()
    written = generate(folder, students, 1, localdate(), "1.2")
    generated = time.perf_counter() - began
    rows = sum(written.rows.values())
    bundles = (written.oneroster, written.companion)
    took = taken(*bundles)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    unchanged = {"seconds_again": taken(*bundles)} if again else {}
    changed = [changes(bundle, folder / "changes" / bundle.name) for bundle in bundles]
    few = taken(*changed)
    with opened("demo"):
        accounts.make()
    copied = plain_copy([file for bundle in bundles for file in bundle.glob("*.csv")])
    return {
        "rows": rows,
        "seconds_to_generate": generated,
        "seconds": took,
        **unchanged,
        "seconds_of_changes": few,
        "share_of_changes": few / took,
        "rows_per_second": rows / took,
        "copy_rows_per_second": rows / copied,
        "ratio_to_copy": copied / took,
        "peak_memory_mb": peak,
    }


def taken(*bundles: Path) -> float:
    """Seconds until the bundles are in."""
    from portal.sis import command

    began = time.perf_counter()
    for bundle in bundles:
        with redirect_stdout(io.StringIO()):
            assert command.take(bundle, source="sample-sis", dry_run=False, as_json=True) == command.APPLIED
    return time.perf_counter() - began


def changes(bundle: Path, target: Path) -> Path:
    """Every hundredth row of every file of a bundle as a set of changes; in the large files each says something new."""
    target.mkdir(parents=True, exist_ok=True)
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    for file in bundle.glob("*.csv"):
        with (
            file.open(encoding="utf-8", newline="") as text,
            (target / file.name).open("w", encoding="utf-8", newline="") as out,
        ):
            rows, writer = csv.reader(text), csv.writer(out)
            if file.name == "manifest.csv":
                writer.writerows([name, "delta" if value == "bulk" else value] for name, value in rows)
                continue
            header = next(rows)
            writer.writerow(header)
            named = CHANGED.get(file.stem)
            for row in islice(rows, 0, None, 100):
                row[1:3] = "active", at
                if named:
                    row[header.index(named)] = CHANGED_TO.get(named, "Changed")
                writer.writerow(row)
    return target


def plain_copy(files: list[Path]) -> float:
    """Seconds for the same files by COPY into ordinary tables of text without keys or indexes, until each is kept."""
    from django.db import connections

    total = 0.0
    with connections["owner"].cursor() as cursor:
        for file in files:
            if file.name == "manifest.csv":
                continue
            with file.open(encoding="utf-8-sig", newline="") as text:
                columns = ", ".join(f'"{name}" text' for name in next(csv.reader(text)))
            cursor.execute(f"CREATE TABLE plain ({columns})")
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


def _family() -> tuple[str, dict[str, tuple[str, dict[str, str]]]]:
    """A signed-in mother of four, and the addresses that she, her app and a clerk at the school open, with their headers."""
    from bench import visitors
    from portal.demo.district import cast
    from portal.people.asking import opened
    from portal.people.models import Person
    from portal.people.sessions import SessionStore, TokenStore
    from portal.students.models import Student

    session, app = SessionStore(), TokenStore()
    with opened("demo"):
        mother = Person.objects.get(email_key=cast.MARISOL.email)
        session.sign_in(mother, own_device=True, device="Bench")
        session.save()
        app.sign_in(mother, own_device=True, device="Bench app")
        app.save()
        ana = Student.objects.get(sourced_id=cast.ANA.id).ref
    own, below = {"Cookie": f"family={session.session_key}"}, f"/students/{ana}/"
    cookie, school = visitors.staff()[0]
    clerk, name = {"Cookie": f"staff={cookie}"}, visitors.sought(school, random.Random(7))
    return session.session_key, {
        "F1 family home": ("/home/", own),
        "R0 student home": (below, own),
        "R2 attendance": (f"{below}attendance/", own),
        "R3 assignments": (f"{below}assignments/", own),
        "R4 grades": (f"{below}grades/", own),
        "JSON": (f"/api/v1{below}attendance/", {"Authorization": f"Bearer {app.session_key}"}),
        "JSON 304": (
            f"/api/v1{below}attendance/",
            {"Authorization": f"Bearer {app.session_key}", "If-None-Match": ""},
        ),
        "staff search": (f"/staff/search/?search_by=student&{name}&active=on", clerk),
        "P2 login": ("/login/", {}),
    }


def _page(name: str, path: str, headers: dict[str, str]) -> dict[str, object]:
    """What one page asks of the database and sends to the phone."""
    import brotli
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1", **headers})
    if path == "/login/":
        return _login(client)
    known = client.get(path)  # fills what is computed once a process
    if "If-None-Match" in headers:
        headers = headers | {"If-None-Match": known["ETag"]}
        client = Client(headers={"host": "127.0.0.1", **headers})
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == (304 if "If-None-Match" in headers else 200), (name, answer.status_code)
    return {
        "path": path,
        "method": "GET",
        "headers": headers,
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
        "headers": {"Cookie": f"form={TOKEN}; {known}"},
        "queries": [query["sql"] for query in asked.captured_queries if _asks(query["sql"])],
        "bytes": len(answer.content),
        "brotli": 0,
    }


def _asks(sql: str) -> bool:
    return not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"))


if __name__ == "__main__":
    main()
