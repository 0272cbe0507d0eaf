"""Small bundles with one thing wrong each, for the tests of the import.

Most are made from `good`: the cast alone, sixteen days into a school year, as OneRoster 1.2. Where single
rows are bad they are fewer than one in a hundred of the bundle, so that what is tested is the row and not the limit.
"""

import csv
import io
import stat
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from portal.demo.district import Version, cast, generate

TODAY = date(2026, 9, 4)

Verdict = Literal["applied", "applied with quarantine", "held", "refused"]
Files = dict[str, bytes]  # by file name
Rows = list[list[str]]  # with the header


@dataclass(frozen=True)
class Variant:
    write: Callable[[Path], Path]  # writes the bundle into a folder and says where it is
    wrong: str  # what is wrong with it, in a sentence
    verdict: Verdict
    after: str | None = None  # the variant that was applied the day before


VARIANTS: dict[str, Variant] = {}


def _variant(
    wrong: str, verdict: Verdict, after: str | None = None
) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    def list_it(write: Callable[[Path], Path]) -> Callable[[Path], Path]:
        VARIANTS[write.__name__] = Variant(write, wrong, verdict, after)
        return write

    return list_it


@cache
def _generated(version: Version, part: str) -> tuple[tuple[str, bytes], ...]:
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), students=0, seed=1, today=TODAY, version=version)
        return tuple((path.name, path.read_bytes()) for path in sorted((Path(folder) / part).iterdir()))


def _files(version: Version = "1.2", part: str = "oneroster") -> Files:
    return dict(_generated(version, part))


def _edit(files: Files, name: str, change: Callable[[Rows], Rows]) -> Files:
    """The files with one of them changed row by row; row 0 is the header."""
    rows = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
    return files | {name: _csv(change(rows))}


