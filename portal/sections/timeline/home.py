"""What the timeline says of children on the pages that show several things at once."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from portal.access import gate
from portal.access.grant import Grant
from portal.record import visits
from portal.record.contents import sections
from portal.record.deeds import BESIDE
from portal.record.models import Deed, Event
from portal.record.section import Glance, HomeFact
from portal.web import formats


def _ask(grants: Sequence[Grant]) -> tuple[QuerySet[Any, Any], ...]:
    seen, own = Q(), Q()
    for grant in grants:
        keys = [each.key for each in sections() if gate.opens_too(grant, each)]
        seen |= Q(student=grant.student, section__in=keys)
        own |= Q(student=grant.student, person=grant.person, section__in=[*keys, *BESIDE])
    found = (
        Event.rows.under(*grants)
        .filter(seen)
        .annotate(last=visits.last(grants[0], "timeline"))
        .order_by()
        .values("student")
        .annotate(
            facts=JSONObject(
                all=Count("pk"), new=Count("pk", filter=Q(came_at__gt=F("last"))), visited=Count("last")
            )
        )
    )
    did = (
        Deed.rows.under(*grants)
        .filter(own)
        .order_by()
        .values("student")
        .annotate(facts=JSONObject(did=Count("pk")))
    )
    return (found, did.values("student", "facts"))


def _tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """How much is new since the last visit; before the first nobody can say."""
    if not facts:
        return HomeFact(tile=_("Nothing yet"))
    if not facts.get("all"):
        return HomeFact(tile=_("Nothing new"))  # only what the person did, who knows of it
    if not facts["visited"]:
        return HomeFact(tile=_("See what happened"))
    new = facts["new"]
    return HomeFact(tile=_("%(n)s new") % {"n": formats.number(min(new, 999))} if new else _("Nothing new"))


home = Glance(_ask, _tell)
