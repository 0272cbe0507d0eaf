"""How the text of a whole column becomes values: one SQL expression for each shape, checked and repaired.

Every expression is total: no cell, however odd, makes the database raise.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models

from portal.record.feed import Column, Kind
from portal.students.models import GRADES

FIRST, LAST = "1900-01-01", "2099-12-31"  # days the calendar knows
DATE = (
    r"(19|20)\d\d-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2\d))"
)
TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
ZONE = r"(Z|[+-](0\d|1[0-4]):?[0-5]\d)"
CALPADS = {"KN": "KG", "K": "KG", "UE": "UG", "US": "UG", "OTHER": "Other"}


@dataclass(frozen=True)
class Shape:
    """value: SQL over the raw cell.  fault, repair: SQL over the cell and its value, giving a code or NULL.

    join: a table that `value` looks things up in.
    """

    value: str
    fault: str
    repair: str = "NULL"
    join: str = ""


# Looking a day up costs an eighth of checking it with a pattern, and most cells of a feed are days.
CALENDAR = f"""CREATE TEMP TABLE IF NOT EXISTS calendar AS
    SELECT to_char(day, 'YYYY-MM-DD') AS written, day::date FROM generate_series('{FIRST}'::date, '{LAST}', '1 day') day"""


def shape(column: Column, field: models.Field, raw: str, value: str, alias: str = "k") -> Shape:
    """The SQL of one column.

    raw: SQL of the cell, NULL when empty.  value: SQL by which the converted value is known afterwards.
    alias: a name for a table to join, its own in the statement.
    """
    match column.kind:
        case Kind.TEXT | Kind.NOTE:
            return _text(column, field, raw, value)
        case Kind.UPPER:
            return Shape(f"upper(replace({raw}, ' ', ''))", _too_long(field, column, value))
        case Kind.DAY | Kind.LAST_DAY:
            return _day(column, raw, value, alias)
        case Kind.MOMENT:
            return _moment(raw, value, alias)
        case Kind.WHOLE:
            return _whole(field, raw, value)
        case Kind.DECIMAL:
            return _decimal(field, raw, value)
        case Kind.YES_NO:
            return Shape(
                f"CASE lower({raw}) WHEN 'true' THEN true WHEN 'false' THEN false END",
                _unread(raw, value, "bad_boolean"),
                f"CASE WHEN {raw} NOT IN ('true', 'false') THEN 'boolean_case' END",
            )
        case Kind.GRADE:
            return _grade(raw, value)
        case Kind.CODE:
            return _code(column, field, raw, value)
        case Kind.CODES:
            return _codes(column, field, raw, value)
        case Kind.CLOCK:
            return Shape(
                rf"CASE WHEN {raw} ~ '^\d:[0-5]\d$' OR {raw} ~ '^{TIME}$' THEN {raw}::time END",
                _unread(raw, value, "bad_time"),
            )
        case _:
            raise ValueError(f"{column.kind} is resolved against another table")


def literal(value: Any) -> str:
    """A value of our own declarations as an SQL literal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"


def _unread(raw: str, value: str, reason: str) -> str:
    return f"CASE WHEN {raw} IS NOT NULL AND {value} IS NULL THEN '{reason}' END"


def _longest(field: models.Field, column: Column) -> int:
    return (
        min(field.max_length or column.longest, column.longest)
        if field.max_length
        else max(column.longest, 10_000)
    )


def _too_long(field: models.Field, column: Column, value: str) -> str:
    return f"CASE WHEN length({value}) > {_longest(field, column)} THEN 'too_long' END"


def _text(column: Column, field: models.Field, raw: str, value: str) -> Shape:
    fault = f"WHEN length({value}) > {_longest(field, column)} THEN 'too_long'"
    if column.kind == Kind.TEXT:
        fault += f" WHEN strpos({value}, E'\\n') > 0 THEN 'control_character'"
    return Shape(raw, f"CASE {fault} END")


def _is_day(text: str) -> str:
    """Whether the text is a day of the calendar as YYYY-MM-DD; February 29 only in leap years."""
    year = f"left({text}, 4)::int"
    leap = f"mod({year}, 4) = 0 AND (mod({year}, 100) <> 0 OR mod({year}, 400) = 0)"
    return f"CASE WHEN {text} ~ '^{DATE}$' THEN right({text}, 5) <> '02-29' OR ({leap}) ELSE false END"


def _day(column: Column, raw: str, value: str, alias: str) -> Shape:
    head = f"split_part(translate({raw}, 'T', ' '), ' ', 1)"  # without a time that may follow
    local = f"({raw}::timestamptz AT TIME ZONE {literal(settings.TIME_ZONE)})::date"
    one, two, year = (f"split_part({head}, '/', {n})" for n in (1, 2, 3))
    month_first = f"({year} || '-' || lpad({one}, 2, '0') || '-' || lpad({two}, 2, '0'))"
    day_first = f"({year} || '-' || lpad({two}, 2, '0') || '-' || lpad({one}, 2, '0'))"
    slashed = rf"{head} ~ '^\d{{1,2}}/\d{{1,2}}/\d{{4}}$'"
    read = (
        f"CASE WHEN {alias}.day IS NOT NULL THEN {alias}.day WHEN {raw} IS NULL THEN NULL"
        rf" WHEN {raw} !~* '^[\d/-]+([T ][\d:. ]*([ap]m)?{ZONE}?)?$' THEN NULL"
        rf" WHEN {raw} ~ '^{DATE}T{TIME}{ZONE}$' AND {raw} !~ 'T00:00(:00(\.0+)?)?(Z|\+00:?00)$' AND {_is_day(head)} THEN {local}"
        f" WHEN {_is_day(head)} THEN {head}::date"
        f" WHEN {slashed} AND {one}::int > 12 AND {_is_day(day_first)} THEN {day_first}::date"
        f" WHEN {slashed} AND ({two}::int > 12 OR {one}::int = {two}::int) AND {_is_day(month_first)}"
        f" THEN {month_first}::date END"
    )
    if column.kind == Kind.LAST_DAY and settings.DISTRICT.end_date_exclusive:
        read = f"({read} - 1)"
    unread = (
        f"CASE WHEN {raw} IS NULL OR {value} IS NOT NULL THEN NULL"
        f" WHEN {slashed} AND {one}::int BETWEEN 1 AND 12 AND {two}::int BETWEEN 1 AND 12 THEN 'ambiguous_date'"
        " ELSE 'bad_date' END"
    )
    repair = f"CASE WHEN {raw} NOT LIKE '____-__-__' THEN 'date_repaired' END"
    return Shape(read, unread, repair, f"LEFT JOIN calendar {alias} ON {alias}.written = {raw}")


