"""`portal import`, `release` and `retry`: take a bundle in, show how far it is, and report."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from portal.people.asking import opened
from portal.people.models import Person
from portal.sis import pull, releasing
from portal.sis.models import Run
from portal.sis.report import Report
from portal.sis.showing import Progress as Told
from portal.sis.taking import take_in

APPLIED, HELD, REFUSED = 0, 2, 3
WIDTH = 110  # columns of a report that goes to a file
STATUS = {Run.Verdict.APPLIED: APPLIED, Run.Verdict.HELD: HELD, Run.Verdict.REFUSED: REFUSED}


def take(bundle: Path, source: str | None, dry_run: bool, as_json: bool) -> int:
    """Takes the bundle in and returns the exit status: 0 applied, 2 held, 3 refused.

    The report goes to standard output, progress to a terminal's standard error.
    """
    with _progress() as progress:
        report = take_in(bundle, source, dry_run=dry_run, progress=progress)
    return _show(report, as_json=as_json)


def release(run: int | None, email: str, *, reject: bool) -> int:
    """Shows the held sets, or lets one in as one of two people, or sends it away. 0 done, 2 a second must agree, 3 no.

    email: of the staff member who decides.
    """
    console = Console()
    if run is None:
        waiting = releasing.held()
        with opened("worker", purpose="release"):  # the importer knows no people
            people = Person.objects.in_bulk([each.asked_by_id for each in waiting if each.asked_by_id])
        for each in waiting:
            first = people.get(each.asked_by_id)
            asked = _("released by %(name)s") % {"name": first.name} if first else ""
            console.print(
                f"{each.pk}  {each.began_at:%Y-%m-%d %H:%M}  {escape(f'{each.source} {each.name} {each.reason} {asked}')}"
            )
        return APPLIED
    with opened("worker", purpose="release"):
        person = Person.objects.filter(kind=Person.Kind.STAFF, email_key=email.strip().casefold()).first()
    try:
        if person is None:
            raise releasing.NotNow(_("Nobody of the staff has this email."))
        if reject:
            releasing.reject(run, person)
            console.print(_("Rejected. Nothing of it goes in."))
            return APPLIED
        if releasing.release(run, person).released_at is None:
            console.print(_("Released by one. A second person must agree."))
            return HELD
    except releasing.NotNow as why:
        console.print(escape(str(why)))
        return REFUSED
    with _progress() as progress:
        report = releasing.take_released(run, progress)
    if report is None:
        console.print(_("The worker has taken it in."))
        return APPLIED
    return _show(report, as_json=False)


def fetch(*, full: bool) -> int:
    """Fetches the roster from the configured provider and takes it in; the statuses of an import."""
    of = pull.provider()
    try:
        if of is None:
            raise pull.PullFailed(_("ONEROSTER_URL is not set."))
        with _progress() as progress:
            report = pull.pull(of, full=full, progress=progress)
    except pull.PullFailed as why:
        Console().print(escape(str(why)))
        return REFUSED
    return _show(report, as_json=False)


def retry(run: int) -> int:
    """Takes a kept set in once more, for the rows that were put aside; the statuses of an import."""
    try:
        with _progress() as progress:
            report = releasing.retry(run, progress)
    except releasing.NotNow as why:
        Console().print(escape(str(why)))
        return REFUSED
    return _show(report, as_json=False)


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar for each file, on a terminal's standard error."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, int] = {}

        def progress(file: str, size: int, done: int) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=size)
            bar.update(tasks[file], advance=done)  # type: ignore[arg-type]

        yield progress


def _show(report: Report, *, as_json: bool) -> int:
    if as_json:
        json.dump(report.plain(), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        shown = Console()
        report.show(shown if shown.is_terminal else Console(width=WIDTH))
    return STATUS[report.verdict]
