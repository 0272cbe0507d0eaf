"""Opens a bundle safely and says what it is: a folder or ZIP with a manifest, its files read as streams.

Nothing is unpacked, no name in the archive becomes a path, and every limit is checked before the first byte is read.
"""

import csv
import io
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from portal.sis.sentences import gettext as _

MOST_ENTRIES = 300
LARGEST = 60 * 2**30  # bytes of all files together, unpacked: a year of the largest district
LARGEST_MANIFEST = 100_000  # bytes
HIGHEST_RATIO = 200  # unpacked to packed; real exports stay below 40
RATIO_COUNTS_FROM = 2**20  # bytes; below, a high ratio harms nobody

ROSTER_1_1 = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
    "enrollments", "lineItems", "orgs", "resources", "results", "users",
)  # fmt: skip
ROSTER_1_2 = (
    *ROSTER_1_1, "lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds",
    "resultScoreScales", "roles", "scoreScales", "userProfiles", "userResources",
)  # fmt: skip
COMPANION = (
    "guardianships", "emergencyContacts", "medicalAlerts", "contactPoints", "attendance", "reportCardMarks",
    "transcriptCourses", "graduationProgress", "disciplineIncidents", "disciplineActions", "immunizations",
    "immunizationStatus", "englishLearner", "elCriteria", "giftedTalented", "specialEducationPlans",
    "specialEducationServices", "accommodations", "testScores", "transportation", "mealEligibility", "mealAccounts",
    "fees", "documents", "calendarDays", "currentGrades", "studentAliases", "schoolMenus", "busNotices", "libraryLoans",
    "libraryCards", "deviceRequests", "documentRequests", "sentDocuments", "collegePlans",
)  # fmt: skip


class Refused(Exception):
    """The bundle cannot be taken in; each argument is a sentence that says why and what to do."""

    def __str__(self) -> str:
        return " ".join(self.args)


@dataclass(frozen=True)
class Member:
    """One data file of the bundle."""

    name: str  # attendance.csv, as the standard writes it
    mode: str  # bulk or delta
    size: int  # bytes
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Bundle:
    """kind: oneroster or companion.  version: 1.1, 1.2, or 1.0 for a companion.

    says: the source the manifest names, perhaps empty.  made_at: when it was made: as the manifest says in
    `source.asOf`, or the time of the newest file in a ZIP, on the school's clock; None for a folder.  notes: what was odd and done without, in words.
    """

    name: str
    kind: str
    version: str
    says: str
    members: Mapping[str, Member]
    made_at: datetime | None = None
    notes: tuple[str, ...] = field(default=())


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """The bundle at a path, while it is open. Raises Refused."""
    if path.is_dir():
        yield _read(path.name, _of_folder(path))
    elif path.is_file():
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise Refused(
                _(
                    "%(name)s is not a ZIP file, or it is damaged. Export the bundle again and send the whole file."
                )
                % {"name": path.name}
            ) from error
        with archive:
            yield _read(path.name, _of_zip(archive, path.stat().st_size))
    else:
        raise Refused(_("There is no file or folder %(name)s.") % {"name": path.name})


@dataclass(frozen=True)
class _Entry:
    name: str
    size: int
    open: Callable[[], IO[bytes]]
    at: datetime | None = None  # when it was written, on the clock of whoever packed it


def _of_folder(folder: Path) -> list[_Entry]:
    entries = []
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            raise Refused(
                _("%(name)s is a link to another place. A bundle holds the files themselves.")
                % {"name": path.name}
            )
        if path.is_file():
            entries.append(_Entry(path.name, path.stat().st_size, partial(io.FileIO, path)))
    _within_limits(entries)
    return entries


