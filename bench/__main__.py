"""`make bench`: pages and imports measured on the demo district and on one of 40,000 students.

Beside every page, in the same run, its floor: the same server program answering with a fixed body of the same size
after the same SQL statements run by the bare driver. Compare the ratios; the milliseconds are this machine's.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench import paper
from portal.config import embedded

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "bench"
SIZES = tuple(int(n) for n in os.environ.get("BENCH_SIZES", "300,40000").split(","))
FULL = 400_000  # students of the district that `bench.full` makes up and leaves
SEARCHED = (10_000, max(40_000, *SIZES))  # students
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))  # medians of these
SECONDS = float(os.environ.get("BENCH_SECONDS", "1"))  # a round
CONNECTIONS = 4
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    result: dict[str, Any] = {"rounds": ROUNDS, "seconds": SECONDS, "sizes": {}}
    for students in SIZES:
        result["sizes"][students] = measure(students)
    result["search"] = [found("bench.search", str(students)) for students in SEARCHED]
    result["paper"] = paper.measure()
    result["letters"] = found("bench.letters", str(folder(SIZES[-1])))
    drained = subprocess.run(
        [sys.executable, "-m", "bench.outbox", "drain", "4000"], check=True, stdout=subprocess.PIPE, text=True
    )
    result["outbox"] = json.loads(drained.stdout)
    (ROOT / "bench" / "result.json").write_text(json.dumps(result, indent=1))
    print(table(result))
    print(
        f"A report card on paper: {result['paper']['cpu_ms']} ms of processor time (at most {paper.LIMITS['cpu_ms']}),"
        f" {result['paper']['mb']} MB (at most {paper.LIMITS['mb']}), {result['paper']['pdf_kb']} KB"
    )


def folder(students: int) -> Path:
    """Where the district of this size is; that of `bench.full` is not made up again."""
    return CACHE / ("full" if students == FULL else str(students))


def found(program: str, *arguments: str) -> dict[str, float]:
    """What another program of the bench prints last, as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure(students: int) -> dict[str, Any]:
    """One district: its import, then every page beside its floor."""
    data = folder(students)
    if students != FULL:
        shutil.rmtree(data, ignore_errors=True)
        print(f"{students} students: importing …", file=sys.stderr, flush=True)
    environment = {**os.environ, "DATA_DIR": str(data), "PORTAL_MODE": "demo", "REQUESTS_TIMES": "1000000"}
    with embedded.running(data):
        prepared = subprocess.run(
            [sys.executable, "-m", "bench.district", str(students)],
            env={**environment, "DJANGO_SETTINGS_MODULE": "portal.config.settings"},
            check=True, capture_output=False, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip
        facts = json.loads(prepared.splitlines()[-1])
        pages = data / "pages.json"
        pages.write_text(json.dumps(facts))
        above = {"DATABASE_URL": embedded.url(data).replace("//app@", "//postgres@")}
        above |= {"DATABASE_OWNER_URL": embedded.owner_url(data)}
        floor = {**environment, "BENCH_FLOOR": str(pages), "BENCH_DATABASE": embedded.url(data)}
        with (
            server("portal.config.wsgi:application", environment) as ours,
            server("bench.floor:application", floor) as bare,
            server("bench.unwalled:application", {**environment, **above}) as unwalled,
        ):
            for name, page in facts["pages"].items():
                print(f"{students} students: {name} …", file=sys.stderr, flush=True)
                page |= beside(
                    page, facts["cookie"], {"page": ours, "floor": bare, "unwalled": unwalled}, data
                )
            if students != FULL:
                facts["readers"] = readers(
                    facts["pages"]["F1 family home"], facts["cookie"], ours, environment
                )
    for page in facts["pages"].values():
        page["queries"] = len(page["queries"])
        page.pop("body", None)
        page.pop("headers", None)
    facts.pop("cookie")
    return facts


def readers(
    page: dict[str, Any], cookie: str, server_: "Server", environment: dict[str, str]
) -> dict[str, float]:
    """One reader after the other, for as long as the companion bundle takes to go in again, before that and after it."""
    bundle = Path(environment["DATA_DIR"]) / "bundles" / "companion"
    command = [sys.executable, "-m", "portal", "import", str(bundle), "--source", "sample-sis"]
    asked = [
        sys.executable,
        "-m",
        "bench.load",
        str(server_.port),
        page["method"],
        page["path"],
        json.dumps({"Cookie": f"family={cookie}"}),
    ]

    def p95(seconds: float) -> float:
        done = subprocess.run([*asked, str(seconds), "1"], check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(done.stdout)
        assert not found["failed"], found
        return found["p95_ms"]

    quiet = [p95(SECONDS) for _round in range(ROUNDS)]
    importing = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    time.sleep(1)  # until it has begun
    during = [p95(SECONDS)]
    while importing.poll() is None:
        during.append(p95(SECONDS))
    assert importing.returncode == 0, importing.returncode
    quiet += [p95(SECONDS) for _round in range(ROUNDS)]
    return {
        "p95_ms": statistics.median(quiet),
        "p95_ms_while_importing": statistics.median(during),
        "ratio": statistics.median(during) / statistics.median(quiet),
    }


def beside(page: dict[str, Any], cookie: str, servers: dict[str, "Server"], data: Path) -> dict[str, Any]:
    """Rounds in turn, so that all meet the same weather; medians of each figure and of the ratios."""
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
    for turn in range(ROUNDS + 1):
        for name, server_ in servers.items():
            found = one_round(page, cookie, server_, data)
            if turn == 0:
                continue  # warms up; a cold server on a busy machine may shed some
            if failed := found.pop("failed"):
                sys.exit(f"{page['path']}: {failed:.0f} requests failed")
            rounds[name].append(found)
    medians = {
        name: {key: round(statistics.median(found[key] for found in of), 3) for key in of[0]}
        for name, of in rounds.items()
    }
    return {
        **medians,
        "cpu_ratio_to_floor": round(_ratio(rounds["page"], rounds["floor"]), 2),
        "wall_costs_percent": round(100 * (_ratio(rounds["page"], rounds["unwalled"]) - 1), 1),
    }


def _ratio(these: list[dict[str, float]], those: list[dict[str, float]]) -> float:
    """How much more CPU a request takes, the database's with it; the median of the rounds, each beside its own."""
    return statistics.median(
        (a["portal_cpu_ms"] + a["database_cpu_ms"]) / (b["portal_cpu_ms"] + b["database_cpu_ms"])
        for a, b in zip(these, those, strict=True)
    )


def one_round(page: dict[str, Any], cookie: str, server_: "Server", data: Path) -> dict[str, float]:
    """Load for some seconds; CPU of the server's processes and of PostgreSQL, a request.

    What the limits counted is forgotten first: no clerk searches that often, and the bulk brake would stop this one.
    """
    with psycopg.connect(embedded.owner_url(data), options="-c app.kind=owner") as owner:
        owner.execute("TRUNCATE people_count")
    asked = [
        str(server_.port),
        page["method"],
        page["path"],
        json.dumps(page.get("headers") or {"Cookie": f"family={cookie}"}),
    ]
    asked += [str(SECONDS), str(CONNECTIONS)]
    if "body" in page:
        asked.append(urlencode(page["body"]))
    database = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    before = cpu(server_.pid), cpu(database)
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", *asked], check=True, stdout=subprocess.PIPE, text=True
    )
    after = cpu(server_.pid), cpu(database)
    found = json.loads(done.stdout)
    return {
        "failed": found["failed"],
        "per_second": found["per_second"],
        "p50_ms": found["p50_ms"],
        "p95_ms": found["p95_ms"],
        "portal_cpu_ms": 1000 * (after[0] - before[0]) / found["requests"],
        "database_cpu_ms": 1000 * (after[1] - before[1]) / found["requests"],
    }


class Server:
    """A running server: where it listens, and the process all its workers descend from."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid


@contextmanager
def server(application: str, environment: dict[str, str]) -> Iterator[Server]:
    """The server program as `portal run` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = Path(sys.executable).with_name("granian")
    command = [str(granian), "--interface", "wsgi", application, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "52", "--no-ws", "--log-level", "warning"]
    running = subprocess.Popen(command, env={"MALLOC_ARENA_MAX": "2"} | environment, cwd=ROOT)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(1)
        yield Server(port, running.pid)
    finally:
        running.terminate()
        running.wait(timeout=20)


def cpu(pid: int) -> float:
    """CPU seconds of a process and everything below it, children that ended included."""
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        if _descends(int(process.name), pid):
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            total += sum(map(int, fields[11:15])) / TICKS
    return total


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            return False
    return False


def table(result: dict[str, Any]) -> str:
    """The figures as a table for people."""
    lines = []
    for students, facts in result["sizes"].items():
        lines += ["", f"District of {students} students", ""]
        lines.append(
            f"{'page':<18}{'req/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'+ db':>7}{'queries':>9}"
            f"{'KB br':>7}{'floor req/s':>13}{'floor CPU':>11}{'ratio':>7}{'wall %':>8}"
        )
        for name, page in facts["pages"].items():
            ours, floor = page["page"], page["floor"]
            lines.append(
                f"{name:<18}{ours['per_second']:>8.0f}{ours['p50_ms']:>8.1f}{ours['p95_ms']:>8.1f}"
                f"{ours['portal_cpu_ms']:>8.2f}{ours['database_cpu_ms']:>7.2f}{page['queries']:>9}"
                f"{page['brotli'] / 1000:>7.1f}{floor['per_second']:>13.0f}"
                f"{floor['portal_cpu_ms'] + floor['database_cpu_ms']:>11.2f}{page['cpu_ratio_to_floor']:>7.2f}{page['wall_costs_percent']:>8.1f}"
            )
        if "import" in facts:
            load = facts["import"]
            lines.append(
                f"\nimport: {load['rows']:,.0f} rows in {load['seconds']:.1f} s ({load['rows_per_second']:,.0f} a second), "
                f"{load['ratio_to_copy']:.2f} of plain COPY; again without a change {load['seconds_again']:.1f} s; "
                f"one row in a hundred changed {load['seconds_of_changes']:.1f} s ({load['share_of_changes']:.1%} of the whole); "
                f"memory at most {load['peak_memory_mb']:.0f} MB"
            )
        if read := facts.get("readers"):
            lines.append(
                f"a reader while it runs: p95 {read['p95_ms_while_importing']:.0f} ms, {read['ratio']:.1f} times that of a quiet hour"
            )
    for each in result.get("search", []):
        lines.append(
            f"\nsearch among {each['students']:,} students, in the database, p95: a district post {each['district_student_p95_ms']} ms "
            f"(by parent {each['district_parent_p95_ms']}), one school {each['clerk_student_p95_ms']} ms "
            f"(by parent {each['clerk_parent_p95_ms']}); dashboard of the district {each['dashboard_ms']} ms"
        )
    if made := result.get("letters"):
        lines.append(
            f"\n{made['letters']:,} PIN letters in {made['seconds']} s; the worker took {made['worker_mb']} MB, the sheets {made['sheets_mb']} MB"
        )
    if sent := result.get("outbox"):
        lines.append(
            f"\noutbox: {sent['changes']:,} changes in {sent['seconds']:.1f} s, {sent['per_second']:,} a second, "
            f"to a school system that answers in {sent['answers_in_ms']} ms"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
