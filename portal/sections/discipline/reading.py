"""What a family reads of discipline: only what the school already told them, support first, and their rights."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from django.utils.timezone import localdate, now

from portal.access.grant import Grant
from portal.record.codes import word
from portal.record.section import Words
from portal.record.years import school_year
from portal.sections.discipline.law import BEHAVIORS, Limits, limits
from portal.sections.discipline.models import Action, Incident

FILE = "disciplineIncidents"
SUPPORT = (
    Action.Kind.CONFERENCE,
    Action.Kind.RESTORATIVE,
    Action.Kind.COMMUNITY_SERVICE,
    Action.Kind.NO_ACTION,
)
OUT_OF_SCHOOL = (Action.Kind.SUSPENSION,)
OUT_OF_CLASS = (Action.Kind.REMOVAL, Action.Kind.IN_SCHOOL, Action.Kind.SUSPENSION, Action.Kind.EXPULSION)


@dataclass(frozen=True)
class Step:
    """One thing the school did."""

    kind: Action.Kind | None  # None: a step of the district's own
    words: Words
    support: bool  # support rather than a consequence
    begins: date | None
    ends: date | None
    days: Decimal | None  # school days, halves counted
    told_on: date  # when the notice was sent


@dataclass(frozen=True)
class Line:
    """One incident the family was told of."""

    on: date
    at: time | None
    school: str
    behavior: Words  # which kind of rule, in neutral words
    text: str  # as the school wrote it
    location: Words
    description: str  # as the school wrote it
    steps: tuple[Step, ...]  # support first, then by day

    @property
    def days_out(self) -> Decimal:
        """School days out of class."""
        return sum((step.days or Decimal(0) for step in self.steps if step.kind in OUT_OF_CLASS), Decimal(0))

    @property
    def suspended(self) -> bool:
        return any(step.kind in (Action.Kind.IN_SCHOOL, Action.Kind.SUSPENSION) for step in self.steps)

    @property
    def expulsion(self) -> bool:
        return any(step.kind == Action.Kind.EXPULSION for step in self.steps)


@dataclass(frozen=True)
class Discipline:
    """This school year first; what came before is kept apart."""

    begins: date  # of the school year, July 1
    this_year: tuple[Line, ...]  # newest first
    earlier: tuple[Line, ...]  # newest first
    days_suspended: Decimal  # school days out of school this school year
    limits: Limits


def read(grant: Grant) -> Discipline:
    """Incidents with at least one action whose notice has been sent; two queries."""
    steps: dict[int, list[Step]] = defaultdict(list)
    for action in Action.rows.under(grant).filter(notice_sent_at__lte=now()).order_by("begins", "pk"):
        steps[action.incident_id].append(_step(action))
    lines = [
        _line(incident, steps[incident.pk])
        for incident in Incident.rows.under(grant)
        .filter(pk__in=list(steps))
        .select_related("school")
        .order_by("-on", "-pk")
    ]
    begins, _ends = school_year(grant.on)
    this_year = tuple(line for line in lines if line.on >= begins)
    return Discipline(
        begins=begins,
        this_year=this_year,
        earlier=tuple(line for line in lines if line.on < begins),
        days_suspended=sum(
            (
                step.days or Decimal(0)
                for line in this_year
                for step in line.steps
                if step.kind in OUT_OF_SCHOOL
            ),
            Decimal(0),
        ),
        limits=limits(grant.on),
    )


def _step(action: Action) -> Step:
    kind = Action.Kind(action.kind) if action.kind in Action.Kind.values else None
    assert action.notice_sent_at is not None
    return Step(
        kind=kind,
        words=word(action.kind, Action.Kind, "disciplineActions"),
        support=kind in SUPPORT,
        begins=action.begins,
        ends=action.ends,
        days=action.days.normalize() if action.days is not None else None,
        told_on=localdate(action.notice_sent_at),
    )


def _line(incident: Incident, steps: list[Step]) -> Line:
    return Line(
        on=incident.on,
        at=_time(incident.at),
        school=incident.school.name,
        behavior=_behavior(incident.behavior),
        text=incident.behavior_text,
        location=word(incident.location, Incident.Location, FILE) if incident.location else "",
        description=incident.description,
        steps=tuple(sorted(steps, key=lambda step: not step.support)),
    )


def _behavior(code: str) -> Words:
    return BEHAVIORS.get(code.removeprefix("ext:")) or word(code, Incident.Behavior, FILE)


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
