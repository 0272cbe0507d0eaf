"""What the ID card says of children on the pages that show several things at once."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.section import HomeFact
from portal.web import formats


def home(grants: Sequence[Grant]) -> dict[int, HomeFact]:
    """The last letters of each ID, as on the page; no query."""
    return {
        grant.student.pk: HomeFact(
            tile=_("ID %(last)s") % {"last": formats.isolated("••••" + grant.student.student_id[-4:])}
            if grant.student.student_id
            else ""
        )
        for grant in grants
    }
