"""What a run says of itself: a table for people, JSON for programs, and what the Run row keeps."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from portal.sis import reasons
from portal.sis.models import Run
from portal.sis.reader import Found

SHOWN = 20  # rows put aside that the table for people names


@dataclass(frozen=True)
class Aside:
    """A row that did not go in."""

    file: str
    line: int
    column: str
    reason: str  # code; reasons.py has the words
    sourced_id: str
    said: str = ""  # hash of the row as it came; empty when it is not known


@dataclass
class FileReport:
    """One file. outcome: ready, refused, blocked by a refused one, or older than what was applied."""

    file: str
    mode: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    ended: int = 0
    quarantined: int = 0
    waiting: int = 0
    narrowed: int = 0  # rights that ended although the set is held
    outcome: str = "ready"
    newest: str = ""  # latest dateLastModified of a file of changes
    notes: list[str] = field(default_factory=list)
    samples: list[str] = field(
        default_factory=list
    )  # sourcedIds of rows that end, the first few; of a held set
    repaired: dict[tuple[str, str], Found] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON types."""
        values = asdict(replace(self, repaired={}))
        values["repaired"] = [
            {"column": column, "reason": code, "rows": found.count, "lines": found.lines}
            for (column, code), found in self.repaired.items()
        ]
        return values


@dataclass
class Report:
    """One bundle. aside: the rows put aside, the first ten thousand of them."""

    bundle: str
    source: str = ""
    kind: str = ""
    version: str = ""
    verdict: Run.Verdict = Run.Verdict.RUNNING
    because: list[str] = field(default_factory=list)  # why it was held or refused, in sentences
    dry_run: bool = False
    notes: list[str] = field(default_factory=list)
    files: dict[str, FileReport] = field(default_factory=dict)
    aside: list[Aside] = field(default_factory=list)
    held_because: list[str] = field(default_factory=list)
    kept: bool = False  # the set is on the disk, see keeping.py

    @property
    def reason(self) -> str:
        return " ".join(self.because)

    def plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "bundle": self.bundle,
            "source": self.source,
            "kind": self.kind,
            "version": self.version,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "dry_run": self.dry_run,
            "notes": self.notes,
            "files": [file.plain() for file in self.files.values()],
            "quarantined": [
                {
                    "file": row.file,
                    "line": row.line,
                    "column": row.column,
                    "reason": row.reason,
                    "words": str(reasons.ROW.get(row.reason, row.reason)),
                    "sourcedId": row.sourced_id,
                }
                for row in self.aside
            ],
        }

    def show(self, console: Console) -> None:
        """Prints the report for people."""
        if self.files:
            console.print(self._table())
        for file in self.files.values():
            self._show_repairs(console, file)
        for note in self.notes:
            console.print(f"· {escape(note)}")
        for row in self.aside[:SHOWN]:
            where = f"{row.file}:{row.line}" + (f" {row.column}" if row.column else "")
            console.print(
                f"[yellow]{escape(where)}[/] {escape(str(reasons.ROW.get(row.reason, row.reason)))}"
            )
        if len(self.aside) > SHOWN:
            console.print(_("… and %(count)s rows more.") % {"count": len(self.aside) - SHOWN})
        console.print(self._verdict())

    def _table(self) -> Table:
        table = Table(
            title=escape(f"{self.bundle} · {self.source} · {self.kind} {self.version}"),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
        )
        table.add_column(_("File"), no_wrap=True)
        table.add_column(_("Kind"), no_wrap=True)
        for title in (
            _("Rows"),
            _("Added"),
            _("Changed"),
            _("Ended"),
            _("Repaired"),
            _("Put aside"),
            _("Waiting"),
        ):
            table.add_column(title, justify="right", no_wrap=True)
        for file in self.files.values():
            numbers = (
                file.rows, file.added, file.changed, file.ended,
                sum(found.count for found in file.repaired.values()), file.quarantined, file.waiting,
            )  # fmt: skip
            odd = {"refused": _("refused"), "blocked": _("blocked"), "older": _("older, left out")}.get(
                file.outcome
            )
            table.add_row(file.file, str(odd or file.mode), *(f"{number:,}" for number in numbers))
        return table

    def _show_repairs(self, console: Console, file: FileReport) -> None:
        for note in file.notes:
            console.print(f"· {escape(file.file)}: {escape(note)}")
        for (column, code), found in file.repaired.items():
            words = {
                "where": file.file + (f" {column}" if column else ""),
                "what": reasons.REPAIR.get(code, code),
                "count": found.count,
                "lines": ", ".join(map(str, found.lines)),
            }
            said = ngettext(
                "%(where)s: %(what)s (line %(lines)s)",
                "%(where)s: %(what)s (%(count)s rows, first in lines %(lines)s)",
                found.count,
            )
            console.print(f"· {escape(said % words)}")

    def _verdict(self) -> str:
        words = {
            Run.Verdict.APPLIED: _("[green]Applied.[/]"),
            Run.Verdict.HELD: _("[yellow]Held: nothing was changed.[/] A person must look at it."),
            Run.Verdict.REFUSED: _("[red]Refused: nothing was changed.[/]"),
        }.get(self.verdict, "")
        if self.dry_run and self.verdict == Run.Verdict.APPLIED:
            words = _("[green]This bundle can be applied.[/] It was only tried: nothing was changed.")
        return f"{words} {escape(self.reason)}".strip()
