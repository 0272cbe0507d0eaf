"""A district of two children, written as the files a school would send, to be bent by a test."""

import csv
import io
from pathlib import Path
from typing import Any

from portal.sis.report import Report
from portal.sis.taking import take_in

Table = list[dict[str, str]]
HEAD = {"sourcedId": "", "status": "", "dateLastModified": ""}


def row(sourced_id: str, **cells: str) -> dict[str, str]:
    return {**HEAD, "sourcedId": sourced_id, **cells}


def user(sourced_id: str, role: str, given: str, family: str, **more: str) -> dict[str, str]:
    """A row of users.csv in 1.1."""
    cells = {
        "enabledUser": "true", "orgSourcedIds": "oak", "role": role, "username": sourced_id, "givenName": given,
        "familyName": family, "middleName": "", "identifier": "", "email": "", "phone": "", "agentSourcedIds": "",
        "grades": "", "password": "",
    }  # fmt: skip
    return row(sourced_id, **(cells | more))


def roster() -> dict[str, Table]:
    """OneRoster 1.1: Ana and Ben at Oak, Ana's mother, Mr Ortiz who teaches them Algebra."""
    return {
        "orgs": [
            row("district", name="Sample Unified", type="district", parentSourcedId=""),
            row("oak", name="Oak School", type="school", parentSourcedId="district"),
        ],
        "academicSessions": [
            row("year", title="2026-27", type="schoolYear", startDate="2026-08-13", endDate="2027-06-04",
                parentSourcedId="", schoolYear="2027"),
            row("fall", title="Fall", type="semester", startDate="2026-08-13", endDate="2026-12-18",
                parentSourcedId="year", schoolYear="2027"),
        ],
        "courses": [row("alg", title="Algebra 1", courseCode="310301", orgSourcedId="district")],
        "classes": [
            row("alg-1", title="Algebra 1", classCode="1", classType="scheduled", location="12", periods="1",
                courseSourcedId="alg", schoolSourcedId="oak", termSourcedIds="fall"),
        ],
        "users": [
            user("ana", "student", "Ana", "Reyes", identifier="204518x327", grades="9", agentSourcedIds="marisol"),
            user("ben", "student", "Ben", "Okafor", identifier="204519X328", grades="09"),
            user("marisol", "parent", "Marisol", "Reyes", email="marisol@example.org", phone="(213) 555-0142"),
            user("ortiz", "teacher", "Daniel", "Ortiz", email="ortiz@staff.example.org"),
        ],
        "demographics": [row("ana", birthDate="2012-03-14", cityOfBirth="Far away"), row("ben", birthDate="2012-06-02")],
        "enrollments": [
            row("e-ana", classSourcedId="alg-1", schoolSourcedId="oak", userSourcedId="ana", role="student",
                primary="", beginDate="2026-08-13", endDate="2026-12-18"),
            row("e-ben", classSourcedId="alg-1", schoolSourcedId="oak", userSourcedId="ben", role="student",
                primary="", beginDate="2026-08-13", endDate=""),
            row("e-ortiz", classSourcedId="alg-1", schoolSourcedId="oak", userSourcedId="ortiz", role="teacher",
                primary="true", beginDate="", endDate=""),
        ],
    }  # fmt: skip


def companion() -> dict[str, Table]:
    """Marisol is Ana's mother with full rights; Ana was late one day."""
    return {
        "guardianships": [right("ana", "marisol")],
        "attendance": [
            row("a-1", studentSourcedId="ana", schoolSourcedId="oak", date="2026-09-14", scope="day", classSourcedId="",
                period="", category="tardy", minutesMissed="5", enteredAt="2026-09-14T16:05:00.000Z", reasonText=""),
        ],
    }  # fmt: skip


def right(student: str, guardian: str, **more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": student, "guardianSourcedId": guardian, "relationship": "mother",
        "educationalRights": "full", "accessRestriction": "none", "language": "es", "beginDate": "", "endDate": "",
    }  # fmt: skip
    return row(f"{student}.{guardian}", **(cells | more))


def csv_of(table: Table) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def write(
    folder: Path,
    tables: dict[str, Table | bytes],
    *,
    version: str = "1.1",
    mode: str = "bulk",
    **manifest: str,
) -> Path:
    """A bundle folder. manifest: further lines; `source` names the sending system."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    kind = "companion" if version == "1.0" else "oneroster"
    lines = ["propertyName,value", "manifest.version,1.0", f"{kind}.version,{version}"]
    lines += [f"file.{name},{mode}" for name in tables]
    lines += [f"{name},{value}" for name, value in manifest.items()]
    (folder / "manifest.csv").write_text("\r\n".join(lines) + "\r\n")
    for name, table in tables.items():
        (folder / f"{name}.csv").write_bytes(table if isinstance(table, bytes) else csv_of(table))
    return folder


def take(path: Path, source: str | None = None, *, dry_run: bool = False) -> Report:
    return take_in(path, source, dry_run=dry_run, progress=lambda *_: None)


def take_roster(tmp_path: Path, tables: dict[str, Any] | None = None, **more: Any) -> Report:
    """Takes a roster in, the small one unless told otherwise."""
    return take(write(tmp_path / "roster", tables or roster(), **more))


def take_companion(tmp_path: Path, tables: dict[str, Any] | None = None, **more: Any) -> Report:
    return take(write(tmp_path / "companion", tables or companion(), **({"version": "1.0"} | more)))


def changes(report: Report) -> dict[str, tuple[int, int, int]]:
    """Added, changed and ended rows of each file that had any."""
    counted = {name: (about.added, about.changed, about.ended) for name, about in report.files.items()}
    return {name: counts for name, counts in counted.items() if any(counts)}


def asides(report: Report) -> list[tuple[str, int, str, str]]:
    """The rows put aside: file, line, column, reason."""
    return [(row.file, row.line, row.column, row.reason) for row in report.aside]


def repairs(report: Report) -> set[tuple[str, str, str, int]]:
    """What was repaired: file, column, reason, rows."""
    return {
        (name, column, code, found.count)
        for name, about in report.files.items()
        for (column, code), found in about.repaired.items()
    }
