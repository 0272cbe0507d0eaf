"""A first load into empty tables leaves them with every index and key they had."""

import pytest
from django.db import connection

from portal.sections.attendance.models import Mark
from portal.sis import bare, merge
from portal.sis.models import Run
from portal.students.models import Enrollment
from tests.sis import small

pytestmark = pytest.mark.django_db


def shape_of_tables() -> list[tuple[str, str]]:
    """Every index and constraint of the tables an import fills."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text LIKE 'students%'
               UNION ALL SELECT conrelid::regclass::text, conname || pg_get_constraintdef(oid) FROM pg_constraint
               WHERE conrelid::regclass::text LIKE 'students%' ORDER BY 1, 2"""
        )
        return cursor.fetchall()


@pytest.fixture
def bared(monkeypatch) -> list[str]:
    """Tables that were bared; one row is worth it."""
    tables: list[str] = []
    old = bare.worth_it

    def worth_it(load, model, rows):
        if yes := old(load, model, rows):
            tables.append(model.__name__)
        return yes

    monkeypatch.setattr(bare, "MANY", 1)
    monkeypatch.setattr("portal.sis.merge.worth_it", worth_it)
    return tables


def test_tables_get_their_indexes_and_keys_back(tmp_path, bared):
    before = shape_of_tables()
    assert small.take_roster(tmp_path).verdict == Run.Verdict.APPLIED
    assert "Enrollment" in bared
    assert shape_of_tables() == before
    assert Enrollment.objects.count() == 2


def day(name: str, date: str, **more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": "ana",
        "schoolSourcedId": "oak",
        "scope": "day",
        "category": "present",
        "period": "",
    }
    return small.row(name, date=date, **(cells | more))


@pytest.mark.parametrize(
    ("odd", "looked"),
    [
        ([], 0),
        ([day("bad", "2026-09-31"), day("lost", "2026-10-01", studentSourcedId="nobody")], 0),
        ([day("gone", "2026-10-01", status="tobedeleted")], 0),
        ([day("a-1", "2026-09-01")], 1),  # the same row twice
        ([day("a-1", "2026-09-01", category="tardy")], 1),  # its id with something else
        ([day("a-1", "never")], 1),  # … that cannot be read
        ([day("a-1", "2026-09-01", status="tobedeleted")], 1),
        ([day("a-1", "2026-10-01", studentSourcedId="nobody")], 1),
        ([day("other", "2026-09-01", category="tardy")], 1),  # another mark of the same day
    ],
)
def test_a_first_load_of_many_rows_comes_to_what_a_small_one_comes_to(tmp_path, monkeypatch, odd, looked):
    small.take_roster(tmp_path)
    rows = [day(f"a-{n}", f"2026-09-{n:02}") for n in range(1, 29)]
    path = small.write(tmp_path / "companion", {"attendance": [*rows, *odd]}, version="1.0")
    again = []
    doubles = merge.put_aside_doubles
    monkeypatch.setattr(merge, "put_aside_doubles", lambda *given: (again.append(given), doubles(*given)))
    monkeypatch.setattr(bare, "MANY", 1_000_000)
    with_care = small.take(path, dry_run=True)
    again.clear()
    monkeypatch.setattr(bare, "MANY", 1)
    assert small.take(path, dry_run=True).plain() == with_care.plain()
    assert len(again) == looked
    small.take(path)
    assert Mark.rows.for_import().count() == with_care.files["attendance.csv"].added


def test_a_table_with_rows_is_not_touched_and_none_once_a_family_is_linked(tmp_path, bared, family):
    small.take_roster(tmp_path)
    assert bared == []
