"""Looks whether the other side really has what it said it took, and sends again what it lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import now

from portal.access.context import opened
from portal.sis import outbox
from portal.sis.connectors import Connector, Payload, There, Unreachable
from portal.sis.models import Outgoing, random_key

LOOKS_BACK = timedelta(days=7)
CHUNK = 200


@dataclass
class Found:
    checked: int = 0
    repaired: int = 0
    replaced: int = 0  # lost, and meant nothing any more: a later change had said all of it
    unreachable: int = 0


def reconcile(connector: Connector, clock: outbox.Clock = now) -> Found:
    """Reads back what was accepted in the last days. What the other side lost or changed goes out once more.

    What the school wrote itself since then stays. Running twice finds nothing the second time.
    """
    found = Found()
    with ThreadPoolExecutor(outbox.THREADS) as pool:
        for chunk in _chunks(clock):
            asked = pool.map(lambda row: _ask(connector, row.key), chunk)
            for row, there in zip(chunk, list(asked), strict=True):
                if isinstance(there, Unreachable):
                    found.unreachable += 1
                    continue
                found.checked += 1
                with opened("worker", purpose="reconcile"):
                    _compare(row.pk, there, found, clock)
    return found


def _ask(connector: Connector, key: str) -> There | Unreachable | None:
    try:
        return connector.read_back(key)
    except Unreachable as problem:
        return problem


def _chunks(clock: outbox.Clock) -> Iterator[list[Outgoing]]:
    """Accepted changes of the last days, oldest first."""
    after = 0
    since = clock() - LOOKS_BACK
    while True:
        with opened("worker", purpose="reconcile"):
            accepted = Outgoing.rows.for_import().filter(state=Outgoing.State.ACCEPTED, settled_at__gte=since)
            chunk = list(accepted.filter(pk__gt=after).order_by("pk").only("pk", "key")[:CHUNK])
        if not chunk:
            return
        yield chunk
        after = chunk[-1].pk


def _compare(pk: int, there: There | None, found: Found, clock: outbox.Clock) -> None:
    rows = Outgoing.rows.for_import()
    row = rows.select_for_update().filter(pk=pk, state=Outgoing.State.ACCEPTED).first()
    if row is None:
        return
    payload = outbox.payload_of(row)
    fields = {
        name: value for name, value in payload["fields"].items() if name not in _said_later(row, payload)
    }
    if there is not None:
        stands = there.fields
        fields = {
            name: value
            for name, value in fields.items()
            if name in stands and stands[name][0] != value and not stands[name][1]
        }
        row.key = random_key() if fields else row.key  # under the old one it would count as known
    row.checked_at = clock()
    if fields:
        row.sealed = outbox.sealed(row.key, payload | {"fields": fields})
        row.state, row.settled_at, row.next_at = Outgoing.State.WAITING, None, clock()
        row.repairs += 1
        found.repaired += 1
    elif there is None:
        row.state = Outgoing.State.REPLACED
        found.replaced += 1
    row.save()


def _said_later(row: Outgoing, payload: Payload) -> set[str]:
    """Fields of the same adult of the same student that a later change set, or is about to set."""
    later = Outgoing.rows.for_import().filter(
        student=row.student_id,
        kind=row.kind,
        pk__gt=row.pk,
        state__in=(Outgoing.State.WAITING, Outgoing.State.ACCEPTED),
    )
    same = (each for each in map(outbox.payload_of, later) if each["guardian"] == payload["guardian"])
    return {name for each in same for name in each["fields"]}
