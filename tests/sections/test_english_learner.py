"""English Learner Progress: levels and ranges of the state, the path to reclassification, and the follow-up."""

from datetime import date

import pytest

from portal.record.contents import section
from portal.record.home import glances
from portal.record.section import HomeFact, Place
from portal.record.timeline import Change, Happening
from portal.sections.english_learner.models import Criterion, Status
from portal.sections.english_learner.reading import Area, EnglishLearner, Result, Step, read
from portal.sections.english_learner.rules import (
    elpac_bands,
    elpac_level,
    followed_until,
    long_term,
    next_window,
    targets,
)
from portal.sections.english_learner.timeline import events
from tests.sections.care_rows import MONDAY, a_criterion, a_score, a_status

ENGLISH = section("english-learner")

# Overall scale scores of the Summative ELPAC. Source: ETS for the California Department of Education, 2018-19 forward.
RANGES = {
    "KG": ((1150, 1373), (1374, 1421), (1422, 1473), (1474, 1700)),
    "01": ((1150, 1410), (1411, 1454), (1455, 1506), (1507, 1700)),
    "02": ((1150, 1423), (1424, 1470), (1471, 1531), (1532, 1700)),
    "03": ((1150, 1447), (1448, 1487), (1488, 1534), (1535, 1800)),
    "04": ((1150, 1458), (1459, 1498), (1499, 1548), (1549, 1800)),
    "05": ((1150, 1466), (1467, 1513), (1514, 1559), (1560, 1800)),
    "06": ((1150, 1474), (1475, 1516), (1517, 1566), (1567, 1900)),
    "07": ((1150, 1480), (1481, 1526), (1527, 1575), (1576, 1900)),
    "08": ((1150, 1485), (1486, 1533), (1534, 1589), (1590, 1900)),
    "09": ((1150, 1492), (1493, 1544), (1545, 1605), (1606, 1950)),
    "10": ((1150, 1492), (1493, 1544), (1545, 1605), (1606, 1950)),
    "11": ((1150, 1499), (1500, 1554), (1555, 1614), (1615, 1950)),
    "12": ((1150, 1499), (1500, 1554), (1555, 1614), (1615, 1950)),
}
NAMES = ("Beginning to Develop", "Somewhat Developed", "Moderately Developed", "Well Developed")


# Overall scale scores of the Summative Alternate ELPAC. Source: ETS for the California Department of Education.
ALTERNATE_RANGES = {
    "KG": ((201, 243), (244, 259), (260, 299)),
    "01": ((301, 343), (344, 359), (360, 399)),
    "02": ((401, 443), (444, 459), (460, 499)),
    **dict.fromkeys(("03", "04", "05"), ((501, 543), (544, 559), (560, 599))),
    **dict.fromkeys(("06", "07", "08"), ((601, 643), (644, 659), (660, 699))),
    **dict.fromkeys(("09", "10"), ((701, 743), (744, 759), (760, 799))),
    **dict.fromkeys(("11", "12"), ((801, 843), (844, 859), (860, 899))),
}
ALTERNATE_NAMES = ("Novice English Learner", "Intermediate English Learner", "Fluent English Proficient")


def reading(family, admit) -> EnglishLearner:
    return read(admit(family.mother, family.ana, ENGLISH))


# --- The rules ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", RANGES)
def test_each_level_begins_and_ends_where_the_state_says(grade):
    assert elpac_bands(grade, MONDAY) == tuple(
        (name, first, last) for name, (first, last) in zip(NAMES, RANGES[grade], strict=True)
    )
    for level, (first, last) in enumerate(RANGES[grade], 1):
        assert (elpac_level(grade, first, MONDAY), elpac_level(grade, last, MONDAY)) == (level, level)
    assert elpac_level(grade, 1149, MONDAY) is None
    assert elpac_level(grade, RANGES[grade][3][1] + 1, MONDAY) is None


@pytest.mark.parametrize("grade", ALTERNATE_RANGES)
def test_each_level_of_the_alternate_test_begins_and_ends_where_the_state_says(grade):
    assert elpac_bands(grade, MONDAY, "ALTELPAC") == tuple(
        (name, first, last)
        for name, (first, last) in zip(ALTERNATE_NAMES, ALTERNATE_RANGES[grade], strict=True)
    )
    for level, (first, last) in enumerate(ALTERNATE_RANGES[grade], 1):
        for points in (first, last):
            assert elpac_level(grade, points, MONDAY, "ALTELPAC") == level
    assert elpac_level(grade, ALTERNATE_RANGES[grade][0][0] - 1, MONDAY, "ALTELPAC") is None
    assert elpac_level(grade, ALTERNATE_RANGES[grade][2][1] + 1, MONDAY, "ALTELPAC") is None


