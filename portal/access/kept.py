"""Queries whose text is kept: the object-relational layer spells each shape of one once, and from then on only keys are new.

Spelling a query costs the portal many times what its answer costs the database. The query stays where it was, written
like every other; what is kept is the SQL it came to, with gaps where the keys stood. Nothing of an answer is kept.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from psycopg import ClientCursor

from portal.access.grant import Grant
from portal.access.shut import ShutQuerySet
from portal.family.models import Guardianship, Link
from portal.family.standing import Child
from portal.people.models import Person
from portal.people.statements import Statement
from portal.students.models import Student

MOST = 500  # texts of one query; a new day brings new ones
FIRST = 9_000_000_000_000_000_000  # from here on numbers stand in for keys; no table grows so far
GAP = re.compile("%[s%]")
Rows = list[tuple[Any, ...]]
Build = Callable[..., QuerySet[Any, Any] | None]


class NotKept(TypeError):
    """The query says something that changes and is no key; the message names it."""


class _Staff(Exception):
    """A grant of the school's side has no shape."""


def kept(build: Build) -> Callable[..., Rows]:
    """The rows of `build(*asked)`, a query of values_list, whose text is made once for each shape of what is asked.

    asked: grants, keys, and sequences of either become gaps; anything else, a day say, is part of the shape. Of a grant
    the shape has what decides what opens: section, day, standing, rights, last day, whether it may change something. The
    query may name the keys of person, student, school, guardianship and link, and nothing else of them: all other fields
    are not there while it is spelled. A moment is the database's: Now().
    Queries for staff are spelled each time.
    """
    texts: Texts = {}

    @wraps(build)
    def ask(*asked: Any) -> Rows:
        return _answer(build, texts, asked)

    return ask


def _answer(build: Build, texts: "Texts", asked: tuple[Any, ...]) -> Rows:
    told = _Told()
    try:
        shape = tuple(map(told.shape, asked))
    except _Staff:
        return list(build(*asked) or ())
    if shape not in texts:
        if len(texts) >= MOST:
            texts.clear()
        numbers = _Told()
        texts[shape] = _text(build(*map(numbers.stand_in, asked)))
    text = texts[shape]
    return text.rows(told.keys) if text else []


@dataclass
class _Told:
    """The keys that one asking names, in order, and the numbers that stand in for them."""

    keys: list[int] = field(default_factory=list)
    _at: dict[Any, int] = field(default_factory=dict)  # where the keys of a person or child begin

    def shape(self, asked: Any) -> Hashable:
        if type(asked) is int:
            self.keys.append(asked)
            return int
        if isinstance(asked, Grant):
            return self._of_grant(asked)
        if isinstance(asked, (list, tuple)):
            return tuple(map(self.shape, asked))
        return asked

    def stand_in(self, asked: Any) -> Any:
        if type(asked) is int:
            self.keys.append(asked)
            return FIRST + len(self.keys) - 1
        if isinstance(asked, Grant):
            return self._for_grant(asked)
        if isinstance(asked, (list, tuple)):
            return [self.stand_in(each) for each in asked]
        return asked

    def _of_grant(self, grant: Grant) -> Hashable:
        child = _of_family(grant)
        opens = (grant.section, grant.may_change, grant.on)
        if id(child) in self._at:  # told before
            return *opens, self._at[id(child)]
        student = child.student
        return (
            *opens,
            self._person(grant.person.pk),
            self._child(child),
            child.standing,
            child.guardianship.educational_rights,
            student.left_on,
            student.school_id is None,
        )

    def _for_grant(self, grant: Grant) -> Grant:
        child = _of_family(grant)
        person, n = FIRST + self._person(grant.person.pk), FIRST + self._child(child)
        school = None if child.student.school_id is None else n + 3
        student = _only(Student, id=n, school_id=school, left_on=child.student.left_on)
        right = _only(Guardianship, id=n + 2, educational_rights=child.guardianship.educational_rights)
        shown = Child(student, right, _only(Link, id=n + 1), child.standing)
        return replace(grant, person=_only(Person, id=person), student=student, child=shown)

    def _person(self, key: int) -> int:
        return self._begin(("person", key), key)

    def _child(self, child: Child) -> int:
        student = child.student
        return self._begin(
            id(child), student.pk, child.link.pk, child.guardianship.pk, student.school_id or 0
        )

    def _begin(self, who: Any, *keys: int) -> int:
        at = self._at.get(who)
        if at is None:
            at = self._at[who] = len(self.keys)
            self.keys += keys
        return at


def _of_family(grant: Grant) -> Child:
    if grant.child is None or grant.post:
        raise _Staff
    return grant.child


def _only(model: type[Model], **known: Any) -> Any:
    """A row of which nothing else can be read."""
    return model.from_db(DEFAULT_DB_ALIAS, list(known), list(known.values()))


@dataclass(frozen=True)
class _Text:
    """A query as it goes to the database."""

    statement: Statement
    converters: dict[int, tuple[list[Any], Any]]  # by column, as the compiler of the query has them

    def rows(self, keys: Sequence[int]) -> Rows:
        rows = self.statement.rows(*keys)
        return [self._converted(row) for row in rows] if self.converters else rows

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for at, (converters, expression) in self.converters.items():
            for convert in converters:
                values[at] = convert(values[at], expression, connection)
        return tuple(values)


Texts = dict[Hashable, _Text | None]  # by shape


def _text(query: QuerySet[Any, Any] | None) -> _Text | None:
    """None where there is nothing to ask."""
    if query is None:
        return None
    if isinstance(query, ShutQuerySet):
        query._check()
    compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    connection.ensure_connection()
    literal = ClientCursor(connection.connection).mogrify
    given, parts, gaps, at = iter(params), [""], [], 0
    for found in GAP.finditer(sql):
        parts[-1] += sql[at : found.start()]
        at = found.end()
        if found[0] == "%%":
            parts[-1] += "%"
            continue
        value = next(given)
        if type(value) is int and value >= FIRST:
            gaps.append(value - FIRST)
            parts.append("")
        elif isinstance(value, datetime) or str(FIRST)[:9] in str(value):
            raise NotKept(f"{value!r} in {sql}")
        else:
            parts[-1] += literal("%s", [value])
    parts[-1] += sql[at:]
    columns = [column for column, *_more in compiler.select[: compiler.col_count]]
    return _Text(Statement(parts, gaps), compiler.get_converters(columns))
