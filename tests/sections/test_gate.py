"""GATE: identified in what, what is under way, and when and how a family may ask."""

from datetime import date

import pytest

from portal.record.contents import section
from portal.record.home import glances
from portal.record.section import Place
from portal.record.timeline import Change, Happening
from portal.sections.gate.models import Identification
from portal.sections.gate.reading import Line, read
from portal.sections.gate.screening import Dates, band, next_window, ways
from portal.sections.gate.timeline import events
from portal.web import formats
from tests.sections.care_rows import MONDAY, a_step

GATE = section("gate")


@pytest.mark.parametrize(
    ("percentile", "name"),
    [
        (94.9, ""), (95.0, "Gifted"), (99.4, "Gifted"), (99.5, "Highly Gifted Applicable"),
        (99.8, "Highly Gifted Applicable"), (99.9, "Highly Gifted"),
    ],
)  # fmt: skip
def test_what_a_percentile_is_called(percentile, name):
    assert band(percentile) == name


@pytest.mark.parametrize(
    ("grade", "categories"),
    [
        ("TK", set()),
        ("KG", {"intellectual"}),
        ("01", {"intellectual"}),
        ("02", {"intellectual", "highAchievement", "creative", "leadership", "visualArts", "performingArts"}),
        ("05", {"intellectual", "highAchievement", "specificAcademic", "creative", "leadership", "visualArts", "performingArts"}),
        ("12", {"intellectual", "highAchievement", "specificAcademic", "creative", "leadership", "visualArts", "performingArts"}),
    ],
)  # fmt: skip
def test_which_categories_open_in_a_grade(grade, categories):
    assert {way.category.value for way in ways(grade)} == categories


@pytest.mark.parametrize(
    ("on", "first", "last", "is_open"),
    [
        (date(2026, 9, 7), date(2026, 9, 8), date(2026, 10, 30), False),
        (date(2026, 9, 8), date(2026, 9, 8), date(2026, 10, 30), True),
        (date(2026, 10, 30), date(2026, 9, 8), date(2026, 10, 30), True),
        (date(2026, 10, 31), date(2027, 2, 1), date(2027, 3, 19), False),
        (date(2027, 3, 20), date(2027, 9, 8), date(2027, 10, 30), False),
    ],
)
def test_when_the_school_takes_requests(on, first, last, is_open):
    window = next_window(on)
    assert (window, window.open_on(on)) == (Dates(first, last), is_open)


def test_each_category_stands_where_its_latest_step_is_the_identified_first(on, admit):
    family = on(MONDAY)
    a_step(family.ana, "visualArts", "referred", date(2026, 9, 1))
    a_step(family.ana, "intellectual", "referred", date(2022, 9, 1))
    a_step(family.ana, "intellectual", "eligible", date(2023, 2, 1), school=family.oak, note="Bravo")
    a_step(family.ana, "ext:dance", "ext:wait", date(2026, 9, 2))
    assert read(admit(family.mother, family.ana, GATE)).lines == (
        Line(
            "intellectual",
            "Intellectual ability",
            "eligible",
            "Identified",
            date(2023, 2, 1),
            "Oak School",
            "Bravo",
        ),
        Line("visualArts", "Visual arts", "referred", "Asked for", date(2026, 9, 1), "", ""),
        Line("ext:dance", "Other", None, "Other", date(2026, 9, 2), "", ""),
    )


def test_the_page_says_who_is_identified_and_else_how_to_ask(on, visit):
    family = on(MONDAY)
    address = f"/students/{family.ana.ref}/gate/"
    page = visit(family.mother).get(address).content.decode()
    assert "<bdi>Ana</bdi> has not been identified for GATE. You can ask for a screening." in page
    assert f"The school takes requests now, until {formats.day(date(2026, 10, 30))}." in page
    a_step(family.ana, "intellectual", "eligible", date(2023, 2, 1))
    page = visit(family.mother).get(address).content.decode()
    assert "<bdi>Ana</bdi> has been identified for GATE since February 1, 2023." in page


def test_before_kindergarten_nobody_is_told_to_ask(on, visit, admit):
    family = on(MONDAY)
    family.ana.grade = "TK"
    family.ana.save()
    page = visit(family.mother).get(f"/students/{family.ana.ref}/gate/").content.decode()
    assert "Screening starts in kindergarten." in page
    assert "You can ask" not in page
    assert "Ask for a screening" not in page
    fact = glances.said([(GATE, [admit(family.mother, family.ana, GATE)])])[family.ana.pk]["gate"]
    assert fact.about.endswith("Screening starts in kindergarten.")


def test_the_tile_says_identified_or_stands_under_other_programs(on, admit):
    family = on(MONDAY)
    grant = admit(family.mother, family.ana, GATE)
    tell = lambda: glances.said([(GATE, [grant])])[family.ana.pk]["gate"]  # noqa: E731
    assert tell().place is Place.OTHER
    a_step(family.ana, "visualArts", "assessed", MONDAY)
    assert (tell().place, tell().tile) == (Place.GROUP, "Under way")
    a_step(family.ana, "intellectual", "eligible", MONDAY)
    assert tell().tile == "Identified"


def test_a_new_step_is_told():
    row = Identification(student_id=7, category="visualArts", state="eligible", on=MONDAY)
    again = Change(row, {"state": "eligible"})
    assert list(events([Change(row, {"state": "assessed"}), again])) == [
        Happening("gate.identified", 7, MONDAY)
    ]
