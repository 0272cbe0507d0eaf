"""Special Education: plans, services in plain words, the clocks of the law, and nobody without full rights."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from portal.record.contents import section
from portal.record.home import glances
from portal.record.section import HomeFact, Place
from portal.record.timeline import Change, Happening
from portal.sections.special_education import law
from portal.sections.special_education.models import Plan, Service
from portal.sections.special_education.reading import (
    Due,
    Manager,
    PlanLine,
    ServiceLine,
    SpecialEducation,
    read,
)
from portal.sections.special_education.timeline import events
from tests.sections.care_rows import MONDAY, a_help, a_plan, a_service, noon

SPECIAL = section("special-education")


def reading(family, admit) -> SpecialEducation:
    return read(admit(family.mother, family.ana, SPECIAL))


# --- The law ------------------------------------------------------------------------------------------------------


def test_the_clocks_are_those_of_the_law():
    clocks = law.clocks(MONDAY)
    assert (clocks.plan_days, clocks.meeting_days, clocks.yearly_months, clocks.three_yearly_months, clocks.records_days) == (
        15, 60, 12, 36, 5,
    )  # fmt: skip
    assert law.assessment_plan_by(date(2026, 9, 1), MONDAY) == date(2026, 9, 16)
    assert law.meeting_by(date(2026, 9, 1), MONDAY) == date(2026, 10, 31)
    assert law.yearly_by(date(2026, 2, 11), MONDAY) == date(2027, 2, 11)
    assert law.three_yearly_by(date(2025, 2, 11), MONDAY) == date(2028, 2, 11)
    assert law.yearly_by(date(2028, 2, 29), MONDAY) == date(2029, 3, 1)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("210", "Intellectual disability"), ("220", "Hard of hearing"), ("230", "Deafness"),
        ("240", "Speech or language impairment"), ("250", "Visual impairment"), ("260", "Emotional disability"),
        ("270", "Orthopedic impairment"), ("280", "Other health impairment"),
        ("281", "Established medical disability, ages 3 to 5"), ("290", "Specific learning disability"),
        ("300", "Deaf-blindness"), ("310", "Multiple disabilities"), ("320", "Autism"), ("330", "Traumatic brain injury"),
        ("999", "Other"), ("Dyslexia", "Dyslexia"), ("", ""),
    ],
)  # fmt: skip
def test_a_category_is_said_in_words(said, words):
    assert law.disability(said) == words


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("330", "Specialized academic instruction"), ("340", "Intensive individual services"),
        ("415", "Language and speech"), ("425", "Adapted physical education"), ("435", "Health and nursing"),
        ("436", "Health and nursing"), ("445", "Assistive technology"), ("450", "Occupational therapy"),
        ("460", "Physical therapy"), ("510", "Individual counseling"), ("515", "Counseling and guidance"),
        ("525", "Social work services"), ("530", "Psychological services"), ("535", "Behavior intervention"),
        ("720", "Audiology"), ("725", "Vision services"), ("730", "Orientation and mobility"),
        ("820", "College awareness"), ("840", "Career awareness"), ("415 Language & Speech", "Language and speech"),
        ("Language & Speech", "Language and speech"), ("SAI", "Specialized academic instruction"),
    ],
)  # fmt: skip
def test_a_service_has_a_name_and_a_plain_meaning(said, name):
    found = law.service(said)
    assert found.name == name
    assert found.meaning


def test_a_service_we_do_not_know_keeps_the_schools_words_and_no_raw_code():
    assert law.service("Horse riding").name == "Horse riding"
    assert law.service("999").name == "Other"


# --- The reading --------------------------------------------------------------------------------------------------


def test_a_parent_reads_the_plan_with_its_services_and_dates(on, admit):
    family = on(MONDAY)
    family.ortiz.phone = "+12135550140"
    family.ortiz.save()
    plan = a_plan(
        family.ana, disability="290", begins=date(2025, 2, 11), review_due=date(2027, 2, 11),
        reevaluation_due=date(2028, 2, 11), last_meeting_on=date(2026, 2, 11), next_meeting_at=noon(date(2027, 2, 4)),
        case_manager=family.ortiz, consent_on=date(2026, 2, 11),
    )  # fmt: skip
    a_service(plan, "330", minutes=300, per="week", setting="Resource room", provider="Ms. Avetisyan",
              begins=date(2026, 2, 12), ends=date(2027, 2, 11))  # fmt: skip
    a_service(plan, "415", minutes=60, per="month", ends=date(2026, 10, 4))
    a_help(plan, "Tests", "Half more time")
    assert reading(family, admit) == SpecialEducation(
        plans=(
            PlanLine(
                type="iep", words="IEP", state="active", state_words="In force",
                disability="Specific learning disability", begins=date(2025, 2, 11),
                yearly=Due(date(2027, 2, 11), past=False, by_school=True),
                three_yearly=Due(date(2028, 2, 11), past=False, by_school=True),
                assessment_plan_by=None, meeting_by=None, last_meeting_on=date(2026, 2, 11),
                next_meeting_at=noon(date(2027, 2, 4)), consent_on=date(2026, 2, 11),
                manager=Manager("Daniel Ortiz", "daniel.ortiz@staff.example.org", "+12135550140"),
                services=(
                    ServiceLine("Specialized academic instruction", "Lessons taught in a way that fits your child", 300,
                                "week", "Resource room", "Ms. Avetisyan", date(2026, 2, 12), date(2027, 2, 11)),
                ),
                past_services=(
                    ServiceLine("Language and speech", "Help with speaking, hearing words and being understood", 60,
                                "month", "", "", None, date(2026, 10, 4)),
                ),
                accommodations=(("Tests", "Half more time"),),
            ),
        ),
        past=(),
        clocks=law.CLOCKS[0],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("due", "past"),
    [(MONDAY - timedelta(days=1), True), (MONDAY, False), (MONDAY + timedelta(days=1), False)],
)
def test_a_review_is_past_from_the_day_after(on, admit, due, past):
    family = on(MONDAY)
    a_plan(family.ana, begins=date(2025, 1, 1), review_due=due)
    assert reading(family, admit).plans[0].yearly == Due(due, past=past, by_school=True)


def test_reviews_the_school_did_not_date_follow_from_the_law(on, admit):
    family = on(MONDAY)
    a_plan(family.ana, begins=date(2024, 3, 1), last_meeting_on=date(2026, 3, 2))
    line = reading(family, admit).plans[0]
    assert line.yearly == Due(date(2027, 3, 2), past=False, by_school=False)
    assert line.three_yearly == Due(date(2027, 3, 1), past=False, by_school=False)


def test_an_evaluation_under_way_has_its_own_clock_and_no_reviews(on, admit):
    family = on(MONDAY)
    a_plan(family.ana, state="evaluating", begins=date(2026, 8, 20), consent_on=date(2026, 9, 1))
    line = reading(family, admit).plans[0]
    assert (line.meeting_by, line.yearly, line.three_yearly) == (date(2026, 10, 31), None, None)


def test_a_request_waits_for_the_assessment_plan(on, admit):
    family = on(MONDAY)
    a_plan(family.ana, state="referred", begins=date(2026, 9, 28))
    assert reading(family, admit).plans[0].assessment_plan_by == date(2026, 10, 13)


def test_a_504_plan_is_lighter_and_plans_that_ended_stand_below(on, admit):
    family = on(MONDAY)
    a_plan(family.ana, "section504", begins=date(2025, 10, 1))
    a_plan(family.ana, "iep", "exited", begins=date(2020, 1, 1))
    found = reading(family, admit)
    assert [(line.words, line.three_yearly) for line in found.plans] == [("504 plan", None)]
    assert [(line.words, line.state_words) for line in found.past] == [("IEP", "Ended")]


def test_a_meeting_that_is_over_is_no_next_meeting(on, admit):
    family = on(MONDAY)
    a_plan(family.ana, next_meeting_at=noon(MONDAY - timedelta(days=1)))
    assert reading(family, admit).plans[0].next_meeting_at is None


def test_the_page_shows_services_rights_and_whom_to_ask(on, visit):
    family = on(MONDAY)
    plan = a_plan(family.ana, begins=date(2025, 2, 11), case_manager=family.ortiz)
    a_service(plan, "415", minutes=60, per="month", setting="غرفه‌ی ۲")
    a_help(plan, "", "Very long " * 400)
    address = f"/students/{family.ana.ref}/special-education/"
    page = visit(family.mother).get(address).content.decode()
    for words in (
        "60 minutes a month",
        "Help with speaking",
        "Case manager",
        "Ask for a meeting",
        "within 5 business days",
    ):
        assert words in page
    family.mother.classic = True
    family.mother.save()
    assert "60 minutes a month" in visit(family.mother).get(address).content.decode()


def test_without_a_plan_the_page_tells_how_to_ask(on, visit):
    family = on(MONDAY)
    page = visit(family.mother).get(f"/students/{family.ana.ref}/special-education/").content.decode()
    assert "<bdi>Ana</bdi> does not have an IEP or 504 plan on file." in page
    assert "Within 15 days the school sends you an assessment plan." in page
    assert "within 60 days" in page


def test_the_tile_stands_in_its_group_only_with_a_plan_and_tells_no_fact(on, admit):
    family = on(MONDAY)
    grant = admit(family.mother, family.ana, SPECIAL)
    tell = lambda: glances.said([(SPECIAL, [grant])])[family.ana.pk]["special-education"]  # noqa: E731
    assert tell().place is Place.OTHER
    a_plan(family.ana, state="evaluating")
    assert tell() == HomeFact()


def test_what_changed_or_began_lately_is_told_and_what_is_old_is_not():
    today = localdate()
    old = Plan(student_id=7, type="iep", state="active", begins=date(2020, 1, 1))
    told = events(
        [
            Change(old, {}),
            Change(old, {"state": "evaluating"}),
            Change(Service(student_id=8, begins=today - timedelta(days=30)), {}),
            Change(Service(student_id=9, begins=today - timedelta(days=31)), {}),
        ]
    )
    assert list(told) == [Happening("special-education.new", n, today) for n in (7, 8)]
