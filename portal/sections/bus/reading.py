"""What a family reads of the bus: when and where it comes in the morning and after school, and what is different today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, QuerySet

from portal.access.grant import Grant
from portal.family.hidden import Confidential, confidential
from portal.record import codes
from portal.record.section import Words
from portal.sections.bus.models import ALWAYS, Direction, Notice, Ride, Weekday
from portal.students.models import GRADES

WEEKDAYS = tuple(Weekday)
SCHOOL_WEEK = "mon,tue,wed,thu,fri"
State = Notice.State


@dataclass(frozen=True)
class Change:
    """What is different today."""

    state: State | None  # None: a code of the district's own
    words: Words
    minutes: int | None  # late or early
    text: str  # why, as the bus office wrote it


@dataclass(frozen=True)
class Stop:
    """One ride: from here to school, or from school to here."""

    at: time  # on the school's clock
    place: str  # cross streets
    route: str
    vehicle: str  # what stands on the bus; empty when not said
    days: tuple[Words, ...]
    every_school_day: bool
    today: bool  # it runs today, were nothing different
    from_: date | None  # its first day, while it is still to come
    walk: str  # the address of a map with the way on foot; empty without a place on the map
    changes: tuple[Change, ...]  # today


@dataclass(frozen=True)
class Bus:
    morning: tuple[Stop, ...]  # the earliest first
    afternoon: tuple[Stop, ...]
    hidden: bool  # the family's address is confidential, so that no stop is shown to anyone
    early_minutes: int  # to be at the stop before the bus
    meet: bool  # an adult must meet the bus at this age
    miles: float  # from home to school, beyond which students of this grade may ride
    dispatch_phone: str

    @property
    def rides(self) -> tuple[Stop, ...]:
        return (*self.morning, *self.afternoon)

    @property
    def changed(self) -> tuple[Stop, ...]:
        """Rides of today that are not as planned."""
        return tuple(stop for stop in self.rides if stop.changes)


def read(grant: Grant) -> Bus:
    """Rides that run now or are still to come; at most three queries."""
    student, bus = grant.student, settings.DISTRICT.bus
    hidden = confidential(student)
    rides = list(rides_of([grant]).order_by("at", "pk"))
    changes = _changes(rides, grant.on)

    def stops(direction: Direction) -> tuple[Stop, ...]:
        return tuple(_stop(ride, changes, grant.on) for ride in rides if ride.direction == direction)

    return Bus(
        morning=stops(Direction.TO_SCHOOL),
        afternoon=stops(Direction.FROM_SCHOOL),
        hidden=hidden,
        early_minutes=bus.early_minutes,
        meet=student.grade in GRADES[: GRADES.index(bus.met_through_grade) + 1],
        miles=bus.miles[0] if student.elementary else bus.miles[1],
        dispatch_phone=bus.dispatch_phone,
    )


def rides_of(grants: Sequence[Grant]) -> QuerySet[Ride]:
    """Rides that have not ended, but for those of families whose address is confidential."""
    on = grants[0].on
    rides = Ride.rows.under(*grants).filter(Q(ends=None) | Q(ends__gte=on))
    return rides.exclude(Confidential("student"))


def _changes(rides: Iterable[Ride], on: date) -> list[Notice]:
    routes = {(ride.source, ride.route) for ride in rides}
    if not routes:
        return []
    found = Notice.objects.filter(on=on, route__in={route for _source, route in routes}, active=True)
    return [each for each in found.order_by("pk") if (each.source, each.route) in routes]


def _stop(ride: Ride, notices: Iterable[Notice], on: date) -> Stop:
    days = ride.days.split(",")
    today = WEEKDAYS[on.weekday()] in days and ride.begins <= on
    return Stop(
        at=ride.at,
        place=ride.stop,
        route=ride.route,
        vehicle=ride.vehicle,
        days=tuple(day.label for day in WEEKDAYS if day in days),
        every_school_day={*SCHOOL_WEEK.split(",")} <= {*days},
        today=today,
        from_=ride.begins if ride.begins > on and ride.begins != ALWAYS else None,
        walk=_walk(ride.latitude, ride.longitude),
        changes=tuple(
            Change(
                State(each.state) if each.state in State.values else None,
                codes.word(each.state, State, "busNotices"),
                each.minutes,
                each.text,
            )
            for each in notices
            if today
            and (each.source, each.route) == (ride.source, ride.route)
            and each.direction in ("", ride.direction)
        ),
    )


def _walk(latitude: Decimal | None, longitude: Decimal | None) -> str:
    """A map that shows the way to the stop on foot; where the walk begins is not said."""
    if latitude is None or longitude is None:
        return ""
    return f"https://www.openstreetmap.org/directions?engine=fossgis_osrm_foot&to={latitude},{longitude}"
