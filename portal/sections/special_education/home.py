"""Where the tile of Special Education stands for each child; it tells no fact."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.section import Glance, HomeFact, Place
from portal.sections.special_education.models import Plan


def ask(grants: Sequence[Grant]) -> Sequence[QuerySet[Any, Any]]:
    """The students with a plan, or on the way to one."""
    rows = Plan.rows.under(*grants).order_by().values("student").distinct()
    return [rows.annotate(facts=JSONObject(plan=True)).values("student", "facts")]


def tell(_grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """In its group for a child with a plan; for others, what it is and how to ask."""
    if facts:
        return HomeFact()
    return HomeFact(
        place=Place.OTHER,
        about=_(
            "For students who need a plan to learn, like an IEP or 504 plan. You can ask for an evaluation."
        ),
    )


home = Glance(ask=ask, tell=tell)
