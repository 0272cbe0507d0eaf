"""Chains and signs the record of access, beside the requests and never inside one.

A row joins the chain a few seconds after it was written, in the order in which the sealer met it. Which rows still
wait is asked of the chain itself, so a transaction that took its number early and ended late is not forgotten.
"""

import hashlib
import hmac
import json
import logging
import os
from datetime import UTC, timedelta
from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate, now

from portal.audit.models import Access, Link, Seal

LOG = logging.getLogger("portal.audit")
EVERY = 4  # seconds from one seal to the next
MOST = 10_000  # rows in one seal
SETTLED = timedelta(
    minutes=10
)  # longer than any transaction of ours lives; older numbers are not asked about
BEFORE_THE_FIRST = bytes(32)
_ONE_AT_A_TIME = 7304221  # name of the database lock


def line(row: Access) -> bytes:
    """A row as it is hashed: every column, in this order, as JSON."""
    columns = (
        row.pk, row.at.astimezone(UTC).isoformat(timespec="microseconds"), row.person_id, row.machine, row.role,
        row.place, row.org_id, row.student_id, row.about, row.section, row.action, row.why, row.purpose,
        row.purpose_words, row.request_id,
    )  # fmt: skip
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()


def next_hash(before: bytes, row: Access) -> bytes:
    return hashlib.sha256(before + line(row)).digest()


def signed(seal: Seal) -> bool:
    """Whether the signature under a head is ours, by any key that is still good."""
    return any(compare_digest(seal.signature, each) for each in signatures(seal))


def signatures(seal: Seal) -> list[str]:
    """What only the holder of the keys can write under a head, by each key; the first is written."""
    made_at = seal.made_at.astimezone(UTC).isoformat(timespec="microseconds")
    said = f"seal {seal.number} {seal.position} {seal.highest} {bytes(seal.head).hex()} {made_at}"
    return [hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest() for key in settings.AUDIT_KEYS]


def seal(everything: bool = False) -> Seal | None:
    """Takes the waiting rows into the chain and signs its new head.

    everything: asks about old numbers too; for the start of a worker.
    Returns None when nothing waits, or when another worker is at it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
            if not cursor.fetchone()[0]:
                return None
        last = Seal.objects.order_by("-number").first()
        rows = _waiting(0 if everything else _settled())
        if not rows:
            return None
        made = Seal(number=1, position=0, highest=0, head=BEFORE_THE_FIRST, made_at=now())
        if last is not None:
            made = Seal(number=last.number + 1, position=last.position, highest=last.highest, head=last.head)
            made.made_at = now()
        links = []
        for row in rows:
            made.position += 1
            made.head = next_hash(bytes(made.head), row)
            made.highest = max(made.highest, row.pk)
            links.append(Link(position=made.position, access=row, hash=made.head))
        Link.objects.bulk_create(links, batch_size=2000)
        made.signature = signatures(made)[0]
        made.save(force_insert=True)
        transaction.on_commit(lambda: carry_out(made))
    return made


def carry_out(seal: Seal) -> None:
    """Keeps the newest head of each day in a second place, outside the database; a cut tail then shows."""
    folder = Path(settings.AUDIT_DIR)
    path = folder / f"{localdate()}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and json.loads(path.read_text())["number"] >= seal.number:
            return
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(
            json.dumps(
                {
                    "number": seal.number,
                    "position": seal.position,
                    "highest": seal.highest,
                    "head": bytes(seal.head).hex(),
                    "made_at": seal.made_at.isoformat(),
                    "signature": seal.signature,
                }
            )
        )
        draft.replace(path)
    except (OSError, ValueError, KeyError):
        LOG.exception("the head of the record of access could not be kept outside the database")


def _settled() -> int:
    """An id below which nothing can appear any more."""
    old = Seal.objects.filter(made_at__lt=now() - SETTLED).order_by("-made_at").first()
    return old.highest if old else 0


def _waiting(above: int) -> list[Access]:
    chained = Link.objects.filter(access=OuterRef("pk"))
    return list(Access.objects.filter(~Exists(chained), pk__gt=above).order_by("pk")[:MOST])