def _of_zip(archive: zipfile.ZipFile, packed_size: int) -> list[_Entry]:
    entries, seen, packed = [], set(), 0
    for info in archive.infolist():
        name = info.orig_filename  # before the library tidies it
        words = {"name": name}
        if (
            name.startswith(("/", "\\"))
            or ":" in name
            or ".." in PurePosixPath(name.replace("\\", "/")).parts
        ):
            raise Refused(
                _("The ZIP holds the name %(name)s, which points outside of it. It was not opened.") % words
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Refused(
                _("%(name)s in the ZIP is a link to another place. A bundle holds the files themselves.")
                % words
            )
        if info.flag_bits & 1:
            raise Refused(
                _("The ZIP is encrypted. Send it without a password over a connection that is safe.")
            )
        if name.lower().endswith((".zip", ".7z", ".gz", ".tar", ".rar")):
            raise Refused(
                _("The ZIP holds another archive, %(name)s. Put the CSV files themselves into the ZIP.")
                % words
            )
        if name in seen:
            raise Refused(_("%(name)s is in the ZIP twice. Export the bundle again.") % words)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(
                _("The ZIP is packed in a way we do not read. Pack it in the ordinary way (deflate).")
            )
        if info.file_size > RATIO_COUNTS_FROM and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1):
            raise Refused(
                _("%(name)s unpacks to far more than a real export would. It was not opened.") % words
            )
        seen.add(name)
        packed += info.compress_size
        if not info.is_dir():
            entries.append(_Entry(name, info.file_size, partial(archive.open, info), _packed_at(info)))
    if packed > packed_size:
        raise Refused(_("The files in the ZIP overlap. It was not opened."))
    _within_limits(entries)
    return entries


def _packed_at(info: zipfile.ZipInfo) -> datetime | None:
    """None for the first moment a ZIP can name, which is how tools say nothing, and for no moment at all."""
    try:
        at = datetime(*info.date_time)
    except ValueError:
        return None
    return at if at.year > 1980 else None


def _within_limits(entries: list[_Entry]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Refused(
            _("The bundle holds %(count)s files; at most %(most)s are allowed.")
            % {"count": len(entries), "most": MOST_ENTRIES}
        )
    if sum(entry.size for entry in entries) > LARGEST:
        raise Refused(
            _("Unpacked, the bundle is larger than %(limit)s GB. Send it in parts.")
            % {"limit": LARGEST // 2**30}
        )


def _read(name: str, entries: list[_Entry]) -> Bundle:
    if not entries:
        raise Refused(_("The bundle is empty."))
    files = _by_name(entries)
    if "manifest.csv" not in files:
        raise Refused(_without_manifest(entries, files))
    properties = _properties(files["manifest.csv"])
    kind, version = _kind(properties)
    known = {"1.1": ROSTER_1_1, "1.2": ROSTER_1_2}[version] if kind == "oneroster" else COMPANION
    notes: list[str] = []
    members: dict[str, Member] = {}
    for plain in known:
        file = f"{plain}.csv"
        mode = properties.pop(f"file.{plain.lower()}", "").lower() or "absent"
        entry = files.pop(file.lower(), None)
        if mode not in ("absent", "bulk", "delta"):
            raise Refused(
                _("The manifest says “%(mode)s” of %(file)s; it can be absent, bulk or delta.")
                % {"mode": mode[:40], "file": file}
            )
        if mode != "absent" and entry is None:
            raise Refused(
                _("The manifest names %(file)s, and it is not in the bundle. Export the bundle again.")
                % {"file": file}
            )
        if mode == "absent" and entry is not None:
            notes.append(
                _("%(file)s is in the bundle, but the manifest does not name it. It was not read.")
                % {"file": file}
            )
        if mode != "absent" and entry is not None:
            if entry.name != file:
                notes.append(_("%(wrong)s was read as %(file)s.") % {"wrong": entry.name, "file": file})
            members[file] = Member(file, mode, entry.size, entry.open)
    _strangers(kind, properties, files, notes)
    return Bundle(
        name=name,
        kind=kind,
        version=version,
        says=properties.get("source.systemcode") or properties.get("source.systemname", ""),
        members=members,
        made_at=_made_at(properties.get("source.asof", ""), entries),
        notes=tuple(notes),
    )


def _made_at(says: str, entries: list[_Entry]) -> datetime | None:
    if says:
        try:
            at = parse_datetime(says)
        except ValueError:
            at = None
        if at is None:
            raise Refused(
                _("The manifest says source.asOf %(says)s. Write it as 2026-09-14T16:05:00.000Z.")
                % {"says": says[:40]}
            )
        return make_aware(at) if is_naive(at) else at
    return max((make_aware(entry.at) for entry in entries if entry.at), default=None)


def _by_name(entries: list[_Entry]) -> dict[str, _Entry]:
    """The files at the top, by name in lower case."""
    files: dict[str, _Entry] = {}
    for entry in entries:
        if "/" in entry.name or "\\" in entry.name:
            continue
        if entry.name.lower() in files:
            raise Refused(
                _("%(one)s and %(other)s are the same file twice. Export the bundle again.")
                % {"one": files[entry.name.lower()].name, "other": entry.name}
            )
        files[entry.name.lower()] = entry
    return files


def _strangers(
    kind: str, properties: Mapping[str, str], files: Mapping[str, _Entry], notes: list[str]
) -> None:
    companions = {f"{name.lower()}.csv" for name in COMPANION}
    for name, entry in files.items():
        if kind == "oneroster" and name in companions:
            raise Refused(
                _(
                    "%(file)s belongs to a companion bundle. Send it in a ZIP of its own, with its own manifest."
                )
                % {"file": entry.name}
            )
        if name.endswith(".csv") and name != "manifest.csv":
            notes.append(_("%(file)s is no file of this standard. It was not read.") % {"file": entry.name})
    for name, mode in properties.items():
        if name.startswith("file.") and mode.lower() not in ("", "absent"):
            raise Refused(
                _("The manifest names %(file)s, which is no file of this standard.")
                % {"file": name.removeprefix("file.") + ".csv"}
            )


def _properties(entry: _Entry) -> dict[str, str]:
    """The manifest's lines, names in lower case."""
    unreadable = _("manifest.csv cannot be read. It has two columns, propertyName and value, in UTF-8.")
    if entry.size > LARGEST_MANIFEST:
        raise Refused(unreadable)
    try:
        with entry.open() as file:
            raw = file.read(LARGEST_MANIFEST + 1)
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        rows = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline="")) if any(row)
        ]
    except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile, OSError, EOFError) as error:
        raise Refused(unreadable) from error
    if not rows or [cell.lower() for cell in rows[0][:2]] != ["propertyname", "value"]:
        raise Refused(unreadable)
    return {row[0].lower(): (row[1] if len(row) > 1 else "") for row in rows[1:]}