def _csv(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _zip(folder: Path, name: str, files: Files) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return path


def _with_cell(column: str, value: str, row: int = 1) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        rows[row][rows[0].index(column)] = value
        return rows

    return change


# --- Good ones ------------------------------------------------------------------------------------------------


@_variant("Nothing is wrong.", "applied")
def good(folder: Path) -> Path:
    return _zip(folder, "good", _files())


@_variant("Nothing is wrong; it is version 1.1.", "applied")
def good_1_1(folder: Path) -> Path:
    return _zip(folder, "good_1_1", _files("1.1"))


@_variant("Nothing is wrong; it is a folder and not a ZIP.", "applied")
def good_folder(folder: Path) -> Path:
    path = folder / "good_folder"
    path.mkdir(parents=True, exist_ok=True)
    for name, content in _files().items():
        (path / name).write_bytes(content)
    return path


@_variant("Nothing is wrong; the companion files of the good bundle.", "applied", after="good")
def good_companion(folder: Path) -> Path:
    return _zip(folder, "good_companion", _files(part="companion"))


# --- The archive ----------------------------------------------------------------------------------------------


@_variant("The file is a PDF that someone named .zip.", "refused")
def not_a_zip(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "not_a_zip.zip"
    path.write_bytes(b"%PDF-1.7\n" + b"This is not an archive. " * 40)
    return path


@_variant("The ZIP is cut off in the middle.", "refused")
def cut_zip(folder: Path) -> Path:
    path = _zip(folder, "cut_zip", _files())
    path.write_bytes(path.read_bytes()[:-2000])
    return path


@_variant("One byte of a file inside the ZIP is damaged, so its checksum is wrong.", "refused")
def damaged_zip(folder: Path) -> Path:
    files = _files()
    path = folder / "damaged_zip.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    path.write_bytes(path.read_bytes().replace(b"Oak Elementary", b"Oak Elementarx", 1))
    return path


@_variant("A name in the ZIP climbs out of its folder with `..`.", "refused")
def climbing_zip(folder: Path) -> Path:
    return _zip(folder, "climbing_zip", _files() | {"../outside.csv": b"sourcedId\r\n1\r\n"})


@_variant("A name in the ZIP is absolute.", "refused")
def absolute_zip(folder: Path) -> Path:
    return _zip(folder, "absolute_zip", _files() | {"/tmp/outside.csv": b"sourcedId\r\n1\r\n"})  # noqa: S108


@_variant("orgs.csv in the ZIP is a symbolic link to another file of the machine.", "refused")
def linked_zip(folder: Path) -> Path:
    files = _files()
    del files["orgs.csv"]
    path = _zip(folder, "linked_zip", files)
    link = zipfile.ZipInfo("orgs.csv")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/hostname")
    return path


@_variant("The bundle is a ZIP inside a ZIP.", "refused")
def nested_zip(folder: Path) -> Path:
    inner = _zip(folder, "nested_zip", _files())
    return _zip(folder, "nested_zip", {"bundle.zip": inner.read_bytes()})


@_variant("The files lie in a folder inside the ZIP and not at its top.", "refused")
def folder_in_zip(folder: Path) -> Path:
    return _zip(folder, "folder_in_zip", {f"export/{name}": content for name, content in _files().items()})


@_variant("The same file is in the ZIP twice, with different rows.", "refused")
def twice_in_zip(folder: Path) -> Path:
    files = _files()
    path = _zip(folder, "twice_in_zip", files)
    with zipfile.ZipFile(path, "a") as archive:
        # The library warns of a second entry of the same name, so it goes in under another of the same length.
        archive.writestr("orgz.csv", files["orgs.csv"].replace(b"Oak Elementary", b"Elm Elementary"))
    path.write_bytes(path.read_bytes().replace(b"orgz.csv", b"orgs.csv"))
    return path


@_variant("The ZIP is encrypted.", "refused")
def encrypted_zip(folder: Path) -> Path:
    path = _zip(folder, "encrypted_zip", _files())
    content = bytearray(path.read_bytes())
    # The flag that says so, in every local (PK 3 4, byte 6) and central (PK 1 2, byte 8) header.
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(mark, place + 4)
    path.write_bytes(content)
    return path


@_variant("A bomb: 200 MB of one repeated row, packed a thousand to one.", "refused")
def bomb(folder: Path) -> Path:
    path = _zip(folder, "bomb", {name: content for name, content in _files().items() if name != "users.csv"})
    row = b"x,,,true,x" + b"," * 17 + b"\r\n"
    block = row * (1_000_000 // len(row))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("users.csv", "w") as users:
        for _ in range(200):
            users.write(block)
    return path


@_variant("The ZIP holds nothing.", "refused")
def empty_zip(folder: Path) -> Path:
    return _zip(folder, "empty_zip", {})


# --- Bytes ----------------------------------------------------------------------------------------------------


@_variant("Every file begins with a byte order mark.", "applied")
def byte_order_mark(folder: Path) -> Path:
    return _zip(
        folder, "byte_order_mark", {name: b"\xef\xbb\xbf" + content for name, content in _files().items()}
    )


@_variant("Every file is UTF-16 with its mark, as a spreadsheet saves `Unicode text`.", "applied")
def utf_16(folder: Path) -> Path:
    return _zip(
        folder, "utf_16", {name: content.decode().encode("utf-16") for name, content in _files().items()}
    )


@_variant("users.csv is Windows-1252; names with accents are read as that.", "applied")
def windows_1252(folder: Path) -> Path:
    files = _files()
    return _zip(
        folder, "windows_1252", files | {"users.csv": files["users.csv"].decode().encode("cp1252", "replace")}
    )


@_variant("A name in users.csv holds a NUL byte.", "applied with quarantine")
def nul_byte(folder: Path) -> Path:
    files = _files()
    return _zip(folder, "nul_byte", files | {"users.csv": files["users.csv"].replace(b",Lily,", b",Li\0ly,")})


@_variant("Lines end in LF alone.", "applied")
def lf(folder: Path) -> Path:
    return _zip(folder, "lf", {name: content.replace(b"\r\n", b"\n") for name, content in _files().items()})


@_variant("Lines end in CRLF, and no file has a last line end.", "applied")
def no_final_newline(folder: Path) -> Path:
    return _zip(
        folder, "no_final_newline", {name: content.rstrip(b"\r\n") for name, content in _files().items()}
    )


@_variant("A quotation mark in classes.csv is never closed.", "refused")
def open_quote(folder: Path) -> Path:
    files = _files()
    content = files["classes.csv"].replace(b"Algebra 1", b'"Algebra 1', 1)
    return _zip(folder, "open_quote", files | {"classes.csv": content})


# --- Columns and rows -----------------------------------------------------------------------------------------


@_variant("users.csv has no familyName column, which is required.", "refused")
def missing_column(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        place = rows[0].index("familyName")
        return [row[:place] + row[place + 1 :] for row in rows]

    return _zip(folder, "missing_column", _edit(_files(), "users.csv", change))


@_variant("orgs.csv and users.csv carry columns of the producer's own.", "applied")
def extra_columns(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        return [
            rows[0] + ["ext_shoeSize", "metadata.city", ""],
            *([*row, "38", "Sample City", ""] for row in rows[1:]),
        ]

    return _zip(folder, "extra_columns", _edit(_edit(_files(), "orgs.csv", change), "users.csv", change))


@_variant("The columns of enrollments.csv stand in another order.", "applied")
def reordered_columns(folder: Path) -> Path:
    return _zip(
        folder,
        "reordered_columns",
        _edit(_files(), "enrollments.csv", lambda rows: [row[::-1] for row in rows]),
    )


@_variant("The users file is named Users.csv.", "applied")
def file_name_case(folder: Path) -> Path:
    files = _files()
    return _zip(folder, "file_name_case", files | {"Users.csv": files.pop("users.csv")})


@_variant("Two rows of enrollments.csv have one blank cell too many.", "applied")
def long_rows(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        return [[*row, ""] if place in (2, 5) else row for place, row in enumerate(rows)]

    return _zip(folder, "long_rows", _edit(_files(), "enrollments.csv", change))


@_variant("A row of enrollments.csv has one cell too many, and it says something.", "applied with quarantine")
def overfull_row(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        return [[*row, "what is this"] if place == 2 else row for place, row in enumerate(rows)]

    return _zip(folder, "overfull_row", _edit(_files(), "enrollments.csv", change))


@_variant("Two rows of enrollments.csv lack their last cell, an optional one.", "applied")
def short_rows(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        return [row[:-1] if place in (2, 5) else row for place, row in enumerate(rows)]

    return _zip(folder, "short_rows", _edit(_files(), "enrollments.csv", change))


@_variant("A row of enrollments.csv breaks off before its required cells.", "applied with quarantine")
def cut_row(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        return [row[:4] if place == 2 else row for place, row in enumerate(rows)]

    return _zip(folder, "cut_row", _edit(_files(), "enrollments.csv", change))


@_variant(
    "An enrollment names a class and another a user that are not in the bundle.", "applied with quarantine"
)
def unknown_references(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        rows = _with_cell("classSourcedId", "class-nowhere", row=2)(rows)
        return _with_cell("userSourcedId", "nobody", row=3)(rows)

    return _zip(folder, "unknown_references", _edit(_files(), "enrollments.csv", change))


@_variant("Two rows of users.csv have one sourcedId and different names.", "applied with quarantine")
def duplicate_ids(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        row = next(row for row in rows if row[0] == cast.SAM.id)
        return [*rows, ["Samuel" if cell == "Sam" else cell for cell in row]]

    return _zip(folder, "duplicate_ids", _edit(_files(), "users.csv", change))


@_variant("Two students have one Student ID.", "applied with quarantine")
def duplicate_student_ids(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        place = rows[0].index("identifier")
        for row in rows:
            if row[0] == cast.LILY.id:
                row[place] = cast.BEN.student_id
        return rows

    return _zip(folder, "duplicate_student_ids", _edit(_files(), "users.csv", change))


@_variant("A result has a score that is not a number.", "applied with quarantine")
def word_for_a_number(folder: Path) -> Path:
    return _zip(
        folder, "word_for_a_number", _edit(_files(), "results.csv", _with_cell("score", "eighteen", row=4))
    )


@_variant("An enrollment begins on 03/04/2026: March or April?", "applied with quarantine")
def ambiguous_dates(folder: Path) -> Path:
    return _zip(
        folder,
        "ambiguous_dates",
        _edit(_files(), "enrollments.csv", _with_cell("beginDate", "03/04/2026", row=2)),
    )


@_variant("Birth dates after the twelfth of a month are written 03/27/2015.", "applied")
def american_dates(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        for row in rows[1:]:
            born = date.fromisoformat(row[3])
            if born.day > 12:
                row[3] = f"{born:%m/%d/%Y}"
        return rows

    return _zip(folder, "american_dates", _edit(_files(), "demographics.csv", change))


@_variant("Booleans are written TRUE and FALSE.", "applied")
def shouted_booleans(folder: Path) -> Path:
    shout = {"true": "TRUE", "false": "FALSE"}

    def change(rows: Rows) -> Rows:
        return [[shout.get(cell, cell) for cell in row] for row in rows]

    return _zip(
        folder, "shouted_booleans", _edit(_edit(_files(), "users.csv", change), "results.csv", change)
    )


@_variant("A bulk bundle fills in status and blank times, as many systems do.", "applied")
def bulk_with_status(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        return [rows[0], *([row[0], "active", "2026-09-03 06:00:00", *row[3:]] for row in rows[1:])]

    return _zip(folder, "bulk_with_status", _edit(_files(), "users.csv", change))


# --- Manifests ------------------------------------------------------------------------------------------------


def _manifest(files: Files, change: Callable[[str], str]) -> Files:
    return files | {"manifest.csv": change(files["manifest.csv"].decode()).encode()}


@_variant("There is no manifest.csv.", "refused")
def no_manifest(folder: Path) -> Path:
    files = _files()
    del files["manifest.csv"]
    return _zip(folder, "no_manifest", files)


@_variant("The manifest names results.csv, which is not there.", "refused")
def manifest_names_a_missing_file(folder: Path) -> Path:
    files = _files()
    del files["results.csv"]
    return _zip(folder, "manifest_names_a_missing_file", files)


@_variant("results.csv is there, but the manifest does not speak of it, so it is not read.", "applied")
def manifest_leaves_a_file_out(folder: Path) -> Path:
    files = _manifest(_files(), lambda text: text.replace("file.results,bulk\r\n", ""))
    return _zip(folder, "manifest_leaves_a_file_out", files)


@_variant("manifest.version is 1, and the source is blank.", "applied")
def manifest_version_1(folder: Path) -> Path:
    files = _manifest(
        _files(),
        lambda text: text.replace("manifest.version,1.0", "manifest.version,1").replace(
            "Code,SAMPLE", "Code,"
        ),
    )
    return _zip(folder, "manifest_version_1", files)


@_variant("The manifest says OneRoster 2.0, which does not exist.", "refused")
def unknown_version(folder: Path) -> Path:
    files = _manifest(_files(), lambda text: text.replace("oneroster.version,1.2", "oneroster.version,2.0"))
    return _zip(folder, "unknown_version", files)


@_variant(
    "A OneRoster 1.0 bundle: its columns are named otherwise, and sessions have no school year.", "refused"
)
def oneroster_1_0(folder: Path) -> Path:
    return _zip(
        folder,
        "oneroster_1_0",
        {
            "manifest.csv": _csv([["propertyName", "value"], ["manifest.version", "1.0"], ["oneroster.version", "1.0"]]),
            "orgs.csv": _csv([["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "metadata.classification", "metadata.gender", "metadata.boarding", "parentSourcedId"],
                              ["o1", "active", "2016-08-01", "Pine School", "school", "", "", "", "", ""]]),
            "academicSessions.csv": _csv([["sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId"],
                                          ["a1", "active", "2016-08-01", "Year 16-17", "schoolYear", "2016-08-16", "2017-06-09", ""]]),
            "users.csv": _csv([["sourcedId", "status", "dateLastModified", "orgSourcedIds", "role", "username", "userId", "givenName", "familyName", "identifier", "email", "sms", "phone", "agents"],
                               ["u1", "active", "2016-08-01", "o1", "student", "pat", "pat", "Pat", "Moss", "", "", "", "", ""]]),
            "demographics.csv": _csv([["userSourcedId", "status", "dateLastModified", "birthdate"], ["u1", "active", "2016-08-01", "2008-01-30"]]),
        },
    )  # fmt: skip


# --- What a bundle does to yesterday's ------------------------------------------------------------------------


@_variant("users.csv has a header and no rows, where yesterday it had many.", "held", after="good")
def empty_users(folder: Path) -> Path:
    return _zip(folder, "empty_users", _edit(_files(), "users.csv", lambda rows: rows[:1]))


@_variant("The export stopped half way: users.csv has lost every other row.", "held", after="good")
def half_the_users(folder: Path) -> Path:
    return _zip(folder, "half_the_users", _edit(_files(), "users.csv", lambda rows: [rows[0], *rows[1::2]]))


@_variant("users.csv has no bytes at all.", "refused", after="good")
def users_without_header(folder: Path) -> Path:
    return _zip(folder, "users_without_header", _files() | {"users.csv": b""})


@_variant("Ana's Student ID now names Lily, and the other way round.", "held", after="good")
def swapped_student_ids(folder: Path) -> Path:
    swap = {cast.ANA.student_id: cast.LILY.student_id, cast.LILY.student_id: cast.ANA.student_id}

    def change(rows: Rows) -> Rows:
        return [[swap.get(cell, cell) for cell in row] for row in rows]

    return _zip(folder, "swapped_student_ids", _edit(_files(), "users.csv", change))


@_variant("A delta that ends one enrollment as `inactive` and one as `toBeDeleted`.", "applied", after="good")
def delta_endings(folder: Path) -> Path:
    files = _files()
    rows = list(csv.reader(io.StringIO(files["enrollments.csv"].decode(), newline="")))
    mine = [row for row in rows if row[5] == cast.LILY.id]
    for row, status in zip(mine[:2], ("inactive", "toBeDeleted"), strict=True):
        row[1:3] = [status, "2026-09-04T06:00:00.000Z"]
    manifest = _manifest(
        files,
        lambda text: text.replace(",bulk", ",absent").replace(
            "file.enrollments,absent", "file.enrollments,delta"
        ),
    )["manifest.csv"]
    return _zip(
        folder, "delta_endings", {"manifest.csv": manifest, "enrollments.csv": _csv([rows[0], *mine[:2]])}
    )


# --- How other systems write ----------------------------------------------------------------------------------


@_variant(
    "A 1.2 delta of one row a file: roles.csv, CRLF, TRUE, and a password column in plain text.", "applied"
)
def delta_one_row_each(folder: Path) -> Path:
    rows = {
        "orgs": {"name": "Harbor Night School", "type": "school", "identifier": "", "parentSourcedId": ""},
        "academicSessions": {"title": "Term 1", "type": "semester", "startDate": "2026-08-13", "endDate": "2026-12-18",
                             "parentSourcedId": "", "schoolYear": "2027"},
        "courses": {"schoolYearSourcedId": "", "title": "Boat Building", "courseCode": "", "grades": "", "orgSourcedId": "ORG-7",
                    "subjects": "", "subjectCodes": ""},
        "classes": {"title": "Boat Building, evenings", "grades": "", "courseSourcedId": "COURSE-7", "classCode": "",
                    "classType": "scheduled", "location": "", "schoolSourcedId": "ORG-7", "termSourcedIds": "ACADEMICSESSION-7",
                    "subjects": "", "subjectCodes": "", "periods": ""},
        "users": {"enabledUser": "TRUE", "username": "noor.haddad", "userIds": "", "givenName": "Noor", "familyName": "Haddad",
                  "middleName": "", "identifier": "", "email": "", "sms": "", "phone": "", "agentSourcedIds": "", "grades": "",
                  "password": "Never-keep-this-1", "userMasterIdentifier": "", "preferredGivenName": "",
                  "preferredMiddleName": "", "preferredFamilyName": "", "primaryOrgSourcedId": "", "pronouns": ""},
        "roles": {"userSourcedId": "USER-7", "roleType": "primary", "role": "student", "beginDate": "", "endDate": "",
                  "orgSourcedId": "ORG-7", "userProfileSourcedId": ""},
        "userProfiles": {"userSourcedId": "USER-7", "profileType": "login", "vendorId": "V-1", "applicationId": "", "description": "",
                         "credentialType": "password", "username": "noor.haddad", "password": "Never-keep-this-2"},
        "demographics": {"birthDate": "2009-02-17"},
        "enrollments": {"classSourcedId": "CLASS-7", "schoolSourcedId": "ORG-7", "userSourcedId": "USER-7", "role": "student",
                        "primary": "", "beginDate": "", "endDate": ""},
    }  # fmt: skip
    ids = {"classes": "CLASS-7", "demographics": "USER-7", "academicSessions": "ACADEMICSESSION-7"}
    files = {
        f"{name}.csv": _csv(
            [
                ["sourcedId", "status", "dateLastModified", *row],
                [
                    ids.get(name, f"{name.upper()[:-1]}-7"),
                    "active",
                    "2026-09-03T00:00:00.000Z",
                    *row.values(),
                ],
            ]
        )
        for name, row in rows.items()
    }
    manifest = [["propertyName", "value"], ["manifest.version", "1.0"], ["oneroster.version", "1.2"]]
    absent = (
        "categories classResources courseResources lineItemLearningObjectiveIds lineItemScoreScales lineItems resources "
        "resultLearningObjectiveIds resultScoreScales results scoreScales userResources"
    )
    manifest += [[f"file.{name}", "delta"] for name in rows] + [
        [f"file.{name}", "absent"] for name in absent.split()
    ]
    return _zip(folder, "delta_one_row_each", files | {"manifest.csv": _csv(manifest)})


@_variant(
    "A 1.1 bundle as a roster vendor writes it: manifest.version 1, metadata columns, no parents, two rows one cell too "
    "long, LF, some files without a last line end.",
    "applied",
)
def vendor_style_1_1(folder: Path) -> Path:
    head = ["sourcedId", "status", "dateLastModified"]
    users = [
        [*head, "enabledUser", "orgSourcedIds", "role", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password"],
        *(
            [number, "", "", "true", "770001", role, f"{given} {family}", f"{{Local:{number}}}", given, family, "", "", f"{given}.{family}@example.org".lower(), "", "(213) 555-0177", "", grade, ""]
            for number, role, given, family, grade in (
                ("9001", "student", "Iris", "Vale", "9"), ("9002", "student", "Otto", "Lund", "9"),
                ("9003", "student", "Tess", "Marlow", "9"), ("9004", "teacher", "Ruth", "Okon", ""),
            )
        ),
    ]  # fmt: skip
    users[2].append("")
    users[4].append("")
    tables = {
        "orgs.csv": [
            [*head, "name", "type", "identifier", "parentSourcedId", "metadata.address1", "metadata.city"],
            ["77", "", "", "Pebble Creek Schools", "district", "", "", "", ""],
            ["770001", "", "", "Pebble Creek High", "school", "", "77", "1 School Way", "Pebble Creek"],
        ],
        "academicSessions.csv": [
            [*head, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"],
            ["77_2027", "", "", "2026-2027 School Year", "schoolYear", "2026-08-17", "2027-05-28", "", "2027"],
            ["77_2027_Fall", "", "", "2026-2027 Fall", "semester", "2026-08-17", "2026-12-18", "77_2027", "2027"],
        ],
        "courses.csv": [
            [*head, "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes"],
            ["ALG", "", "", "77_2027", "Algebra I", "ALG-1", "09", "77", "Algebra I", "02052"],
        ],
        "classes.csv": [
            [*head, "title", "grades", "courseSourcedId", "classCode", "classType", "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods"],
            ["770001ALG1", "", "", "ALG-1", "09", "ALG", "Algebra I", "scheduled", "12", "770001", "77_2027_Fall", "Algebra I", "02052", "1"],
        ],
        "users.csv": users,
        "demographics.csv": [[*head, "birthDate", "sex"], *([f"900{place}", "", "", f"2011-0{place}-2{place}", "female"] for place in (1, 2, 3))],
        "enrollments.csv": [
            [*head, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"],
            *(
                [f"E-{row[0]}", "", "", "770001ALG1", "770001", row[0], row[5], "", "2026-08-17", "2026-12-18"]
                for row in users[1:]
            ),
        ],
    }  # fmt: skip
    manifest = [["propertyName", "value"], ["manifest.version", "1"], ["oneroster.version", "1.1"]]
    manifest += [["source.systemName", "Roster Vendor"], ["source.systemCode", "VENDOR"]]
    manifest += [[f"file.{name.removesuffix('.csv')}", "bulk"] for name in tables]
    manifest += [
        [f"file.{name}", "absent"]
        for name in ["resources", "classResources", "courseResources", "categories", "lineItems", "results"]
    ]
    files = {
        name: _csv(rows).replace(b"\r\n", b"\n")
        for name, rows in (tables | {"manifest.csv": manifest}).items()
    }
    files["courses.csv"] = files["courses.csv"].rstrip(b"\n")
    return _zip(folder, "vendor_style_1_1", files)


@_variant("Not OneRoster: a School Data Sync export, which has no manifest and no status columns.", "refused")
def school_data_sync(folder: Path) -> Path:
    return _zip(
        folder,
        "school_data_sync",
        {
            "orgs.csv": _csv([["sourcedId", "name", "type", "parentSourcedId"], ["1", "Bay School", "school", ""]]),
            "users.csv": _csv(
                [
                    ["sourcedId", "username", "givenName", "familyName", "password", "activeDirectoryMatchId", "email", "phone", "sms"],
                    ["2", "kit@example.org", "Kit", "Rowe", "", "", "kit@example.org", "", ""],
                ]
            ),
            "roles.csv": _csv([["userSourcedId", "orgSourcedId", "role", "sessionSourcedId", "grade", "isPrimary", "roleStartDate", "roleEndDate"], ["2", "1", "student", "", "10", "TRUE", "", ""]]),
            "relationships.csv": _csv([["userSourcedId", "relationshipUserSourcedId", "relationshipRole"], ["2", "3", "guardian"]]),
        },
    )  # fmt: skip


# --- Companion bundles ----------------------------------------------------------------------------------------


@_variant("A companion row speaks of a student nobody knows.", "applied with quarantine", after="good")
def companion_of_a_stranger(folder: Path) -> Path:
    files = _edit(_files(part="companion"), "attendance.csv", _with_cell("studentSourcedId", "nobody", row=3))
    return _zip(folder, "companion_of_a_stranger", files)


@_variant("An attendance row has a category that is in no list.", "applied with quarantine", after="good")
def companion_unknown_code(folder: Path) -> Path:
    files = _edit(_files(part="companion"), "attendance.csv", _with_cell("category", "sleepy", row=3))
    return _zip(folder, "companion_unknown_code", files)


def _loses_guardianships(rows: Rows) -> Rows:
    """Every third adult is gone from the file."""
    return [row for place, row in enumerate(rows) if place % 3 != 0 or not place]


@_variant("guardianships.csv has lost one row in three: that many families would lose their records.", "held",
          after="good_companion")  # fmt: skip
def lost_guardianships(folder: Path) -> Path:
    files = _edit(_files(part="companion"), "guardianships.csv", _loses_guardianships)
    return _zip(folder, "lost_guardianships", files)


@_variant("The same loss, and in it one court order: Luis may see nothing of Ana's from now on.", "held",
          after="good_companion")  # fmt: skip
def revocation_in_a_held_bundle(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        restriction = rows[0].index("accessRestriction")
        for row in rows:
            if row[0] == f"{cast.ANA.id}.{cast.LUIS.id}":
                row[restriction] = "noRecords"
        return _loses_guardianships(rows)

    return _zip(
        folder, "revocation_in_a_held_bundle", _edit(_files(part="companion"), "guardianships.csv", change)
    )


@_variant("attendance.csv was put into the OneRoster ZIP.", "refused")
def companion_inside_oneroster(folder: Path) -> Path:
    files = _files() | {"attendance.csv": _files(part="companion")["attendance.csv"]}
    return _zip(folder, "companion_inside_oneroster", files)


# --- Feeds that look whole and are not ------------------------------------------------------------------------


@cache
def _more_students() -> tuple[tuple[str, bytes], ...]:
    """A roster large enough that a share of it is more than a handful."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), students=60, seed=1, today=TODAY, version="1.2")
        return tuple(
            (path.name, path.read_bytes()) for path in sorted((Path(folder) / "oneroster").iterdir())
        )


@_variant("Nothing is wrong; sixty students besides the cast.", "applied")
def good_sixty(folder: Path) -> Path:
    return _zip(folder, "good_sixty", dict(_more_students()))


@_variant("Every fifth student is gone from users.csv; their roles and places are still there.", "held",
          after="good_sixty")  # fmt: skip
def fifth_fewer_students(folder: Path) -> Path:
    files = dict(_more_students())
    roles = csv.DictReader(io.StringIO(files["roles.csv"].decode(), newline=""))
    students = [row["userSourcedId"] for row in roles if row["role"] == "student"]
    gone = set(students[::5])
    files = _edit(files, "users.csv", lambda rows: [row for row in rows if row[0] not in gone])
    return _zip(folder, "fifth_fewer_students", files)


@_variant("A school is gone from orgs.csv, and its students still name it.", "held", after="good_sixty")
def school_gone(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        kind, name = rows[0].index("type"), rows[0].index("name")
        first = min(row[name] for row in rows[1:] if row[kind] == "school")
        return [row for row in rows if row[name] != first]

    return _zip(folder, "school_gone", _edit(dict(_more_students()), "orgs.csv", change))


@_variant("users.csv is cut off in the middle of a row.", "held", after="good_sixty")
def cut_users(folder: Path) -> Path:
    files = dict(_more_students())
    return _zip(
        folder, "cut_users", files | {"users.csv": files["users.csv"][: len(files["users.csv"]) // 2 + 7]}
    )


@_variant("From its fourth column on, every row of users.csv is shifted one cell to the right.", "held",
          after="good_sixty")  # fmt: skip
def shifted_columns(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        return [rows[0], *([*row[:3], "", *row[3:-1]] for row in rows[1:])]

    return _zip(folder, "shifted_columns", _edit(dict(_more_students()), "users.csv", change))


@_variant("The export of an earlier day comes after that of a later one.", "refused", after="good")
def older_export(folder: Path) -> Path:
    files = _manifest(_files(), lambda text: text + "source.asOf,2026-01-05T05:00:00.000Z\r\n")
    return _zip(folder, "older_export", files)


@_variant("The export says that it was made in ten years.", "refused")
def export_from_the_future(folder: Path) -> Path:
    files = _manifest(_files(), lambda text: text + "source.asOf,2036-09-04T05:00:00.000Z\r\n")
    return _zip(folder, "export_from_the_future", files)


@_variant("Two organisations are above one another.", "applied with quarantine")
def circular_parents(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        parent = rows[0].index("parentSourcedId")
        rows[1][parent], rows[2][parent] = rows[2][0], rows[1][0]
        return rows

    return _zip(folder, "circular_parents", _edit(_files(), "orgs.csv", change))


@_variant("An organisation is above itself.", "applied with quarantine")
def own_parent(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        rows[2][rows[0].index("parentSourcedId")] = rows[2][0]
        return rows

    return _zip(folder, "own_parent", _edit(_files(), "orgs.csv", change))


@_variant("A student has two birth dates.", "applied with quarantine")
def two_birth_dates(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        born = rows[0].index("birthDate")
        return [*rows, [cell if place != born else "2015-01-31" for place, cell in enumerate(rows[1])]]

    return _zip(folder, "two_birth_dates", _edit(_files(), "demographics.csv", change))


@_variant("users.csv is one line of a gigabyte.", "refused")
def gigabyte_line(folder: Path) -> Path:
    path = good_folder(folder).rename(folder / "gigabyte_line")
    with (path / "users.csv").open("r+b") as file:
        file.seek(0, io.SEEK_END)
        file.truncate(2**30)  # the disk keeps a hole; who reads it gets zeros and no line end
    return path


@_variant("orgs.csv is nothing but zeros, as a disk that failed gives it back.", "refused")
def zeros(folder: Path) -> Path:
    return _zip(folder, "zeros", _files() | {"orgs.csv": bytes(5000)})


@_variant("A column's name in users.csv holds a NUL byte.", "refused")
def nul_in_the_header(folder: Path) -> Path:
    files = _files()
    users = files["users.csv"].replace(b"familyName", b"family\0Name", 1)
    return _zip(folder, "nul_in_the_header", files | {"users.csv": users})


@_variant("users.csv is UTF-16 without its mark.", "refused")
def utf_16_without_mark(folder: Path) -> Path:
    files = _files()
    users = files["users.csv"].decode().encode("utf-16-le")
    return _zip(folder, "utf_16_without_mark", files | {"users.csv": users})


@_variant("The names in users.csv are bytes of no encoding we know.", "held")
def unknown_encoding(folder: Path) -> Path:
    files = _files()
    rows = list(csv.reader(io.StringIO(files["users.csv"].decode("latin-1"), newline="")))
    for row in rows[1:]:
        row[rows[0].index("familyName")] = (
            "\x81\x8d"  # stand for nothing in UTF-8 and nothing in Windows-1252
        )
    users = _csv(rows).decode().encode("latin-1")
    return _zip(folder, "unknown_encoding", files | {"users.csv": users})


@_variant("users.csv is parted by semicolons.", "refused")
def semicolons(folder: Path) -> Path:
    files = _files()
    return _zip(folder, "semicolons", files | {"users.csv": files["users.csv"].replace(b",", b";")})


@_variant("users.csv is the web page of an error.", "refused")
def web_page(folder: Path) -> Path:
    page = b"<!doctype html>\n<title>502 Bad Gateway</title>\n<p>nginx</p>\n"
    return _zip(folder, "web_page", _files() | {"users.csv": page})


@_variant("users.csv is packed once more, as users.csv.gz.", "refused")
def packed_twice(folder: Path) -> Path:
    files = _files()
    return _zip(folder, "packed_twice", files | {"users.csv.gz": files.pop("users.csv")})


@_variant("A name is longer than any name.", "applied with quarantine")
def endless_name(folder: Path) -> Path:
    def change(rows: Rows) -> Rows:
        for row in rows:
            if row[0] == cast.SAM.id:
                row[rows[0].index("givenName")] = "Sam" * 100
        return rows

    return _zip(folder, "endless_name", _edit(_files(), "users.csv", change))


@_variant("An enrollment ends before it begins.", "applied with quarantine")
def ends_before_it_begins(folder: Path) -> Path:
    return _zip(
        folder,
        "ends_before_it_begins",
        _edit(_files(), "enrollments.csv", _with_cell("endDate", "2019-01-01", row=2)),
    )


@_variant("An enrollment begins on the thirtieth of February.", "applied with quarantine")
def no_such_day(folder: Path) -> Path:
    return _zip(
        folder,
        "no_such_day",
        _edit(_files(), "enrollments.csv", _with_cell("beginDate", "2026-02-30", row=2)),
    )
