"""Immunizations: what school asks by grade and date, what is on file, and the words when something is missing."""

from datetime import date, timedelta

import pytest

from portal.record.contents import section
from portal.sections.immunizations.models import Vaccine
from portal.sections.immunizations.reading import Immunizations, Line, Shot, read
from portal.sections.immunizations.requirements import (
    SCHOOL_GRADES,
    TABLES,
    Given,
    asked,
    asked_next,
    birthday,
    count,
)
from portal.web import formats
from tests.sections.care_rows import MONDAY, a_standing, doses

IMMUNIZATIONS = section("immunizations")
BORN = date(2012, 3, 14)
RULES = {each.vaccine: each for each in TABLES[0].requirements}
FOURTH, SEVENTH, FIRST = date(2016, 3, 14), date(2019, 3, 14), date(2013, 3, 14)


def days(n: int, last: date) -> list[date]:
    """So many days, thirty apart, up to the last."""
    return [last - timedelta(days=30 * back) for back in range(n)][::-1]


def given(vaccine: str, on: list[date], cvx: str = "") -> list[Given]:
    return [Given(vaccine, day, cvx) for day in on]


# --- The rules: California Department of Public Health, since July 2019 -------------------------------------------


@pytest.mark.parametrize(
    ("vaccine", "last", "needed"),
    [
        ("DTaP", FOURTH - timedelta(days=5), 5),
        ("DTaP", FOURTH - timedelta(days=4), 4),  # four days of grace
        ("DTaP", FOURTH, 4),
        ("DTaP", SEVENTH - timedelta(days=5), 4),
        ("DTaP", SEVENTH - timedelta(days=4), 3),
        ("IPV", FOURTH - timedelta(days=5), 4),
        ("IPV", FOURTH - timedelta(days=4), 3),
        ("HepB", FOURTH, 3),
        ("MMR", FOURTH, 2),
        ("VAR", FOURTH, 2),
        ("Tdap", SEVENTH, 1),
    ],
)
def test_doses_needed(vaccine, last, needed):
    rule = RULES[Vaccine(vaccine)]
    enough = count(rule, given(vaccine, days(needed, last)), BORN)
    assert (enough.needed, enough.met) == (needed, True)
    if needed > 1:
        assert count(rule, given(vaccine, days(needed - 1, last)), BORN).missing == 1


@pytest.mark.parametrize(
    ("vaccine", "on", "counts"),
    [
        ("MMR", FIRST - timedelta(days=5), False),
        ("MMR", FIRST - timedelta(days=4), True),
        ("Tdap", SEVENTH - timedelta(days=5), False),
        ("Tdap", SEVENTH - timedelta(days=4), True),
        ("VAR", FIRST - timedelta(days=30), True),
    ],
)
def test_a_dose_counts_from_its_age_on_with_four_days_of_grace(vaccine, on, counts):
    assert bool(count(RULES[Vaccine(vaccine)], given(vaccine, [on]), BORN).valid) is counts


@pytest.mark.parametrize(
    ("on", "cvx", "counts"),
    [(date(2016, 3, 31), "02", True), (date(2016, 4, 1), "02", False), (date(2016, 4, 1), "10", True)],
)
def test_oral_polio_given_since_april_2016_does_not_count(on, cvx, counts):
    assert bool(count(RULES[Vaccine.POLIO], given("IPV", [on], cvx), BORN).valid) is counts


def test_two_records_of_one_shot_count_once():
    assert len(count(RULES[Vaccine.MMR], given("MMR", [FOURTH, FOURTH]), BORN).valid) == 1


def test_what_each_grade_asks():
    everyone = {"DTaP", "IPV", "HepB", "MMR", "VAR"}
    for grade in SCHOOL_GRADES:
        expected = everyone | ({"Tdap"} if grade >= "07" and grade.isdigit() else set())
        assert {each.vaccine.value for each in asked(grade, MONDAY)} == expected - (
            {"HepB"} if grade == "07" else set()
        )
    for grade in ("PK", "IT", "AD", "UG", ""):
        assert asked(grade, MONDAY) == ()


