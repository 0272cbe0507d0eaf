"""What a bundle is, and why one is not opened."""

import os
import zipfile

import pytest

from portal.sis import bundle
from portal.sis.bundle import Refused
from tests.sis import small


def opened(path):
    with bundle.opened(path) as found:
        return found


def manifest(folder, text: str | bytes):
    (folder / "manifest.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def zipped(folder, *entries: tuple[str, str]):
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
        for name, content in entries:
            archive.writestr(name, content)
    return path


@pytest.fixture
def folder(tmp_path):
    return small.write(tmp_path / "roster", {"orgs": small.roster()["orgs"]})


@pytest.mark.parametrize(
    "text",
    [
        "propertyName,value\nmanifest.version,1\noneroster.version,1.1\nfile.orgs,bulk\n",
        "\ufeffpropertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.1\r\nfile.orgs,bulk",
        "PropertyName, Value\n\noneroster.version, 1.1\nsource.systemName,\nfile.orgs, BULK\nfile.users,\nx,y\n",
    ],
)
def test_a_manifest_is_read_however_it_is_written(folder, text):
    found = opened(manifest(folder, text))
    assert (found.kind, found.version, found.says, [m.mode for m in found.members.values()]) == (
        "oneroster", "1.1", "", ["bulk"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("propertyName,value\noneroster.version,1.0\n", "OneRoster 1.0"),
        ("propertyName,value\noneroster.version,2.0\n", "OneRoster 2.0"),
        ("propertyName,value\nmanifest.version,3\noneroster.version,1.1\n", "manifest.version 3"),
        ("propertyName,value\ncompanion.version,7\n", "companion version 7"),
        ("propertyName,value\noneroster.version,1.1\ncompanion.version,1.0\n", "two bundles"),
        ("propertyName,value\nmanifest.version,1.0\n", "cannot tell"),
        ("propertyName,value\noneroster.version,1.1\nfile.orgs,some\n", "absent, bulk or delta"),
        (
            "propertyName,value\noneroster.version,1.1\nfile.users,bulk\n",
            "users.csv, and it is not in the bundle",
        ),
        ("propertyName,value\noneroster.version,1.1\nfile.guardianships,bulk\n", "no file of this standard"),
        ("name;value\n", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        ("", "cannot be read"),
        ("propertyName,value\n" + "x,y\n" * 50_000, "cannot be read"),
    ],
)
def test_a_manifest_that_does_not_hold_is_refused_in_words(folder, text, says):
    with pytest.raises(Refused, match=says):
        opened(manifest(folder, text))


def test_a_file_the_manifest_does_not_name_is_left_out_with_a_note(folder):
    (folder / "users.csv").write_text("sourcedId\n")
    (folder / "lunch.csv").write_text("sourcedId\n")
    found = opened(folder)
    assert list(found.members) == ["orgs.csv"]
    assert found.notes == (
        "users.csv is in the bundle, but the manifest does not name it. It was not read.",
        "lunch.csv is no file of this standard. It was not read.",
    )


def test_a_link_in_a_folder_is_refused(folder, tmp_path):
    os.symlink("/etc/hostname", folder / "users.csv")
    with pytest.raises(Refused, match="link"):
        opened(folder)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../x.csv", "outside"), ("/x.csv", "outside"), ("a/../../x.csv", "outside"), ("C:\\x.csv", "outside"),
        ("\\x.csv", "outside"), ("more.zip", "another archive"), ("ORGS.csv", "same file twice"),
    ],
)  # fmt: skip
def test_a_zip_with_a_bad_name_is_refused(folder, name, says):
    with pytest.raises(Refused, match=says):
        opened(zipped(folder, (name, "x")))


def test_limits_are_checked_before_anything_is_read(folder, monkeypatch):
    path = zipped(folder)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was read"))
    monkeypatch.setattr(bundle, "MOST_ENTRIES", 1)
    with pytest.raises(Refused, match="at most 1"):
        opened(path)
    monkeypatch.setattr(bundle, "MOST_ENTRIES", 300)
    monkeypatch.setattr(bundle, "LARGEST", 10)
    with pytest.raises(Refused, match="larger"):
        opened(path)


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (["relationships.csv"], "School Data Sync 2.1"),
        (["School.csv", "Section.csv", "StudentEnrollment.csv"], "School Data Sync 1"),
        (["schools.csv", "sections.csv", "students.csv"], "Clever"),
        (["orgs.csv"], "no manifest.csv"),
    ],
)
def test_what_is_not_oneroster_is_named(tmp_path, files, what):
    for name in files:
        (tmp_path / name).write_text("sourcedId\n")
    with pytest.raises(Refused, match=what):
        opened(tmp_path)


def test_an_empty_folder_and_no_folder_are_refused(tmp_path):
    with pytest.raises(Refused, match="empty"):
        opened(tmp_path)
    with pytest.raises(Refused, match="no file or folder"):
        opened(tmp_path / "gone")
