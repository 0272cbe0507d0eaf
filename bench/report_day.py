"""`python -m bench.report_day`: a day when everybody looks, on districts of several sizes; the table of docs/performance.md.

Visitors come at their own times, whether the last one was answered or not: 100 a second for BENCH_SECONDS, then three times
as many for a quarter of it, then as before. Sizes are BENCH_DISTRICTS. Figures go to bench/report_day.json as well.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.__main__ import CACHE, FULL, ROOT, cpu, folder, server
from portal.config import embedded

SIZES = tuple(int(n) for n in os.environ.get("BENCH_DISTRICTS", "4000,40000").split(","))
SECONDS = float(os.environ.get("BENCH_SECONDS", "30"))
PER_SECOND = float(os.environ.get("BENCH_PER_SECOND", "100"))
FAMILIES = int(os.environ.get("BENCH_FAMILIES", "300"))
CONNECTIONS = 100
KB = 1000


def main() -> None:
    result = {"per_second": PER_SECOND, "seconds": SECONDS, "sizes": {size: measure(size) for size in SIZES}}
    (ROOT / "bench" / "report_day.json").write_text(json.dumps(result, indent=1))
    print(table(result))


def measure(students: int) -> dict[str, Any]:
    """One district, kept from run to run: three stretches of load, each with what it cost."""
    data = folder(students) if students == FULL else CACHE / f"day-{students}"
    environment = {
        **os.environ, "DATA_DIR": str(data), "PORTAL_MODE": "demo", "REQUESTS_TIMES": "1000000",
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
    }  # fmt: skip
    with embedded.running(data):
        filled = data / "filled"
        if not filled.exists() and students != FULL:
            print(f"{students} students: importing …", file=sys.stderr, flush=True)
            _run("-m", "portal", "demo", "--students", str(students), environment=environment)
            filled.touch()
        _run("-c", COLLECT, environment=environment)
        plan = {"kinds": json.loads(_run("-m", "bench.visitors", str(FAMILIES), environment=environment))}
        plan |= {"connections": CONNECTIONS, "seed": 1}
        database = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        with server("portal.config.wsgi:application", environment) as ours:
            plan["port"] = ours.port
            file, stretches = data / "plan.json", {}
            rest = memory(ours.pid)
            for name, times, part in (
                ("warm", 0.5, 0.2),
                ("load", 1, 1),
                ("overload", 3, 0.25),
                ("after", 1, 0.25),
            ):
                print(f"{students} students: {name} …", file=sys.stderr, flush=True)
                file.write_text(
                    json.dumps(plan | {"per_second": PER_SECOND * times, "seconds": SECONDS * part})
                )
                stretches[name] = _stretch(file, ours.pid, database, environment)
    return {"memory_at_rest_mb": rest, **stretches}


COLLECT = "import django; django.setup(); from portal.config import house; house.collect_files()"


def _stretch(plan: Path, portal: int, database: int, environment: dict[str, str]) -> dict[str, Any]:
    before = cpu(portal), cpu(database)
    with _watched(portal) as seen:
        found = json.loads(_run("-m", "bench.load", str(plan), environment=environment))
    after = cpu(portal), cpu(database)
    found["portal_cpu_ms"] = round(1000 * (after[0] - before[0]) / found["asked"], 2)
    found["database_cpu_ms"] = round(1000 * (after[1] - before[1]) / found["asked"], 2)
    found["memory_mb"] = [min(seen), max(seen), seen[-1]]  # of the largest web process: least, most, last
    return found


@contextmanager
def _watched(portal: int) -> Iterator[list[float]]:
    seen, over = [memory(portal)], threading.Event()

    def watch() -> None:
        while not over.wait(1):
            seen.append(memory(portal))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()


def memory(parent: int) -> float:
    """MB of the largest process below this one that are its own, shared pages in equal parts."""
    sizes = [0.0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int((process / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                line = next(
                    each
                    for each in (process / "smaps_rollup").read_text().splitlines()
                    if each.startswith("Pss:")
                )
                sizes.append(int(line.split()[1]) / 1024)
        except (FileNotFoundError, ProcessLookupError, PermissionError, StopIteration):
            continue
    return round(max(sizes), 1)


def _run(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.splitlines()[-1] if done.stdout else ""


def table(result: dict[str, Any]) -> str:
    """The figures for people."""
    lines = []
    for students, facts in result["sizes"].items():
        lines += [
            "",
            f"District of {students} students; a web process at rest {facts['memory_at_rest_mb']} MB",
            "",
        ]
        lines.append(
            f"{'stretch':<10}{'kind':<18}{'asked/s':>8}{'good':>7}{'p50':>7}{'p95':>8}{'p99':>8}{'KB':>7}{'refused':>9}{'in ms':>8}  else"
        )
        for stretch in ("load", "overload", "after"):
            found = facts[stretch]
            for kind, of in {"all": found["all"], **found["kinds"]}.items():
                other = {
                    status: n
                    for status, n in of["statuses"].items()
                    if status not in ("200", "302", "303", "503")
                }
                share = of["good"] + of["refused"] + sum(other.values())
                lines.append(
                    f"{stretch:<10}{kind:<18}{share / found['seconds']:>8.1f}{of['good']:>7}{of['p50_ms'] or 0:>7.0f}{of['p95_ms'] or 0:>8.0f}"
                    f"{of['p99_ms'] or 0:>8.0f}{(of['bytes'] or 0) / KB:>7.1f}{of['refused']:>9}{of['refused_p95_ms'] or 0:>8.0f}  {other or ''}"
                )
            lines.append(
                f"{'':<10}CPU a request: portal {found['portal_cpu_ms']} ms, database {found['database_cpu_ms']} ms;"
                f" good {found['good_per_second']} a second; MB {found['memory_mb']}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
