"""`python -m bench.search`: how long the database takes to find a name, among 10,000 students and among 400,000.

Students and their name keys are made here, not imported: families share the common names as they do in a large
district. Times are of all statements of a search, for a district post that sees every school.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.people.models import Person
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".cache" / "bench" / "search"
SIZES = (10_000, 400_000)
ASKED = 200  # searches at each size
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
        size = int(sys.argv[1])
        print(json.dumps({"students": size, **measured(size)}), flush=True)


def measured(size: int) -> dict[str, float]:
    """Milliseconds in the database of one search: the middle one and the 95th of a hundred."""
    from django.db import connection, connections

    from portal.access import gate
    from portal.people.asking import opened
    from portal.staff import search

    rng = random.Random(size)
    with opened("demo"):
        people = fill(size, rng)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    actor, times = gate.Actor(people), []
    for _n in range(ASKED):
        given, family = rng.choice(GIVEN), f"{rng.choice(FAMILY)}{rng.randrange(size // 40)}"
        typed = rng.choice((f"{given} {family}", family, f"{family[:5]} {given[:3]}", given))
        said = {"search_by": "student", "name": typed, "student_id": "", "email": "", "active": True}
        took = [0.0]

        def timed(execute, sql, values, many, context, took=took):  # type: ignore[no-untyped-def]
            began = time.perf_counter()
            try:
                return execute(sql, values, many, context)
            finally:
                took[0] += time.perf_counter() - began

        with opened("staff", people.pk), connection.execute_wrapper(timed):
            search.find(actor, said | {"schools": "", "grades": ""}, 1)
        times.append(1000 * took[0])
    return {
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(statistics.quantiles(times, n=20)[18], 2),
    }


def fill(size: int, rng: random.Random) -> "Person":
    """So many students at a thousand schools at most, with their keys; a district administrator to look for them."""
    from django.db import connection
    from django.utils.timezone import now

    from portal.access.models import Post
    from portal.people.models import Person
    from portal.students.models import Org

    with connection.cursor() as cursor:
        district = Org.objects.create(
            source="bench", sourced_id="d", run_id=1, name="District", type="district"
        )
        schools = Org.objects.bulk_create(
            Org(
                source="bench",
                sourced_id=f"o{n}",
                run_id=1,
                name=f"School {n}",
                type="school",
                parent=district,
            )
            for n in range(min(1000, size // 400))
        )
        cursor.execute("CREATE TEMP TABLE made (LIKE students_student INCLUDING DEFAULTS)")
        with cursor.copy(
            "COPY made (source, sourced_id, active, run_id, ref, student_id, given_name, middle_name,"
            " family_name, grade, school_id, objects_to_parents) FROM STDIN"
        ) as copy:
            for n in range(size):
                given, family = rng.choice(GIVEN), f"{rng.choice(FAMILY)}{rng.randrange(size // 40)}"
                school = rng.choice(schools).pk
                copy.write_row(
                    (
                        "bench",
                        f"s{n}",
                        True,
                        1,
                        f"r{n:09}",
                        f"{n:010}",
                        given,
                        "",
                        family,
                        "09",
                        school,
                        False,
                    )
                )
        columns = (
            "source, sourced_id, active, run_id, ref, student_id, given_name, middle_name, family_name, grade,"
            " school_id, objects_to_parents"
        )
        cursor.execute(f"INSERT INTO students_student ({columns}) SELECT {columns} FROM made")
    from portal.students import names

    names.refresh(1)
    person = Person.objects.create(
        kind="staff", email="a", email_key="a", first_name="A", state="active", password="!"
    )
    Post.objects.create(person=person, role=Post.Role.DISTRICT_ADMINISTRATOR, place=district, begins_at=now())
    return person


if __name__ == "__main__":
    sys.exit(main())
