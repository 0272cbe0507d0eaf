"""T11 PIN and adoption dashboard: how many families are linked, from district to grade, and who is still missing.

Numbers are counted once a day and after an import; a page only adds them up. Groups of fewer than ten students are
hidden, and with them as many others as it takes that no subtraction brings them back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.access import gate
from portal.family.models import Guardianship, Link, Pin
from portal.family.standing import verified_now
from portal.people.door import asks
from portal.people.models import Person, Session
from portal.staff.directory import ADOPTION
from portal.staff.models import FamilyCount
from portal.staff.views import on_duty
from portal.students.models import GRADES, Org, Student
from portal.web import formats, sheets
from portal.web.request import Request

LEAST = 10  # students of a group that is shown
WEEKS = 12
ACTIVE_FOR = timedelta(days=30)
STEPS = ("students", "verified", "issued", "registered", "linked", "active")
WORDS = {
    "students": _("Students"),
    "verified": _("Verified parent on file"),
    "issued": _("PIN given"),
    "registered": _("Registered"),
    "linked": _("Linked"),
    "active": _("Active in 30 days"),
}


@dataclass(frozen=True)
class Group:
    """Students of one school, grade or language. numbers: in the order of STEPS; none for a hidden group."""

    key: str
    words: str
    numbers: tuple[int, ...] | None

    @property
    def percent(self) -> float:
        return share(self.numbers) * 100 if self.numbers else 0


def count(on: date, run: int = 0) -> int:
    """Counts every school's families on this day, in place of an earlier count of it; how many rows that made.

    run: the newest import that has gone in. Of the days before, the last of each week is kept, for twelve weeks. The caller has opened the context.
    """
    rows = [FamilyCount(on=on, run_id=run, **row) for row in counted(on)]
    FamilyCount.objects.filter(on=on).delete()
    FamilyCount.objects.bulk_create(rows, batch_size=2000)
    monday = on - timedelta(days=on.weekday())
    FamilyCount.objects.filter(on__gte=monday, on__lt=on).delete()
    FamilyCount.objects.filter(on__lt=monday - timedelta(weeks=WEEKS)).delete()
    return len(rows)


def counted(on: date) -> QuerySet[Any, Any]:
    """One row for each school, grade and language of the students enrolled on this day."""
    of_student = Q(student=OuterRef("pk"))
    through = Q(guardianship__student=OuterRef("pk"))
    rights = Guardianship.objects.filter(of_student, verified_now(on))
    account = Person.objects.filter(
        kind=Person.Kind.FAMILY, state=Person.State.ACTIVE, email_key=Lower(OuterRef("guardian__email"))
    )
    links = Link.objects.filter(through, verified_now(on, "guardianship__"), ended_at=None)
    pins = Pin.objects.filter(through, verified_now(on, "guardianship__"), given_at__isnull=False)
    seen = Session.objects.filter(person=OuterRef("person"), seen_at__gte=now() - ACTIVE_FOR)
    language = rights.order_by("contact_priority", "pk").values("guardian__language")[:1]
    has_account = rights.exclude(guardian__email="").filter(Exists(account))
    return (
        gate.to_count(on)
        .annotate(
            language=Coalesce(Subquery(language), Value("")),
            has_verified=Exists(rights),
            has_link=Exists(links),
            has_pin=Exists(pins),
            has_account=Exists(has_account),
            has_active=Exists(links.filter(Exists(seen))),
        )
        .values("school_id", "grade", "language")
        .annotate(
            students=Count("pk"),
            verified=Count("pk", filter=Q(has_verified=True)),
            issued=Count("pk", filter=Q(has_pin=True) | Q(has_link=True)),
            registered=Count("pk", filter=Q(has_pin=True, has_account=True) | Q(has_link=True)),
            linked=Count("pk", filter=Q(has_link=True)),
            active=Count("pk", filter=Q(has_active=True)),
        )
        .order_by()
    )


@asks(ADOPTION)
@on_duty
@require_safe
def dashboard(request: Request) -> HttpResponse:
    """One place: its funnel, its weeks, its parts, its grades and languages."""
    place = _place(request)
    parts, own = _look(request.actor, place)
    latest = FamilyCount.objects.aggregate(on=Max("on"))["on"]
    rows = FamilyCount.objects.filter(_below(place))
    today = rows.filter(on=latest)
    total = _sums(today)
    shown = total[0] >= LEAST and (own or _not_hidden(request.actor, place, latest))
    weeks: Any = rows.values("on").order_by("on").annotate(**{step: Sum(step) for step in STEPS})
    context = {
        "place": place,
        "above": place.parent if place.parent and _may_look(request.actor, place.parent) else None,
        "latest": latest,
        "shown": shown,
        "total": dict(zip(STEPS, total, strict=True)),
        "share": share(total) * 100,
        "missing": total[0] - total[STEPS.index("linked")],
        "funnel": [(WORDS[step], n / max(1, total[0]), n) for step, n in zip(STEPS, total, strict=True)],
        "weeks": [
            (formats.short_date(week["on"]), round(week["linked"] * 100 / max(1, week["students"]), 1))
            for week in weeks
            if week["students"] >= LEAST
        ],
        "parts": _parts(parts, latest),
        "grades": hide(
            _grouped(today, "grade", lambda code: Student(grade=code).grade_words or say("Other"), GRADES)
        ),
        "languages": hide(_grouped(today, "language", _language)),
        "steps": [WORDS[step] for step in STEPS],
        "least": LEAST,
    }
    return render(request, "staff/adoption.html", context)


@asks(ADOPTION)
@on_duty
@require_safe
def sheet(request: Request) -> HttpResponse:
    """The table of schools or regions as CSV, with the same groups hidden."""
    place = _place(request)
    parts, _own = _look(request.actor, place)
    groups = _parts(parts, FamilyCount.objects.aggregate(on=Max("on"))["on"])
    header = [say("Place"), *(str(WORDS[step]) for step in STEPS)]
    hidden = say("Fewer than %(n)s, or hidden with such a group") % {"n": LEAST}
    rows = ([group.words, *(group.numbers or [hidden] * len(STEPS))] for group in groups)
    return sheets.answer(f"adoption-{localdate()}.csv", header, rows)


def hide(groups: Sequence[Group]) -> list[Group]:
    """The groups with those of fewer than ten hidden, and the next smallest until the hidden ones are two and ten."""
    order = sorted((group for group in groups if group.numbers), key=lambda group: (group.numbers or (0,))[0])
    away: list[Group] = []
    for group in order:
        size = sum((each.numbers or (0,))[0] for each in away)
        if (group.numbers or (0,))[0] < LEAST or (away and (len(away) < 2 or size < LEAST)):
            away.append(group)
    return [Group(group.key, group.words, None) if group in away else group for group in groups]


def share(numbers: Sequence[int]) -> float:
    """The linked part of the students, from 0 to 1."""
    return numbers[STEPS.index("linked")] / numbers[0] if numbers[0] else 0


def _place(request: Request) -> Org:
    """The place asked for, or that of the first post that opens this. Raises NotHere for places out of reach."""
    actor = request.actor
    ref = request.GET.get("place", "")
    if not ref:
        return (
            next((post.place for post in actor.posts if gate.opens(actor, post, ADOPTION)), None)
            or _nowhere()
        )
    place = Org.objects.select_related("parent__parent").filter(ref=ref, active=True).first()
    return place if place and _may_look(actor, place) else _nowhere()


def _nowhere() -> Org:
    raise gate.NotHere


def _may_look(actor: gate.Actor, place: Org) -> bool:
    above = {place.pk, place.parent_id, place.parent.parent_id if place.parent else None}
    return any(
        post.place_id in above or post.place.type == gate.DISTRICT
        for post in actor.posts
        if gate.opens(actor, post, ADOPTION)
    )


def _look(actor: gate.Actor, place: Org) -> tuple[list[Org], bool]:
    """The places right below, and whether the place is one of the person's own."""
    own = any(post.place_id == place.pk for post in actor.posts)
    return list(Org.objects.filter(parent=place, active=True).order_by("name", "pk")), own


