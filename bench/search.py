"""`python -m bench.search`: how long the database takes to find a name, among 10,000 students and among 400,000.

Students, three adults to two of them and their keys are made here, not imported: families share the common names as they
do in a large district. Times are of all statements of a search, for posts that see every school, those of a region, one of some
400 students and one of more than 3,000. Beside it the whole page of the dashboard of the district.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.people.models import Person

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".cache" / "bench" / "search"
SIZES = (10_000, 400_000)
ASKED = 200  # searches of each kind
LARGE = 3000  # students of the second school, and its share of the others
GIVEN = ("Maria", "Jose", "Ana", "Luis", "Mia", "Leo", "Sofia", "Daniel", "Grace", "Ben", "Min-jun", "Narek")
FAMILY = ("Garcia", "Lopez", "Hernandez", "Kim", "Nguyen", "Smith", "Petrosyan", "Okafor", "Reyes", "Lee")


def main() -> None:
    if len(sys.argv) < 2:
        for size in SIZES:
            subprocess.run([sys.executable, "-m", "bench.search", str(size)], check=True)
        return
    shutil.rmtree(DATA, ignore_errors=True)
    os.environ |= {"DATA_DIR": str(DATA), "DJANGO_SETTINGS_MODULE": "portal.config.settings"}
    from portal.config import embedded

    with embedded.running(DATA, durable=False):
        import django

        django.setup()
        from portal.config import house

        house.migrate()
        house.collect_files()
        size = int(sys.argv[1])
        print(json.dumps({"students": size, **measured(size)}), flush=True)


def measured(size: int) -> dict[str, float]:
    """Milliseconds in the database of one search, by who looks for whom: the middle one and the 95th of a hundred."""
    from django.db import connections

    from portal.people.asking import opened

    rng = random.Random(size)
    with opened("demo"):
        people = fill(size, rng)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    found = {}
    for who, person in people.items():
        for whom in ("student", "parent"):
            times = [one_search(person, whom, typed(size, rng)) for _n in range(ASKED)]
            found |= {
                f"{who}_{whom}_p50_ms": round(statistics.median(times), 2),
                f"{who}_{whom}_p95_ms": round(statistics.quantiles(times, n=20)[18], 2),
            }
    return found | {"dashboard_ms": dashboard(people["district"])}


def dashboard(person: "Person") -> float:
    """Milliseconds of the page of the whole district, the middle of nine: counts of thirteen grades in four languages."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.utils.timezone import localdate

    from portal.people.asking import opened
    from portal.people.sessions import SessionStore

    with opened("demo"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO staff_familycount ("on", school_id, grade, run_id, language, students, verified, issued,
                 registered, linked, active)
               SELECT %s::date - 7 * week, o.id, CASE week WHEN 0 THEN lpad(grade::text, 2, '0') ELSE '' END, 0,
                 CASE week WHEN 0 THEN language ELSE '' END, 12, 12, 9, 8, 7, 6
               FROM students_org o, generate_series(0, 12) grade, unnest(ARRAY['en', 'es', 'fa', 'ko']) language,
                 generate_series(0, 11) week
               WHERE o.type = 'school' AND (week = 0 OR (grade = 0 AND language = 'en'))""",
            [localdate()],
        )
    session = SessionStore()
    with opened("door"):
        session.sign_in(person, own_device=False, device="bench")
        session.save()
    client = Client()
    client.cookies[settings.STAFF_COOKIE_NAME] = session.session_key
    times = []
    for _n in range(9):
        began = time.perf_counter()
        answer = client.get("/staff/dashboards/pins/")
        times.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, answer.status_code
    return round(statistics.median(times), 1)


def typed(size: int, rng: random.Random) -> str:
    """What somebody types into the search: both names, one of them, or their beginnings."""
    given, family = rng.choice(GIVEN), f"{rng.choice(FAMILY)}{rng.randrange(size // 40)}"
    return rng.choice((f"{given} {family}", family, f"{family[:5]} {given[:3]}", given))


def one_search(person: "Person", whom: str, name: str) -> float:
    """Milliseconds of all its statements."""
    from django.db import connection

    from portal.access import gate
    from portal.people.asking import opened
    from portal.staff import search

    took = 0.0

    def timed(execute, sql, values, many, context):  # type: ignore[no-untyped-def]
        nonlocal took
        began = time.perf_counter()
        try:
            return execute(sql, values, many, context)
        finally:
            took += time.perf_counter() - began

    said = {"search_by": whom, "name": name, "student_id": "", "email": "", "active": True}
    with opened("staff", person.pk), connection.execute_wrapper(timed):
        search.find(gate.Actor(person), said | {"schools": "", "grades": ""}, 1)
    return 1000 * took


def fill(size: int, rng: random.Random) -> dict[str, "Person"]:
    """So many students at a thousand schools at most, three adults to two of them, and all their keys.

    Gives who looks for them: an administrator of the district, the office of a region, those of two schools.
    """
    from django.utils.timezone import now

    from portal.access.models import Post
    from portal.family import finding
    from portal.people.models import Person
    from portal.students import names
    from portal.students.models import Org

    common = {"source": "bench", "run_id": 1}
    district = Org.objects.create(**common, sourced_id="d", name="District", type="district")
    regions = Org.objects.bulk_create(
        Org(**common, sourced_id=f"r{n}", name=f"Region {n}", type="local", parent=district) for n in range(8)
    )
    schools = Org.objects.bulk_create(
        Org(**common, sourced_id=f"o{n}", name=f"School {n}", type="school", parent=regions[n % 8])
        for n in range(min(1000, size // 400))
    )

    def name() -> tuple[str, str]:
        return rng.choice(GIVEN), f"{rng.choice(FAMILY)}{rng.randrange(size // 40)}"

    def school(n: int) -> Org:
        return schools[1] if n < LARGE else rng.choice(schools)

    rostered = ("source", "sourced_id", "active", "run_id")
    copied(
        "students_student",
        (*rostered, "ref", "student_id", "given_name", "middle_name", "family_name", "grade", "school_id",
         "objects_to_parents"),
        (("bench", f"s{n}", True, 1, f"r{n:09}", f"{n:010}", given, "", family, "09", school(n).pk, False)
         for n in range(size) for given, family in (name(),)),
    )  # fmt: skip
    adults = size * 3 // 2
    copied(
        "family_guardian",
        (*rostered, "given_name", "family_name", "email", "phone", "language"),
        (("bench", f"a{n}", True, 1, *name(), "", "", "en") for n in range(adults)),
    )
    first = ids("family_guardian"), ids("students_student")
    copied(
        "family_guardianship",
        (*rostered, "guardian_id", "student_id", *RIGHT),
        (
            ("bench", f"g{n}", True, 1, first[0] + n, first[1] + n % size, *RIGHT.values())
            for n in range(adults)
        ),
    )
    names.refresh(1)
    finding.refresh(1)
    people = {}
    for who, role, place in (
        ("district", Post.Role.DISTRICT_ADMINISTRATOR, district),
        ("region", Post.Role.REGION_FAMILY_OFFICE, regions[0]),
        ("clerk", Post.Role.OFFICE_MANAGER, schools[0]),
        ("clerk_of_large", Post.Role.OFFICE_MANAGER, schools[1]),
    ):
        people[who] = Person.objects.create(
            kind="staff", email=who, email_key=who, first_name=who, state="active", password="!"
        )
        Post.objects.create(person=people[who], role=role, place=place, begins_at=now())
    return people


RIGHT: dict[str, Any] = {
    "relationship": "mother",
    "educational_rights": "full",
    "access_restriction": "none",
    "basis_document": "",
}


def copied(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows into a table, by a table of one's own: COPY does not go through the second wall."""
    from django.db import connection

    listed = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS made")
        cursor.execute(f"CREATE TEMP TABLE made AS SELECT {listed} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY made ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM made")


def ids(table: str) -> int:
    """The first key of a table that was just filled in order."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id) FROM {table}")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())
