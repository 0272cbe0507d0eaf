"""What comes in: which column of which file becomes which field, and in what shape.

The import turns each shape into SQL that checks and converts a whole file at once; see sis/.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import models


class Kind(Enum):
    """How the text of a cell is read."""

    TEXT = "text"  # as it is, NFC, control characters refused
    NOTE = "note"  # as text, line breaks allowed
    UPPER = "upper"  # upper case, spaces removed
    DAY = "day"  # YYYY-MM-DD, repaired from unambiguous M/D/YYYY and D/M/YYYY
    LAST_DAY = "last_day"  # a day; the day before it where the district's SIS writes ends exclusively
    MOMENT = "moment"  # 2026-09-14T16:05:00.000Z, or a day
    WHOLE = "whole"  # integer, 0 or more
    DECIMAL = "decimal"
    YES_NO = "yes_no"  # true or false in any case
    GRADE = "grade"  # CEDS code, one digit padded; the first of a list
    CODE = "code"  # one of a closed list, or ext:<token>
    CODES = (
        "codes"  # several of a closed list, or ext:<token>, with commas between; kept as text in their order
    )
    CLOCK = "clock"  # HH:MM on the school's clock
    REFERENCE = "reference"  # sourcedId of another file
    REFERENCES = "references"  # a list of them, into a many-to-many


@dataclass(frozen=True)
class Column:
    """One column of a file and the field it fills.

    required: a row with an empty cell is put in quarantine; a file without the column is refused.
    codes: for CODE and CODES, the values allowed.  otherwise: for CODE, what a word in no list is taken as, with a warning;
    for rights, the narrowest.
    to: for REFERENCE(S), the model referred to.
    among: further models a reference may also mean; the field is then left empty without complaint, and the row
    left out when the field may not be empty.
    default: for an empty cell.
    of: for REFERENCE, the field of the row referred to whose value is taken: the student of a plan.
    Two columns may fill one field, as where a version renamed one; the file then has one of them.
    """

    name: str
    into: str
    kind: Kind = Kind.TEXT
    required: bool = False
    codes: Sequence[str] = ()
    otherwise: str = ""
    to: type[models.Model] | None = None
    among: tuple[type[models.Model], ...] = ()
    longest: int = 255
    default: Any = None
    of: str = ""


@dataclass(frozen=True)
class Alone:
    """Rows of which no two active ones may be alike in these columns: two final marks of one class and term.

    columns: of the live table; two empty ones are not alike.  where: a true-or-false column; only rows in which it is
    true are meant.
    """

    columns: tuple[str, ...]
    where: str
    reason: str


NEW_ONES = models.Q(pk__isnull=False)  # of a feed whose rows tell nothing before they change


@dataclass(frozen=True)
class Feed:
    """One file (or the rows of it that `where` picks) and the table it fills; rows are known by source and sourcedId."""

    file: str
    into: type[models.Model]
    columns: tuple[Column, ...]
    where: dict[str, Sequence[str]] = field(default_factory=dict)  # column → values, to split a file by role
    companion: bool = True  # of our companion bundle; False: OneRoster
    check: tuple[tuple[str, str], ...] = ()  # (SQL condition over the row's fields, or v.field, reason code)
    alone: tuple[Alone, ...] = ()
    completes: bool = False  # fills fields of rows another feed brings; adds and ends none
    silent: models.Q | None = (
        None  # new rows that tell nothing, like a day a child was present; NEW_ONES: all
    )
    shown_from: str = ""  # a field with the moment before which a family does not meet the row
    names: str = ""  # a field in which no two active rows of a source may be alike, like the Student ID

    @property
    def dated(self) -> str:
        """The field that says when it happened to a family: when the row is shown, or the first date every row must have;
        perhaps none."""
        if self.shown_from:
            return self.shown_from
        dates = (Kind.DAY, Kind.MOMENT)
        return next((column.into for column in self.columns if column.required and column.kind in dates), "")


def not_after_today(name: str) -> tuple[str, str]:
    """A check that a field's day is not in the future, on the school's clock."""
    return f"\"{name}\" <= (now() AT TIME ZONE '{settings.TIME_ZONE}')::date", "in_the_future"


def not_before_birth(name: str) -> tuple[str, str]:
    """A check that a field's day is not before the student's birth; nothing is said where that is not known."""
    born = "SELECT s.birth_date FROM students_student s WHERE s.id = v.student_id"
    return f'"{name}" >= ({born})', "before_birth"