def _moment(raw: str, value: str, alias: str) -> Shape:
    zone = literal(settings.TIME_ZONE)
    digits = f"translate(substr({raw}, 11), '0123456789', '9999999999')"
    usual = (  # as the standard writes it; the digits are digits, so that only their order is left to be looked at
        f"""{digits} IN ('T99:99:99.999Z', 'T99:99:99Z') AND substr({raw}, 12, 2) COLLATE "C" < '24'"""
        f""" AND substr({raw}, 15, 2) COLLATE "C" < '60' AND substr({raw}, 18, 2) COLLATE "C" < '60'"""
    )
    read = (
        f"CASE WHEN {alias}.day IS NULL THEN NULL WHEN {usual} THEN {raw}::timestamptz"
        f" WHEN {raw} ~ '^.{{10}}[T ]{TIME}{ZONE}$' THEN {raw}::timestamptz"
        f" WHEN {raw} ~ '^.{{10}}([T ]{TIME})?$' THEN {raw}::timestamp AT TIME ZONE {zone} END"
    )
    repair = f"CASE WHEN right({raw}, 1) <> 'Z' AND {raw} !~ '{ZONE}$' THEN 'time_repaired' END"
    join = f"LEFT JOIN calendar {alias} ON {alias}.written = left({raw}, 10)"
    return Shape(read, _unread(raw, value, "bad_moment"), repair, join)


def _whole(field: models.Field, raw: str, value: str) -> Shape:
    _least, most = connection.ops.integer_field_range(field.get_internal_type())
    return Shape(
        rf"CASE WHEN {raw} ~ '^\d{{1,9}}(\.0+)?$' AND {raw}::numeric <= {most} THEN {raw}::numeric::int END",
        _unread(raw, value, "bad_number"),
        f"CASE WHEN strpos({raw}, '.') > 0 THEN 'number_repaired' END",
    )


def _decimal(field: models.Field, raw: str, value: str) -> Shape:
    digits, places = field.max_digits, field.decimal_places  # type: ignore[attr-defined]
    return Shape(
        rf"CASE WHEN {raw} ~ '^-?\d{{1,{digits - places}}}(\.\d{{1,20}})?$'"
        f" AND abs(round({raw}::numeric, {places})) < 1e{digits - places}"
        f" THEN {raw}::numeric({digits}, {places}) END",
        _unread(raw, value, "bad_number"),
    )


def _grade(raw: str, value: str) -> Shape:
    first = f"btrim(split_part({raw}, ',', 1))"
    known = ", ".join(map(literal, GRADES))
    other = " ".join(f"WHEN {literal(said)} THEN {literal(means)}" for said, means in CALPADS.items())
    return Shape(
        f"CASE WHEN {raw} IN ({known}) THEN {raw} WHEN {first} IN ({known}) THEN {first}"
        rf" WHEN {first} ~ '^\d$' AND {first} <> '0' THEN '0' || {first}"
        f" WHEN upper({first}) IN ({known}) THEN upper({first})"
        f" ELSE CASE upper({first}) {other} END END",
        _unread(raw, value, "unknown_code"),
        f"CASE WHEN {raw} <> {value} THEN 'grade_repaired' END",
    )


def _code(column: Column, field: models.Field, raw: str, value: str) -> Shape:
    known = ", ".join(map(literal, column.codes))
    cased = " ".join(f"WHEN {literal(code.lower())} THEN {literal(code)}" for code in column.codes)
    read = f"CASE WHEN {raw} IS NULL THEN NULL WHEN {raw} IN ({known}) THEN {raw}"
    if not column.otherwise:
        read += rf" WHEN {raw} ~ '^ext:[\w.:-]{{1,{_longest(field, column) - 4}}}$' THEN {raw}"
    read += f" ELSE CASE lower({raw}) {cased}"
    if column.otherwise:
        read += f" ELSE {literal(column.otherwise)}"
    read += " END END"
    repair = f"CASE WHEN {raw} = {value} THEN NULL WHEN lower({raw}) = lower({value}) THEN 'code_case'"
    repair += " ELSE 'narrowed' END" if column.otherwise else " END"
    return Shape(read, _unread(raw, value, "unknown_code"), repair)


def _codes(column: Column, field: models.Field, raw: str, value: str) -> Shape:
    word = "(" + "|".join(map(re.escape, column.codes)) + r"|ext:[\w.:-]+)"
    read = (
        rf"CASE WHEN {raw} ~ '^{word}(\s*,\s*{word})*$' THEN regexp_replace({raw}, '\s*,\s*', ',', 'g') END"
    )
    long = f"WHEN length({value}) > {_longest(field, column)} THEN 'too_long'"
    return Shape(read, f"CASE WHEN {raw} IS NOT NULL AND {value} IS NULL THEN 'unknown_code' {long} END")
