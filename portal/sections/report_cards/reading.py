"""What a family reads of report cards: one for each reporting period, each code spelled out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Max, QuerySet
from django.http import Http404
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from portal.access import gate
from portal.access.grant import Grant
from portal.record import printed
from portal.record.contents import sections
from portal.record.gradebook import meanings, work
from portal.record.gradebook.averages import average, letter
from portal.record.gradebook.models import Mark
from portal.record.section import Words
from portal.sections.report_cards.models import Signature
from portal.students.models import Term, display_name

A_SEMESTER = Decimal(5)  # credits of a course that says none
STANDARDS = ("1", "2", "3", "4")
ORDER = (
    Mark.Type.ACADEMIC,
    Mark.Type.STANDARD,
    Mark.Type.EFFORT,
    Mark.Type.WORK_HABITS,
    Mark.Type.COOPERATION,
)


@dataclass(frozen=True)
class Card:
    """One report card in the list."""

    term: int
    title: str
    period: str  # what the school calls the reporting period
    school_year: int  # the year in which it ends
    final: bool
    posted_at: datetime  # the latest of its marks
    seen_on: date | None  # when this parent said so
    begins: date  # of the reporting period
    ends: date
    sizes: dict[str, int] = field(
        default_factory=dict
    )  # bytes of its PDFs, by language, of those that were set


@dataclass(frozen=True)
class ReportCards:
    """All report cards of one student, latest first."""

    cards: tuple[Card, ...]
    first_on: (
        date | None
    )  # when the first one of the year comes out, while there is none; None when nobody knows

    @property
    def this_year(self) -> tuple[Card, ...]:
        """Those of the latest school year that has any."""
        return tuple(card for card in self.cards if card.school_year == self.cards[0].school_year)


@dataclass(frozen=True)
class MarkLine:
    """One mark, spelled out."""

    label: Words  # Grade, Work habits; for a standard its own words
    mark: str
    words: str  # what it means; empty where the mark says it by itself
    squares: int | None  # 1 to 4, for marks against a standard


@dataclass(frozen=True)
class Course:
    """One course or subject of a report card."""

    title: str
    teacher: str  # empty when nobody signed
    marks: tuple[MarkLine, ...]
    credits_attempted: Decimal | None
    credits_earned: Decimal | None
    comments: tuple[tuple[str, str], ...]  # text and the code of its language


@dataclass(frozen=True)
class ReportCard:
    """One report card."""

    card: Card
    school: str
    courses: tuple[Course, ...]
    credits_earned: Decimal | None  # of all courses; None where nothing earns credit
    average: Decimal | None  # of its final grades; None where there is no letter that counts
    facts: tuple[tuple[Words, Words], ...]  # what other sections say of its days: label and value
    key: tuple[MarkLine, ...]  # each mark that stands in it and has a meaning, once


def read(grant: Grant) -> ReportCards:
    """The list; three queries, four before the first report card."""
    cards = _cards(grant)
    return ReportCards(cards, None if cards else _first(grant))


def read_card(grant: Grant, term: int) -> ReportCard:
    """One report card; seven queries. Raises Http404 for a term without one."""
    card = next((card for card in _cards(grant) if card.term == term), None)
    if card is None:
        raise Http404
    rows = list(_posted(grant).filter(term=term).select_related("school_class", "teacher").order_by("pk"))
    courses = _courses(rows)
    earned = [course.credits_earned for course in courses if course.credits_earned is not None]
    school = grant.student.school
    return ReportCard(
        card=card,
        school=school.name if school else settings.DISTRICT.name,
        courses=courses,
        credits_earned=sum(earned, Decimal(0)) if earned else None,
        average=_average(rows) if card.final else None,
        facts=tuple(_facts(grant, card)),
        key=_key(courses),
    )


def _posted(grant: Grant) -> QuerySet[Mark]:
    """Without the marks whose hour has not come: for families they do not exist."""
    return Mark.rows.under(grant).filter(posted_at__lte=now())


def _cards(grant: Grant) -> tuple[Card, ...]:
    terms = (
        _posted(grant)
        .order_by()
        .values_list(
            "term",
            "term__title",
            "term__parent__title",
            "term__parent__type",
            "term__school_year",
            "term__begins",
            "term__ends",
        )
        .annotate(at=Max("posted_at"), final=BoolOr("is_final"))
        .order_by("-term__ends", "-at", "term")
    )
    signed = dict(Signature.rows.under(grant).filter(person=grant.person).values_list("term", "at"))
    sizes = _sizes(grant)
    return tuple(
        Card(
            term=term,
            title=_title(_period(title, parent if kind != "schoolYear" else ""), bool(final)),
            period=_period(title, parent if kind != "schoolYear" else ""),
            school_year=year,
            final=bool(final),
            posted_at=at,
            seen_on=localdate(signed[term]) if term in signed else None,
            begins=begins,
            ends=ends,
            sizes=sizes[term],
        )
        for term, title, parent, kind, year, begins, ends, at, final in terms
    )


def _sizes(grant: Grant) -> dict[int, dict[str, int]]:
    """Bytes of the PDFs that were set, by term and language."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for name, size in printed.sizes(grant).items():
        term, language = name.split("/")
        found[int(term)][language] = size
    return found