def _below(place: Org) -> Q:
    return Q(school=place) | Q(school__parent=place) | Q(school__parent__parent=place)


def _not_hidden(actor: gate.Actor, place: Org, on: date | None) -> bool:
    """Whether the list this place stands in shows it; what is hidden there has no page either."""
    if place.parent is None:
        return True
    siblings = list(Org.objects.filter(parent=place.parent, active=True))
    return any(group.key == place.ref and group.numbers for group in _parts(siblings, on))


def _parts(places: Sequence[Org], on: date | None) -> list[Group]:
    """The places as groups; one query for however many."""
    by_pk: dict[int, list[int]] = {place.pk: [0] * len(STEPS) for place in places}
    rows = FamilyCount.objects.filter(Q(on=on) if on else Q(pk__in=[])).filter(
        Q(school__in=by_pk) | Q(school__parent__in=by_pk)
    )
    sums: Any = (
        rows.values("school", "school__parent").annotate(**{step: Sum(step) for step in STEPS}).order_by()
    )
    for row in sums:
        at = row["school"] if row["school"] in by_pk else row["school__parent"]
        by_pk[at] = [had + row[step] for had, step in zip(by_pk[at], STEPS, strict=True)]
    return hide(
        [Group(place.ref, place.name, tuple(by_pk[place.pk])) for place in places if by_pk[place.pk][0]]
    )


def _sums(rows: QuerySet[FamilyCount]) -> tuple[int, ...]:
    told = rows.aggregate(**{step: Coalesce(Sum(step), 0) for step in STEPS})
    return tuple(told[step] for step in STEPS)


def _grouped(rows: QuerySet[FamilyCount], column: str, words: Any, order: Iterable[str] = ()) -> list[Group]:
    sums = rows.values(column).annotate(**{step: Sum(step) for step in STEPS}).order_by(column)
    groups = [Group(row[column], str(words(row[column])), tuple(row[step] for step in STEPS)) for row in sums]
    places = {code: n for n, code in enumerate(order)}
    if places:
        return sorted(groups, key=lambda group: places.get(group.key, len(places)))
    return sorted(groups, key=lambda group: -(group.numbers or (0,))[0])


def _language(code: str) -> str:
    return formats.language_name(code) if code else say("Not known")
