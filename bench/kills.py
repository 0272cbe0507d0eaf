"""kill -9 of web, worker, import and database at random points while parents save and two rosters come in by turns: is
anything lost, doubled or out of order, and is half an import ever to be seen?

Usage: python -m bench.kills [ROUNDS] [SEED]. Prints the seed, then a verdict as JSON; exit status 1 when a promise broke.
"""

import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
SECRET = "signs what goes to the simulator while parts are killed"
PARTS = ("web", "worker", "import", "database")
PARENTS = 4
CLASSMATES = 120  # in the rosters that come in


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(1_000_000)
    print(f"{rounds} rounds, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="kills-", dir="/tmp") as folder:
        verdict = Rounds(Path(folder), seed).run(rounds)
    print(json.dumps(verdict))
    sys.exit(1 if verdict["faults"] else 0)


class Rounds:
    """The portal's parts as processes of their own, and parents who do not give up."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data, self.chance = data, random.Random(seed)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.database: AbstractContextManager[None]
        self.enough = threading.Event()
        self.acknowledged: dict[str, list[str]] = defaultdict(list)  # cells by student, in the order answered
        self.killed: dict[str, int] = dict.fromkeys(PARTS, 0)
        self.half_seen: list[str] = []
        self.imports = 0  # that went in

    def run(self, rounds: int) -> dict[str, Any]:
        os.environ.update(
            DATA_DIR=str(self.data), PORT=str(self.port), PORTAL_MODE="demo",
            DJANGO_SETTINGS_MODULE="portal.config.settings", SIS_SECRET=SECRET,
        )  # fmt: skip
        from simulators.sis.server import Simulator
        from simulators.sis.store import Store

        simulator = Simulator(0, Store(self.data / "sis.sqlite3"), SECRET)
        threading.Thread(target=simulator.serve_forever, daemon=True).start()
        os.environ["SIS_URL"] = simulator.url
        self.start("database")
        try:
            families = self.prepare()
            for part in ("web", "worker", "import"):
                self.start(part)
            parents = [threading.Thread(target=self.parent, args=family) for family in families]
            for parent in parents:
                parent.start()
            self.await_answers()
            for _ in range(rounds):
                time.sleep(self.chance.uniform(0, 1))
                self.kill(self.chance.choice(PARTS))
                self.await_answers()
                self.look()
            self.end("import")
            self.enough.set()
            for parent in parents:
                parent.join(120)
            faults = self.half_seen + (
                self.judge(simulator)
                if not any(p.is_alive() for p in parents)
                else ["a parent never got an answer"]
            )
        finally:
            self.enough.set()
            for part in self.running:
                self.end(part)
            self.database.__exit__(None, None, None)
            simulator.shutdown()
        saved = sum(map(len, self.acknowledged.values()))
        told = {"acknowledged": saved, "imports": self.imports, "faults": faults}
        return {"rounds": rounds, "killed": self.killed, **told}

    def prepare(self) -> list[tuple[str, str, str]]:
        """A school with parents who are signed in: (sourcedId of the child, its reference, cookie)."""
        import django

        django.setup()
        from portal.config import house
        from portal.people.asking import opened

        house.migrate()
        self.rosters()
        with opened("demo"):
            return self.families()

    def rosters(self) -> None:
        """Two sets of the same class, in which every child and every place is another than in the other set."""
        from tests.sis import small

        for name, ends in (("Ana", "2026-12-18"), ("Ben", "2026-12-17")):
            tables = small.roster()
            tables["users"] = [
                small.user(f"c{n}", "student", name, f"N{n}", identifier=f"C{n}") for n in range(CLASSMATES)
            ]
            tables["enrollments"] = [
                small.row(f"e{n}", classSourcedId="alg-1", schoolSourcedId="oak", userSourcedId=f"c{n}", role="student",
                          primary="", beginDate="2026-08-13", endDate=ends)
                for n in range(CLASSMATES)
            ]  # fmt: skip
            tables["demographics"] = [small.row("c0", birthDate="2012-03-14")]
            small.write(self.data / "rosters" / name, tables)

    def look(self) -> None:
        """What everybody can see of the rosters is one of the two sets, whole."""
        from django.db import DatabaseError, connections

        from portal.people.asking import opened
        from portal.sis.models import Run
        from portal.students.models import Enrollment

        for _try in range(20):
            try:
                with opened("importer"):
                    seen = Enrollment.objects.filter(source="kills", active=True)
                    states = [
                        (name, ends.day) for name, ends in seen.values_list("student__given_name", "ends")
                    ]
                    self.imports = Run.objects.filter(source="kills", verdict="applied").count()
            except DatabaseError:
                connections["default"].close()
                connections["default"].close_pool()
                time.sleep(0.3)
            else:
                if states and states not in ([("Ana", 18)] * CLASSMATES, [("Ben", 17)] * CLASSMATES):
                    self.half_seen.append(f"half an import: {sorted(set(states))}, {len(states)} rows")
                return
        self.half_seen.append("the database did not come back")

    def families(self) -> list[tuple[str, str, str]]:
        from portal.family.models import Guardian
        from portal.people.sessions import SessionStore
        from tests import cast

        made = cast.make()
        families = []
        for n in range(PARENTS):
            student = made.ana.__class__.objects.create(
                **cast.rostered(f"s{n}"), student_id=f"S{n}", given_name=f"N{n}", grade="03", school=made.oak,
                entered_on=made.ana.entered_on, birth_date=made.ben.birth_date,
            )  # fmt: skip
            guardian = Guardian.objects.create(**cast.rostered(f"g{n}"), given_name=f"P{n}")
            person = cast.person("P", str(n), f"p{n}@example.org")
            cast.link(person, cast.guardianship(student, guardian))
            session = SessionStore()
            session.sign_in(person, own_device=True, device="Test")
            session.save()
            families.append((student.sourced_id, student.ref, session.session_key or ""))
        return families

    def parent(self, student: str, ref: str, cookie: str) -> None:
        """Saves a new number again and again; without an answer the same form goes again, with its one-time key."""
        address = f"http://127.0.0.1:{self.port}/students/{ref}/emergency-contacts/change/"
        token, n = secrets.token_hex(16), 0
        while not self.enough.is_set():
            n += 1
            cell = f"+1213{int(student[1:]) + 200}{n:04}"
            form = {
                "cell": cell, "preferred": "cell", "contact_by": "call", "once": secrets.token_urlsafe(32),
                "csrfmiddlewaretoken": token,
            }  # fmt: skip
            while True:
                with suppress(httpx.HTTPError):
                    answer = httpx.post(
                        address, data=form, cookies={"family": cookie, "form": token}, timeout=10,
                        headers={"Origin": f"http://127.0.0.1:{self.port}"},
                    )  # fmt: skip
                    if answer.status_code == 302 and "done=change" in answer.headers["Location"]:
                        break
                time.sleep(0.2)
            self.acknowledged[student].append(cell)
            time.sleep(0.6)

    def await_answers(self) -> None:
        """Until parents have got two answers more; a part that went down with another is started again."""
        wanted, deadline = sum(map(len, self.acknowledged.values())) + 2, time.monotonic() + 60
        while sum(map(len, list(self.acknowledged.values()))) < wanted and time.monotonic() < deadline:
            time.sleep(0.1)
            for part in self.running:
                if self.running[part].poll() is not None:
                    self.start(part)

    def start(self, part: str) -> None:
        from portal.config import embedded

        if part == "database":
            self.database = embedded.running(self.data)
            self.database.__enter__()
            return
        python = Path(sys.executable)
        commands = {
            "web": [
                str(python.with_name("granian")), "--interface", "wsgi", "portal.config.wsgi:application",
                "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--blocking-threads", "2",
                "--no-ws", "--log-level", "critical",
            ],
            "worker": [str(python), "-m", "bench.worker"],
            "import": [str(python), "-m", "bench.importing", *map(str, sorted((self.data / "rosters").iterdir()))],
        }  # fmt: skip
        self.running[part] = subprocess.Popen(
            commands[part], cwd=ROOT, env=dict(os.environ), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self, part: str) -> None:
        """kill -9, and a new one in its place."""
        self.killed[part] += 1
        if part == "database":
            postmaster = int((self.data / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
            time.sleep(0.3)  # its children notice and go
        else:
            self.end(part)
        self.start(part)

    def end(self, part: str) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.running[part].pid, signal.SIGKILL)
        self.running[part].wait()

    def judge(self, simulator: Any) -> list[str]:
        """Drains what is left, as if the leases of the dead had run out, and compares."""
        from django.db import connections
        from django.utils.timezone import now

        from portal.people.asking import opened
        from portal.sections.emergency_contacts.models import NumberChange
        from portal.sis import outbox
        from portal.sis.connectors import SignedHttp
        from portal.sis.models import Outgoing

        for each in connections.all():  # those of the pool may lead to a database that was killed
            each.close()
            each.close_pool()
        self.end("worker")
        while outbox.drain(SignedHttp(simulator.url, SECRET), lambda: now() + timedelta(minutes=6)).any:
            pass
        log = [line for line in simulator.store.log() if line["effect"] == "applied"]
        got: dict[str, list[str]] = defaultdict(list)
        for line in log:
            got[line["student"]].append(line["fields"]["cell"])
        faults = []
        for student, cells in self.acknowledged.items():
            if got[student] != cells:
                faults.append(f"{student}: acknowledged {len(cells)}, applied {len(got[student])}")
        if len({line["key"] for line in log}) != len(log):
            faults.append("a change was applied twice")
        with opened("worker"):
            kept = NumberChange.rows.for_import().filter(field="cell").count()
            waiting = Outgoing.rows.for_import().exclude(state="accepted").count()
        if kept != sum(map(len, self.acknowledged.values())):
            faults.append(f"{kept} changes kept")
        if waiting:
            faults.append(f"{waiting} changes not accepted")
        return faults


if __name__ == "__main__":
    main()
