"""What holds a set, who lets it in, and what is kept of it."""

import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from portal.family.models import Guardian, Guardianship
from portal.people.models import Person
from portal.sis import command, guards, keeping, releasing, roster
from portal.sis.models import Run
from portal.students.models import Enrollment, Student
from tests.sis import small
from tests.sis.small import asides, right, row, take, take_companion, take_roster
from tests.sis.test_guards import rights_of, school_of

pytestmark = pytest.mark.django_db


def staff(name: str, **more) -> Person:
    email = f"{name.lower()}@staff.example.org"
    cells = {"kind": Person.Kind.STAFF, "state": Person.State.ACTIVE, "first_name": name}
    return Person.objects.create(email=email, email_key=email, **(cells | more))


@pytest.fixture
def joan() -> Person:
    return staff("Joan")


@pytest.fixture
def mei() -> Person:
    return staff("Mei")


def lost_students(tmp_path, count: int = 200, gone: int = 6):
    """A school of 202 whose next set has six students fewer."""
    take_roster(tmp_path, school_of(count))
    tables = school_of(count)
    tables["users"] = tables["users"][: -2 * gone]
    return take_roster(tmp_path, tables)


def test_six_students_of_two_hundred_hold_a_set_that_lost_hardly_a_row_in_ten(tmp_path):
    report = lost_students(tmp_path)
    assert (report.verdict, report.reason) == ("held", "users.csv would end 6 of 202 rows.")
    assert Student.objects.filter(active=True).count() == 202


def test_a_school_that_lost_a_tenth_holds_the_set_by_its_name(tmp_path):
    tables = school_of(400)
    tables["orgs"].append(row("elm", name="Elm School", type="school", parentSourcedId="district"))
    for person in tables["users"][-120:]:
        person["orgSourcedIds"] = "elm"
    take_roster(tmp_path, tables)
    for person in tables["users"][-14:]:  # seven students of sixty move
        person["orgSourcedIds"] = "oak"
    report = take_roster(tmp_path, tables)
    assert (report.verdict, report.reason) == ("held", "Elm School would lose 7 of 60 students.")


def test_new_and_wider_rights_of_more_than_one_in_twenty_hold_the_set(tmp_path):
    take_roster(tmp_path, school_of(60))
    take_companion(tmp_path, {"guardianships": rights_of(60, educationalRights="limited")})
    wider = [*rights_of(6), *rights_of(60, educationalRights="limited")[6:]]
    report = take_companion(tmp_path, {"guardianships": wider})
    assert report.verdict == "held"
    assert report.reason == "guardianships.csv would open or widen 6 rights, where 60 were there."
    assert not Guardianship.objects.filter(educational_rights="full").exists()


def test_one_right_in_two_hundred_that_ends_holds_the_set(tmp_path):
    take_roster(tmp_path, school_of(200))
    take_companion(tmp_path, {"guardianships": rights_of(200)})
    report = take_companion(tmp_path, {"guardianships": rights_of(194)})
    assert (report.verdict, report.reason) == ("held", "guardianships.csv would end 6 of 200 rows.")


def test_numbers_of_many_adults_that_are_others_than_before_hold_the_set(tmp_path):
    tables = school_of(60)
    mothers = [person for person in tables["users"] if person["role"] == "parent"]
    for n, mother in enumerate(mothers):
        mother["phone"] = f"(213) 555-{n:04}"
    take_roster(tmp_path, tables)
    for mother in mothers[:6]:
        mother["phone"] = "(213) 555-9999"
    report = take_roster(tmp_path, tables)
    assert report.reason == "users.csv would change how 6 of 61 people are reached."
    assert not Guardian.objects.filter(phone__contains="9999").exists()


def test_a_file_that_was_in_three_sets_is_missed_in_the_fourth(tmp_path):
    for _n in range(3):
        assert take_roster(tmp_path).verdict == "applied"
    tables = small.roster()
    del tables["enrollments"]
    report = take_roster(tmp_path, tables)
    assert (report.verdict, report.reason) == (
        "held",
        "enrollments.csv is missing. It was in every set before.",
    )
    assert Enrollment.objects.filter(active=True).count() == 2


