"""One piece of a student's work as a family reads it: never a blank for a zero, never missing for excused."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.access.grant import Grant
from portal.access.kept import kept
from portal.record.gradebook import meanings
from portal.record.gradebook.models import LineItem, Result
from portal.record.section import Tone
from portal.web import formats

if TYPE_CHECKING:
    from portal.record.gradebook.classes import Class

Said = Result.Status
HANDED_IN_GRADES = (Said.FULLY_GRADED, Said.PARTIALLY_GRADED)


class Status(Enum):
    """What became of a piece of work."""

    OPEN = "open"  # not turned in, and not due yet
    NOT_TURNED_IN = "not_turned_in"
    WAITING = "waiting"
    EXCUSED = "excused"
    GRADED = "graded"
    PARTLY_GRADED = "partly_graded"
    NOT_GRADED = "not_graded"  # the school says nothing yet

    @property
    def tone(self) -> Tone:
        return TONES[self]


SETTLED = (Status.EXCUSED, Status.GRADED, Status.PARTLY_GRADED)

SCRIPTS = (
    ("hy", "\u0531", "\u058a"),
    ("ru", "\u0400", "\u04ff"),
    ("fa", "\u0600", "\u06ff"),
    ("ko", "\uac00", "\ud7a3"),
    ("zh", "\u4e00", "\u9fff"),
)

TONES = {
    Status.OPEN: Tone.WARN,
    Status.NOT_TURNED_IN: Tone.BAD,
    Status.WAITING: Tone.INFO,
    Status.EXCUSED: Tone.QUIET,
    Status.GRADED: Tone.GOOD,
    Status.PARTLY_GRADED: Tone.INFO,
    Status.NOT_GRADED: Tone.QUIET,
}


@dataclass(frozen=True)
class Piece:
    """One piece of work of one student."""

    ref: str
    title: str
    class_ref: str
    class_title: str
    category: str
    weight: int | None  # percent of the grade that its category counts for
    assigned_on: date
    due_on: date
    status: Status
    words: str  # the status in words: "18 of 20"
    due: str  # "Due tomorrow, Oct 6"
    teacher: str  # who to ask; empty when the class has no teacher
    open_still: bool  # the due date has not passed
    score: Decimal | None = None  # points; None is no score, 0 is a zero
    most: Decimal | None = None  # points possible
    text_score: str = ""  # a rubric's word, as the teacher wrote it
    late: bool = False  # turned in after it was due
    incomplete: bool = False  # the teacher marked it so
    scored_on: date | None = None
    comment: str = ""

    @property
    def done(self) -> bool:
        """Whether there is nothing left for the student to do."""
        return self.status not in (Status.OPEN, Status.NOT_TURNED_IN, Status.NOT_GRADED)

    @property
    def comment_language(self) -> str:
        return language_of(self.comment)

    @property
    def next(self) -> str:
        """What can still be done, as markup; empty when there is nothing to do."""
        if self.status == Status.WAITING:
            return _("Nothing to do now.")
        if self.done:
            return ""
        if self.open_still:
            return _("Turn it in by %(date)s.") % {"date": formats.day(self.due_on)}
        if self.status == Status.NOT_GRADED:
            return ""
        if not self.teacher:
            return _("Ask the school office if it can still be turned in.")
        return format_html(
            _("Ask {teacher} if it can still be turned in."),
            teacher=format_html("<bdi>{}</bdi>", self.teacher),
        )


def said_not_turned_in(on: date) -> Q:
    """Results whose Status is NOT_TURNED_IN on a day, for counting them in the database; see status_of()."""
    unanswered = Q(status=Said.NOT_SUBMITTED) | Q(
        Q(score=None) | Q(score=0), status__in=HANDED_IN_GRADES, missing=True, text_score=""
    )
    overdue = Q(missing=True) | Q(missing=None, line_item__due_on__lt=on)
    return unanswered & overdue


@dataclass(frozen=True)
class Answer:
    """What the school says of one student's work, as results.csv has it."""

    status: Said
    score: Decimal | None = None
    text_score: str = ""
    missing: bool | None = None  # None: the source does not say (1.1)
    late: bool = False
    incomplete: bool = False
    scored_on: date | None = None
    comment: str = ""


