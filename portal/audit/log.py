"""Writes the record of access, in the transaction of what it tells of."""

from collections.abc import Sequence

from portal.access.grant import Grant
from portal.audit.models import Access


def note(grant: Grant, action: str, why: str = "") -> None:
    """One row: this person, in this role, did this with this section of this student's record.

    why: the reason staff gave; by default the rule that allowed it.
    """
    note_each([grant], action, why)


def note_each(grants: Sequence[Grant], action: str, why: str = "") -> None:
    """The same for several students at once, in one statement."""
    Access.objects.bulk_create(
        Access(
            person=grant.person,
            role=grant.role,
            place=grant.place,
            student=grant.student,
            section=grant.section,
            action=action,
            why=why or grant.why,
        )
        for grant in grants
    )
