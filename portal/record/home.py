"""Pages that show all sections at once: the family's home (what needs me) and one student's home (the menu)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access import gate, rules
from portal.access.grant import Grant
from portal.access.kept import kept
from portal.audit import log
from portal.family.standing import Child
from portal.people.door import asks, family_only
from portal.people.models import Person
from portal.record import arrivals, faces, glances
from portal.record.arrivals import AsOf
from portal.record.contents import sections
from portal.record.glances import Facts
from portal.record.models import PutAway
from portal.record.section import CardFact, Group, HomeFact, Need, Place, Section, Words
from portal.students.models import SchoolDay
from portal.web.request import Request

HOME = gate.Directory(key="home", may_see=(rules.guardian,))
MOST_NEEDS = 6
COMING_DAYS = 30
LONGEST = 35  # days of a recess that is told whole though it goes on after the last of these
MOST_COMING = 3


@dataclass(frozen=True)
class Card:
    """One child on the family's home; facts and age only when the record is open."""

    child: Child
    facts: tuple[CardFact, ...]
    as_of: AsOf | None


@dataclass(frozen=True)
class NoSchool:
    """Days in a row without school, of the same name at the same schools."""

    first: date
    last: date
    title: str


@dataclass(frozen=True)
class Tile:
    section: Section
    fact: HomeFact


@asks(HOME)
@family_only
@require_safe
def family_home(request: Request) -> HttpResponse:
    """What needs this person, across all children."""
    actor = request.actor
    if not actor.children:
        return redirect("students")
    grants = gate.admit_each(actor, HOME)
    facts = _facts(actor)
    needs = _waiting(actor.person, facts, actor.on)
    ages = arrivals.of_each(_files(), {grant.student.source for grant in grants})
    log.note_each(grants, "see")
    context = {
        "needs": needs if "all" in request.GET else needs[:MOST_NEEDS],
        "count": len(needs),
        "cards": [_card(child, facts, ages) for child in actor.children],
        "as_of": min((age.at for age in ages.values() if age.at), default=None),
        "coming": _coming(grants),
        "put_away": "put-away" in request.GET,
        "now": localtime(),
    }
    return render(request, faces.template(request, "record/home.html"), context)


@asks(HOME)
@family_only
@require_POST
def put_away(request: Request) -> HttpResponse:
    """Puts one line of "what needs me" away, for good or until tomorrow; twice is the same as once.

    A line that no longer waits is left alone.
    """
    actor = request.actor
    key = request.POST.get("key", "")
    if key in {need.key for need in _waiting(actor.person, _facts(actor), actor.on)}:
        tomorrow = actor.on + timedelta(days=1)
        PutAway.objects.update_or_create(
            person=actor.person,
            key=key,
            defaults={"until": tomorrow if request.POST.get("until") == "tomorrow" else None},
        )
    return redirect(reverse("home") + "?put-away=1")


@asks(HOME)
@family_only
@require_safe
def student_home(request: Request, ref: str) -> HttpResponse:
    """One child: today, and the menu of sections."""
    actor = request.actor
    grant = gate.admit(actor, ref, HOME)
    facts = _facts(actor, grant.student.pk).get(grant.student.pk, {})
    log.note(grant, "see")
    shown = faces.open_sections(actor, grant)
    missing = {
        section.key: section
        for section in sections()
        if section not in shown or facts.get(section.key, HomeFact()).place is not Place.GROUP
    }
    context = {
        "student": grant.student,
        "child": grant.child,
        "chips": faces.chips(actor, ref),
        "trail_steps": [(_("Home"), reverse("home")), (grant.student.first_name, "")],
        "as_of": arrivals.of(_files(), grant.student.source),
        "today_words": [fact.today for fact in facts.values() if fact.today],
        "needs": [need for fact in facts.values() for need in fact.needs if need.act and need.rank == 0],
        "groups": groups(shown, facts),
        "missing": missing.get(request.GET.get("missing", "")),
    }
    return render(request, faces.template(request, "record/student.html"), context)


def _facts(actor: gate.Actor, only: int | None = None) -> Facts:
    """What every section says of every child, or of one student."""
    return glances.said(
        (
            section,
            [grant for grant in gate.admit_each(actor, section) if only is None or grant.student.pk == only],
        )
        for section in sections()
    )


def _waiting(person: Person, facts: Facts, on: date) -> list[Need]:
    """What needs this person, the most pressing first, without what was put away."""
    needs = [need for of_child in facts.values() for fact in of_child.values() for need in fact.needs]
    away = {key for (key,) in _put_away(person.pk, on)}
    return sorted(
        (need for need in needs if need.key not in away),
        key=lambda need: (need.rank, need.on or on),
    )


@kept
def _put_away(person: int, on: date) -> QuerySet[Any, Any]:
    return PutAway.objects.filter(Q(until=None) | Q(until__gt=on), person=person).values_list("key")


def _files() -> set[str]:
    return {file for section in sections() for file in section.files}


def _card(child: Child, facts: Facts, ages: dict[str, AsOf]) -> Card:
    shown = [fact for of_section in facts.get(child.student.pk, {}).values() for fact in of_section.card]
    return Card(
        child=child,
        facts=tuple(sorted(shown, key=lambda fact: fact.place)),
        as_of=ages.get(child.student.source) if child.standing.readable else None,
    )


def _coming(grants: Sequence[Grant]) -> list[NoSchool]:
    """The next days without school at any of the children's schools; days in a row count as one."""
    if not grants:
        return []
    schools = sorted({grant.student.school_id for grant in grants if grant.student.school_id})
    begins_by = grants[0].on + timedelta(days=COMING_DAYS)
    days = _in_a_row(_closed(schools, grants[0].on))
    return [each for each in days if each.first <= begins_by][:MOST_COMING]


@kept
def _closed(schools: Sequence[int], on: date) -> QuerySet[Any, Any]:
    days = SchoolDay.objects.filter(
        school__in=schools,
        on__range=(on + timedelta(days=1), on + timedelta(days=COMING_DAYS + LONGEST)),
        kind=SchoolDay.Kind.NO_SCHOOL,
        active=True,
    )
    return days.order_by("on", "title").values_list("on", "title").distinct()


def _in_a_row(days: Iterable[tuple[date, str]]) -> list[NoSchool]:
    found: list[NoSchool] = []
    for on, title in days:
        # Friday and Monday are in a row.
        before = next((each for each in found if each.title == title and (on - each.last).days <= 3), None)
        if before is None:
            found.append(NoSchool(on, on, title))
        else:
            found[found.index(before)] = NoSchool(before.first, on, title)
    return found


def groups(shown: Sequence[Section], facts: dict[str, HomeFact]) -> list[tuple[Words, list[Tile]]]:
    """The tiles in their groups; last, each with its sentence, the programs the child is not in and what comes later."""
    tiles: dict[Group | Place, list[Tile]] = {place: [] for place in (*Group, Place.OTHER, Place.LATER)}
    for section in shown:
        fact = facts.get(section.key, HomeFact())
        here = section.group if fact.place in (Place.GROUP, Place.WITHOUT) else fact.place
        tiles[here].append(Tile(section, fact))
    headings = {Place.OTHER: _("Other programs"), Place.LATER: _("Later")}
    return [
        (place.value if isinstance(place, Group) else headings[place], found)
        for place, found in tiles.items()
        if found
    ]
