"""`portal import`: exit statuses, the report as a table and as JSON, a try that leaves nothing behind."""

import json

import pytest

from portal.sis import command
from portal.sis.models import Quarantined, Run
from portal.students.models import Student
from tests.sis import small

pytestmark = pytest.mark.django_db


def take(path, **more) -> int:
    return command.take(path, **({"source": None, "dry_run": False, "as_json": False} | more))


def test_an_applied_bundle_exits_0_and_shows_its_rows(tmp_path, capsys):
    assert take(small.write(tmp_path / "roster", small.roster())) == 0
    shown = capsys.readouterr()
    assert "Applied." in shown.out
    assert ["users.csv", "bulk", "4", "4", "1", "0", "1", "0", "0"] in [
        line.split() for line in shown.out.splitlines()
    ]
    assert shown.err == ""


def test_a_held_bundle_exits_2_and_a_refused_one_3(tmp_path):
    tables = small.roster()
    assert take(small.write(tmp_path / "roster", tables)) == 0
    empty = small.csv_of(tables["users"]).split(b"\r\n")[0]
    assert take(small.write(tmp_path / "roster", tables | {"users": empty})) == 2
    assert take(tmp_path / "nowhere") == 3
    assert list(Run.objects.order_by("pk").values_list("verdict", "bundle")) == [
        ("applied", "oneroster"),
        ("held", "oneroster"),
        ("refused", ""),
    ]


def test_the_report_as_json_names_every_row_put_aside(tmp_path, capsys):
    tables = small.roster()
    tables["enrollments"][0]["beginDate"] = "03/04/2026"
    assert take(small.write(tmp_path / "roster", tables), as_json=True, source="mine") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["source"], report["version"]) == ("applied", "mine", "1.1")
    assert report["quarantined"] == [
        {
            "file": "enrollments.csv",
            "line": 2,
            "column": "beginDate",
            "reason": "ambiguous_date",
            "words": "Day and month cannot be told apart. Write the date as 2026-09-14.",
            "sourcedId": "e-ana",
        }
    ]
    (users,) = [file for file in report["files"] if file["file"] == "users.csv"]
    assert (users["rows"], users["added"], users["quarantined"]) == (4, 4, 0)
    assert users["repaired"] == [{"column": "grades", "reason": "grade_repaired", "rows": 1, "lines": [2]}]
    quarantined = Quarantined.objects.get()
    assert (quarantined.file, quarantined.line, quarantined.column) == ("enrollments.csv", 2, "beginDate")


def test_a_dry_run_reports_and_leaves_nothing(tmp_path, capsys):
    assert take(small.write(tmp_path / "roster", small.roster()), dry_run=True) == 0
    assert "It was only tried" in capsys.readouterr().out
    assert not Student.objects.exists()
    assert not Run.objects.exists()


def test_a_fault_of_ours_leaves_nothing_half_done_and_the_run_says_so(tmp_path, monkeypatch):
    def breaks(*_args, **_more):
        raise RuntimeError("a fault")

    monkeypatch.setattr("portal.sis.roster.settle_students", breaks)
    with pytest.raises(RuntimeError):
        take(small.write(tmp_path / "roster", small.roster()))
    assert not Student.objects.exists()
    assert Run.objects.get().verdict == Run.Verdict.REFUSED


def test_a_run_that_was_killed_says_so_when_the_next_one_begins(tmp_path):
    Run.objects.create(source="sis", bundle="oneroster", name="monday.zip")
    small.take_roster(tmp_path)
    assert list(Run.objects.order_by("pk").values_list("verdict", "reason")) == [
        ("refused", "It was interrupted. Nothing was changed."),
        ("applied", ""),
    ]
