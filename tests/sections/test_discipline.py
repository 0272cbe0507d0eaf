"""Discipline: only what the family was told, support first, nobody else named, and the rights beside it."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.utils.timezone import localdate, now

from portal.access.shut import StillShut
from portal.record.contents import section
from portal.record.timeline import Change, Happening
from portal.sections.discipline import law
from portal.sections.discipline.models import Action, Incident
from portal.sections.discipline.reading import Discipline, Line, Step, read
from portal.sections.discipline.timeline import events
from tests.sections.care_rows import MONDAY, a_plan, an_action, an_incident, noon

DISCIPLINE = section("discipline")


def reading(family, admit) -> Discipline:
    return read(admit(family.mother, family.ana, DISCIPLINE))


def test_a_parent_reads_what_happened_and_what_the_school_did_support_first(on, admit):
    family = on(date(2026, 10, 8))
    incident = an_incident(
        family.ana, MONDAY, "ext:48900f", behavior_text="A window was broken.", at="12:20", location="playground",
        description="Con una pelota.",
    )  # fmt: skip
    an_action(
        incident,
        "outOfSchoolSuspension",
        date(2026, 10, 6),
        begins=date(2026, 10, 6),
        ends=date(2026, 10, 7),
        days=Decimal("1.5"),
    )
    an_action(incident, "restorative", date(2026, 10, 6), begins=date(2026, 10, 8), ends=date(2026, 10, 8))
    assert reading(family, admit) == Discipline(
        begins=date(2026, 7, 1),
        this_year=(
            Line(
                on=MONDAY, at=time(12, 20), school="Oak School", behavior="Damage to school or private property",
                text="A window was broken.", location="On the playground", description="Con una pelota.",
                steps=(
                    Step("restorative", "Restorative meeting, to repair the harm", True, date(2026, 10, 8),
                         date(2026, 10, 8), None, date(2026, 10, 6)),
                    Step("outOfSchoolSuspension", "Suspension, days at home", False, date(2026, 10, 6),
                         date(2026, 10, 7), Decimal("1.5"), date(2026, 10, 6)),
                ),
            ),
        ),
        earlier=(),
        days_suspended=Decimal("1.5"),
        limits=law.LIMITS[0],
    )  # fmt: skip


def test_what_the_family_was_not_told_of_is_not_there(on, admit):
    family = on(MONDAY)
    an_action(an_incident(family.ana, MONDAY, "other"), "conference", told=None)
    an_incident(family.ana, MONDAY, "codeOfConduct")
    an_action(an_incident(family.ana, MONDAY), "conference", told=date(2099, 1, 1))
    assert reading(family, admit).this_year == ()


def test_earlier_school_years_stand_apart_and_count_no_days_of_this_one(on, admit):
    family = on(MONDAY)
    for day in (date(2026, 6, 30), date(2026, 7, 1)):
        an_action(an_incident(family.ana, day), "outOfSchoolSuspension", day, days=Decimal(2))
    found = reading(family, admit)
    assert ([line.on for line in found.this_year], [line.on for line in found.earlier]) == (
        [date(2026, 7, 1)],
        [date(2026, 6, 30)],
    )
    assert found.days_suspended == 2


def test_codes_of_the_districts_own_are_never_shown_raw(on, admit):
    family = on(MONDAY)
    incident = an_incident(family.ana, MONDAY, "ext:zz9", location="ext:roof", at="after lunch")
    an_action(incident, "ext:circle")
    line = reading(family, admit).this_year[0]
    assert (line.behavior, line.location, line.steps[0].words, line.at) == ("Other", "Other", "Other", None)


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("each", 5),
        ("year", 20),
        ("year_after_transfer", 30),
        ("manifestation_after", 10),
        ("expulsion_appeal", 30),
        ("correction_meeting", 30),
    ],
)
def test_the_limits_are_those_of_the_law(figure, value):
    assert getattr(law.limits(MONDAY), figure) == value


def test_every_letter_of_the_law_has_neutral_words():
    letters = [f"48900{letter}" for letter in ("a1", "a2", *"bcdefghijklmnopqrt")]
    assert set(law.BEHAVIORS) == {*letters, "48900.2", "48900.3", "48900.4", "48900.7", "48915"}
    words = " ".join(str(each) for each in law.BEHAVIORS.values()).lower()
    assert not any(each in words for each in ("guilty", "offender", "violent", "committed", "victim"))


def told(days_ago_notice, active=True):
    return Change(Action(student_id=7, kind="conference", active=active, notice_sent_at=days_ago_notice), {})


def test_a_notice_is_told_without_what_it_is_about():
    moment = now()
    assert list(
        events([told(moment), told(None), told(moment, active=False), told(noon(date(2020, 1, 1)))])
    ) == [Happening("discipline.new", 7, localdate(moment))]


def test_the_page_says_it_plainly_with_rights_and_names_no_other_child(on, visit):
    family = on(date(2026, 10, 8))
    incident = an_incident(family.ana, MONDAY)
    an_action(incident, "outOfSchoolSuspension", days=Decimal(1), begins=MONDAY, ends=MONDAY)
    page = visit(family.mother).get(f"/students/{family.ana.ref}/discipline/").content.decode()
    for words in (
        "1 incident on file.",
        "What the school did",
        "Suspension, days at home",
        "1 school day",
        "You can ask the principal for a meeting about a suspension",
        "within 30 days",
        "Other students are never named.",
    ):
        assert words in page
    assert "warning" not in page.split("<main")[1].split("</main")[0]


def test_a_year_without_incidents_says_so(on, visit):
    family = on(MONDAY)
    page = visit(family.mother).get(f"/students/{family.ana.ref}/discipline/").content.decode()
    assert "No incidents on file this school year." in page
    assert "Your rights" not in page


def test_other_sections_do_not_open_it(on, admit):
    family = on(MONDAY)
    a_plan(family.ana)
    with pytest.raises(StillShut):
        list(Incident.rows.under(admit(family.mother, family.ana, section("special-education"))))
