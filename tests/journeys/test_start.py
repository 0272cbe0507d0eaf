"""Starting, stopping, starting again, and importing beside a running portal."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.journeys.conftest import ROOT, free_port, started
from tests.journeys.walking import Portal

DATA = ROOT / ".cache" / "start"


def processes_of(data: Path) -> list[str]:
    """Command lines of running processes that were started for this data folder, this test aside."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        try:
            surroundings = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if command and (f"DATA_DIR={data}".encode() + b"\0" in surroundings + b"\0" or f"{data}/" in command):
            found.append(command)
    return found


def test_a_second_start_keeps_the_data_and_ctrl_c_leaves_nothing_running() -> None:
    subprocess.run(["rm", "-rf", str(DATA)], check=True)
    port = free_port()
    with started(DATA, port):
        first = httpx.get(f"http://127.0.0.1:{port}/demo/").text
        assert processes_of(DATA)
    assert processes_of(DATA) == []
    with started(DATA, port):
        second = httpx.get(f"http://127.0.0.1:{port}/demo/").text
    assert processes_of(DATA) == []

    pins = re.findall(r'data-pin="\d{8}"', first)
    assert len(pins) > 5
    assert re.findall(r'data-pin="\d{8}"', second) == pins
    said = DATA.with_suffix(".log").read_text()
    assert f"Parent Portal is running at http://127.0.0.1:{port}/\n" in said
    assert "Filling the demo" not in said
    assert "marisol.reyes@example.org" in said


def test_a_dry_run_beside_the_running_portal_disturbs_nothing(portal: Portal) -> None:
    def counts() -> list[tuple[object, ...]]:
        tables = ("students_student", "family_guardianship", "attendance_mark", "people_person")
        return [
            portal.database.execute(f"SELECT count(*), max(xmin::text::bigint) FROM {table}").fetchall()[0]
            for table in tables
        ]

    before, answers = counts(), []
    bundle = next(
        path for path in sorted((portal.data / "bundles").iterdir()) if "oneroster" in path.name.lower()
    )
    dry = subprocess.Popen(
        [sys.executable, "-m", "portal", "import", str(bundle), "--source", "sample-sis", "--dry-run"],
        env=portal.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while dry.poll() is None:
        answers.append(httpx.get(f"{portal.url}/login/", timeout=10).status_code)
    said = dry.communicate()[0]

    assert dry.returncode == 0, said
    assert set(answers) == {200}
    assert counts() == before
