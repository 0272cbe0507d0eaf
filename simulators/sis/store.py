"""What the simulator keeps, in a SQLite file of its own: resources, contact cards, and a log of every change it met."""

import csv
import io
import json
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulators.sis import oneroster

SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
  collection TEXT NOT NULL, sourced_id TEXT NOT NULL, modified TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (collection, sourced_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_date ON resource (collection, modified);
CREATE TABLE IF NOT EXISTS pair (student TEXT NOT NULL, guardian TEXT NOT NULL, PRIMARY KEY (student, guardian)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS card (
  student TEXT NOT NULL, guardian TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, "by" TEXT NOT NULL,
  PRIMARY KEY (student, guardian, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken (key TEXT PRIMARY KEY, digest TEXT NOT NULL, payload TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
  n INTEGER PRIMARY KEY, at TEXT NOT NULL, key TEXT NOT NULL, student TEXT NOT NULL, guardian TEXT NOT NULL,
  fields TEXT NOT NULL, effect TEXT NOT NULL);
"""


class Store:
    """One file, one connection, one writer at a time; a change is on the disk's side of things before it is answered."""

    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.executescript(SCHEMA)

    def load(self, *bundles: Path) -> None:
        """Fills an empty store from bundle folders or ZIP files; one that has resources keeps what it has."""
        if self.ask("SELECT 1 FROM resource LIMIT 1"):
            return
        with self.lock:
            self.db.execute("BEGIN")
            rows = {name: list(of) for bundle in bundles for name, of in _files(bundle)}
            modified = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            for collection, bodies in oneroster.resources(rows, modified):
                self.db.executemany(
                    "INSERT OR REPLACE INTO resource VALUES (?, ?, ?, ?)",
                    (
                        (collection, body["sourcedId"], body["dateLastModified"], json.dumps(body))
                        for body in bodies
                    ),
                )
            pairs = [
                (row["studentSourcedId"], row["guardianSourcedId"]) for row in rows.get("guardianships", [])
            ]
            self.db.executemany("INSERT OR IGNORE INTO pair VALUES (?, ?)", pairs)
            kinds = {"mobile": "cell", "home": "home", "work": "work"}
            numbers: dict[str, list[tuple[str, str]]] = {}
            for row in rows.get("contactPoints", []):
                if row["kind"] in kinds:
                    numbers.setdefault(row["userSourcedId"], []).append((kinds[row["kind"]], row["value"]))
                    if row["isPrimary"] == "true":
                        numbers[row["userSourcedId"]].append(("preferred", kinds[row["kind"]]))
            self.db.executemany(
                """INSERT OR REPLACE INTO card VALUES (?, ?, ?, ?, 'school')""",
                (
                    (student, guardian, field, json.dumps(value))
                    for student, guardian in pairs
                    for field, value in numbers.get(guardian, [])
                ),
            )
            self.db.execute("COMMIT")

    def ask(self, sql: str, *values: Any) -> list[Any]:
        with self.lock:
            return self.db.execute(sql, values).fetchall()

    def knows(self, student: str, guardian: str) -> str:
        """Empty, or the code of what it does not know. A store without any pair knows everybody."""
        if not self.ask("SELECT 1 FROM pair LIMIT 1"):
            return ""
        if not self.ask("SELECT 1 FROM pair WHERE student = ? LIMIT 1", student):
            return "unknown_student"
        return (
            ""
            if self.ask("SELECT 1 FROM pair WHERE student = ? AND guardian = ?", student, guardian)
            else "unknown_guardian"
        )

    def take(self, key: str, digest: str, payload: dict[str, Any], *, forget_keys: bool = False) -> str:
        """Applies a change once: "applied", "repeat" for a key seen before, "conflict" for its key with other content."""
        student, guardian, fields = payload["student"], payload["guardian"], payload["fields"]
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            seen = self.db.execute("SELECT digest FROM taken WHERE key = ?", (key,)).fetchone()
            effect = "applied"
            if seen and not forget_keys:
                effect = "repeat" if seen[0] == digest else "conflict"
            if effect == "applied":
                self.db.execute(
                    "INSERT OR REPLACE INTO taken VALUES (?, ?, ?)", (key, digest, json.dumps(payload))
                )
                self.db.executemany(
                    "INSERT OR REPLACE INTO card VALUES (?, ?, ?, ?, 'portal')",
                    ((student, guardian, name, json.dumps(value)) for name, value in fields.items()),
                )
            self._log(key, payload, effect)
            self.db.execute("COMMIT")
        return effect

    def note(self, key: str, payload: dict[str, Any], effect: str) -> None:
        """A line in the log for what had no effect: refused, or a lie."""
        with self.lock:
            self._log(key, payload, effect)

    def _log(self, key: str, payload: dict[str, Any], effect: str) -> None:
        self.db.execute(
            "INSERT INTO log (at, key, student, guardian, fields, effect) VALUES (?, ?, ?, ?, ?, ?)",
            (
                datetime.now(UTC).isoformat(), key, str(payload.get("student")), str(payload.get("guardian")),
                json.dumps(payload.get("fields")), effect,
            ),
        )  # fmt: skip

    def stands(self, key: str) -> dict[str, Any] | None:
        """What stands now in the fields of a change that was taken; None for an unknown key."""
        found = self.ask("SELECT payload FROM taken WHERE key = ?", key)
        if not found:
            return None
        payload = json.loads(found[0][0])
        card = {
            field: {"value": json.loads(value), "by": by}
            for field, value, by in self.ask(
                'SELECT field, value, "by" FROM card WHERE student = ? AND guardian = ?',
                payload["student"],
                payload["guardian"],
            )
        }
        return {name: card[name] for name in payload["fields"] if name in card}

    def write(self, student: str, guardian: str, field: str, value: Any) -> None:
        """Somebody at school changes a card."""
        self.ask(
            "INSERT OR REPLACE INTO card VALUES (?, ?, ?, ?, 'school')",
            student,
            guardian,
            field,
            json.dumps(value),
        )

    def lose(self, key: str) -> None:
        """The change of this key never happened: for tests of the portal's reconciliation."""
        for payload in self.ask("SELECT payload FROM taken WHERE key = ?", key):
            said = json.loads(payload[0])
            for field in said["fields"]:
                self.ask(
                    "DELETE FROM card WHERE student = ? AND guardian = ? AND field = ?",
                    said["student"], said["guardian"], field,
                )  # fmt: skip
        self.ask("DELETE FROM taken WHERE key = ?", key)

    def cards(self) -> list[dict[str, Any]]:
        """Every card that has a value, for pages and tests."""
        cards: dict[tuple[str, str], dict[str, Any]] = {}
        for student, guardian, field, value in self.ask("SELECT student, guardian, field, value FROM card"):
            cards.setdefault((student, guardian), {})[field] = json.loads(value)
        return [{"student": s, "guardian": g, "fields": fields} for (s, g), fields in sorted(cards.items())]

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        """Every change it met, in the order it met them."""
        return [
            {
                "n": n,
                "at": at,
                "key": key,
                "student": s,
                "guardian": g,
                "fields": json.loads(fields),
                "effect": effect,
            }
            for n, at, key, s, g, fields, effect in self.ask(
                "SELECT * FROM log WHERE n > ? ORDER BY n", after
            )
        ]


def _files(bundle: Path) -> Iterator[tuple[str, Iterator[dict[str, str]]]]:
    """The CSV files of a bundle, by name without .csv, as rows."""
    if bundle.is_dir():
        for path in sorted(bundle.glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield path.stem, csv.DictReader(file)
        return
    with zipfile.ZipFile(bundle) as archive:
        for name in archive.namelist():
            with archive.open(name) as packed:
                yield Path(name).stem, csv.DictReader(io.TextIOWrapper(packed, "utf-8-sig", newline=""))
