"""A folder that is watched: what a district's system lays into it, by SFTP or a copy, is taken in.

DROP_DIR/<source>/<bundle>, a ZIP or a folder with a manifest; the folder's name is the source's. What is still being
written is left alone: a bundle is ready when a file <bundle>.done stands beside it, or when nothing of it has been
touched for two minutes. What went in or is held is removed from the folder, since it is kept elsewhere (keeping.py);
what was refused moves to refused/. A text beside it says what came of each.
"""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.timezone import localtime, now

from portal.sis.models import Run
from portal.sis.report import Report
from portal.sis.taking import LONGEST_SOURCE, take_in

QUIET = 120  # seconds
OURS = ("results", "refused")
HALF = (
    ".part",
    ".filepart",
    ".tmp",
    ".crdownload",
    ".done",
)  # names of what is still on its way, or is no bundle


def take_ready() -> list[Report]:
    """Takes in every bundle that is ready, the oldest first; safe to be killed anywhere: the same set again is no change."""
    reports = []
    for source, bundle in sorted(ready(), key=lambda found: (_touched(found[1]), found[1].name)):
        report = take_in(bundle, source, dry_run=False, progress=lambda *_: None)
        _say(bundle, report)
        _put_away(bundle, report)
        reports.append(report)
    return reports


def ready() -> Iterator[tuple[str, Path]]:
    """Source and path of each bundle that is whole. A link is never followed."""
    if not settings.DROP_DIR or not settings.DROP_DIR.is_dir():
        return
    for folder in sorted(settings.DROP_DIR.iterdir()):
        if folder.is_symlink() or not folder.is_dir() or folder.name.startswith("."):
            continue
        for path in sorted(folder.iterdir()):
            name = path.name
            if path.is_symlink() or name in OURS or name.startswith(".") or name.lower().endswith(HALF):
                continue
            if (path.is_dir() or name.lower().endswith(".zip")) and _whole(path):
                yield folder.name[:LONGEST_SOURCE], path


def _whole(path: Path) -> bool:
    """Whether it is said to be done, or nobody has touched it for a while."""
    if _done(path).is_file():
        return True
    if path.is_dir():
        if any(file.name.lower().endswith(HALF) for file in path.iterdir()):
            return False
        if not any(file.name.lower() == "manifest.csv" for file in path.iterdir()):
            return False
    return time.time() - _touched(path) >= QUIET


def _touched(path: Path) -> float:
    """When anything of it last changed. The clock of the file system counts, which a sender cannot set as it can the date."""
    files = [path, *(path.iterdir() if path.is_dir() else ())]
    return max(max(file.lstat().st_mtime if file == path else 0, file.lstat().st_ctime) for file in files)


def _done(path: Path) -> Path:
    return path.with_name(path.name + ".done")


def _say(bundle: Path, report: Report) -> None:
    """What came of it, for whoever sent it: numbers, lines and reasons, no cell of it."""
    results = bundle.parent / "results"
    results.mkdir(exist_ok=True)
    lines = [
        f"{bundle.name} {localtime(now()):%Y-%m-%d %H:%M} {report.verdict}",
        report.reason,
        *report.notes,
    ]
    lines += [
        f"{file.file}: {file.rows} rows, {file.added} added, {file.changed} changed, {file.ended} ended,"
        f" {file.quarantined} put aside"
        for file in report.files.values()
    ]
    lines += [f"{row.file}:{row.line} {row.column} {row.reason}" for row in report.aside[:1000]]
    (results / f"{bundle.name}.txt").write_text("\n".join(filter(None, lines)) + "\n", encoding="utf-8")


def _put_away(bundle: Path, report: Report) -> None:
    _done(bundle).unlink(missing_ok=True)
    if report.verdict == Run.Verdict.REFUSED or not report.kept:
        target = bundle.parent / "refused" / bundle.name
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            _remove(target)
        bundle.replace(target)
    else:
        _remove(bundle)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
