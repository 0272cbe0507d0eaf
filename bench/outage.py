"""The school's system is away for hours while parents go on saving; then it comes back. What did it get?"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import now

from portal.people.asking import opened
from portal.sis import outbox
from portal.sis.connectors import SignedHttp
from portal.sis.models import Outgoing
from portal.students.models import Student
from simulators.sis.server import Simulator

AWAY = timedelta(hours=6)
STEP = timedelta(minutes=1)


@dataclass
class Verdict:
    """What a run showed; `faults` is empty when every promise was kept."""

    changes: int
    tried_while_away: int
    faults: list[str]


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


def run(
    simulator: Simulator, connector: SignedHttp, parents: Sequence[Student], changes: int, seed: int
) -> Verdict:
    """Saves so many changes of these students' parents over six hours without an answer, then drains."""
    chance, clock = random.Random(seed), Clock()
    made: dict[str, list[str]] = defaultdict(list)  # keys by student, in the order saved
    simulator.faults.down = 100
    minutes = int(AWAY / STEP)
    tries = 0
    for minute in range(minutes):
        for number in range(changes * minute // minutes, changes * (minute + 1) // minutes):
            student = parents[number % len(parents)] if number < len(parents) else chance.choice(parents)
            cell = f"+1213{chance.randrange(200, 999)}{number % 10_000:04}"
            with opened("demo"):
                payload = {"student": student.sourced_id, "guardian": "g", "fields": {"cell": cell}}
                (row,) = outbox.put([outbox.Change(student, "emergency.numbers", payload)])
            made[student.sourced_id].append(row.key)
        tries += outbox.drain(connector, clock).failed
        clock.at += STEP
    assert not simulator.store.log()
    simulator.faults.down = 0
    clock.at += outbox.LONGEST_WAIT  # the longest a change waits for its next try
    while outbox.drain(connector, clock).any:
        clock.at += timedelta(seconds=1)
    return Verdict(changes, tries, list(_faults(simulator, made)))


def _faults(simulator: Simulator, made: dict[str, list[str]]) -> list[str]:
    log = [line for line in simulator.store.log() if line["effect"] != "repeat"]
    got: dict[str, list[str]] = defaultdict(list)
    for line in log:
        got[line["student"]].append(line["key"])
    faults = []
    if odd := {line["effect"] for line in log} - {"applied"}:
        faults.append(f"effects {sorted(odd)}")
    if got != made:
        wrong = [student for student in made if got[student] != made[student]]
        faults.append(
            f"{len(wrong)} students whose changes were lost, doubled or out of order, like {wrong[:3]}"
        )
    with opened("worker"):
        accepted = Outgoing.rows.for_import().filter(state=Outgoing.State.ACCEPTED)
        ledger = sorted(accepted.values_list("key", flat=True))
    if ledger != sorted(line["key"] for line in log):
        faults.append("the ledger and the simulator's log differ")
    return faults
