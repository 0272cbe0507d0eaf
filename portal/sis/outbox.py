"""What goes out: put in the outbox with the change itself, sent in order, tried again until the other side answers.

For one student the oldest open change goes first, and the next one only when it is settled; order is by number, never
by clock. Students do not wait for one another.
"""

import json
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.db import connection
from django.utils.timezone import now
from procrastinate.contrib.django import app

from portal.access.context import opened
from portal.family.models import SchoolNotice
from portal.people import seals
from portal.people.models import Person
from portal.record import deeds
from portal.sis.connectors import Accepted, Connector, Failed, Outcome, Payload, Refused, Unreachable
from portal.sis.models import Breaker, Outgoing, random_key
from portal.students.models import Student

LOG = logging.getLogger("portal.sis")
SEND = "portal.sis.jobs.send"
SYSTEM = "sis"
LEASE = timedelta(seconds=60)
BATCH = 32  # changes leased at once; with THREADS of them under way the slowest answers fit into a lease
THREADS = 8
LONGEST_WAIT = timedelta(minutes=5)
BREAKS_AFTER = 5  # failures in a row
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Change:
    """One change to send. payload: JSON types; the other side's own ids, names of fields and their new values.

    person: on whose timeline the answer will stand; None for nobody's.  tells: as what, in the words of a section, which has
    sentences for it with .accepted and .refused: emergency-contacts.numbers.
    """

    student: Student
    kind: str
    payload: Payload
    person: Person | None = None
    tells: str = ""


def put(changes: Sequence[Change]) -> list[Outgoing]:
    """Puts changes in the outbox, in the transaction that makes them; the sender is called when it is kept.

    Two savings for one student wait for each other here, so that the numbers of the rows are the order of the savings.
    """
    with connection.cursor() as cursor:
        for pk in sorted({change.student.pk for change in changes}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('outbox'), %s)", [pk % 2**31])
    rows = []
    for change in changes:
        key = random_key()
        rows.append(
            Outgoing(
                key=key,
                student=change.student,
                person=change.person,
                tells=change.tells,
                kind=change.kind,
                sealed=sealed(key, change.payload),
            )
        )
    made = Outgoing.rows.for_import().bulk_create(rows)
    app.configure_task(SEND).defer()
    return made


@dataclass
class Done:
    """What one round did."""

    accepted: int = 0
    refused: int = 0
    failed: int = 0

    @property
    def any(self) -> bool:
        return bool(self.accepted or self.refused)


@dataclass(frozen=True)
class Leased:
    """A change that is ours to send for a minute."""

    pk: int
    key: str
    student: int
    payload: Payload = field(repr=False)
    tries: int = 0
    doubtful: bool = False


def drain(connector: Connector, clock: Clock = now, until: datetime | None = None) -> Done:
    """Sends what is due until nothing more is, or the other side stops answering. until: ends after this moment."""
    sum_ = Done()
    with ThreadPoolExecutor(THREADS) as pool:
        while until is None or clock() < until:
            done = send_round(connector, pool, clock)
            sum_.accepted += done.accepted
            sum_.refused += done.refused
            sum_.failed += done.failed
            if not done.any:
                return sum_
    return sum_


def send_round(connector: Connector, pool: ThreadPoolExecutor, clock: Clock = now) -> Done:
    """Leases a batch, sends it, and writes down what came of it; an empty Done when nothing was due or sent."""
    lease = random_key()
    with opened("worker", purpose="outbox"):
        batch = _lease(lease, clock())
    if not batch:
        return Done()
    line = _Line()
    outcomes = list(pool.map(lambda each: line.send(connector, each), batch))
    with opened("worker", purpose="outbox"):
        return _settle(lease, list(zip(batch, outcomes, strict=True)), clock())


class _Line:
    """Sends a batch; after five failures in a row the rest of it is left for later."""

    def __init__(self) -> None:
        self.failures = 0
        self.lock = Lock()

    def send(self, connector: Connector, leased: Leased) -> Outcome | None:
        """None: not tried."""
        if self.failures >= BREAKS_AFTER:
            return None
        outcome = _deliver(connector, leased)
        with self.lock:
            self.failures = self.failures + 1 if isinstance(outcome, Failed) else 0
        return outcome


