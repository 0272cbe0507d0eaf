"""Everything that is one district's own, read from its file in districts/ into frozen values."""

import tomllib
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Attendance:
    watch_percent: float  # missed share of school days from which we say "Keep an eye on it"
    much_percent: float  # missed share from which we say "Missing a lot of school"
    taken_by: str  # local time by which most schools have taken attendance, HH:MM
    explain_school_days: int  # school days after an absence in which a family can send a reason

    @property
    def taken_at(self) -> time:
        return time.fromisoformat(self.taken_by)


@dataclass(frozen=True)
class Meals:
    free_for_all: bool  # breakfast and lunch cost no student anything
    office_phone: str  # answers questions of accounts, menus and diets


@dataclass(frozen=True)
class Bus:
    dispatch_phone: str
    early_minutes: int  # before the bus, at the stop
    met_through_grade: str  # CEDS code; up to this grade an adult meets the bus
    miles: tuple[float, float]  # from home to school, beyond which grades TK–5, and 6–12, may ride


@dataclass(frozen=True)
class Shelf:
    """One place to borrow or read, on the page of the Online Library."""

    kind: str  # catalog, card, reading
    name: str
    href: str


@dataclass(frozen=True)
class Privacy:
    log_months: int  # of who has looked that a family sees
    question_days: int  # until the school says why someone looked
    correction_days: int  # until the school answers a request for a correction; the law's 30 days at most
    copy_hours: int  # that a copy of the record can be fetched
    copy_minutes: int  # until a copy is usually made


@dataclass(frozen=True)
class Office:
    name: str
    phone: str


@dataclass(frozen=True)
class Link:
    """A page elsewhere, under the school's own name for it."""

    name: str
    href: str


@dataclass(frozen=True)
class District:
    name: str
    portal_name: str
    sis_name: str
    time_zone: str
    languages: tuple[str, ...]
    employee_domains: tuple[str, ...]  # a parent account may not use these, nor their sub-domains
    networks: tuple[
        str, ...
    ]  # the schools' own: many people behind one address, so limits by network are ten times
    security_contacts: tuple[str, ...]  # mailto: or https: addresses for people who found a weakness
    hotline_phone: str
    hotline_hours: str
    engagement_office: Office
    records_office: Office  # who answers questions of guardianship
    region_offices: tuple[Office, ...]
    student_id_length: int  # characters of the district's Student ID
    pin_digits: int
    pin_days: int
    pins_per_issuer_a_day: int
    letters_alone: int  # PIN letters in one printing; above it a second person agrees first
    access_days: int  # staff access ends after these unless someone keeps it
    access_check_months: tuple[int, ...]  # on the first of which everyone's access is looked at
    password_min: int
    late_feed_hours: int
    stale_grade_days: int
    end_date_exclusive: bool  # OneRoster says end dates are exclusive; nearly every real export disagrees
    agents_imply_limited_access: bool
    parents_after_18: bool  # parents keep access while the student is enrolled, unless the student objects
    bulk_loss_percent: float  # share of a file that may disappear before a person must look
    attendance: Attendance
    privacy: Privacy
    meals: Meals
    bus: Bus
    office_phone: str = ""  # of a school whose phone the SIS does not send
    office_hours: str = ""  # of school offices on a school day
    attendance_line: str = ""  # phone for absences; empty: families call the school office
    answer_days: int = 0  # school days in which a school office usually answers; 0: it does not say
    translation_by: str = "school"  # who arranges translation of what families write: school, district
    links: tuple[Link, ...] = ()  # on the page of each student
    tile_order: tuple[
        str, ...
    ] = ()  # keys of sections, as their tiles stand within their groups; empty: the usual order
    desk_keeps: tuple[
        str, ...
    ] = ()  # "guardians", "contacts", "address": the registrar's desk keeps them, not the SIS
    report_card_days: int = 7  # after the end of a reporting period, until its report card comes out
    report_card_seen: bool = False  # families are asked to say that they have seen a report card
    shelves: tuple[Shelf, ...] = ()  # of the Online Library
    rollover: (
        tuple[str, str] | tuple[()]
    ) = ()  # month and day, first and last, of the new school year's imports
    clinics: tuple[Office, ...] = ()  # where shots are free
    sections_off: tuple[str, ...] = ()  # keys of sections nobody sees
    labels: dict[str, dict[str, str]] = field(default_factory=dict)  # words for ext: codes, by file and code


def read(path: Path) -> District:
    """The district of a settings file. Raises TypeError naming a missing or unknown key."""
    values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    offices: dict[str, Any] = {k: Office(**values.pop(k)) for k in ("engagement_office", "records_office")}
    return District(
        attendance=Attendance(**values.pop("attendance")),
        privacy=Privacy(**values.pop("privacy")),
        meals=Meals(**values.pop("meals")),
        bus=Bus(**values["bus"] | {"miles": tuple(values.pop("bus")["miles"])}),
        shelves=tuple(Shelf(**shelf) for shelf in values.pop("shelves", ())),
        rollover=tuple(values.pop("rollover", ())),
        links=tuple(Link(**link) for link in values.pop("links", ())),
        tile_order=tuple(values.pop("tile_order", ())),
        clinics=tuple(Office(**clinic) for clinic in values.pop("clinics", ())),
        region_offices=tuple(Office(**office) for office in values.pop("region_offices")),
        desk_keeps=tuple(values.pop("desk_keeps", ())),
        sections_off=tuple(values.pop("sections_off", ())),
        languages=tuple(values.pop("languages")),
        networks=tuple(values.pop("networks")),
        security_contacts=tuple(values.pop("security_contacts")),
        access_check_months=tuple(values.pop("access_check_months")),
        employee_domains=tuple(domain.lower() for domain in values.pop("employee_domains")),
        **offices,
        **values,
    )
