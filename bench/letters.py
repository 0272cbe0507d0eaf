"""`python -m bench.letters DATA`: a thousand PIN letters of a district that was taken in there, from asking to the sealed PDF.

Prints one JSON object: letters, seconds, and the most memory of the worker and of the process that sets the sheets.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

LETTERS = 1000
ENOUGH = LETTERS * 3 // 2  # students; some have no adult with an address, or their adult is linked


def main() -> None:
    os.environ |= {
        "DATA_DIR": sys.argv[1],
        "PORTAL_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
    }
    from portal.config import embedded

    with embedded.running(Path(sys.argv[1])):
        import django

        django.setup()
        print(json.dumps(measured()))


def measured() -> dict[str, float]:
    """Seconds of the whole, in which another person's agreement takes none; memory in MB."""
    from django.utils.timezone import now

    from bench import visitors
    from portal.access import gate
    from portal.access.models import Post
    from portal.people.asking import opened
    from portal.people.models import Person
    from portal.staff import printing
    from portal.staff.models import Letter, Printing
    from portal.students.models import Org, Student

    with opened("demo"):
        person = visitors.account("bench-letters@staff.example.org", "Clerk", kind=Person.Kind.STAFF)
        Post.objects.create(
            person=person, role=Post.Role.PIN_ADMINISTRATOR, gives_pins=True, begins_at=now(),
            place=Org.objects.get(type="district"),
        )  # fmt: skip
    began = time.perf_counter()
    with opened("staff", person.pk):
        students = list(Student.objects.filter(active=True, left_on=None).order_by("pk")[:ENOUGH])
        asked = printing.ask(gate.Actor(person), students, "not_linked")
        assert asked is not None
        over = Letter.objects.filter(printing=asked, skipped="").order_by("pk")[LETTERS:]
        Letter.objects.filter(pk__in=[row.pk for row in over]).update(skipped=Letter.Skipped.NOT_NOW)
        Printing.objects.filter(pk=asked.pk).update(state=Printing.State.PRINTING)
    printing.work(asked.pk)
    took = time.perf_counter() - began
    with opened("staff", person.pk):
        asked.refresh_from_db()
        made = Letter.objects.filter(printing=asked, skipped="").count()
    assert asked.state == Printing.State.READY
    return {
        "letters": made,
        "seconds": round(took, 1),
        "worker_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "sheets_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    main()
