"""Where the tile of English Learner Progress stands for each child; it tells no fact."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.section import Glance, HomeFact, Place
from portal.sections.english_learner.models import Status

EVER_LEARNED = (Status.Code.LEARNER, Status.Code.RECLASSIFIED, Status.Code.ADULT)


def ask(grants: Sequence[Grant]) -> Sequence[QuerySet[Any, Any]]:
    """The students who are or were learning English as a new language."""
    rows = Status.rows.under(*grants).filter(status__in=EVER_LEARNED).order_by().values("student").distinct()
    return [rows.annotate(facts=JSONObject(learner=True)).values("student", "facts")]


def tell(_grant: Grant, facts: dict[str, Any]) -> HomeFact:
    """In its group for who is or was learning English; for others, what it is and how to ask."""
    if facts:
        return HomeFact()
    return HomeFact(
        place=Place.OTHER,
        about=_("For students who learn English as a new language. Ask the school office about it."),
    )


home = Glance(ask=ask, tell=tell)
