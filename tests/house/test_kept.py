"""Queries whose text is kept answer as if they were spelled anew, for each family its own, and never for another role."""

from datetime import date, timedelta

import pytest
from django.db.models import F
from django.utils.timezone import now

from portal.access import gate, kept
from portal.access.shut import StillShut
from portal.family.models import Guardianship
from portal.people.asking import opened
from portal.record.contents import section, sections
from portal.sections.attendance.models import Mark
from tests import cast
from tests.sections.attendance_rows import MONDAY, marks


@pytest.fixture
def both_ways(monkeypatch) -> list[int]:
    """Every kept query is spelled as well, and must bring the same; how many rows each brought."""
    counted, answer = [], kept._answer

    def compared(build, texts, asked):
        rows = answer(build, texts, asked)
        spelled = [tuple(row) for row in build(*asked) or ()]
        assert sorted(map(repr, rows)) == sorted(map(repr, spelled)), build
        counted.append(len(rows))
        return rows

    monkeypatch.setattr(kept, "_answer", compared)
    return counted


def test_every_page_of_every_family_shows_what_the_spelled_queries_bring(family, visit, both_ways):
    cast.link(
        family.mother,
        cast.guardianship(family.ben, family.mothers_right.guardian, educational_rights="limited"),
    )
    today = gate.Actor(family.mother).on
    for child in (family.ana, family.ben):
        marks(child, [(today - timedelta(days=n), "unverifiedAbsence") for n in range(3)])
    for _once_spelled, person in (
        (n, person) for n in range(2) for person in (family.mother, family.bens_mother)
    ):
        client = visit(person)
        addresses = ["/home/"]
        for child in gate.students_of(person, today):
            at = f"/students/{child.student.ref}/"
            addresses += [at, *(f"{at}{section.key}/" for section in sections() if not section.sensitive)]
        for address in addresses:
            assert client.get(address).status_code in (200, 403), address
    assert len(both_ways) > 100
    assert sum(both_ways) > 50


def test_two_families_ask_with_one_text_and_each_is_told_of_its_own_child(family, admit, monkeypatch):
    built = []

    @kept.kept
    def days(grants):
        built.append(len(grants))
        return Mark.rows.under(*grants).values_list("student", "on")

    marks(family.ana, [(MONDAY, "tardy")])
    marks(family.ben, [(MONDAY, "tardy")])
    attendance = section("attendance")
    for person, child in (
        (family.mother, family.ana),
        (family.bens_mother, family.ben),
        (family.mother, family.ana),
    ):
        assert days([admit(person, child, attendance)]) == [(child.pk, MONDAY)]
    assert built == [1]


@pytest.mark.parametrize(
    "change",
    [{"educational_rights": Guardianship.Rights.LIMITED}, {"student__left_on": date(2026, 1, 1)}],
)
def test_other_rights_have_another_text(family, admit, change):
    built = []

    @kept.kept
    def days(grants):
        built.append(grants[0].may_change)
        return Mark.rows.under(*grants).values_list("on")

    attendance = section("attendance")
    days([admit(family.mother, family.ana, attendance)])
    if "student__left_on" in change:
        type(family.ana).objects.filter(pk=family.ana.pk).update(left_on=change["student__left_on"])
    else:
        Guardianship.objects.filter(pk=family.mothers_right.pk).update(**change)
    days([admit(family.mother, family.ana, attendance)])
    assert len(built) == 2


def test_a_kept_query_stays_shut_without_a_grant_for_its_table(family, admit):
    days = kept.kept(lambda _grants: Mark.rows.values_list("on"))
    marks_for = kept.kept(lambda grants: Mark.rows.under(*grants).values_list("on"))
    with pytest.raises(StillShut):
        days([admit(family.mother, family.ana, section("attendance"))])
    with pytest.raises(StillShut):
        marks_for([admit(family.mother, family.ana, section("grades"))])


def test_what_is_no_key_is_not_kept(family, admit):
    grants = [admit(family.mother, family.ana, section("attendance"))]
    moment = kept.kept(
        lambda grants: Mark.rows.under(*grants).filter(entered_at__lte=now()).values_list("on")
    )
    with pytest.raises(kept.NotKept):
        moment(grants)
    key = kept.kept(
        lambda grants: Mark.rows.under(*grants).filter(local_text=f"{grants[0].student.pk}").values_list("on")
    )
    with pytest.raises(kept.NotKept):
        key(grants)
    other = kept.kept(
        lambda grants: Mark.rows.under(*grants).filter(local_text=grants[0].student.grade).values_list("on")
    )
    with pytest.raises(type(family.ana).DoesNotExist):
        other(grants)


def test_a_sign_for_percent_and_a_letter_s_stay_what_they_are(family, admit):
    asked = kept.kept(
        lambda grants: (
            Mark.rows.under(*grants)
            .filter(reason_text__contains="100 %s")
            .annotate(same=F("student"))
            .values_list("same", "reason_text")
        )
    )
    marks(family.ana, [(MONDAY, "tardy")])
    Mark.rows.for_import().update(reason_text="100 %s sure, 'so'")
    grants = [admit(family.mother, family.ana, section("attendance"))]
    assert asked(grants) == [(family.ana.pk, "100 %s sure, 'so'")]


def test_each_role_has_plans_of_its_own(family, admit):
    grants = [admit(family.mother, family.ana, section("attendance"))]
    days = kept.kept(lambda grants: Mark.rows.under(*grants).values_list("on"))
    marks(family.ana, [(MONDAY, "tardy")])
    with opened("family", family.mother.pk):
        assert days(grants) == [(MONDAY,)]
    with opened("family", family.bens_mother.pk):  # the wall, where the gate was passed by
        assert days(grants) == []
    with opened("door"):
        assert days(grants) == []
    with opened("family", family.mother.pk):
        assert days(grants) == [(MONDAY,)]