def test_grade_7_asks_for_tdap_and_a_second_chickenpox_shot():
    assert [each.vaccine for each in asked_next("06", MONDAY)] == [Vaccine.VARICELLA, Vaccine.TDAP]
    assert asked_next("05", MONDAY) == asked_next("07", MONDAY) == ()


@pytest.mark.parametrize(
    ("vaccine", "n", "within"),
    [
        ("IPV", 1, 56), ("IPV", 2, 365), ("IPV", 3, 365),
        ("DTaP", 1, 56), ("DTaP", 2, 56), ("DTaP", 3, 365), ("DTaP", 4, 365),
        ("HepB", 1, 56), ("HepB", 2, 365), ("MMR", 1, 122), ("VAR", 1, 183),
    ],
)  # fmt: skip
def test_the_next_dose_is_due_within(vaccine, n, within):
    last = date(2014, 1, 1)
    assert count(RULES[Vaccine(vaccine)], given(vaccine, days(n, last)), BORN).due_on == last + timedelta(
        days=within
    )


@pytest.mark.parametrize(("after", "within"), [(-1, 183), (0, 56)])
def test_from_13_years_on_the_second_chickenpox_shot_is_due_sooner(after, within):
    last = birthday(BORN, 13) + timedelta(days=after)
    rule = RULES[Vaccine.VARICELLA]
    assert count(rule, given("VAR", [last]), BORN).due_on == last + timedelta(days=within)
    assert count(rule, given("VAR", [last]), None).due_on == last + timedelta(days=183)  # no age is judged


# --- The reading --------------------------------------------------------------------------------------------------


@pytest.fixture
def seventh(on):
    """Ana is in grade 7 and was born on March 14, 2012; it is Monday, October 5, 2026."""

    def arranged(grade: str = "07"):
        family = on(MONDAY)
        family.ana.grade, family.ana.birth_date = grade, BORN
        family.ana.save()
        return family

    return arranged


def complete(student, **more) -> None:
    usual = {
        "DTaP": [*days(3, FIRST), FOURTH], "IPV": [*days(2, FIRST), FOURTH], "HepB": days(3, FIRST),
        "MMR": [FIRST, FOURTH], "VAR": [FIRST, FOURTH], "Tdap": [date(2023, 3, 14)],
    }  # fmt: skip
    doses(student, **{vaccine: on for vaccine, on in (usual | more).items() if on})


def reading(family, admit) -> Immunizations:
    return read(admit(family.mother, family.ana, IMMUNIZATIONS))


def answer(family, visit) -> str:
    page = visit(family.mother).get(f"/students/{family.ana.ref}/immunizations/").content.decode()
    assert "fail" not in page.lower()
    return " ".join(page.partition('<p class="answer">')[2].partition("</p>")[0].split())


def test_a_vaccine_is_read_whole(seventh, admit):
    family = seventh()
    doses(family.ana, MMR=[FIRST - timedelta(days=60), FIRST, FOURTH])
    line = next(each for each in reading(family, admit).lines if each.vaccine == "MMR")
    assert line == Line(
        vaccine="MMR", words="MMR", protects="Against measles, mumps and rubella",
        shots=(Shot(FIRST - timedelta(days=60), False, ""), Shot(FIRST, True, ""), Shot(FOURTH, True, "")),
        required=2, missing=0, state="met", state_words="On file", due_on=None, note="", said_by_school=False,
    )  # fmt: skip


def test_when_everything_is_there_the_page_says_so(seventh, visit):
    family = seventh()
    complete(family.ana)
    assert answer(family, visit) == "All required shots are on file."