def test_transitional_kindergarten_takes_no_elpac():
    for test in ("ELPAC", "ALTELPAC"):
        assert elpac_level("TK", 1400, MONDAY, test) is None
        assert elpac_bands("TK", MONDAY, test) == ()


def test_who_takes_the_alternate_test_is_asked_for_its_highest_level():
    assert targets("06", MONDAY, "ALTELPAC")["assessment"] == "Overall level 3 of 3"


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (date(2027, 1, 31), 2027),
        (date(2027, 2, 1), 2027),
        (date(2027, 5, 31), 2027),
        (date(2027, 6, 1), 2028),
    ],
)
def test_the_test_runs_from_february_to_may(on, year):
    assert next_window(on) == (date(year, 2, 1), date(year, 5, 31))


@pytest.mark.parametrize(
    ("grade", "years", "found"),
    [
        ("02", 5, ""), ("03", 3.9, ""), ("03", 4, "atRisk"), ("05", 6.5, "atRisk"), ("06", 5.9, "atRisk"),
        ("06", 6, "longTerm"), ("12", 11, "longTerm"), ("TK", 9, ""), ("", 9, ""),
    ],
)  # fmt: skip
def test_how_long_is_long(grade, years, found):
    assert long_term(grade, years) == found


@pytest.mark.parametrize(
    ("day", "last"), [(date(2025, 4, 9), date(2029, 4, 9)), (date(2024, 2, 29), date(2028, 2, 29))]
)
def test_the_follow_up_lasts_four_years(day, last):
    assert followed_until(day) == last


@pytest.mark.parametrize(
    ("grade", "teacher", "skills"),
    [
        ("KG", "A mark of 3 or 4 in English", "DIBELS at grade level"),
        ("02", "A mark of 3 or 4 in English", "DIBELS at grade level"),
        ("03", "A mark of 3 or 4 in English", "i-Ready or the state test at grade level"),
        ("05", "A mark of 3 or 4 in English", "i-Ready or the state test at grade level"),
        ("06", "A grade of C or better in English", "i-Ready or the state test at grade level"),
        ("12", "A grade of C or better in English", "i-Ready or the state test at grade level"),
    ],
)
def test_what_reclassification_asks_in_each_grade(grade, teacher, skills):
    assert targets(grade, MONDAY) == {
        "assessment": "Overall level 4 of 4",
        "teacherEvaluation": teacher,
        "basicSkills": skills,
        "parentConsultation": "The school talks with you",
    }


def test_before_the_district_set_its_criteria_only_the_states_are_named():
    assert targets("06", date(2026, 6, 30))["teacherEvaluation"] == ""


# --- The reading --------------------------------------------------------------------------------------------------


def test_a_parent_reads_the_status_the_path_and_the_test(on, admit):
    family = on(MONDAY)
    a_status(
        family.ana, "EL", date(2024, 8, 15), language="es", program="301", years="2.2", long_term="none",
        reviewed_on=date(2026, 9, 1),
    )  # fmt: skip
    a_criterion(family.ana, "assessment", met=False, value="Level 3")
    a_criterion(family.ana, "teacherEvaluation", met=True, value="B", target="B or better")
    whole = a_score(
        family.ana, "1560", date(2026, 3, 2), grade="08", level=3, levels=4, level_text="Moderately Developed"
    )
    a_score(
        family.ana, "2", date(2026, 3, 2), type="level", subject="Listening", whole=whole, level=2, levels=3,
        level_text="Somewhat/Moderately",
    )  # fmt: skip
    c_or_better, skills = "A grade of C or better in English", "i-Ready or the state test at grade level"
    assert reading(family, admit) == EnglishLearner(
        status="EL", status_words="Learning English as a new language", since=date(2024, 8, 15), language="es",
        program="Dual language (two-way immersion)", year=3, long_term=None,
        steps=(
            Step("assessment", "ELPAC, the state test of English", False, "Level 3", "Overall level 4 of 4", MONDAY),
            Step("teacherEvaluation", "What the teacher sees", True, "B", "B or better", MONDAY),
            Step("basicSkills", "Reading and writing at grade level", None, "", skills, None),
            Step("parentConsultation", "Your opinion", None, "", "The school talks with you", None),
        ),
        reviewed_on=date(2026, 9, 1), test=(date(2027, 2, 1), date(2027, 5, 31)),
        follow_up_year=None, follow_up_until=None, follow_up_years=4,
        results=(
            Result(
                alternate=False, on=date(2026, 3, 2), grade="08", score=1560, level=3, levels=4, level_words="Moderately Developed",
                bands=elpac_bands("08", MONDAY), areas=(Area("Listening", 2, 3, "Somewhat to moderately"),),
            ),
        ),
    )  # fmt: skip
    assert c_or_better not in str(reading(family, admit))


def test_a_score_that_is_not_released_does_not_exist(on, admit):
    family = on(MONDAY)
    a_status(family.ana, "EL", date(2024, 8, 15))
    a_score(family.ana, "1560", date(2026, 3, 2), released=date(2099, 1, 1))
    assert reading(family, admit).results == ()


