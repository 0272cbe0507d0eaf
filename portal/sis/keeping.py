"""Keeps the sets that came in, so that people can let a held one in and rows put aside can be tried again.

One ZIP a run in FEEDS_DIR, readable by the portal's account alone: the files the import reads and a manifest of
our own. Columns named password are left out while it is written. Kept for thirty days: what is held, and of each
source and kind the last two applied.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import IO

from django.conf import settings
from django.utils.timezone import now

from portal.access import context
from portal.sis.bundle import Bundle, Member
from portal.sis.models import Run

KEPT = timedelta(days=30)
APPLIED_KEPT = 2  # of one source and kind
BLOCK = 2**20  # bytes
SECRET = "password"  # noqa: S105


def path_of(run: Run) -> Path:
    return settings.FEEDS_DIR / f"{run.pk}.zip"


@dataclass
class Copying:
    """The set of a run, on its way to the disk while the database takes it in."""

    run: Run
    draft: Path
    written: Future[None]

    def keep(self) -> None:
        """Waits for the copy and gives it its name. Raises OSError."""
        self.written.result()
        self.draft.replace(path_of(self.run))


@contextmanager
def copying(bundle: Bundle, run: Run) -> Iterator[Copying]:
    """Copies the set of a run while the block lasts; what is not kept by its end is gone."""
    draft, stop = path_of(run).with_suffix(".part"), Event()
    try:
        with ThreadPoolExecutor(1) as pool:
            try:
                yield Copying(run, draft, pool.submit(_write, bundle, draft, stop))
            finally:
                stop.set()
    finally:
        with suppress(OSError):
            draft.unlink()


def _write(bundle: Bundle, draft: Path, stop: Event) -> None:
    draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.touch(mode=0o600)
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("manifest.csv", _manifest(bundle))
        for member in bundle.members.values():
            with member.open() as stream, archive.open(member.name, "w", force_zip64=True) as out:
                _copy(member, stream, out, stop)


def _manifest(bundle: Bundle) -> str:
    rows = [
        ["propertyName", "value"],
        ["manifest.version", "1.0"],
        [f"{bundle.kind}.version", bundle.version],
    ]
    rows += [[f"file.{name.removesuffix('.csv')}", member.mode] for name, member in bundle.members.items()]
    if bundle.made_at:
        rows.append(["source.asOf", bundle.made_at.isoformat()])
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _copy(member: Member, stream: IO[bytes], out: IO[bytes], stop: Event) -> None:
    """A file as it is, and one with a password column without it."""
    first = stream.read(BLOCK)
    encoding = "utf-16" if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "latin-1"
    # Latin-1 gives every byte back as it was, whatever the file is really written in.
    head = (first[:-1] if encoding == "utf-16" and len(first) % 2 else first).decode(encoding, "ignore")
    header = next(csv.reader([head.partition("\n")[0]]), [])
    secret = [place for place, name in enumerate(header) if name.strip().lower() == SECRET]
    if not secret:
        while first and not stop.is_set():
            out.write(first)
            first = stream.read(BLOCK)
        return
    with member.open() as whole:
        reader = csv.reader(io.TextIOWrapper(_Buffered(whole), encoding=encoding, newline=""))  # type: ignore[arg-type]
        text = io.TextIOWrapper(out, encoding="latin-1" if encoding == "latin-1" else "utf-8", newline="")
        writer = csv.writer(text)
        for row in reader:
            if stop.is_set():
                break
            writer.writerow([cell for place, cell in enumerate(row) if place not in secret])
        text.flush()
        text.detach()


class _Buffered(io.BufferedReader):
    """What TextIOWrapper asks of a stream, over what a ZIP or a file gives."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream, BLOCK)  # type: ignore[arg-type]


def clear(moment: datetime | None = None) -> int:
    """Removes the sets that are kept no longer, and says how many."""
    over, gone = (moment or now()) - KEPT, []
    applied: dict[tuple[str, str], int] = {}
    with context.opened("importer", purpose="keep"):
        for run in Run.objects.filter(kept=True).order_by("-pk"):
            which = (run.source, run.bundle)
            if run.verdict == Run.Verdict.APPLIED:
                applied[which] = applied.get(which, 0) + 1
            old = run.began_at < over or (
                run.verdict == Run.Verdict.APPLIED and applied[which] > APPLIED_KEPT
            )
            done = run.released_at and run.retaken.filter(verdict=Run.Verdict.APPLIED).exists()
            if old or done or run.rejected_at:
                gone.append(run)
        Run.objects.filter(pk__in=[run.pk for run in gone]).update(kept=False)
        kept = {path_of(run) for run in Run.objects.filter(kept=True)}
    folder = settings.FEEDS_DIR
    for path in folder.glob("*.zip") if folder.is_dir() else ():
        if path not in kept and datetime.fromtimestamp(path.stat().st_mtime, over.tzinfo) < now() - timedelta(
            hours=1
        ):
            with suppress(FileNotFoundError):
                path.unlink()
    return len(gone)
