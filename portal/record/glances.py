"""What every section says of every child at a glance: all tiles that are made of a row or so cost one query."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import CharField, Value

from portal.access.grant import Grant
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
    queries = [
        rows.annotate(section=Value(section.key, CharField())).values_list("section", "student", "facts")
        for section, grants in asked
        if grants and isinstance(section.home, Glance)
        for rows in section.home.ask(grants)
    ]
    found: dict[tuple[str, int], dict] = defaultdict(dict)
    if queries:
        first, *others = queries
        for key, student, facts in first.union(*others, all=True) if others else first:
            found[key, student] |= facts
    return found
