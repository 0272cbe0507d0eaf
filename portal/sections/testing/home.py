"""What testing says of children on the pages that show several things at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import JSONObject, Now
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.scores.models import Score
from portal.record.section import Glance, HomeFact
from portal.sections.testing.tests_known import ELSEWHERE
from portal.web import formats


def _ask(grants: Sequence[Grant]) -> tuple[QuerySet[Any, Any], ...]:
    released = Score.rows.under(*grants).filter(released_at__lte=Now()).exclude(test__in=ELSEWHERE)
    return (released.order_by().values("student").annotate(facts=JSONObject(at=Max("released_at"))),)


def _tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """When results last came."""
    if not facts:
        return HomeFact(tile=_("Nothing yet"))
    on = localdate(datetime.fromisoformat(facts["at"]))
    return HomeFact(tile=_("Results of %(date)s") % {"date": formats.short_date(on)})


home = Glance(_ask, _tell)
