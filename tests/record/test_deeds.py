"""What a family does stands on the timeline of the adult who did it, with what became of it, and on nobody else's."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils.timezone import localdate

from portal.access.models import Post
from portal.family.models import ContactPoint, Guardianship
from portal.people.asking import opened, within
from portal.privacy.models import Correction
from portal.record import deeds
from portal.record.contents import section
from portal.record.models import Deed, Event
from portal.sections.timeline.reading import read
from portal.sis import outbox
from portal.sis.connectors import Accepted, Desk, Refused
from portal.sis.models import Outgoing
from tests import cast
from tests.sections.attendance_rows import MONDAY, calendar, marks
from tests.sections.rows import a_mark

TIMELINE = section("timeline")
NUMBERS = {"home": "", "work": "", "cell": "213 555 0142", "preferred": "cell", "contact_by": "call"}
CORRECTION = {"section": "discipline", "item": "x", "wrong": "She was not there.", "should": "Nothing"}


@pytest.fixture
def both(family):
    """Ana's father reads the record too."""
    Guardianship.objects.filter(pk=family.fathers_right.pk).update(access_restriction="none")
    guardian = family.mothers_right.guardian
    ContactPoint.objects.create(
        **cast.rostered("cell"), guardian=guardian, kind="mobile", value="+12135550141", is_primary=True
    )
    return family


@pytest.fixture
def said(both, admit):
    """said(person): the sentences of Ana's timeline to this person, newest first."""
    return lambda person: [item.sentence for item in read(admit(person, both.ana, TIMELINE)).items]


def test_a_reason_that_was_sent_names_its_day_and_the_other_parent_hears_nothing(both, on, visit, said):
    on(MONDAY + timedelta(days=1))
    calendar(both.oak, date(2026, 9, 28), date(2026, 10, 30))
    marks(both.ana, [(MONDAY, "unverifiedAbsence")])
    form = reverse("attendance_explain", args=[both.ana.ref, MONDAY])
    for _twice in range(2):
        visit(both.mother).post(form, {"reason": "doctor"})
    assert said(both.mother) == ["You told the school why Ana was absent on October 5, 2026."]
    assert said(both.father) == []


def test_a_change_of_numbers_and_the_schools_answer_stand_one_above_the_other(both, visit, said):
    visit(both.mother).post(reverse("emergency-contacts_change", args=[both.ana.ref]), NUMBERS)
    assert said(both.mother) == ["You changed your emergency numbers for Ana."]
    for _twice in range(2):
        outbox.drain(Desk())
    assert said(both.mother) == [
        "The school has your emergency numbers for Ana.",
        "You changed your emergency numbers for Ana.",
    ]
    assert said(both.father) == []


def test_numbers_the_school_refused_or_lost_are_told_as_often_as_they_were_answered_first(both, visit, said):
    class Told:
        once_only = True
        outcome: Accepted | Refused = Refused(Outgoing.Reason.INVALID)

        def deliver(self, key, payload):
            return self.outcome

    visit(both.mother).post(reverse("emergency-contacts_change", args=[both.ana.ref]), NUMBERS)
    outbox.drain(Told())
    assert said(both.mother)[0] == "The school could not take your emergency numbers for Ana."
    again = Outgoing.rows.for_import()
    again.update(state="waiting", settled_at=None, repairs=1)  # as the check of the night leaves it
    Told.outcome = Accepted()
    outbox.drain(Told())
    assert (again.get().state, len(said(both.mother))) == ("accepted", 2)


def test_a_report_card_is_signed_once(both, visit, said, settings):
    object.__setattr__(settings.DISTRICT, "report_card_seen", True)
    a_mark(both.ana, both.algebra, both.fall, "B", is_final=True)
    for _twice in range(2):
        visit(both.mother).post(
            reverse("report-cards_seen", args=[both.ana.ref, both.fall.pk]), {"seen": "on"}
        )
    assert said(both.mother) == ["You told the school that you have seen the report card: Fall."]
    assert said(both.father) == []


def test_a_correction_is_told_without_what_it_is_about_and_leads_to_its_page(both, visit, said):
    visit(both.mother).post(reverse("privacy_correction", args=[both.ana.ref]), CORRECTION)
    Post.objects.filter(person=both.ms_lee).update(role=Post.Role.PRINCIPAL, place=both.oak)
    answer = {"decision": "refused", "answer": "It stays.", "hearing": "Call us."}
    asked = Correction.objects.get()
    visit(both.ms_lee).post(f"/staff/corrections/{asked.ref}/", answer)
    here = reverse("privacy_request", args=[both.ana.ref, asked.ref])
    visit(both.mother).post(here, {"hearing": ""})
    visit(both.mother).post(here, {"note": "She was at the dentist."})
    assert said(both.mother) == [
        "You put a note of your own with the record.",
        "You asked for a hearing about the record.",
        "The school answered your request to correct the record.",
        "You asked the school to correct the record.",
    ]
    assert said(both.father) == said(both.ms_lee) == []
    address = reverse("timeline", args=[both.ana.ref])
    page = visit(both.mother).get(address).content.decode()
    assert f'href="{reverse("privacy_correction", args=[both.ana.ref])}"' in page


def test_own_deeds_stand_among_the_events_by_day_and_hour_and_are_no_news(both, admit, said):
    Event.rows.for_import().create(
        student=both.ana, section="attendance", kind="attendance.absent", on=localdate()
    )
    deeds.did(admit(both.mother, both.ana, section("attendance")), "attendance.explained", date="2026-10-05")
    assert [sentence.partition(" ")[0] for sentence in said(both.mother)] == ["You", "Ana"]
    assert said(both.father) == ["Ana was marked absent."]
    assert [item.page for item in read(admit(both.mother, both.ana, TIMELINE)).items] == ["attendance"] * 2


def test_a_deed_in_a_section_that_closed_is_gone_with_it_and_a_sensitive_one_says_nothing(both, admit, said):
    grades = section("grades")
    Deed.rows.create(
        student=both.ana, person=both.mother, section="grades", kind="grades.posted", on=localdate()
    )
    object.__setattr__(grades, "sensitive", True)
    may_see = grades.may_see
    try:
        assert said(both.mother) == ["New information in Grades"]
        object.__setattr__(grades, "may_see", ())
        assert said(both.mother) == []
    finally:
        object.__setattr__(grades, "sensitive", False)
        object.__setattr__(grades, "may_see", may_see)


def test_the_database_shows_a_deed_to_the_one_who_did_it(both, admit):
    deeds.did(admit(both.mother, both.ana, section("attendance")), "attendance.explained", date="2026-10-05")
    for kind, person, seen in (
        ("family", both.mother, 1),
        ("family", both.father, 0),
        ("staff", both.ms_reed, 0),
    ):
        with within(kind, person.pk):
            assert Deed.rows.for_import().count() == seen
    with pytest.raises(DatabaseError, match="row-level security"), opened("family", both.father.pk):
        Deed.rows.create(student=both.ana, person=both.mother, section="attendance", kind="x", on=localdate())
