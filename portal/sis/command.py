"""`portal import`: takes a bundle in, shows how far it is, and reports."""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from portal.sis.models import Run
from portal.sis.taking import take_in

APPLIED, HELD, REFUSED = 0, 2, 3
WIDTH = 110  # columns of a report that goes to a file
STATUS = {Run.Verdict.APPLIED: APPLIED, Run.Verdict.HELD: HELD, Run.Verdict.REFUSED: REFUSED}


def take(bundle: Path, source: str | None, dry_run: bool, as_json: bool) -> int:
    """Takes the bundle in and returns the exit status: 0 applied, 2 held, 3 refused.

    The report goes to standard output, progress to a terminal's standard error.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, int] = {}

        def progress(file: str, size: int, done: int) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=size)
            bar.update(tasks[file], advance=done)  # type: ignore[arg-type]

        report = take_in(bundle, source, dry_run=dry_run, progress=progress)
    if as_json:
        json.dump(report.plain(), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        shown = Console()
        report.show(shown if shown.is_terminal else Console(width=WIDTH))
    return STATUS[report.verdict]
