"""What report cards say of children on the pages that show several things at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import JSONObject, Now
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.gradebook.models import Mark
from portal.record.section import Glance, HomeFact
from portal.web import formats


def _ask(grants: Sequence[Grant]) -> tuple[QuerySet[Any, Any], ...]:
    posted = Mark.rows.under(*grants).filter(posted_at__lte=Now()).order_by().values("student")
    return (posted.annotate(facts=JSONObject(at=Max("posted_at"))),)


def _tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """When the latest one came out."""
    if not facts:
        return HomeFact(tile=_("Nothing yet"))
    on = localdate(datetime.fromisoformat(facts["at"]))
    return HomeFact(tile=_("Posted %(date)s") % {"date": formats.short_date(on)})


home = Glance(_ask, _tell)
