"""A new step toward or in GATE, in the words of the family; which one, only the page says."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.gate.models import Identification

sentences: dict[str, Words] = {
    "gate.identified": _("%(name)s was identified for GATE."),
    "gate.step": _("There is news about GATE for %(name)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each new state; an identification has words of its own."""
    for change in changes:
        row = change.row
        if row.active and change.was("state") != row.state:
            identified = row.state == Identification.State.ELIGIBLE
            yield Happening("gate.identified" if identified else "gate.step", row.student_id, row.on)
