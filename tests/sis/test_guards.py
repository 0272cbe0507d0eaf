"""What is held, what it changes all the same, and what is put aside."""

from datetime import date

import pytest

from portal.family import pins
from portal.family.models import Guardianship, Pin
from portal.record.models import Arrival
from portal.sections.attendance.models import Mark
from portal.sis import narrowing
from portal.sis.models import Quarantined, Run
from portal.students.models import Enrollment, Student
from tests.sis import small
from tests.sis.small import asides, changes, repairs, right, row, take_companion, take_roster, user

pytestmark = pytest.mark.django_db


def school_of(students: int) -> dict[str, small.Table]:
    """The small roster with more students, each with a mother."""
    tables = small.roster()
    for n in range(students):
        tables["users"].append(
            user(f"s{n}", "student", "Student", f"N{n}", identifier=f"1{n:05}", grades="09")
        )
        tables["users"].append(user(f"m{n}", "parent", "Mother", f"N{n}"))
    return tables


def rights_of(students: int, **more: str) -> small.Table:
    return [right(f"s{n}", f"m{n}", **more) for n in range(students)]


def test_a_complete_file_that_lost_more_than_a_tenth_is_held(tmp_path):
    take_roster(tmp_path, school_of(60))
    tables = school_of(60)
    tables["users"] = tables["users"][:-14]  # seven students of 62
    report = take_roster(tmp_path, tables)
    assert report.verdict == Run.Verdict.HELD
    assert "users.csv would end 7 of 62 rows." in report.reason
    assert Student.objects.filter(active=True).count() == 62
    assert not Arrival.objects.exclude(file="roles.csv").filter(held_since=None).exists()


def test_a_few_rows_may_end(tmp_path):
    take_roster(tmp_path, school_of(10))
    tables = school_of(10)
    tables["users"] = tables["users"][:-10]  # five students of 12
    report = take_roster(tmp_path, tables)
    assert report.verdict == Run.Verdict.APPLIED
    assert Student.objects.filter(active=True).count() == 7


def test_more_than_one_row_in_a_thousand_that_is_no_text_holds_the_set(tmp_path):
    def sent(bad: int):
        users = small.csv_of(school_of(1500)["users"]).split(b"\r\n")
        for n in range(11, 11 + 2 * bad, 2):  # students; a mother stands between
            users[n] = users[n].replace(b"Student", b"Zo\x81")
        return take_roster(tmp_path, small.roster() | {"users": b"\r\n".join(users)})

    fine, held = sent(3), sent(4)
    assert (fine.verdict, fine.files["users.csv"].quarantined) == ("applied", 3)
    assert (held.verdict, held.reason) == (
        "held",
        "users.csv is in an encoding we cannot read. Export it as UTF-8.",
    )


def test_an_empty_file_where_there_were_rows_is_held_however_few_they_were(tmp_path):
    take_roster(tmp_path)
    tables = small.roster()
    empty = small.csv_of(tables["enrollments"]).split(b"\r\n")[0] + b"\r\n"
    report = take_roster(tmp_path, tables | {"enrollments": empty})
    assert (report.verdict, "enrollments.csv is empty" in report.reason) == (Run.Verdict.HELD, True)
    assert Enrollment.objects.filter(active=True).count() == 2


def test_an_empty_file_where_nothing_was_is_fine(tmp_path):
    tables = small.roster()
    empty = small.csv_of(tables["enrollments"]).split(b"\r\n")[0] + b"\r\n"
    assert take_roster(tmp_path, tables | {"enrollments": empty}).verdict == Run.Verdict.APPLIED


def test_more_than_one_bad_row_in_a_hundred_holds_the_set(tmp_path):
    tables = school_of(60)
    for person in tables["users"][-6:]:
        person["role"] = "wizard"
    report = take_roster(tmp_path, tables)
    assert (report.verdict, report.reason) == (Run.Verdict.HELD, "users.csv has 6 bad rows in 124.")
    assert not Student.objects.exists()
    assert (
        Quarantined.objects.filter(run=Run.objects.get(), reason="unknown_code", column="role").count() == 6
    )


def test_a_file_in_which_every_row_is_bad_is_held(tmp_path):
    take_roster(tmp_path)
    marks = [
        row(
            "a-1", studentSourcedId="ana", schoolSourcedId="oak", date="soon", scope="day", category="present"
        )
    ]
    assert take_companion(tmp_path, {"attendance": marks}).verdict == Run.Verdict.HELD


