"""Who gets in, and that everyone else meets the same closed door."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from portal.access import gate
from portal.access.shut import StillShut
from portal.family.models import Guardianship
from portal.record.contents import section
from portal.sections.attendance.models import Mark
from tests.sections.attendance_rows import marks


def test_a_mother_gets_a_grant_for_her_own_child(family, admit):
    grant = admit(family.mother, family.ana, section("attendance"))
    assert (grant.student, grant.why, grant.role) == (family.ana, "guardian", "guardian")


@pytest.mark.parametrize("who", ["bens_mother", "stranger"])
def test_someone_elses_child_is_not_there(family, admit, who):
    with pytest.raises(gate.NotHere):
        admit(getattr(family, who), family.ana, section("attendance"))


def test_a_father_whom_the_school_bars_from_records_finds_them_closed(family, admit):
    with pytest.raises(gate.Closed):
        admit(family.father, family.ana, section("attendance"))


def test_a_right_ends_at_midnight_after_its_last_day(family, admit):
    today = gate.Actor(family.mother).on
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(ends=today)
    admit(family.mother, family.ana, section("attendance"))
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(ends=today - timedelta(days=1))
    with pytest.raises(gate.Closed):
        admit(family.mother, family.ana, section("attendance"))


def test_staff_of_another_school_do_not_find_the_student(family, admit):
    assert admit(family.ms_reed, family.ana, section("attendance")).why == "staff_at_the_school"
    with pytest.raises(gate.NotHere):
        admit(family.ms_lee, family.ana, section("attendance"))


def test_staff_never_get_leave_to_change_the_record(family, admit):
    assert not admit(family.ms_reed, family.ana, section("attendance")).may_change


def test_a_grant_opens_the_rows_of_its_student_alone(family, admit):
    """A mother of both children is shown both by the database: only the grant keeps their pages apart."""
    for student in (family.ana, family.ben):
        marks(student, [(localdate(), "unexcusedAbsence")])
    assert [
        mark.student for mark in Mark.rows.under(admit(family.mother, family.ana, section("attendance")))
    ] == [family.ana]
    assert list(Mark.rows.under()) == []


def test_a_table_of_the_record_stays_shut_without_a_grant(family, admit):
    for ask in (
        list,
        len,
        bool,
        lambda rows: rows.count(),
        lambda rows: rows.exists(),
        lambda rows: rows.first(),
    ):
        with pytest.raises(StillShut):
            ask(Mark.rows.all())
    with pytest.raises(StillShut):
        Mark.rows.update(category="present")
    grant = admit(family.mother, family.ana, section("grades"))
    with pytest.raises(StillShut):
        list(Mark.rows.under(grant))
