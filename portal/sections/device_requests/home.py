"""What device requests say of a child on the pages that show several things at once."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record import codes
from portal.record.section import Glance, HomeFact, Need
from portal.sections.device_requests.models import DeviceRequest
from portal.sections.device_requests.reading import OVER, State


def ask(grants: Sequence[Grant]) -> list[QuerySet]:
    going_on = DeviceRequest.rows.under(*grants).exclude(state__in=OVER)
    request = JSONObject(id="pk", device="device", state="state", on="requested_on", place="place")
    return [
        going_on.order_by()
        .values("student")
        .annotate(facts=JSONObject(asked=JSONBAgg(request)))
        .values("student", "facts")
    ]


def tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    asked = sorted(facts.get("asked", ()), key=lambda each: (each["on"], each["id"]))
    if not asked:
        return HomeFact(tile=_("Nothing asked for"))
    return HomeFact(
        tile=codes.word(asked[-1]["state"], State, "deviceRequests"),
        needs=tuple(_need(grant, each) for each in asked if each["state"] == State.READY),
    )


def _need(grant: Grant, asked: dict[str, Any]) -> Need:
    ref = grant.student.ref
    device = codes.word(asked["device"], DeviceRequest.Device, "deviceRequests")
    return Need(
        rank=2,
        key=f"device_requests.ready:{ref}:{asked['id']}",
        icon="laptop",
        sentence=format_html(
            _("{name}: a device is ready to pick up"),
            name=format_html("<bdi>{}</bdi>", grant.student.first_name),
        ),
        detail=" · ".join(filter(None, (str(device), asked["place"]))),
        url=reverse("device-requests", args=[ref]),
    )


home = Glance(ask=ask, tell=tell)