def test_a_bad_row_leaves_the_live_one_as_it_was_and_the_rest_goes_in(tmp_path):
    take_roster(tmp_path)
    tables = small.roster()
    tables["enrollments"][0]["beginDate"] = "03/04/2026"
    tables["enrollments"][1]["endDate"] = "2026-11-20"
    report = take_roster(tmp_path, tables)
    assert asides(report) == [("enrollments.csv", 2, "beginDate", "ambiguous_date")]
    assert list(
        Enrollment.objects.order_by("sourced_id").values_list("sourced_id", "active", "begins", "ends")
    ) == [
        ("e-ana", True, date(2026, 8, 13), date(2026, 12, 18)),
        ("e-ben", True, date(2026, 8, 13), date(2026, 11, 20)),
    ]


def test_two_rows_of_one_id_are_both_put_aside_unless_they_are_the_same(tmp_path):
    tables = small.roster()
    tables["users"] += [tables["users"][0] | {"givenName": "Anna"}, dict(tables["users"][1])]
    report = take_roster(tmp_path, tables)
    assert asides(report) == [
        ("users.csv", 2, "sourcedId", "duplicate"),
        ("users.csv", 6, "sourcedId", "duplicate"),
    ]
    assert ("users.csv", "sourcedId", "repeated_row", 1) in repairs(report)
    assert list(Student.objects.values_list("given_name", flat=True)) == ["Ben"]


def test_two_students_with_one_number_are_both_put_aside(tmp_path):
    tables = small.roster()
    tables["users"][1]["identifier"] = "204518X327"
    report = take_roster(tmp_path, tables)
    assert [(line, reason) for _file, line, _column, reason in asides(report)] == [
        (2, "name_taken"),
        (3, "name_taken"),
    ]


def test_a_number_that_names_another_child_than_before_holds_the_set(tmp_path):
    take_roster(tmp_path)
    tables = small.roster()
    ana, ben = tables["users"][:2]
    ana["identifier"], ben["identifier"] = ben["identifier"], ana["identifier"]
    report = take_roster(tmp_path, tables)
    assert report.verdict == Run.Verdict.HELD
    assert Student.objects.get(given_name="Ana").student_id == "204518X327"


def mark(sourced_id: str, on: str, category: str = "present", **more: str) -> dict[str, str]:
    cells = {
        "studentSourcedId": "ana",
        "schoolSourcedId": "oak",
        "date": on,
        "scope": "day",
        "category": category,
    }
    return row(sourced_id, **(cells | more))


def test_a_day_cannot_have_two_marks(tmp_path):
    take_roster(tmp_path)
    report = take_companion(
        tmp_path,
        {"attendance": [mark("a", "2026-09-14"), mark("b", "2026-09-14", "tardy"), mark("c", "2026-09-15")]},
    )
    assert [(line, reason) for _file, line, _column, reason in asides(report)] == [
        (2, "same_key"),
        (3, "same_key"),
    ]
    assert Mark.rows.for_import().get().sourced_id == "c"


def test_marks_whose_ids_the_school_counted_anew_trade_places(tmp_path):
    take_roster(tmp_path)
    take_companion(tmp_path, {"attendance": [mark("1", "2026-09-14", "tardy"), mark("2", "2026-09-15")]})
    report = take_companion(
        tmp_path,
        {"attendance": [mark("1", "2026-09-11"), mark("2", "2026-09-14", "tardy"), mark("3", "2026-09-15")]},
    )
    assert report.aside == []
    assert list(
        Mark.rows.for_import().order_by("on").values_list("sourced_id", "on", "category", "active")
    ) == [
        ("1", date(2026, 9, 11), "present", True),
        ("2", date(2026, 9, 14), "tardy", True),
        ("3", date(2026, 9, 15), "present", True),
    ]


def test_a_file_of_changes_older_than_the_last_one_has_no_effect(tmp_path):
    take_roster(tmp_path)

    def renamed(name: str, at: str):
        change = user(
            "ben", "student", name, "Okafor", identifier="204519X328", status="active", dateLastModified=at
        )
        return take_roster(tmp_path, {"users": [change]}, mode="delta")

    renamed("Benjamin", "2026-09-14T10:00:00.000Z")
    report = renamed("Bem", "2026-09-13T10:00:00.000Z")
    assert (changes(report), report.files["users.csv"].outcome) == ({}, "older")
    assert Student.objects.get(sourced_id="ben").given_name == "Benjamin"