def status_of(answer: Answer | None, due_on: date, on: date) -> Status:
    """What became of the work.

    Not turned in: the teacher marked it missing, or the source cannot mark it, nothing was submitted and the due
    date has passed. Never for excused work, nor for work that was submitted or has a score above zero.
    """
    if answer is None:
        return Status.NOT_GRADED
    if answer.status == Said.EXEMPT:
        return Status.EXCUSED
    if answer.status == Said.SUBMITTED:
        return Status.WAITING
    scored = answer.score is not None or bool(answer.text_score)
    unanswered = answer.status == Said.NOT_SUBMITTED or (
        answer.missing is True and not answer.score and not answer.text_score
    )
    if unanswered:
        if answer.missing or (answer.missing is None and due_on < on):
            return Status.NOT_TURNED_IN
        if due_on >= on:
            return Status.OPEN
        return Status.GRADED if scored else Status.NOT_GRADED
    if answer.status == Said.FULLY_GRADED:
        return Status.GRADED
    return Status.PARTLY_GRADED if scored else Status.WAITING


def of(
    grants: Sequence[Grant],
    classes: Mapping[int, Sequence["Class"]],
    due: tuple[date, date] = (date.min, date.max),
) -> dict[int, tuple[Piece, ...]]:
    """The work of each student in these classes, latest due date first; one query.

    classes: by student.  due: first and last day on which it may be due.
    Left out, as long as the school says nothing of it: work not assigned yet, and work due while the student was
    not in the class.
    """
    asked = {each.pk for mine in classes.values() for each in mine}
    items: dict[int, list[Item]] = defaultdict(list)
    for item in map(Item._make, _items(grants, sorted(asked), *due)):
        items[item.school_class_id].append(item)
    found = {}
    for grant in grants:
        pieces = [
            piece(item, each, answer, grant.on)
            for each in classes.get(grant.student.pk, ())
            for item in items[each.pk]
            for answer in [_answer_of(item, grant)]
            if _theirs(item, each, answer, grant.on)
        ]
        found[grant.student.pk] = tuple(sorted(pieces, key=lambda piece: piece.due_on, reverse=True))
    return found


def one(grant: Grant, classes: Sequence["Class"], ref: str) -> tuple[Piece, str, "Class"] | None:
    """One piece of work with its instructions and its class; None when it is not among the student's. One query."""
    by_pk = {each.pk: each for each in classes}
    row = _told([grant]).filter(school_class__in=by_pk, ref=ref).values_list(*COLUMNS, "description").first()
    if row is None:
        return None
    *columns, description = row
    item = Item._make(columns)
    each, answer = by_pk[item.school_class_id], _answer_of(item, grant)
    if not _theirs(item, each, answer, grant.on):
        return None
    return piece(item, each, answer, grant.on), description, each


class Item(NamedTuple):
    """A line item with what the school says of it, as the query below brings it."""

    ref: str
    title: str
    school_class_id: int
    category: str
    weight: int | None  # percent
    assigned_on: date
    due_on: date
    most: Decimal | None  # points
    answers: list[dict[str, Any]]


COLUMNS = (
    "ref", "title", "school_class_id", "category__title", "category__weight", "assigned_on", "due_on", "most", "answers",
)  # fmt: skip


