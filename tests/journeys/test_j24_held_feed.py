"""J24: a feed that would take one guardian in eight away waits; parents keep their records; two people decide."""

import csv
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.walking import DESKTOP, ROOT, Open, Portal, sign_in, staff_sign_in

HELD_LINE = "The school is checking new information. You are seeing records from"


@pytest.fixture
def feed(portal: Portal, tmp_path: Path) -> Iterator[Path]:
    """The sample district's companion set without every eighth guardianship; parents' pages forget it afterwards."""
    (good,) = (path for path in (portal.data / "bundles").iterdir() if "companion" in path.name.lower())
    folder = tmp_path / "companion"
    shutil.copytree(good, folder)
    path = folder / "guardianships.csv"
    head, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([head, *(row for n, row in enumerate(rows) if n % 8)])
    yield folder
    portal.database.execute("UPDATE record_arrival SET held_since = NULL")


def test_a_feed_that_would_end_one_link_in_eight_waits_for_two_people(
    portal: Portal, open_page: Open, feed: Path
) -> None:
    before = portal.database.execute("SELECT count(*) FROM family_guardianship WHERE active").fetchone()
    taken = subprocess.run(
        [sys.executable, "-m", "portal", "import", str(feed), "--source", "sample-sis"],
        env=portal.environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert taken.returncode == 2, taken.stdout[-3000:]  # held
    assert (
        portal.database.execute("SELECT count(*) FROM family_guardianship WHERE active").fetchone() == before
    )

    mother = open_page(script=False)
    sign_in(mother, "marisol.reyes@example.org")
    page = mother.goto("/students/")
    assert page
    assert page.status == 200
    found = portal.database.execute(
        "SELECT ref FROM students_student WHERE sourced_id = 'cast-ana'"
    ).fetchone()
    assert found
    mother.goto(f"/students/{found[0]}/attendance/")
    assert HELD_LINE in mother.locator("main").inner_text()

    first = open_page(DESKTOP, script=False)
    staff_sign_in(first, "Marcus Bell")
    first.locator(".menu a[href='/staff/imports/']").click()
    assert "Held" in first.locator("main").inner_text()
    run = portal.database.execute("SELECT max(id) FROM sis_run").fetchone()
    assert run
    first.goto(f"/staff/imports/{run[0]}/")
    words = first.locator("main").inner_text()
    assert re.search(r"guardianships\.csv would end \d+ of \d+ rows", words)
    assert "Rows that would end, for example" in words
    for tried, answer in ((1, "A second person must agree."), (2, "You have released it already.")):
        first.locator("input[name=reason]").fill(f"It looks cut off, try {tried}")
        first.get_by_role("button", name="Release").click()
        assert answer in first.locator("main").inner_text()

    second = open_page(DESKTOP, script=False)
    staff_sign_in(second, "Sofia Lind")
    second.goto(f"/staff/imports/{run[0]}/")
    second.locator("input[name=reason]").fill("The file was cut off")
    second.get_by_role("button", name="Reject").click()
    assert "Rejected by Sofia Lind" in second.locator("main").inner_text()
    assert second.get_by_role("button", name="Release").count() == 0
    acts = portal.database.execute(
        "SELECT array_agg(action ORDER BY id) FROM audit_access WHERE section = 'imports' AND action <> 'see'"
    ).fetchone()
    assert acts
    assert acts[0][-2:] == ["release_asked", "rejected"]
    assert (
        portal.database.execute("SELECT count(*) FROM family_guardianship WHERE active").fetchone() == before
    )
