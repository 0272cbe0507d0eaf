"""How fast the outbox drains against a school system that answers in 5 ms, and the six hours without one at full size.

Usage: python -m bench.outbox [drain CHANGES | outage CHANGES PARENTS SEED]; prints one JSON object.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SECRET = "signs what goes to the simulator in measurements"
ANSWERS_IN_MS = 5


def main() -> None:
    what, *numbers = sys.argv[1:] or ["drain", "4000"]
    with tempfile.TemporaryDirectory(prefix="outbox-", dir="/tmp") as folder:
        os.environ.update(
            DATA_DIR=folder,
            PORTAL_MODE="demo",
            DJANGO_SETTINGS_MODULE="portal.config.settings",
            SIS_SECRET=SECRET,
        )
        from portal.config import embedded

        with embedded.running(Path(folder)):
            import django

            django.setup()
            from portal.config import house

            house.migrate()
            measured = (drain if what == "drain" else outage_)(*map(int, numbers))
    print(json.dumps(measured))
    sys.exit(1 if measured.get("faults") else 0)


def _students(count: int) -> list[Any]:
    from portal.people.asking import opened
    from portal.students.models import Student
    from tests.cast import rostered

    with opened("demo"):
        return Student.objects.bulk_create(
            [Student(**rostered(f"s{n}"), student_id=f"S{n}") for n in range(count)], batch_size=1000
        )


def drain(changes: int) -> dict[str, Any]:
    """So many changes of as many students, sent by one worker; the other side is a process of its own."""
    from portal.people.asking import opened
    from portal.sis import outbox
    from portal.sis.connectors import SignedHttp

    for student in _students(changes):
        payload = {"student": student.sourced_id, "guardian": "g", "fields": {"cell": "+12135550142"}}
        with opened("demo"):
            outbox.put([outbox.Change(student, "emergency.numbers", payload)])
    command = [sys.executable, "-m", "simulators.sis", "--slow-ms", str(ANSWERS_IN_MS)]
    simulator = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert simulator.stdout
        way = SignedHttp(simulator.stdout.readline().strip(), SECRET)
        began = time.perf_counter()
        done = outbox.drain(way)
        seconds = time.perf_counter() - began
    finally:
        simulator.terminate()
        simulator.wait()
    return {
        "changes": done.accepted,
        "answers_in_ms": ANSWERS_IN_MS,
        "seconds": round(seconds, 2),
        "per_second": round(done.accepted / seconds),
        "faults": [] if done.accepted == changes else [f"{done.accepted} of {changes} went"],
    }


def outage_(changes: int, parents: int, seed: int) -> dict[str, Any]:
    """Six simulated hours without an answer; see outage.py."""
    from bench import outage
    from portal.sis.connectors import SignedHttp
    from simulators.sis.server import Simulator
    from simulators.sis.store import Store

    simulator = Simulator(0, Store(None), SECRET)
    threading.Thread(target=simulator.serve_forever, daemon=True).start()
    began = time.perf_counter()
    verdict = outage.run(simulator, SignedHttp(simulator.url, SECRET), _students(parents), changes, seed)
    simulator.shutdown()
    return {
        "changes": verdict.changes,
        "parents": parents,
        "seed": seed,
        "tried_while_away": verdict.tried_while_away,
        "seconds": round(time.perf_counter() - began, 1),
        "faults": verdict.faults,
    }


if __name__ == "__main__":
    main()
