"""Who looked at one child's record: staff, services and what was given out, never what another guardian did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hmac import compare_digest
from itertools import groupby

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.timezone import get_current_timezone, localdate, make_aware

from portal.access.grant import Grant
from portal.audit.models import Access
from portal.people import seals
from portal.privacy import words
from portal.privacy.models import Question


@dataclass(frozen=True)
class Look:
    """One line: who did what with which section on one day, and how often."""

    day: date
    who: str
    what: str
    did: str
    why: str
    times: int
    ref: str  # names the look in an address; empty for the reader's own
    question: Question | None  # what the family asked about it


@dataclass(frozen=True)
class Log:
    month: date | None  # the first day of the month shown; None when nobody looked in all the months
    months: tuple[date, ...]  # with something to show, newest first
    since: date  # nobody looked since then, or the log begins
    looks: tuple[Look, ...]  # newest first


def read(grant: Grant, month: date | None) -> Log:
    """The log of one month; without one, of the newest month in which somebody looked. Four queries at most."""
    begins = _first_month(grant.on)
    seen = _rows(grant).filter(at__gte=_midnight(begins))
    found = seen.annotate(month=TruncMonth("at", tzinfo=get_current_timezone())).order_by("-month")
    months = tuple(at.date() for at in found.values_list("month", flat=True).distinct())
    shown = month if month and begins <= month <= grant.on else (months[0] if months else None)
    rows = list(_of_month(seen, shown)) if shown else []
    entered = grant.student.entered_on
    return Log(shown, months, max(begins, entered) if entered else begins, tuple(_lines(grant, rows)))


def find(grant: Grant, day: date, ref: str) -> Access | None:
    """The row behind a line of the log, by the name it has in an address."""
    on = _rows(grant).filter(at__gte=_midnight(day), at__lt=_midnight(day + timedelta(days=1)))
    return next((row for row in on.order_by("-at", "-pk") if compare_digest(_ref(row), ref)), None)


def line(row: Access) -> Look:
    """One row by itself."""
    return _line(row, 1, None)


def _rows(grant: Grant) -> QuerySet[Access]:
    """What this guardian may read: staff and services, and of guardians' acts only the own copies.

    What was done for one guardian (a PIN, a letter, a request) is read by that guardian alone.
    """
    own = Q(person=grant.person, action__in=words.OWN)
    mine = Q(about=None) | Q(about=grant.guardianship.pk if grant.guardianship else 0)
    return Access.objects.filter(mine, ~Q(role="guardian") | own, student=grant.student)


def _lines(grant: Grant, rows: Sequence[Access]) -> Iterator[Look]:
    asked = Question.objects.filter(person=grant.person, access__in=[row.pk for row in rows])
    questions = {question.access_id: question for question in asked}

    def same(row: Access) -> tuple[object, ...]:
        purpose = row.purpose_words or row.purpose
        return (-localdate(row.at).toordinal(), words.who(row), row.section, row.action, row.why, purpose)

    for _key, group in groupby(sorted(rows, key=same), key=same):
        alike = list(group)
        question = next((questions[row.pk] for row in alike if row.pk in questions), None)
        yield _line(alike[0], len(alike), question)


def _line(row: Access, times: int, question: Question | None) -> Look:
    return Look(
        day=localdate(row.at),
        who=words.who(row),
        what=words.what(row),
        did=words.did(row),
        why=words.why(row),
        times=times,
        ref="" if row.role == "guardian" else _ref(row),
        question=question,
    )


def _ref(row: Access) -> str:
    """Tells nothing of how many rows there are."""
    return seals.keyed(str(row.pk), "look")[:20]


def _first_month(on: date) -> date:
    months = settings.DISTRICT.privacy.log_months - 1
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _of_month(rows: QuerySet[Access], month: date) -> QuerySet[Access]:
    after = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return rows.filter(at__gte=_midnight(month), at__lt=_midnight(after)).order_by("-at", "-pk")


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))