def test_when_the_year_rolls_over_the_limits_are_higher_and_not_gone(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(guards, "factor", lambda at: 5)
    assert lost_students(tmp_path, gone=20).verdict == "applied"
    tables = school_of(150)
    assert take_roster(tmp_path, tables).verdict == "held"


def test_the_limits_are_higher_only_in_the_weeks_the_district_names():
    def at(month: int, day: int) -> int:
        return guards.factor(datetime(2026, month, day, 20, tzinfo=UTC))

    assert [at(6, 14), at(6, 15), at(8, 31), at(9, 1)] == [1, 5, 5, 1]


def made(at: str, name: str = "Ana"):
    tables = small.roster()
    tables["users"][0]["givenName"] = name
    return tables, {"source.asOf": at}


def test_an_older_set_after_a_newer_one_is_refused_and_the_same_one_again_is_not(tmp_path):
    def sent(at: str, name: str):
        tables, manifest = made(at, name)
        return take_roster(tmp_path, tables, **manifest)

    assert sent("2026-09-14T05:00:00.000Z", "Ana").verdict == "applied"
    assert sent("2026-09-13T05:00:00.000Z", "Anna").verdict == "refused"
    assert sent("2026-09-14T05:00:00.000Z", "Ana").verdict == "applied"
    assert sent("soon", "Anna").verdict == "refused"
    assert sent((now() + timedelta(days=2)).isoformat(), "Anna").verdict == "refused"
    assert Student.objects.get(sourced_id="ana").given_name == "Ana"


def test_a_held_set_goes_in_when_two_people_have_said_so(tmp_path, joan, mei):
    lost_students(tmp_path)
    (run,) = releasing.held()
    assert releasing.release(run.pk, joan).released_at is None
    assert releasing.take_released(run.pk) is None
    with pytest.raises(releasing.NotNow, match="second person"):
        releasing.release(run.pk, joan)
    assert Student.objects.filter(active=True).count() == 202

    assert releasing.release(run.pk, mei).released_at is not None
    report = releasing.take_released(run.pk)
    assert report is not None
    assert (report.verdict, report.notes) == ("applied", ["users.csv would end 6 of 202 rows."])
    assert Student.objects.filter(active=True).count() == 196
    assert releasing.take_released(run.pk) is None
    assert releasing.held() == []
    with pytest.raises(releasing.NotNow, match="decided"):
        releasing.reject(run.pk, joan)


def test_neither_a_parent_nor_somebody_who_left_can_let_a_set_in(tmp_path):
    lost_students(tmp_path)
    (run,) = releasing.held()
    for person in (staff("Ana", kind=Person.Kind.FAMILY), staff("Gone", state=Person.State.CLOSED)):
        with pytest.raises(releasing.NotNow):
            releasing.release(run.pk, person)
        with pytest.raises(releasing.NotNow):
            releasing.reject(run.pk, person)


def test_a_set_that_was_sent_away_never_goes_in(tmp_path, joan, mei):
    lost_students(tmp_path)
    (run,) = releasing.held()
    releasing.release(run.pk, joan)
    releasing.reject(run.pk, mei)
    with pytest.raises(releasing.NotNow, match="decided"):
        releasing.release(run.pk, mei)
    assert releasing.take_released(run.pk) is None
    assert Student.objects.filter(active=True).count() == 202


def test_a_held_set_is_too_late_once_a_newer_one_went_in(tmp_path, joan):
    lost_students(tmp_path)
    (run,) = releasing.held()
    assert take_roster(tmp_path, school_of(200)).verdict == "applied"
    assert releasing.held() == []
    with pytest.raises(releasing.NotNow, match="later set"):
        releasing.release(run.pk, joan)


def test_the_command_asks_for_a_second_person_and_then_takes_it_in(tmp_path, joan, mei, capsys):
    lost_students(tmp_path)
    (run,) = releasing.held()
    assert command.release(None, "", reject=False) == 0
    assert "would end 6 of 202 rows" in capsys.readouterr().out
    assert command.release(run.pk, "nobody@example.org", reject=False) == 3
    assert command.release(run.pk, joan.email, reject=False) == 2
    assert command.release(run.pk, mei.email.upper(), reject=False) == 0
    assert Student.objects.filter(active=True).count() == 196


def test_a_row_put_aside_goes_in_when_the_set_is_tried_again(tmp_path, monkeypatch):
    tables = small.roster()
    tables["enrollments"][0]["beginDate"] = "2026-08-13"
    tables["enrollments"][1]["role"] = "pupil"
    assert len(asides(take_roster(tmp_path, tables))) == 1
    run = Run.objects.latest("pk")
    monkeypatch.setitem(roster._PASSED_OVER, "enrollments.csv", {"role": ("administrator", "pupil")})
    assert command.retry(run.pk) == 0
    again = Run.objects.latest("pk")
    assert (again.again, again.quarantined.count()) == (run, 0)
    with pytest.raises(releasing.NotNow, match="last set"):
        releasing.retry(run.pk)


def test_what_is_kept_has_no_password_and_every_other_byte(tmp_path):
    tables = small.roster()
    tables["users"][0] |= {"password": "Never-keep-this", "givenName": 'Añà "Nin", x'}
    folder = small.write(tmp_path / "roster", tables)
    (folder / "orgs.csv").write_bytes(b"\xef\xbb\xbf" + (folder / "orgs.csv").read_bytes())
    assert take(folder).verdict == "applied"
    run = Run.objects.get()
    path = keeping.path_of(run)
    assert (run.kept, oct(path.stat().st_mode)[-3:]) == (True, "600")
    with zipfile.ZipFile(path) as archive:
        assert all(b"Never-keep" not in archive.read(name) for name in archive.namelist())
        assert archive.read("orgs.csv") == (folder / "orgs.csv").read_bytes()
    report = take(path)
    assert (report.verdict, small.changes(report)) == ("applied", {})
    assert Student.objects.get(sourced_id="ana").given_name == 'Añà "Nin", x'


def test_the_last_two_sets_are_kept_and_no_set_longer_than_thirty_days(tmp_path):
    for _n in range(3):
        take_roster(tmp_path)
    runs = list(Run.objects.order_by("pk"))
    assert keeping.clear() == 1
    assert list(Run.objects.order_by("pk").values_list("kept", flat=True)) == [False, True, True]
    assert keeping.clear(now() + timedelta(days=31)) == 2
    assert all(keeping.path_of(run).is_file() for run in runs)  # an hour's grace for what is being written


def test_a_disk_that_is_full_does_not_undo_what_went_in(tmp_path, settings):
    settings.FEEDS_DIR = tmp_path / "blocked"
    settings.FEEDS_DIR.write_text("a file stands where the folder should be")
    report = take_roster(tmp_path)
    assert report.verdict == "applied"
    assert report.notes[-1].startswith("The set could not be kept")
    assert not Run.objects.get().kept


def test_a_right_of_one_family_that_changes_holds_nothing(tmp_path):
    take_roster(tmp_path, school_of(3))
    take_companion(tmp_path, {"guardianships": rights_of(3)})
    changed = [*rights_of(2), right("s2", "m2", educationalRights="limited")]
    assert take_companion(tmp_path, {"guardianships": changed}).verdict == "applied"


@pytest.mark.django_db(transaction=True)
def test_a_released_set_goes_in_outside_of_any_transaction_and_by_one_alone(monkeypatch):
    """So that others see the run go on; and a second one waits."""
    run = Run.objects.create(source="sis", name="x", verdict=Run.Verdict.HELD, released_at=now())
    seen = []

    def taken(*_args, **_more):
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('portal release'), %s)", [run.pk])
            seen.append((connection.in_atomic_block, cursor.fetchone()[0]))
        other.close()

    monkeypatch.setattr(releasing, "take_in", taken)
    releasing.take_released(run.pk)
    releasing.take_released(run.pk)  # the first let go
    assert seen == [(False, False), (False, False)]
