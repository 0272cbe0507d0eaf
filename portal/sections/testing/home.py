"""What testing says of children on the pages that show several things at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import JSONObject, Now
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.scores.models import Score
from portal.record.section import Glance, HomeFact
from portal.sections.testing.tests_known import ELSEWHERE
from portal.web import formats


def _ask(grants: Sequence[Grant]) -> tuple[QuerySet[Any, Any], ...]:
    released = Score.rows.under(*grants).filter(released_at__lte=Now()).exclude(test__in=ELSEWHERE)
    return (released.order_by().values("student").annotate(facts=JSONObject(on=Max("on"))),)


def _tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """The day of the latest test, as the page says it."""
    if not facts:
        return HomeFact(tile=_("Nothing yet"))
    on = formats.short_date(date.fromisoformat(facts["on"]))
    return HomeFact(tile=_("Results of %(date)s") % {"date": on})


home = Glance(_ask, _tell)
