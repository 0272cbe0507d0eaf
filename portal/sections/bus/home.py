"""What the bus says of a child on the pages that show several things at once: times and changes, never the place."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.access import gate
from portal.access.grant import Grant
from portal.family.hidden import Confidential
from portal.record import codes
from portal.record.section import Glance, HomeFact, Need, Place
from portal.sections.bus.models import Direction, Notice
from portal.sections.bus.reading import WEEKDAYS, State, rides_of
from portal.web import formats


def ask(grants: Sequence[Grant]) -> list[QuerySet]:
    """The rides of each student in one row, with today's changes beside each; and whether there are any, or none is shown."""
    on = grants[0].on
    changes = Notice.objects.filter(
        Q(direction="") | Q(direction=OuterRef("direction")),
        source=OuterRef("source"),
        route=OuterRef("route"),
        on=on,
        active=True,
    ).order_by("pk")
    rides = (
        rides_of(grants)
        .filter(begins__lte=on, days__contains=WEEKDAYS[on.weekday()])
        .annotate(changes=ArraySubquery(changes.values(told=JSONObject(state="state", minutes="minutes"))))
    )
    return [
        rides.order_by()
        .values("student")
        .annotate(
            facts=JSONObject(
                rides=JSONBAgg(
                    JSONObject(direction="direction", at="at", route="route", changes="changes"),
                )
            )
        )
        .values("student", "facts"),
        gate.granted(grants)
        .order_by()
        .values(
            student=F("pk"),
            facts=JSONObject(
                any=Exists(rides_of(grants).filter(student=OuterRef("pk"))), hidden=Confidential("pk")
            ),
        ),
    ]


def tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    if facts.get("hidden"):
        return HomeFact(tile=_("Not shown here"))
    if not facts.get("any"):
        return HomeFact(tile=_("No bus"), place=Place.WITHOUT)
    rides = sorted(facts.get("rides", ()), key=lambda ride: ride["at"])
    morning = next((ride for ride in rides if ride["direction"] == Direction.TO_SCHOOL), None)
    shown = morning or next(iter(rides), None)
    changed = [ride for ride in rides if ride["changes"]]
    if shown is None:
        tile = _("No bus today")
    elif changed:
        tile = _("Changed today")
    else:
        tile = _("Bus at %(time)s") % {"time": formats.time(time.fromisoformat(shown["at"]))}
    return HomeFact(tile=tile, needs=tuple(_need(grant, ride) for ride in changed))


def _need(grant: Grant, ride: dict[str, Any]) -> Need:
    change, ref = ride["changes"][0], grant.student.ref
    at = formats.time(time.fromisoformat(ride["at"]))
    return Need(
        rank=0,
        key=f"bus.{change['state']}:{ref}:{grant.on}:{ride['direction']}:{change['minutes'] or 0}"[:80],
        icon="bus",
        sentence=format_html(
            _("{name}: the {time} bus is not as planned today"),
            name=format_html("<bdi>{}</bdi>", grant.student.first_name),
            time=at,
        ),
        detail=late(change["state"], change["minutes"]),
        url=reverse("bus", args=[ref]),
        on=grant.on,
    )


def late(state: str, minutes: int | None) -> str:
    """Late · 12 minutes; only the word where the bus office gave no number."""
    word = str(codes.word(state, State, "busNotices"))
    return f"{word} · {_('%(n)s min') % {'n': formats.number(minutes)}}" if minutes else word


home = Glance(ask=ask, tell=tell)
