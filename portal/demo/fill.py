"""Fills an empty database with the sample district: a generated bundle, through the real import."""

import sys

from django.conf import settings
from django.utils.timezone import localdate

from portal.demo import accounts, desk, looks
from portal.demo.district import generate
from portal.people.asking import opened
from portal.sis import command
from portal.students.models import Org

STUDENTS = 300
SEED = 1


def fill_empty() -> None:
    """The sample district, when there is no district yet."""
    if not Org.objects.exists():
        fill(STUDENTS, SEED)


def fill(students: int, seed: int) -> None:
    """Generates, imports, and gives the cast their accounts."""
    print(
        f"Filling the demo with {settings.DISTRICT.name}, {students} students …", file=sys.stderr, flush=True
    )
    written = generate(settings.DATA_DIR / "bundles", students, seed, localdate(), "1.2")
    for bundle in (written.oneroster, written.companion):
        verdict = command.take(bundle, source="sample-sis", dry_run=False, as_json=False)
        if verdict != command.APPLIED:
            sys.exit(f"The sample district was not taken in; see the report above ({bundle.name}).")
    with opened("demo"):
        accounts.make()
        looks.make()
        desk.make()