def held_with(tmp_path, rights: small.Table):
    """Rights in a set that is held because its attendance is bad."""
    return take_companion(tmp_path, {"guardianships": rights, "attendance": [mark("a-1", "soon")]})


@pytest.mark.parametrize(
    ("cells", "then"),
    [
        ({"accessRestriction": "noRecords"}, (True, "full", "noRecords", None)),
        ({"educationalRights": "none"}, (True, "none", "none", None)),
        ({"educationalRights": "limited"}, (True, "limited", "none", None)),
        ({"endDate": "2026-10-01"}, (True, "full", "none", date(2026, 10, 1))),
        ({"status": "tobedeleted"}, (False, "full", "none", None)),
    ],
)
def test_a_held_set_narrows_rights_at_once(tmp_path, cells, then):
    take_roster(tmp_path, school_of(3))
    take_companion(tmp_path, {"guardianships": rights_of(3)})
    report = held_with(tmp_path, [*rights_of(2), right("s2", "m2", **cells)])
    assert (report.verdict, report.files["guardianships.csv"].narrowed) == (Run.Verdict.HELD, 1)
    assert (
        Guardianship.objects.values_list("active", "educational_rights", "access_restriction", "ends").get(
            sourced_id="s2.m2"
        )
        == then
    )


@pytest.mark.parametrize(
    "cells",
    [
        {"accessRestriction": "none"},
        {"educationalRights": "full"},
        {"endDate": "2027-10-01"},
        {"endDate": ""},
    ],
)
def test_a_held_set_widens_nothing(tmp_path, cells):
    narrow = {"accessRestriction": "noRecords", "educationalRights": "limited", "endDate": "2026-12-01"}
    take_roster(tmp_path, school_of(3))
    take_companion(tmp_path, {"guardianships": rights_of(3, **narrow)})
    before = list(Guardianship.objects.order_by("pk").values())
    report = held_with(tmp_path, [*rights_of(2, **narrow), right("s2", "m2", **(narrow | cells))])
    assert report.verdict == Run.Verdict.HELD
    assert list(Guardianship.objects.order_by("pk").values()) == before


def test_a_right_missing_from_a_held_set_ends_unless_the_file_itself_may_be_cut_off(tmp_path):
    take_roster(tmp_path, school_of(20))
    take_companion(tmp_path, {"guardianships": rights_of(20)})
    held_with(tmp_path, rights_of(19))
    assert Guardianship.objects.filter(active=True).count() == 19
    assert take_companion(tmp_path, {"guardianships": rights_of(10)}).verdict == Run.Verdict.HELD
    assert Guardianship.objects.filter(active=True).count() == 19


def test_only_so_many_rights_end_before_a_person_has_looked(tmp_path, monkeypatch):
    monkeypatch.setattr(narrowing, "MOST", 2)
    take_roster(tmp_path, school_of(5))
    take_companion(tmp_path, {"guardianships": rights_of(5)})
    report = held_with(tmp_path, rights_of(5, accessRestriction="noContact"))
    assert Guardianship.objects.filter(access_restriction="noContact").count() == 2
    assert "3 more wait." in report.reason


def test_a_right_that_ends_kills_the_pin_that_waited_for_it(tmp_path):
    take_roster(tmp_path, school_of(2))
    take_companion(tmp_path, {"guardianships": rights_of(2)})
    pin, _digits = pins.give(Guardianship.objects.get(sourced_id="s0.m0"), by="Office manager")
    take_companion(tmp_path, {"guardianships": [right("s1", "m1")]})
    pin.refresh_from_db()
    assert pin.dead_because == Pin.Dead.NOT_VERIFIED


def test_a_file_that_fails_keeps_the_whole_set_out_and_says_what_hangs_on_it(tmp_path):
    tables = small.roster()
    for person in tables["users"]:
        del person["familyName"]
    report = take_roster(tmp_path, tables)
    assert (report.verdict, report.reason) == (
        Run.Verdict.REFUSED,
        "users.csv has no column familyName, which is required.",
    )
    assert {name: about.outcome for name, about in report.files.items()} == {
        "orgs.csv": "ready", "academicSessions.csv": "ready", "courses.csv": "ready", "classes.csv": "ready",
        "users.csv": "refused", "demographics.csv": "blocked", "enrollments.csv": "blocked",
    }  # fmt: skip
    assert not Student.objects.exists()