def _kind(properties: dict[str, str]) -> tuple[str, str]:
    roster, companion = properties.get("oneroster.version", ""), properties.get("companion.version", "")
    if properties.get("manifest.version", "") not in ("", "1", "1.0"):
        raise Refused(
            _("manifest.csv says manifest.version %(version)s; we read 1.0.")
            % {"version": properties["manifest.version"][:20]}
        )
    if roster and companion:
        raise Refused(_("manifest.csv says both oneroster.version and companion.version. Send two bundles."))
    if companion:
        if companion not in ("1", "1.0"):
            raise Refused(
                _("This is companion version %(version)s; we read 1.0.") % {"version": companion[:20]}
            )
        return "companion", "1.0"
    if roster in ("1", "1.0"):
        raise Refused(_one_zero())
    if roster in ("1.1", "1.1.0"):
        return "oneroster", "1.1"
    if roster in ("1.2", "1.2.0", "1.2.1"):
        return "oneroster", "1.2"
    if roster:
        raise Refused(_("This is OneRoster %(version)s; we read 1.1 and 1.2.") % {"version": roster[:20]})
    raise Refused(
        _("manifest.csv does not say oneroster.version or companion.version, so we cannot tell what this is.")
    )


def _one_zero() -> str:
    return _(
        "This is a OneRoster 1.0 bundle. We read 1.1 and 1.2: choose one of them where the export is set up."
    )


def _without_manifest(entries: list[_Entry], files: Mapping[str, _Entry]) -> str:
    """What the bundle seems to be, in words."""
    users = _header(files.get("users.csv"))
    if {"relationships.csv", "userflags.csv"} & files.keys() or "activedirectorymatchid" in users:
        what = "School Data Sync 2.1"
    elif {"school.csv", "section.csv", "studentenrollment.csv"} <= files.keys():
        what = "School Data Sync 1"
    elif {"schools.csv", "sections.csv", "students.csv"} <= files.keys():
        what = "Clever"
    elif "userid" in users or "agents" in users:
        return _one_zero()
    elif any(entry.name.replace("\\", "/").rpartition("/")[2].lower() == "manifest.csv" for entry in entries):
        return _("The files lie in a folder inside the ZIP. Put them at its top, without the folder.")
    else:
        return _(
            "There is no manifest.csv, so we cannot tell what this is. We read OneRoster 1.1 and 1.2 bundles."
        )
    return _(
        "This is a %(what)s export, not OneRoster. Choose OneRoster CSV 1.1 or 1.2 where the export is set up."
    ) % {"what": what}


def _header(entry: _Entry | None) -> set[str]:
    if entry is None:
        return set()
    with entry.open() as file:
        first = file.read(4096).split(b"\n", 1)[0]
    return {name.strip(' \r"').lower() for name in first.decode("utf-8-sig", "replace").split(",")}