def _deliver(connector: Connector, leased: Leased) -> Outcome:
    """Sends one change. After a doubtful try the other side is asked first, where it does not promise once-only."""
    if leased.doubtful and not connector.once_only:
        try:
            if connector.read_back(leased.key) is not None:
                return Accepted()
        except Unreachable:
            return Failed(doubtful=True)
    try:
        return connector.deliver(leased.key, leased.payload)
    except Exception as problem:  # a fault of ours must not stop the other students
        LOG.error("a change could not be sent", extra={"why": type(problem).__name__})
        return Failed(doubtful=True)


LEASE_SQL = """
WITH due AS (
  SELECT o.id FROM sis_outgoing o
  WHERE o.state = 'waiting' AND o.next_at <= %(moment)s AND (o.leased_until IS NULL OR o.leased_until <= %(moment)s)
    AND NOT EXISTS (SELECT FROM sis_outgoing p WHERE p.student_id = o.student_id AND p.state = 'waiting' AND p.id < o.id)
  ORDER BY o.id LIMIT %(most)s FOR UPDATE OF o SKIP LOCKED
)
UPDATE sis_outgoing o SET lease = %(lease)s, leased_until = %(until)s, tries = o.tries + 1 FROM due WHERE due.id = o.id
RETURNING o.id, o.key, o.student_id, o.sealed, o.tries, o.doubtful
"""


def _lease(lease: str, moment: datetime) -> list[Leased]:
    """The oldest open change of each of up to BATCH students; one alone while the breaker feels its way."""
    breaker, _new = Breaker.objects.select_for_update().get_or_create(name=SYSTEM)
    broken = breaker.failures >= BREAKS_AFTER
    if broken:
        if breaker.shut_until is not None and breaker.shut_until > moment:
            return []
        breaker.shut_until = moment + LEASE  # nobody else tries at the same time
        breaker.save(update_fields=["shut_until"])
        # Once the way is open again the waiting times of single changes say nothing.
        Outgoing.rows.for_import().filter(state=Outgoing.State.WAITING, next_at__gt=moment).update(
            next_at=moment
        )
    with connection.cursor() as cursor:
        cursor.execute(
            LEASE_SQL,
            {"moment": moment, "until": moment + LEASE, "lease": lease, "most": 1 if broken else BATCH},
        )
        rows = cursor.fetchall()
    return [
        Leased(pk, key, student, _unsealed(key, sealed_), tries, doubtful)
        for pk, key, student, sealed_, tries, doubtful in sorted(rows)
    ]


