"""The people of a bundle, as plain values: schools, staff, students, adults and what one is to the other."""

from dataclasses import dataclass, field
from datetime import date

GRADES = ("TK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
LEVELS = {"elementary": GRADES[:7], "middle": GRADES[7:10], "high": GRADES[10:]}


def level_of(grade: str) -> str:
    return next(level for level, grades in LEVELS.items() if grade in grades)


@dataclass(frozen=True, slots=True)
class School:
    id: str
    code: str  # location code, 4 digits
    name: str
    level: str  # a key of LEVELS
    region: str


@dataclass(frozen=True, slots=True)
class Staff:
    id: str
    given: str
    family: str
    role: str  # a role of OneRoster 1.2: principal, siteAdministrator (the office), teacher
    school: str
    email: str
    number: str  # employee number
    may_give_pins: bool = False
    story: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    street: str
    unit: str
    city: str
    postal_code: str
    state: str = "CA"


@dataclass(frozen=True, slots=True)
class Adult:
    id: str
    given: str
    family: str
    language: str  # BCP 47
    email: str
    mobile: str  # E.164
    address: Address | None
    home: str = ""
    work: str = ""
    mail: Address | None = None
    do_not_publish: bool = False
    story: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """What an adult is to a student, in the codes of guardianships.csv."""

    adult: Adult
    relationship: str
    rights: str = "full"  # full, limited, none
    restriction: str = "none"  # none, noRecords, noContact
    lives_with: bool = True
    priority: int = 1
    basis: str = "none"
    interpreter: bool = False


@dataclass(frozen=True, slots=True)
class Student:
    id: str
    given: str
    family: str
    grade: str
    student_id: str
    born: date
    school: str
    ties: tuple[Tie, ...]
    middle: str = ""
    preferred: str = ""  # preferred given name
    rights_at_18: bool = False  # is 18 and holds the rights
    turns_18_in: int | None = None  # days from the bundle's day; then `born` is computed
    former_id: str = ""
    joins: int = 0  # day of instruction on which the student starts, from 0
    leaves: int | None = None  # first day of instruction after the student has left
    absence_rate: float = 0.0
    ability: float = 0.85  # share of points earned on graded work
    record: "Record | None" = None  # a fixed record; None draws one
    story: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One day that is not simply present."""

    category: str  # a category of attendance.csv
    code: str = ""
    text: str = ""
    minutes: int | None = None
    periods: tuple[int, ...] = ()  # periods missed; empty: as the category says
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A cast member's fixed record: nothing in it depends on the seed."""

    days: dict[int, Event] = field(default_factory=dict)  # by day of instruction, from 1
    every: tuple[int, tuple[Event, ...]] | None = None  # each nth day an event, in turn
    today: Event | None = None  # when the bundle's day is a school day
    today_taken: bool = True
    work: dict[tuple[str, int], str] = field(default_factory=dict)  # (subject, assignment from 1): status
    no_grade_in: tuple[str, ...] = ()  # subjects whose teacher has graded nothing
    marks: tuple[str, ...] = ()  # elementary marks by subject; empty: by ability
