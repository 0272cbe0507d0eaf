"""The watched folder: what is whole goes in, what is still coming is left alone."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from portal.sis import drop
from portal.sis.models import Run
from portal.students.models import Student
from tests.sis import small

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(tmp_path, settings) -> Path:
    """Where the system called `oak-sis` may write."""
    settings.DROP_DIR = tmp_path / "drop"
    folder = settings.DROP_DIR / "oak-sis"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def later(monkeypatch):
    """Two minutes pass."""
    monkeypatch.setattr(drop, "QUIET", 0)


def zipped(inbox: Path, name: str = "roster.zip", tables=None) -> Path:
    folder = small.write(inbox.parent.parent / "made", tables or small.roster())
    path = inbox / name
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    return path


def test_a_file_that_was_just_written_waits_and_a_quiet_one_goes_in(inbox, monkeypatch):
    path = zipped(inbox)
    os.utime(path, (1, 1))  # a sender may set the date back; the file system knows better
    assert drop.take_ready() == []
    monkeypatch.setattr(drop, "QUIET", 0)
    (report,) = drop.take_ready()
    assert (report.verdict, report.source) == ("applied", "oak-sis")
    assert Student.objects.filter(source="oak-sis").count() == 2
    assert not path.exists()
    assert "applied" in (inbox / "results" / "roster.zip.txt").read_text()
    assert drop.take_ready() == []


def test_a_sender_can_say_that_a_file_is_whole(inbox):
    path = zipped(inbox)
    (inbox / "roster.zip.done").touch()
    assert [report.verdict for report in drop.take_ready()] == ["applied"]
    assert sorted(file.name for file in inbox.iterdir()) == ["results"]
    assert not path.exists()


def test_a_folder_goes_in_when_its_manifest_is_there_and_nothing_is_on_its_way(inbox, later):
    folder = small.write(inbox / "roster", small.roster())
    manifest = (folder / "manifest.csv").rename(inbox.parent / "manifest.csv")
    assert drop.take_ready() == []
    shutil.move(manifest, folder / "manifest.csv")
    (folder / "users.csv.filepart").touch()
    assert drop.take_ready() == []
    (folder / "users.csv.filepart").unlink()
    assert [report.verdict for report in drop.take_ready()] == ["applied"]
    assert not folder.exists()


@pytest.mark.parametrize(
    "name", ["roster.zip.part", ".roster.zip", "roster.zip.filepart", "roster.csv", "results"]
)
def test_names_of_half_files_and_strangers_are_left_alone(inbox, later, name):
    path = zipped(inbox, name)
    assert drop.take_ready() == []
    assert path.exists()


def test_a_link_is_never_followed(inbox, later, tmp_path):
    folder = small.write(tmp_path / "elsewhere", small.roster())
    (inbox / "roster").symlink_to(folder)
    (inbox.parent / "other-sis").symlink_to(tmp_path)
    assert drop.take_ready() == []


def test_what_is_refused_is_set_aside_with_its_reason_and_not_tried_again(inbox, later):
    (inbox / "roster.zip").write_bytes(b"half a file")
    assert [report.verdict for report in drop.take_ready()] == ["refused"]
    assert drop.take_ready() == []
    assert (inbox / "refused" / "roster.zip").is_file()
    assert "is not a ZIP file" in (inbox / "results" / "roster.zip.txt").read_text()


def test_several_systems_lie_side_by_side_and_the_oldest_goes_first(inbox, later):
    other = inbox.parent / "elm-sis"
    other.mkdir()
    zipped(inbox, "b.zip")
    zipped(other, "c.zip")
    zipped(inbox, "a.zip")
    reports = drop.take_ready()
    assert sorted(report.source for report in reports) == ["elm-sis", "oak-sis", "oak-sis"]
    assert set(Run.objects.values_list("verdict", flat=True)) == {"applied"}
    assert Student.objects.count() == 4


def test_no_folder_is_watched_unless_the_settings_name_one(settings):
    settings.DROP_DIR = None
    assert drop.take_ready() == []
