"""What a family reads of special education: the plan in force, its services, its dates, and who to turn to."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate

from portal.access.grant import Grant
from portal.record.codes import word
from portal.record.section import Words
from portal.sections.special_education import law
from portal.sections.special_education.models import Accommodation, Plan, Service

State = Plan.State
OPEN = (State.ACTIVE, State.EVALUATING, State.REFERRED)


@dataclass(frozen=True)
class ServiceLine:
    """One service. minutes and per stand together or not at all."""

    words: Words
    meaning: Words  # in plain words; empty where we know none
    minutes: int | None
    per: Service.Per | None
    setting: str
    provider: str
    begins: date | None
    ends: date | None  # last day


@dataclass(frozen=True)
class Manager:
    """The person who looks after the plan."""

    name: str
    email: str
    phone: str  # E.164


@dataclass(frozen=True)
class Due:
    """A review and the day by which it is due."""

    on: date
    past: bool
    by_school: bool  # False: worked out from the law


@dataclass(frozen=True)
class PlanLine:
    """One plan."""

    type: Plan.Type | None  # None: a type of the district's own
    words: Words
    state: State | None
    state_words: Words
    disability: Words
    begins: date | None
    yearly: Due | None
    three_yearly: Due | None
    assessment_plan_by: date | None  # while it is asked for
    meeting_by: date | None  # while the evaluation is under way
    last_meeting_on: date | None
    next_meeting_at: datetime | None
    consent_on: date | None
    manager: Manager | None
    services: tuple[ServiceLine, ...]  # running and still to come
    past_services: tuple[ServiceLine, ...]
    accommodations: tuple[tuple[str, str], ...]  # area and text

    @property
    def is_504(self) -> bool:
        return self.type == Plan.Type.SECTION_504


@dataclass(frozen=True)
class SpecialEducation:
    """plans: what is in force or under way, the IEP first.  past: what ended, newest first."""

    plans: tuple[PlanLine, ...]
    past: tuple[PlanLine, ...]
    clocks: law.Clocks


def read(grant: Grant) -> SpecialEducation:
    """All plans with what hangs on them; three queries."""
    services: dict[int, list[Service]] = defaultdict(list)
    for service in Service.rows.under(grant).order_by("begins", "pk"):
        services[service.plan_id].append(service)
    helps: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for each in Accommodation.rows.under(grant).order_by("pk"):
        helps[each.plan_id].append((each.area, each.text))
    lines = [
        _plan(plan, services[plan.pk], helps[plan.pk], grant.on)
        for plan in Plan.rows.under(grant).select_related("case_manager").order_by("-begins", "-pk")
    ]
    current = [line for line in lines if line.state in OPEN or line.state is None]
    return SpecialEducation(
        plans=tuple(sorted(current, key=_weight)),
        past=tuple(line for line in lines if line not in current),
        clocks=law.clocks(grant.on),
    )


def _weight(line: PlanLine) -> tuple[bool, bool]:
    return line.state != State.ACTIVE, line.is_504


def _plan(plan: Plan, services: list[Service], helps: list[tuple[str, str]], on: date) -> PlanLine:
    state = State(plan.state) if plan.state in State.values else None
    in_force = state == State.ACTIVE
    since = plan.last_meeting_on or plan.begins
    manager = plan.case_manager
    running = [each for each in services if each.ends is None or each.ends >= on]
    return PlanLine(
        type=Plan.Type(plan.type) if plan.type in Plan.Type.values else None,
        words=word(plan.type, Plan.Type, "specialEducationPlans"),
        state=state,
        state_words=word(plan.state, State, "specialEducationPlans"),
        disability=law.disability(plan.disability),
        begins=plan.begins,
        yearly=_due(plan.review_due, law.yearly_by(since, on) if since else None, on) if in_force else None,
        three_yearly=_due(
            plan.reevaluation_due,
            law.three_yearly_by(plan.begins, on) if plan.begins and not _is_504(plan) else None,
            on,
        )
        if in_force
        else None,
        assessment_plan_by=law.assessment_plan_by(plan.begins, on)
        if plan.begins and state == State.REFERRED
        else None,
        meeting_by=law.meeting_by(plan.consent_on, on)
        if plan.consent_on and state == State.EVALUATING
        else None,
        last_meeting_on=plan.last_meeting_on,
        next_meeting_at=plan.next_meeting_at
        if plan.next_meeting_at and localdate(plan.next_meeting_at) >= on
        else None,
        consent_on=plan.consent_on,
        manager=Manager(manager.name, manager.email, manager.phone) if manager and manager.active else None,
        services=tuple(map(_service, running)),
        past_services=tuple(_service(each) for each in services if each not in running),
        accommodations=tuple(helps),
    )


def _is_504(plan: Plan) -> bool:
    return plan.type == Plan.Type.SECTION_504


def _due(said: date | None, by_law: date | None, on: date) -> Due | None:
    """The school's own day, or the one of the law."""
    day = said or by_law
    return Due(on=day, past=day < on, by_school=said is not None) if day else None


def _service(row: Service) -> ServiceLine:
    known = law.service(row.service)
    timed = row.minutes is not None and row.per in Service.Per.values
    return ServiceLine(
        words=known.name,
        meaning=known.meaning,
        minutes=row.minutes if timed else None,
        per=Service.Per(row.per) if timed else None,
        setting=row.setting,
        provider=row.provider,
        begins=row.begins,
        ends=row.ends,
    )
