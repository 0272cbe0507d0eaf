"""What a family reads of devices: what they asked for, how far it is, and when it goes back."""

from dataclasses import dataclass
from datetime import date

from portal.access.grant import Grant
from portal.record import codes
from portal.record.section import Tone, Words
from portal.sections.device_requests.models import DeviceRequest

State = DeviceRequest.State
TONES = {
    State.SUBMITTED: Tone.INFO,
    State.APPROVED: Tone.INFO,
    State.READY: Tone.BAD,  # the family's turn
    State.ISSUED: Tone.GOOD,
    State.RETURNED: Tone.QUIET,
    State.DENIED: Tone.WARN,
    State.CANCELLED: Tone.QUIET,
}
OVER = (State.RETURNED, State.DENIED, State.CANCELLED)


@dataclass(frozen=True)
class Asked:
    """One request."""

    device: Words
    reason: Words  # empty when not said
    state: State | None  # None: a code of the district's own
    words: Words  # of the state
    tone: Tone
    requested_on: date
    place: str  # where to pick it up; empty when not said
    issued_on: date | None
    due_back_on: date | None  # as long as the device is out
    note: str  # what the office says


@dataclass(frozen=True)
class DeviceRequests:
    open: tuple[Asked, ...]  # still going on, or the device is out; newest first
    over: tuple[Asked, ...]


def read(grant: Grant) -> DeviceRequests:
    """Every request; one query."""
    asked = [_asked(row) for row in DeviceRequest.rows.under(grant).order_by("-requested_on", "-pk")]
    return DeviceRequests(
        open=tuple(each for each in asked if each.state not in OVER),
        over=tuple(each for each in asked if each.state in OVER),
    )


def _asked(row: DeviceRequest) -> Asked:
    state = State(row.state) if row.state in State.values else None
    return Asked(
        device=codes.word(row.device, DeviceRequest.Device, "deviceRequests"),
        reason=codes.word(row.reason, DeviceRequest.Reason, "deviceRequests") if row.reason else "",
        state=state,
        words=codes.word(row.state, State, "deviceRequests"),
        tone=TONES[state] if state else Tone.QUIET,
        requested_on=row.requested_on,
        place=row.place,
        issued_on=row.issued_on,
        due_back_on=row.due_back_on if state == State.ISSUED else None,
        note=row.note,
    )