def test_a_level_the_school_did_not_send_is_worked_out(on, admit):
    family = on(MONDAY)
    a_score(family.ana, "1606", date(2026, 3, 2), grade="09")
    result = reading(family, admit).results[0]
    assert (result.level, result.level_words) == (4, "Well Developed")


def test_the_alternate_test_is_read_on_its_own_scale_and_stands_here_alone(on, admit, visit):
    family = on(MONDAY)
    a_status(family.ana, "EL", date(2024, 8, 15))
    a_score(family.ana, "1606", date(2025, 3, 2), grade="09")
    a_score(
        family.ana, "759", date(2026, 3, 2), grade="09", test="AltELPAC", name="Summative Alternate ELPAC"
    )
    found = reading(family, admit)
    assert found.results[0] == Result(
        alternate=True, on=date(2026, 3, 2), grade="09", score=759, level=2, levels=3,
        level_words="Intermediate English Learner", bands=elpac_bands("09", MONDAY, "ALTELPAC"), areas=(),
    )  # fmt: skip
    assert (found.results[1].alternate, found.results[1].level) == (False, 4)
    assert found.steps[0].target == "Overall level 3 of 3"
    page = visit(family.mother).get(f"/students/{family.ana.ref}/english-learner/").content.decode()
    assert "scored 759 on the ELPAC. That is level 2 of 3: Intermediate English Learner." in page
    assert "This is the Alternate ELPAC" in page
    testing = section("testing")
    assert testing.read(admit(family.mother, family.ana, testing)).tests == ()


def test_the_latest_status_holds(on, admit):
    family = on(MONDAY)
    a_status(family.ana, "EL", date(2020, 8, 15))
    a_status(family.ana, "RFEP", date(2025, 4, 9), monitor_year=2)
    found = reading(family, admit)
    assert (found.status, found.follow_up_year, found.follow_up_until, found.steps) == (
        "RFEP", 2, date(2029, 4, 9), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("since", "year"), [(date(2022, 10, 5), 4), (date(2022, 10, 4), None), (date(2026, 10, 1), 1)]
)
def test_the_year_of_the_follow_up_is_counted_where_the_school_says_none(on, admit, since, year):
    family = on(MONDAY)
    a_status(family.ana, "RFEP", since)
    assert reading(family, admit).follow_up_year == year


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("EL", "is learning English as a new language. This is year 3."),
        ("RFEP", "was reclassified as fluent in English on August 15, 2024."),
        ("IFEP", "was fluent in English from the start"),
        ("EO", "English is the first language of"),
        ("TBD", "Not decided yet"),
        ("ext:x", "Other"),
    ],
)
def test_the_page_says_the_status_in_a_sentence(on, visit, status, words):
    family = on(MONDAY)
    a_status(family.ana, status, date(2024, 8, 15))
    page = visit(family.mother).get(f"/students/{family.ana.ref}/english-learner/").content.decode()
    assert words in page
    assert "ext:" not in page


def test_the_picture_has_its_sentence_and_classic_mode_only_that(on, visit):
    family = on(MONDAY)
    a_status(family.ana, "EL", date(2024, 8, 15))
    a_score(family.ana, "1560", date(2026, 3, 2), grade="08")
    client, address = visit(family.mother), f"/students/{family.ana.ref}/english-learner/"
    sentence = "scored 1,560 on the ELPAC. That is level 3 of 4: Moderately Developed."
    page = client.get(address).content.decode()
    assert sentence in page
    assert 'role="img"' in page
    family.mother.classic = True
    family.mother.save()
    classic = client.get(address).content.decode()
    assert sentence in classic
    assert "<svg" not in classic


def test_the_tile_stands_in_its_group_only_for_who_is_or_was_learning(on, admit):
    family = on(MONDAY)
    grant = admit(family.mother, family.ana, ENGLISH)
    tell = lambda: glances.said([(ENGLISH, [grant])])[family.ana.pk]["english-learner"]  # noqa: E731
    assert tell().place is Place.OTHER
    a_status(family.ana, "EO", date(2018, 8, 15))
    assert tell().place is Place.OTHER
    a_status(family.ana, "RFEP", date(2025, 4, 9))
    assert tell() == HomeFact()


def test_news_is_told_without_what_it_is_about():
    criterion = Criterion(student_id=7, kind="assessment", is_met=True, as_of=MONDAY)
    told = events(
        [
            Change(Status(student_id=7, status="RFEP", on=MONDAY), {"status": "EL"}),
            Change(Status(student_id=7, status="RFEP", on=MONDAY), {"status": "RFEP"}),
            Change(criterion, {"is_met": True}),
        ]
    )
    assert list(told) == [Happening("english-learner.new", 7, MONDAY)]
