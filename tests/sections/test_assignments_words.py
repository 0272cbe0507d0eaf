"""The words of a piece of work: what each means, and what must never be said."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.utils import translation
from django.utils.timezone import localdate

from portal.record.gradebook.classes import Class, Teacher
from portal.record.gradebook.models import Result
from portal.record.gradebook.work import (
    Answer,
    Item,
    Piece,
    Said,
    Status,
    language_of,
    piece,
    said_not_turned_in,
    status_of,
)
from portal.web import formats
from tests.sections.rows import a_result, an_item

MONDAY = date(2026, 10, 5)
FRIDAY_BEFORE = date(2026, 10, 2)
THURSDAY = date(2026, 10, 8)

ALGEBRA = Class(
    pk=1, ref="algebra", title="Algebra 1", type="scheduled", period="1",
    teachers=(Teacher("Daniel Ortiz", "daniel.ortiz@staff.example.org"),), terms=(), begins=None, ends=None,
    dropped=False, has_work=True, not_turned_in=0,
)  # fmt: skip


@pytest.fixture(autouse=True)
def on_monday(monkeypatch):
    monkeypatch.setattr(formats, "today", lambda: MONDAY)


def the_piece(
    answer: Answer | None, due_on: date = FRIDAY_BEFORE, most: int | None = 20, each: Class = ALGEBRA
) -> Piece:
    item = Item(
        ref="lines", title="Quiz: lines", school_class_id=1, category="Quiz", weight=25, answers=[],
        assigned_on=date(2026, 9, 28), due_on=due_on, most=most and Decimal(most),
    )  # fmt: skip
    return piece(item, each, answer, MONDAY)


def points(status: Said, score: float | None, **more: object) -> Answer:
    return Answer(status, None if score is None else Decimal(str(score)), **more)


def test_a_graded_piece_says_everything_the_school_said():
    answer = points(
        Said.FULLY_GRADED, 18, late=True, scored_on=MONDAY, comment="Show your steps.", missing=False
    )
    assert the_piece(answer) == Piece(
        ref="lines",
        title="Quiz: lines",
        class_ref="algebra",
        class_title="Algebra 1",
        category="Quiz",
        weight=25,
        assigned_on=date(2026, 9, 28),
        due_on=FRIDAY_BEFORE,
        status=Status.GRADED,
        words="18 of 20",
        due="Was due Friday, October 2",
        teacher="Daniel Ortiz",
        open_still=False,
        score=Decimal(18),
        most=Decimal(20),
        text_score="",
        late=True,
        incomplete=False,
        scored_on=MONDAY,
        comment="Show your steps.",
    )


@pytest.mark.parametrize(
    ("answer", "due_on", "words", "status"),
    [
        (points(Said.FULLY_GRADED, 18), FRIDAY_BEFORE, "18 of 20", Status.GRADED),
        (points(Said.FULLY_GRADED, 17.5), FRIDAY_BEFORE, "17.5 of 20", Status.GRADED),
        (points(Said.FULLY_GRADED, 0), FRIDAY_BEFORE, "0 of 20", Status.GRADED),
        (points(Said.FULLY_GRADED, 0, missing=False), FRIDAY_BEFORE, "0 of 20", Status.GRADED),
        (points(Said.FULLY_GRADED, 22), FRIDAY_BEFORE, "22 of 20", Status.GRADED),
        (points(Said.FULLY_GRADED, None), FRIDAY_BEFORE, "Graded without points", Status.GRADED),
        (Answer(Said.FULLY_GRADED, None, "Meets the goal"), FRIDAY_BEFORE, "Meets the goal", Status.GRADED),
        (points(Said.FULLY_GRADED, 18, text_score="B+"), FRIDAY_BEFORE, "18 of 20", Status.GRADED),
        (points(Said.PARTIALLY_GRADED, 12), FRIDAY_BEFORE, "12 of 20 so far", Status.PARTLY_GRADED),
        (points(Said.PARTIALLY_GRADED, None), FRIDAY_BEFORE, "Turned in, waiting for a grade", Status.WAITING),
        (points(Said.SUBMITTED, None), FRIDAY_BEFORE, "Turned in, waiting for a grade", Status.WAITING),
        (points(Said.SUBMITTED, None, missing=True), FRIDAY_BEFORE, "Turned in, waiting for a grade", Status.WAITING),
        (points(Said.EXEMPT, None), FRIDAY_BEFORE, "Excused – does not count", Status.EXCUSED),
        (points(Said.EXEMPT, None, missing=True), FRIDAY_BEFORE, "Excused – does not count", Status.EXCUSED),
        (points(Said.EXEMPT, 0), FRIDAY_BEFORE, "Excused – does not count", Status.EXCUSED),
        (None, FRIDAY_BEFORE, "Not graded yet", Status.NOT_GRADED),
        (None, THURSDAY, "Not graded yet", Status.NOT_GRADED),
        (points(Said.NOT_SUBMITTED, None), THURSDAY, "Not turned in – can still be turned in until Oct 8", Status.OPEN),
        (points(Said.NOT_SUBMITTED, None), MONDAY, "Not turned in – can still be turned in until Oct 5", Status.OPEN),
        (points(Said.NOT_SUBMITTED, None), FRIDAY_BEFORE, "Not turned in", Status.NOT_TURNED_IN),
        (points(Said.NOT_SUBMITTED, None, missing=True), FRIDAY_BEFORE, "Not turned in", Status.NOT_TURNED_IN),
        (points(Said.NOT_SUBMITTED, None, missing=False), FRIDAY_BEFORE, "Not graded yet", Status.NOT_GRADED),
        (points(Said.NOT_SUBMITTED, 0), FRIDAY_BEFORE, "Not turned in – counts as 0", Status.NOT_TURNED_IN),
        (points(Said.NOT_SUBMITTED, 10), FRIDAY_BEFORE, "Not turned in – counts as 10", Status.NOT_TURNED_IN),
        (points(Said.FULLY_GRADED, 0, missing=True), FRIDAY_BEFORE, "Not turned in – counts as 0", Status.NOT_TURNED_IN),
        (points(Said.FULLY_GRADED, 18, missing=True), FRIDAY_BEFORE, "18 of 20", Status.GRADED),
        (
            points(Said.NOT_SUBMITTED, None, missing=True),
            THURSDAY,
            "Not turned in – can still be turned in until Oct 8",
            Status.NOT_TURNED_IN,
        ),
    ],
)  # fmt: skip
def test_every_status_has_its_own_words(answer, due_on, words, status):
    told = the_piece(answer, due_on)
    assert (told.words, told.status) == (words, status)


def test_not_graded_excused_missing_and_zero_are_four_different_things():
    told = [
        the_piece(answer).words
        for answer in (
            None,
            points(Said.EXEMPT, None),
            points(Said.NOT_SUBMITTED, None),
            points(Said.FULLY_GRADED, 0),
        )
    ]
    assert told == ["Not graded yet", "Excused – does not count", "Not turned in", "0 of 20"]


@pytest.mark.parametrize(
    ("score", "most", "words"),
    [
        (1, None, "1 point"),
        (18, None, "18 points"),
        (3, 0, "3 points"),
        (0, None, "0 points"),
        (1234.5, 2000, "1,234.5 of 2,000"),
    ],
)
def test_points_without_a_most_stand_alone(score, most, words):
    assert the_piece(points(Said.FULLY_GRADED, score), most=most).words == words


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (MONDAY, "Due today, Oct 5"),
        (MONDAY + timedelta(days=1), "Due tomorrow, Oct 6"),
        (MONDAY - timedelta(days=1), "Was due yesterday, Oct 4"),
        (THURSDAY, "Due Thursday, October 8"),
        (date(2026, 12, 1), "Due December 1, 2026"),
        (FRIDAY_BEFORE, "Was due Friday, October 2"),
        (date(2026, 9, 1), "Was due September 1, 2026"),
    ],
)
def test_due_dates_are_words(due_on, words):
    assert the_piece(None, due_on).due == words


@pytest.mark.parametrize(
    ("answer", "due_on", "words"),
    [
        (
            points(Said.NOT_SUBMITTED, None),
            FRIDAY_BEFORE,
            "Ask <bdi>Daniel Ortiz</bdi> if it can still be turned in.",
        ),
        (points(Said.NOT_SUBMITTED, None), THURSDAY, "Turn it in by Thursday, October 8."),
        (None, THURSDAY, "Turn it in by Thursday, October 8."),
        (None, FRIDAY_BEFORE, ""),
        (points(Said.SUBMITTED, None), THURSDAY, "Nothing to do now."),
        (points(Said.FULLY_GRADED, 18), THURSDAY, ""),
        (points(Said.EXEMPT, None), THURSDAY, ""),
    ],
)
def test_what_can_still_be_done_is_said(answer, due_on, words):
    assert the_piece(answer, due_on).next == words


def test_without_a_teacher_the_office_is_asked():
    nobody = replace(ALGEBRA, teachers=())
    told = the_piece(points(Said.NOT_SUBMITTED, None), each=nobody)
    assert told.next == "Ask the school office if it can still be turned in."


def test_a_teachers_name_cannot_bring_markup():
    sly = replace(ALGEBRA, teachers=(Teacher("<b>Bold</b>", ""),))
    told = the_piece(points(Said.NOT_SUBMITTED, None), each=sly)
    assert told.next == "Ask <bdi>&lt;b&gt;Bold&lt;/b&gt;</bdi> if it can still be turned in."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Show your steps.", "en"),
        ("لطفا دوباره بنویسید", "fa"),
        ("Молодец", "ru"),
        ("잘했어요", "ko"),
        ("做得好", "zh"),
        ("Լավ է", "hy"),
        ("Good: 做得好", "zh"),
    ],
)
def test_a_comment_keeps_its_language(text, code):
    assert language_of(text) == code


def test_words_follow_the_language_of_the_page_and_codes_do_not():
    with translation.override("fa"):
        told = the_piece(points(Said.FULLY_GRADED, 18))
    assert (told.status, told.title) == (Status.GRADED, "Quiz: lines")


def test_counting_in_the_database_agrees_with_the_words(family):
    """Every combination of what a source can say, counted in SQL and read in Python."""
    today = localdate()
    expected, n = set(), 0
    for status, score, text, missing, days in product(
        Said, (None, Decimal(0), Decimal(10)), ("", "B"), (None, True, False), (-1, 0, 1)
    ):
        due_on = today + timedelta(days=days)
        item = an_item(family.algebra, f"item {n}", due_on)
        a_result(item, family.ana, status, score=score, text_score=text, missing=missing)
        if status_of(Answer(status, score, text, missing), due_on, today) == Status.NOT_TURNED_IN:
            expected.add(item.pk)
        n += 1
    counted = Result.rows.for_import().filter(said_not_turned_in(today)).values_list("line_item", flat=True)
    assert set(counted) == expected
    assert 0 < len(expected) < n
