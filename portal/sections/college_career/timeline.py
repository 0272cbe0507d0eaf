"""What changed progress means to a family: a requirement is met."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.college_career.models import Progress

sentences: dict[str, Words] = {
    "college-career.met": _("A requirement for graduation is met: %(requirement)s."),
    "college-career.not_met": _(
        "The school corrected a requirement for graduation. It is not met yet: %(requirement)s."
    ),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each requirement that became met, or was corrected to not met; none for what was so at first."""
    for change in changes:
        row = change.row
        if (
            not isinstance(row, Progress)
            or not row.active
            or not change.before
            or change.was("is_met") == row.is_met
        ):
            continue
        kind = "college-career.met" if row.is_met else "college-career.not_met"
        yield Happening(kind, row.student_id, row.as_of, {"requirement": row.name})