def _period(term: str, parent: str | None) -> str:
    return meanings.term(f"{parent}, {term}" if parent and parent not in term else term)


def _title(period: str, final: bool) -> str:
    """Fall 2026 – Report card, out of what the school calls its terms."""
    words = _("%(period)s – Report card") if final else _("%(period)s – Progress report")
    return words % {"period": period}


def _first(grant: Grant) -> date | None:
    """When the first report card is due: so many days after the end of the reporting period whose card is not out yet."""
    kind = "term" if grant.student.elementary else "gradingPeriod"
    after = timedelta(days=settings.DISTRICT.report_card_days)
    ends = (
        Term.objects.filter(
            source=grant.student.source,
            type=kind,
            ends__gte=grant.on - after,
            begins__lte=grant.on,
            active=True,
        )
        .order_by("ends")
        .values_list("ends", flat=True)
        .first()
    )
    return ends + after if ends else None


def _courses(rows: Iterable[Mark]) -> tuple[Course, ...]:
    """One for each class, in the order the school sent them; a subject without a class is its own."""
    found: dict[tuple[int | None, str], list[Mark]] = defaultdict(list)
    for row in rows:
        found[row.school_class_id, "" if row.school_class_id else row.subject].append(row)
    return tuple(_course(mine) for mine in found.values())


def _course(rows: list[Mark]) -> Course:
    first = rows[0]
    signed = [row.teacher for row in rows if row.teacher is not None]
    credited = [row for row in rows if row.credits_attempted is not None or row.credits_earned is not None]
    return Course(
        title=first.school_class.title if first.school_class else first.subject,
        teacher=display_name(signed[0].given_name, "", signed[0].family_name) if signed else "",
        marks=tuple(_mark(row) for row in sorted(rows, key=_place)),
        credits_attempted=credited[0].credits_attempted if credited else None,
        credits_earned=credited[0].credits_earned if credited else None,
        comments=tuple((row.comment, work.language_of(row.comment)) for row in rows if row.comment),
    )


def _average(rows: Iterable[Mark]) -> Decimal | None:
    """Over the grades of the courses, each by the credits it is worth."""
    return average(
        [
            (letter(row.mark), row.credits_attempted or A_SEMESTER, Decimal(0))
            for row in rows
            if row.type == Mark.Type.ACADEMIC and letter(row.mark)
        ]
    )


def _facts(grant: Grant, card: Card) -> Iterable[tuple[Words, Words]]:
    """What the sections that stand on report cards say of these days, as far as they open too."""
    for section in sections():
        other = gate.also(grant, section) if section.on_report_cards else None
        if section.on_report_cards and other:
            yield from section.on_report_cards(other, card.begins, card.ends)


def _place(row: Mark) -> int:
    return ORDER.index(Mark.Type(row.type)) if row.type in ORDER else len(ORDER)


def _mark(row: Mark) -> MarkLine:
    return MarkLine(
        label=row.subject if row.type == Mark.Type.STANDARD else meanings.kind(row.type),
        mark=row.mark,
        words=row.mark_text or meanings.of(row.type, row.mark),
        squares=int(row.mark) if row.mark in STANDARDS else None,
    )


def _key(courses: Iterable[Course]) -> tuple[MarkLine, ...]:
    found = {mark.mark: mark for course in courses for mark in course.marks if mark.words}
    return tuple(found[mark] for mark in sorted(found))
