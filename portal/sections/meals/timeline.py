"""What a changed meal account means to a family.

What a household was granted makes no event: the timeline of a child is read by every household of the child.
"""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.meals.models import Account

sentences: dict[str, Words] = {"meals.low": _("The meal account of %(name)s is low.")}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event when an account became low."""
    for change in changes:
        row = change.row
        if isinstance(row, Account) and row.active and row.low and not change.was("low"):
            yield Happening("meals.low", row.student_id, localdate(row.as_of))
