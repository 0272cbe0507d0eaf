"""What a changed request means to a family."""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.record.timeline import Change, Happening
from portal.sections.device_requests.models import DeviceRequest

State = DeviceRequest.State
KINDS = {
    State.SUBMITTED: "device-requests.received",
    State.READY: "device-requests.ready",
    State.ISSUED: "device-requests.issued",
    State.RETURNED: "device-requests.returned",
    State.DENIED: "device-requests.denied",
}

sentences: dict[str, Words] = {
    "device-requests.received": _("The school received a request for a device for %(name)s."),
    "device-requests.ready": _("A device for %(name)s is ready to pick up."),
    "device-requests.issued": _("A device for %(name)s was picked up."),
    "device-requests.returned": _("A device of %(name)s was given back."),
    "device-requests.denied": _("The school answered a request for a device for %(name)s."),
}


def events(changes: Iterable[Change]) -> Iterator[Happening]:
    """One event for each request that came to a state worth telling."""
    for change in changes:
        row = change.row
        if row.active and row.state != change.was("state") and (kind := KINDS.get(row.state)):
            on = {State.SUBMITTED: row.requested_on, State.ISSUED: row.issued_on}.get(row.state)
            yield Happening(kind, row.student_id, on or localdate())
