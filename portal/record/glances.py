"""What every section says of every child at a glance: all tiles that are made of a row or so cost one query."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import CharField, QuerySet, Value

from portal.access.grant import Grant
from portal.access.kept import kept
from portal.record.section import Glance, HomeFact, Section

Facts = dict[int, dict[str, HomeFact]]  # by student, then by section


def said(asked: Iterable[tuple[Section, Sequence[Grant]]]) -> Facts:
    """What these sections say of the students of these grants, in the order of the sections."""
    asked = list(asked)
    rows = _rows(asked)
    found: Facts = defaultdict(dict)
    for section, grants in asked:
        if isinstance(section.home, Glance):
            for grant in grants:
                facts = rows[section.key, grant.student.pk]
                found[grant.student.pk][section.key] = section.home.tell(grant, facts)
        else:
            for student, fact in section.home(grants).items():
                found[student][section.key] = fact
    return found


def _rows(asked: Sequence[tuple[Section, Sequence[Grant]]]) -> dict[tuple[str, int], dict]:
    """By section and student; one query for all of them."""
    told = [
        (section.key, section.home, grants)
        for section, grants in asked
        if grants and isinstance(section.home, Glance)
    ]
    found: dict[tuple[str, int], dict] = defaultdict(dict)
    for key, student, facts in _together(told):
        found[key, student] |= facts
    return found


@kept
def _together(told: Sequence[tuple[str, Glance, Sequence[Grant]]]) -> QuerySet[Any, Any] | None:
    queries = [
        rows.annotate(section=Value(key, CharField())).values_list("section", "student", "facts")
        for key, home, grants in told
        for rows in home.ask(grants)
    ]
    if not queries:
        return None
    first, *others = queries
    return first.union(*others, all=True) if others else first
