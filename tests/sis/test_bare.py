"""A first load into empty tables leaves them with every index and key they had."""

import pytest
from django.db import connection

from portal.sis import bare
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


def test_a_table_with_rows_is_not_touched_and_none_once_a_family_is_linked(tmp_path, bared, family):
    small.take_roster(tmp_path)
    assert bared == []
