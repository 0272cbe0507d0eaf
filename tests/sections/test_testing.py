"""Test results as a family reads them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import override

from portal.record.contents import section
from portal.record.scores import ranges
from portal.record.scores.models import Score
from portal.record.scores.said import said
from portal.record.section import HomeFact
from portal.record.timeline import Change, Happening
from portal.sections.testing.reading import Band, Exam, Exams, Result, read, read_test
from portal.sections.testing.timeline import events
from portal.students.models import Student
from portal.web.formats import long_date, short_date
from tests.cast import rostered
from tests.sections.rows import at_a_glance

TESTING = section("testing")
SPRING = date(2026, 4, 20)


def a_score(student: Student, score: str, code: str = "SBAC", subject: str = "ELA", **more: object) -> Score:
    """A result of last spring, released since."""
    values: dict[str, object] = {
        "name": code, "on": SPRING, "school_year": 2026, "grade": "08", "type": "scale",
        "released_at": now() - timedelta(days=3),
    }  # fmt: skip
    number = Score.rows.for_import().count()
    return Score.rows.for_import().create(
        **rostered(f"score-{number}"),
        student=student,
        test=code,
        subject=subject,
        score=score,
        **(values | more),
    )


@pytest.fixture
def scored(family):
    """Ana in grade 8: level 2 in English, with an area, and a year earlier level 1."""
    whole = a_score(family.ana, "2512", likely_low=2490, likely_high=2534)
    a_score(family.ana, "", whole=whole, subject="Reading", type="level", level_text="Near Standard")
    a_score(family.ana, "2470", grade="07", school_year=2025, on=date(2025, 4, 22))
    return family


def test_a_parent_reads_level_score_range_and_last_year(scored, admit):
    assert read(admit(scored.mother, scored.ana, TESTING)) == Exams(
        tests=(
            Exam(
                key="sbac-ela",
                title="State test: English (CAASPP)",
                screener=False,
                results=(
                    Result(
                        on=SPRING,
                        school_year=2026,
                        grade="Grade 8",
                        score="2,512",
                        points=2512,
                        level=2,
                        levels=4,
                        level_words="Developing",
                        sentence="Ana scored 2,512. That is in level 2 of 4: Developing. "
                        "The range if tested again is about 2,490–2,534.",
                        low=2490,
                        high=2534,
                        bands=(
                            Band("Minimal", 2290, 2486),
                            Band("Developing", 2487, 2566),
                            Band("Proficient", 2567, 2667),
                            Band("Advanced", 2668, 2850),
                        ),
                        areas=read(admit(scored.mother, scored.ana, TESTING)).tests[0].latest.areas,
                    ),
                    read(admit(scored.mother, scored.ana, TESTING)).tests[0].results[1],
                ),
                line=(("2025", 2470, "2,470"), ("2026", 2512, "2,512")),
            ),
        ),
        english_elsewhere=False,
        tested_in=None,
        results_in=None,
    )


def test_areas_are_words_and_last_year_keeps_the_label_printed_then(scored, admit):
    latest, before = read_test(admit(scored.mother, scored.ana, TESTING), "sbac-ela").results
    assert [(area.title, area.words) for area in latest.areas] == [("Reading", "Near Standard")]
    assert (before.level, before.level_words) == (1, "Standard Not Met")


@pytest.mark.parametrize(
    ("subject", "grade", "score", "level"),
    [
        ("ELA", "03", 2366, 1), ("ELA", "03", 2367, 2), ("ELA", "03", 2431, 2), ("ELA", "03", 2432, 3),
        ("ELA", "03", 2489, 3), ("ELA", "03", 2490, 4), ("ELA", "08", 2486, 1), ("ELA", "08", 2487, 2),
        ("ELA", "11", 2582, 2), ("ELA", "11", 2583, 3), ("ELA", "11", 2681, 3), ("ELA", "11", 2682, 4),
        ("MATH", "03", 2380, 1), ("MATH", "03", 2381, 2), ("MATH", "05", 2578, 3), ("MATH", "05", 2579, 4),
        ("MATH", "08", 2503, 1), ("MATH", "08", 2504, 2), ("MATH", "11", 2717, 3), ("MATH", "11", 2718, 4),
    ],
)  # fmt: skip
def test_levels_of_the_state_tests_begin_where_the_state_says(subject, grade, score, level):
    assert ranges.of("SBAC", subject, grade).level(score) == level


@pytest.mark.parametrize(
    ("grade", "score", "level"),
    [("05", 178, 1), ("05", 179, 2), ("05", 213, 2), ("05", 231, 4), ("08", 414, 2), ("08", 415, 3), ("12", 635, 3), ("10", 636, 4)],
)  # fmt: skip
def test_levels_of_the_science_test_begin_where_the_state_says(grade, score, level):
    assert ranges.of("CAST", "", grade).level(score) == level


# Where each level begins and the last one ends. Source: ETS for the California Department of Education, since 2020-21.
STATE_TESTS = {
    "ELA": {
        "03": (2115, 2367, 2432, 2490, 2650), "04": (2140, 2416, 2473, 2533, 2690),
        "05": (2200, 2442, 2502, 2582, 2730), "06": (2230, 2457, 2531, 2618, 2770),
        "07": (2260, 2479, 2552, 2649, 2810), "08": (2290, 2487, 2567, 2668, 2850),
        "11": (2300, 2493, 2583, 2682, 2900),
    },
    "MATH": {
        "03": (2190, 2381, 2436, 2501, 2660), "04": (2205, 2411, 2485, 2549, 2700),
        "05": (2220, 2455, 2528, 2579, 2740), "06": (2235, 2473, 2552, 2610, 2780),
        "07": (2250, 2484, 2567, 2635, 2820), "08": (2265, 2504, 2586, 2653, 2860),
        "11": (2280, 2543, 2628, 2718, 2900),
    },
    "SCIENCE": {
        "05": (150, 179, 214, 231, 250), "08": (350, 378, 415, 433, 450), "10": (550, 576, 615, 636, 650),
        "11": (550, 576, 615, 636, 650), "12": (550, 576, 615, 636, 650),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "grade"), [(subject, grade) for subject, grades in STATE_TESTS.items() for grade in grades]
)
def test_each_level_of_each_grade_begins_and_ends_where_the_state_says(subject, grade):
    *begins, most = STATE_TESTS[subject][grade]
    found = ranges.of("CAST" if subject == "SCIENCE" else "SBAC", subject, grade)
    assert found == ranges.Ranges(tuple(begins), most)
    for level, (first, last) in enumerate(found.bands, 1):
        assert (found.level(first), found.level(last)) == (level, level)
    assert found.bands[-1][1] == most


def test_no_other_grade_has_ranges():
    assert {grade for _subject, grade in ranges.SBAC} == set(STATE_TESTS["ELA"])
    assert set(ranges.CAST) == set(STATE_TESTS["SCIENCE"])


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (2026, ("Minimal", "Developing", "Proficient", "Advanced")),
        (2025, ("Standard Not Met", "Standard Nearly Met", "Standard Met", "Standard Exceeded")),
        (2015, ("Standard Not Met", "Standard Nearly Met", "Standard Met", "Standard Exceeded")),
    ],
)
def test_the_names_of_the_four_levels_are_those_of_the_year(year, words):
    assert tuple(map(str, ranges.labels(year))) == words


def test_tests_with_one_scale_for_all_have_these_ends():
    assert ranges.WHOLE == {
        "AP": (1, 5), "IB": (1, 7), "ACT": (1, 36), "SAT": (400, 1600), "PSAT": (320, 1520), "PSAT89": (240, 1440),
    }  # fmt: skip


def test_every_range_goes_up_without_a_gap():
    for each in (*ranges.SBAC.values(), *ranges.CAST.values()):
        assert list(each.begins) == sorted(each.begins)
        assert [first for first, _last in each.bands[1:]] == [last + 1 for _first, last in each.bands[:-1]]


@pytest.mark.parametrize(
    ("year", "third"), [(2024, "Standard Met"), (2025, "Standard Met"), (2026, "Proficient")]
)
def test_a_level_is_called_what_it_was_called_that_year(year, third):
    assert str(ranges.labels(year)[2]) == third


def test_the_words_the_school_printed_go_before_ours(family, admit):
    a_score(family.ana, "2600", level=3, levels=4, level_text="Al nivel")
    latest = read(admit(family.mother, family.ana, TESTING)).tests[0].latest
    assert latest.level_words == "Al nivel"
    assert latest.bands[2].name == "Al nivel"


def test_tests_without_one_scale_are_never_drawn_as_a_line(family, admit):
    for year, grade, score in ((2022, "05", "200"), (2025, "08", "420")):
        a_score(family.ana, score, "CAST", "", grade=grade, school_year=year, on=date(year, 4, 1))
    (test,) = read(admit(family.mother, family.ana, TESTING)).tests
    assert (test.line, test.before) == ((), None)


def test_a_refusal_in_writing_is_no_score(family, admit):
    a_score(family.ana, "PGE")
    latest = read(admit(family.mother, family.ana, TESTING)).tests[0].latest
    assert latest.sentence == "Not tested: a parent asked for this in writing."
    assert (latest.score, latest.points, latest.level) == ("", None, None)


def test_the_page_shows_sentence_picture_and_table(scored, visit):
    body = visit(scored.mother).get(reverse("testing", args=[scored.ana.ref])).content.decode()
    for words in (
        "<h2>State test: English (CAASPP)</h2>",
        "<figcaption>Ana scored 2,512.",
        "Show as a table",
        "From 2,470 in 2025 to 2,512 in 2026, on the same scale.",
        "The open triangle is the score before: 2,470.",
        "<li>State test: English (CAASPP): 2,567</li>",
        'All 2 results<span class="unseen">: State test: English (CAASPP)</span>',
    ):
        assert words in body
    assert 'role="img"' in body


def test_a_screener_is_no_diagnosis(family, visit):
    a_score(family.ana, "Below", "DIBELS", "", type="level", level=2, levels=4, level_text="Below Benchmark")
    body = visit(family.mother).get(reverse("testing", args=[family.ana.ref])).content.decode()
    assert "Level 2 of 4: Below Benchmark." in body
    assert "not a diagnosis" in body


def test_the_elpac_stands_elsewhere(family, admit):
    a_score(family.ana, "1500", "ELPAC", "")
    assert read(admit(family.mother, family.ana, TESTING)) == Exams((), True, None, None)


def test_without_results_the_page_says_when_they_come(family, visit):
    body = visit(family.bens_mother).get(reverse("testing", args=[family.ben.ref])).content.decode()
    assert "No test results yet." in body
    year = localdate().year + (localdate().month > 9)
    assert f"State tests are from March {year} to June {year}." in body


@pytest.mark.parametrize(
    ("day", "year"), [((2026, 9, 30), 2026), ((2026, 10, 1), 2027), ((2027, 1, 8), 2027)]
)
def test_when_all_results_are_out_the_tests_of_the_next_spring_are_told(on, admit, day, year):
    family = on(date(*day))
    reading = read(admit(family.bens_mother, family.ben, TESTING))
    assert reading.tested_in == (date(year, 3, 1), date(year, 6, 1))
    assert reading.results_in == (date(year, 6, 1), date(year, 9, 1))


def test_a_score_does_not_exist_before_its_hour(family, visit, admit):
    a_score(family.ana, "2512", released_at=now() + timedelta(hours=1))
    grant = admit(family.mother, family.ana, TESTING)
    assert read(grant).tests == ()
    assert at_a_glance(TESTING, [grant])[family.ana.pk].tile == "Nothing yet"
    client = visit(family.mother)
    assert client.get(reverse("testing_test", args=[family.ana.ref, "sbac-ela"])).status_code == 404
    assert "2512" not in client.get(reverse("testing_json", args=[family.ana.ref])).content.decode()


def test_the_tile_and_the_page_name_the_same_day(scored, admit, visit):
    assert at_a_glance(TESTING, [admit(scored.mother, scored.ana, TESTING)]) == {
        scored.ana.pk: HomeFact(tile=f"Results of {short_date(SPRING)}")
    }
    body = visit(scored.mother).get(reverse("testing", args=[scored.ana.ref])).content.decode()
    assert f"The latest is from {long_date(SPRING)}." in body


def test_someone_elses_scores_are_not_there(scored, visit):
    assert visit(scored.bens_mother).get(reverse("testing", args=[scored.ana.ref])).status_code == 404


def test_the_timeline_names_the_test_and_not_the_score(scored):
    whole, area, _before = Score.rows.for_import().order_by("pk")
    on = localdate(whole.released_at)
    assert list(events([Change(whole, {}), Change(area, {}), Change(whole, {"score": "2400"})])) == [
        Happening("testing.result", scored.ana.pk, on, {"test": "State test: English (CAASPP)"}),
        Happening("testing.corrected", scored.ana.pk, on, {"test": "State test: English (CAASPP)"}),
    ]
    whole.released_at = now() - timedelta(days=60)
    assert list(events([Change(whole, {})])) == []


def test_twelve_years_of_results_cost_no_more_queries(family, visit, django_assert_max_num_queries):
    for year in range(2015, 2027):
        a_score(family.ana, "2500", school_year=year, on=date(year, 4, 20), grade="05")
    client = visit(family.mother)
    client.get(reverse("testing", args=[family.ana.ref]))
    with django_assert_max_num_queries(10):  # two of them open and close the transaction's savepoints
        body = client.get(reverse("testing", args=[family.ana.ref])).content.decode()
    assert body.count("<circle") == 8


@pytest.mark.parametrize(
    ("report", "read"),
    [("Near Standard", "Cerca del estándar"), ("well below benchmark", "Muy por debajo del nivel esperado"),
     ("Early On Grade Level", "Al comienzo del nivel de grado"), ("Level 2", "Nivel 2"),
     ("Below grade level", "Por debajo del nivel del grado"), ("Our own word", "Our own word")],
)  # fmt: skip
def test_the_words_of_a_report_are_said_in_the_familys_language(report, read):
    with override("es"):
        assert str(said(report)) == read