@kept
def _items(grants: Sequence[Grant], classes: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    """first, last: between which the work is due."""
    return _told(grants).filter(school_class__in=classes, due_on__range=(first, last)).values_list(*COLUMNS)


def _told(grants: Sequence[Grant]) -> QuerySet[LineItem]:
    """Line items, each with what the school says of it for these students."""
    answers = Result.rows.under(*grants).filter(line_item=OuterRef("pk")).order_by("pk")
    return (
        LineItem.objects.filter(active=True)
        .annotate(
            answers=ArraySubquery(
                answers.values(
                    json=JSONObject(
                        student="student",
                        status="status",
                        score=Cast("score", TextField()),
                        text="text_score",
                        missing="missing",
                        late="late",
                        incomplete="incomplete",
                        on="scored_on",
                        comment="comment",
                    )
                )
            )
        )
        .order_by("-due_on", "-assigned_on", "-pk")
    )


def _answer_of(item: Item, grant: Grant) -> Answer | None:
    """The last row wins where a source sends several for one student."""
    rows = [row for row in item.answers if row["student"] == grant.student.pk]
    return _answer(rows[-1]) if rows else None


def _theirs(item: Item, each: "Class", answer: Answer | None, on: date) -> bool:
    if each.dropped:  # what was graded there stays readable; nothing is left to do
        return answer is not None and status_of(answer, item.due_on, on) in SETTLED
    return answer is not None or (item.assigned_on <= on and each.held(item.due_on))


def piece(item: Item, each: "Class", answer: Answer | None, on: date) -> Piece:
    """One piece of work in words."""
    said = answer or Answer(Said.NOT_SUBMITTED)
    status = status_of(answer, item.due_on, on)
    return Piece(
        ref=item.ref,
        title=item.title,
        class_ref=each.ref,
        class_title=each.title,
        category=str(meanings.category(item.category)),
        weight=item.weight,
        assigned_on=item.assigned_on,
        due_on=item.due_on,
        status=status,
        words=_words(status, said, item, on),
        due=_due(item.due_on, on),
        teacher=each.teachers[0].name if each.teachers else "",
        open_still=item.due_on >= on,
        score=said.score,
        most=item.most,
        text_score=said.text_score,
        late=said.late,
        incomplete=said.incomplete,
        scored_on=said.scored_on if status in (Status.GRADED, Status.PARTLY_GRADED) else None,
        comment=said.comment,
    )


def _words(status: Status, answer: Answer, item: Item, on: date) -> str:
    if status == Status.OPEN or (status == Status.NOT_TURNED_IN and item.due_on >= on):
        return _("Not turned in – can still be turned in until %(date)s") % {
            "date": formats.short_date(item.due_on)
        }
    if status == Status.NOT_TURNED_IN:
        if answer.score is None:
            return _("Not turned in")
        return _("Not turned in – counts as %(points)s") % {"points": formats.number(answer.score)}
    if status == Status.WAITING:
        return _("Turned in, waiting for a grade")
    if status == Status.EXCUSED:
        return _("Excused – does not count")
    if status == Status.NOT_GRADED:
        return _("Not graded yet")
    score = _score(answer, item.most)
    if status == Status.PARTLY_GRADED:
        return _("%(score)s so far") % {"score": score}
    return score


def _score(answer: Answer, most: Decimal | None) -> str:
    if answer.score is None:
        return answer.text_score or _("Graded without points")
    if not most:
        return ngettext("%(points)s point", "%(points)s points", int(answer.score)) % {
            "points": formats.number(answer.score)
        }
    return _("%(points)s of %(most)s") % {
        "points": formats.number(answer.score),
        "most": formats.number(most),
    }


def _due(due_on: date, on: date) -> str:
    near = {
        on: _("Due today, %(date)s"),
        on + timedelta(days=1): _("Due tomorrow, %(date)s"),
        on - timedelta(days=1): _("Was due yesterday, %(date)s"),
    }
    if due_on in near:
        return near[due_on] % {"date": formats.short_date(due_on)}
    words = _("Due %(date)s") if due_on > on else _("Was due %(date)s")
    return words % {"date": formats.day(due_on)}


def _answer(row: dict[str, Any]) -> Answer:
    return Answer(
        status=Said(row["status"]),
        score=None if row["score"] is None else Decimal(row["score"]),
        text_score=row["text"],
        missing=row["missing"],
        late=bool(row["late"]),
        incomplete=bool(row["incomplete"]),
        scored_on=date.fromisoformat(row["on"]) if row["on"] else None,
        comment=row["comment"],
    )


def language_of(text: str) -> str:
    """The code of the language a teacher wrote in, as far as the script tells; else the schools' own."""
    for char in text:
        for code, first, last in SCRIPTS:
            if first <= char <= last:
                return code
    return settings.LANGUAGE_CODE