def test_a_missing_tdap_is_named_with_its_day(seventh, visit):
    family = seventh()
    complete(family.ana, Tdap=[])
    a_standing(family.ana, "Tdap", "overdue", "grade7", due_on=date(2026, 10, 16))
    assert (
        answer(family, visit)
        == f"We need a record of 1 shot: Tdap. It is required for grade 7 by {formats.day(date(2026, 10, 16))}."
    )


def test_two_doses_of_one_vaccine_are_two_shots(seventh, visit):
    family = seventh("09")
    complete(family.ana, MMR=[])
    assert answer(family, visit) == "We need a record of 2 shots: MMR."


def test_a_student_who_is_catching_up_can_attend(seventh, visit, admit):
    family = seventh("09")
    complete(family.ana, HepB=[date(2026, 9, 7), date(2026, 9, 7)])
    assert answer(family, visit) == (
        "<bdi>Ana</bdi> can attend while catching up. "
        f"Next shot due by {formats.day(date(2026, 11, 2))}: Hepatitis B."
    )
    assert [line.due_on for line in reading(family, admit).catching_up] == [date(2026, 11, 2)]


def test_a_next_dose_whose_time_is_over_is_needed(seventh, admit):
    family = seventh("09")
    complete(family.ana, HepB=[date(2026, 8, 9)])  # 57 days ago
    assert [line.vaccine for line in reading(family, admit).needed] == ["HepB"]


def test_a_medical_exemption_is_no_missing_shot(seventh, visit):
    family = seventh("09")
    complete(family.ana, VAR=[])
    a_standing(family.ana, "VAR", "exemptMedical")
    assert answer(family, visit) == "All required shots are on file or have a medical exemption."


def test_a_sixth_grader_hears_what_grade_7_will_ask(seventh, visit):
    family = seventh("06")
    complete(family.ana, Tdap=[])
    assert (
        answer(family, visit)
        == "All required shots are on file. <bdi>Tdap</bdi> is required before grade 7 starts."
    )
    a_standing(family.ana, "Tdap", "conditional", "grade7", due_on=date(2027, 8, 12))
    assert answer(family, visit).endswith(
        f"<bdi>Tdap</bdi> is required for grade 7 by {formats.day(date(2027, 8, 12))}."
    )


def test_the_schools_word_goes_before_our_count(seventh, admit):
    family = seventh("09")
    a_standing(family.ana, "MMR", "met")
    line = next(each for each in reading(family, admit).lines if each.vaccine == "MMR")
    assert (line.state, line.said_by_school, line.missing) == ("met", True, 0)


def test_of_two_words_of_the_school_the_pressing_one_is_heard(seventh, admit):
    family = seventh("09")
    complete(family.ana)
    a_standing(family.ana, "Tdap", "met", "k12Admission")
    a_standing(family.ana, "Tdap", "overdue", "grade7")
    assert [line.vaccine for line in reading(family, admit).needed] == ["Tdap"]


def test_nothing_on_file_is_no_missing_shot_by_shot(seventh, visit, admit):
    family = seventh()
    assert answer(family, visit) == "No shot records on file. Bring or send a copy."
    assert not reading(family, admit).anything


def test_codes_of_the_districts_own_are_never_shown_raw(seventh, admit):
    family = seventh("09")
    a_standing(family.ana, "ext:tb", "ext:chestXray")
    doses(family.ana, **{"ext:rabies": [MONDAY], "HPV": [MONDAY]})
    found = reading(family, admit)
    own = found.lines[-1]
    assert (own.words, own.state, own.state_words) == ("Other", None, "Other")
    assert [str(line.words) for line in found.others] == ["Other", "HPV"] or [
        str(line.words) for line in found.others
    ] == ["HPV", "Other"]


def test_without_a_birth_date_no_age_is_judged(seventh, admit):
    family = seventh("09")
    family.ana.birth_date = None
    family.ana.save()
    doses(family.ana, MMR=[FIRST - timedelta(days=60)])
    line = next(each for each in reading(family, admit).lines if each.vaccine == "MMR")
    assert line.state == "unknown"
