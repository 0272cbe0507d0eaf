"""Walks the chain of the record of access from its first row and names the first thing that is wrong."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from portal.audit import sealing
from portal.audit.models import Access, Link, Seal

AT_ONCE = 5_000  # rows read at a time
PATIENCE = timedelta(minutes=1)  # a row not sealed by then is a fault


@dataclass(frozen=True)
class Verdict:
    rows: int  # in the chain
    seals: int
    heads: int  # kept outside the database
    wrong: str  # the first fault in words; empty when there is none


def command() -> int:
    """`portal audit verify`: 0 when the record is whole, 1 when it is not."""
    verdict = verify()
    print(f"{verdict.rows} rows, {verdict.seals} seals, {verdict.heads} heads kept outside the database")
    print(verdict.wrong or "The record of access is whole.")
    return 1 if verdict.wrong else 0


def verify() -> Verdict:
    """Looks at everything: each row against its hash, each seal against its signature, each head kept outside.

    Workers go on sealing meanwhile; what they add after the start is not looked at.
    """
    heads = list(_heads())  # before the seals, which are always there first
    last = Seal.objects.order_by("-number").first()
    wrong = next(_faults(last, heads), "")
    return Verdict(last.position if last else 0, last.number if last else 0, len(heads), wrong)


def _faults(last: Seal | None, heads: list[tuple[str, Seal]]) -> Iterator[str]:
    yield from _chain(last)
    yield from _outside(heads)
    yield from _unsealed()


def _chain(last: Seal | None) -> Iterator[str]:
    """Rows in the order of the chain, and the seals where they stand."""
    seals = _seals(last.number if last else 0)
    due = next(seals, None)
    before, position, first, number = sealing.BEFORE_THE_FIRST, 0, 1, 0
    for link, row in _links(last.position if last else 0):
        position += 1
        if link.position != position:
            yield f"Link {position} of the chain is missing: its row was taken out."
        if row is None:
            yield f"Row {link.access_id} is gone from the record (link {position})."
        elif bytes(link.hash) != sealing.next_hash(before, row):
            yield f"Row {row.pk} is not what was written (link {position})."
        before = bytes(link.hash)
        if due is not None and due.position == position:
            number += 1
            if due.number != number:
                yield f"Seal {number} is missing: it covered rows from link {first}."
            if bytes(due.head) != before or not sealing.signed(due):
                yield f"Seal {due.number} does not carry our signature: do not trust links {first} to {position}."
            first, due = position + 1, next(seals, None)
    if due is not None:
        yield f"The tail is cut: seal {due.number} stands for {due.position} rows, the chain ends after {position}."


def _outside(heads: list[tuple[str, Seal]]) -> Iterator[str]:
    """Every head that was kept outside the database must still stand in it."""
    for name, head in heads:
        if not sealing.signed(head):
            yield f"{name} does not carry our signature."
        kept = Seal.objects.filter(number=head.number).first()
        if kept is None:
            last = Seal.objects.order_by("-number").first()
            ends = f"the record ends at seal {last.number}" if last else "the record is empty"
            yield f"The tail is cut: {name} knows seal {head.number} with {head.position} rows, {ends}."
        elif kept.signature != head.signature:
            yield f"Seal {head.number} is another one than {name} knows: the record was written anew."


def _unsealed() -> Iterator[str]:
    covered = Seal.objects.order_by("-number").values("position")[:1]
    loose = Link.objects.filter(position__gt=Coalesce(Subquery(covered), 0)).order_by("position").first()
    if loose is not None:
        yield f"Links from {loose.position} on stand under no seal."
    chained = Link.objects.filter(access=OuterRef("pk"))
    row = Access.objects.filter(~Exists(chained), at__lt=now() - PATIENCE).order_by("pk").first()
    if row is not None:
        yield f"Row {row.pk} was never sealed. Does a worker run?"


def _links(to: int) -> Iterator[tuple[Link, Access | None]]:
    """The links up to a position, in order, with their rows, or None where a row is gone."""
    position = 0
    upto = Link.objects.filter(position__lte=to).order_by("position")
    while links := list(upto.filter(position__gt=position)[:AT_ONCE]):
        rows = Access.objects.in_bulk([link.access_id for link in links])
        for link in links:
            yield link, rows.get(link.access_id)
        position = links[-1].position


def _seals(to: int) -> Iterator[Seal]:
    number = 0
    upto = Seal.objects.filter(number__lte=to).order_by("number")
    while seals := list(upto.filter(number__gt=number)[:AT_ONCE]):
        yield from seals
        number = seals[-1].number


def _heads() -> Iterator[tuple[str, Seal]]:
    """The heads kept outside, oldest first, by the name of their file."""
    for path in sorted(Path(settings.AUDIT_DIR).glob("*.json")):
        said = json.loads(path.read_text())
        yield (
            path.name,
            Seal(
                number=said["number"],
                position=said["position"],
                highest=said["highest"],
                head=bytes.fromhex(said["head"]),
                made_at=datetime.fromisoformat(said["made_at"]),
                signature=said["signature"],
            ),
        )