def _settle(lease: str, outcomes: Iterable[tuple[Leased, Outcome | None]], moment: datetime) -> Done:
    """Writes the outcomes down, of the rows that are still ours."""
    done = Done()
    accepted, refused, failed, untried = [], [], [], []
    for leased, outcome in outcomes:
        if isinstance(outcome, Accepted):
            accepted.append(leased.pk)
        elif isinstance(outcome, Refused):
            refused.append((outcome.reason.value, leased.pk))
        elif isinstance(outcome, Failed):
            failed.append((moment + wait(leased.tries), outcome.doubtful, leased.pk))
        else:
            untried.append(leased.pk)
    ours = "lease = %s AND state = 'waiting'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE sis_outgoing SET state = 'accepted', settled_at = %s, lease = '', leased_until = NULL, doubtful = false
                WHERE id = ANY(%s) AND {ours}""",
            [moment, accepted, lease],
        )
        done.accepted = cursor.rowcount
        for reason, pk in refused:
            cursor.execute(
                f"""UPDATE sis_outgoing SET state = 'refused', reason = %s, settled_at = %s, lease = '', leased_until = NULL
                    WHERE id = %s AND {ours}""",
                [reason, moment, pk, lease],
            )
            done.refused += cursor.rowcount
        for next_at, doubtful, pk in failed:
            cursor.execute(
                f"""UPDATE sis_outgoing SET next_at = %s, doubtful = doubtful OR %s, lease = '', leased_until = NULL
                    WHERE id = %s AND {ours}""",
                [next_at, doubtful, pk, lease],
            )
            done.failed += cursor.rowcount
        cursor.execute(
            f"""UPDATE sis_outgoing SET tries = tries - 1, lease = '', leased_until = NULL WHERE id = ANY(%s) AND {ours}""",
            [untried, lease],
        )
    _tell_the_schools([pk for _reason, pk in refused])
    _tell_who_asked([*accepted, *(pk for _reason, pk in refused)])
    _count(reached=bool(accepted or refused), failures=len(failed), moment=moment)
    return done


def _count(*, reached: bool, failures: int, moment: datetime) -> None:
    breaker = Breaker.objects.select_for_update().get(name=SYSTEM)
    before = breaker.failures
    breaker.failures = 0 if reached else before + failures
    broken = breaker.failures >= BREAKS_AFTER
    breaker.shut_until = moment + wait(breaker.failures - BREAKS_AFTER + 4) if broken else None
    breaker.save(update_fields=["failures", "shut_until"])
    if broken and before < BREAKS_AFTER:
        LOG.error("alarm: the school's system does not answer")
    elif before >= BREAKS_AFTER and not broken:
        LOG.info("the school's system answers again")


def _tell_the_schools(refused: list[int]) -> None:
    rows = Outgoing.rows.for_import().filter(pk__in=refused).select_related("student__school")
    SchoolNotice.objects.bulk_create(
        SchoolNotice(school=row.student.school, student=row.student, kind=SchoolNotice.Kind.NOT_TAKEN)
        for row in rows
        if row.student.school
    )


def _tell_who_asked(settled: list[int]) -> None:
    """Once for each change; that it was sent again later tells nothing."""
    rows = Outgoing.rows.for_import().filter(pk__in=settled, repairs=0).exclude(person=None)
    for row in rows.select_related("person", "student").order_by("pk"):
        section, _dot, _what = row.tells.partition(".")
        if section and row.person is not None:
            deeds.became(row.person, row.student, section, f"{row.tells}.{row.state}")


def wait(tries: int) -> timedelta:
    """How long until the next try: 1 s, 2 s, 4 s … 5 min, less up to half of it by chance so that tries spread out."""
    longest = min(LONGEST_WAIT.total_seconds(), 2.0 ** min(max(tries - 1, 0), 20))
    return timedelta(seconds=longest * random.uniform(0.5, 1))  # noqa: S311 - no secret


def next_due(clock: Clock = now) -> float | None:
    """Seconds until a waiting change is due; None when nothing waits."""
    with opened("worker", purpose="outbox"):
        first = (
            Outgoing.rows.for_import()
            .filter(state=Outgoing.State.WAITING)
            .order_by("next_at")
            .values_list("next_at", flat=True)
            .first()
        )
        shut = Breaker.objects.filter(name=SYSTEM).values_list("shut_until", flat=True).first()
    if first is None:
        return None
    return max(0.0, (max(filter(None, (first, shut))) - clock()).total_seconds())


def state() -> dict[str, Any]:
    """What waits, since when, and what was refused; for `portal jobs` and the page for operators."""
    with opened("worker", purpose="state of the outbox"), connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE state = 'waiting'), min(made_at) FILTER (WHERE state = 'waiting'),
                 count(*) FILTER (WHERE state = 'refused'), coalesce(sum(repairs), 0) FROM sis_outgoing"""
        )
        waiting, oldest, refused, repairs = cursor.fetchone()
        breaker = Breaker.objects.filter(name=SYSTEM).first()
    return {
        "to the school: waiting": waiting,
        "to the school: oldest": oldest,
        "to the school: refused": refused,
        "to the school: sent again after a check": repairs,
        "to the school: answers": breaker is None or breaker.failures < BREAKS_AFTER,
    }


def sealed(key: str, payload: Payload) -> bytes:
    """The payload as it lies in the outbox."""
    return seals.seal(json.dumps(payload, ensure_ascii=False).encode(), f"outgoing {key}")


def payload_of(row: Outgoing) -> Payload:
    """What a row says to the other side."""
    return _unsealed(row.key, row.sealed)


def _unsealed(key: str, sealed_: bytes | memoryview) -> Payload:
    return json.loads(seals.unseal(sealed_, f"outgoing {key}"))
