"""Rosters of two versions become the same people, classes and rights."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils.timezone import localdate, now

from portal.access.context import opened
from portal.family.models import Guardian, GuardianKey, Guardianship, KnownContact
from portal.sections.attendance.models import Mark
from portal.sis.models import Pending, Run
from portal.students.models import Employee, Enrollment, Job, Org, SchoolClass, Student, Teaching, Term
from tests.sis import small
from tests.sis.small import asides, changes, repairs, right, row, take_companion, take_roster, user

pytestmark = pytest.mark.django_db


def as_1_2(tables):
    """The same roster as OneRoster 1.2: the roles stand in a file of their own."""
    roles = [
        row(f"r-{u['sourcedId']}", userSourcedId=u["sourcedId"], roleType="primary", role=u["role"], beginDate="",
            endDate="", orgSourcedId=u["orgSourcedIds"])
        for u in tables["users"]
    ]  # fmt: skip
    users = [{k: v for k, v in u.items() if k not in ("role", "orgSourcedIds")} for u in tables["users"]]
    return tables | {"users": users, "roles": roles}


@pytest.mark.parametrize(("version", "shaped"), [("1.1", dict), ("1.2", as_1_2)])
def test_a_roster_brings_the_children_their_classes_and_the_adults_on_file(tmp_path, version, shaped):
    report = take_roster(tmp_path, shaped(small.roster()), version=version)

    assert (report.verdict, report.aside) == (Run.Verdict.APPLIED, [])
    assert list(
        Student.objects.order_by("pk").values_list(
            "sourced_id", "student_id", "given_name", "family_name", "birth_date", "grade", "school__name",
            "entered_on", "left_on", "active",
        )
    ) == [
        ("ana", "204518X327", "Ana", "Reyes", date(2012, 3, 14), "09", "Oak School", date(2026, 8, 13), None, True),
        ("ben", "204519X328", "Ben", "Okafor", date(2012, 6, 2), "09", "Oak School", date(2026, 8, 13), None, True),
    ]  # fmt: skip
    assert list(Guardian.objects.values_list("sourced_id", "given_name", "email", "phone")) == [
        ("marisol", "Marisol", "marisol@example.org", "(213) 555-0142")
    ]
    assert list(Employee.objects.values_list("sourced_id", "family_name")) == [("ortiz", "Ortiz")]
    assert list(Job.objects.values_list("employee__sourced_id", "role", "org__name")) == [
        ("ortiz", "teacher", "Oak School")
    ]
    assert list(Org.objects.order_by("pk").values_list("name", "parent__name")) == [
        ("Sample Unified", None),
        ("Oak School", "Sample Unified"),
    ]
    assert list(SchoolClass.objects.values_list("title", "periods", "terms__title", "course__code")) == [
        ("Algebra 1", "1", "Fall", "310301")
    ]
    assert list(Enrollment.objects.order_by("pk").values_list("student__given_name", "ends")) == [
        ("Ana", date(2026, 12, 18)),
        ("Ben", None),
    ]
    assert list(Teaching.objects.values_list("employee__family_name", "primary")) == [("Ortiz", True)]


@pytest.mark.parametrize(("version", "shaped"), [("1.1", dict), ("1.2", as_1_2)])
def test_the_same_bundle_again_changes_nothing(tmp_path, version, shaped):
    for _day in range(2):
        roster = take_roster(tmp_path, shaped(small.roster()), version=version)
        companion = take_companion(tmp_path)
    assert (changes(roster), changes(companion)) == ({}, {})
    assert roster.verdict == companion.verdict == Run.Verdict.APPLIED


def test_every_row_has_a_public_reference_of_its_own(tmp_path):
    take_roster(tmp_path)
    refs = [*Student.objects.values_list("ref", flat=True), *Org.objects.values_list("ref", flat=True)]
    assert len(set(refs)) == 4
    assert all(len(ref) == 10 and not set(ref) & set("01OIlo") for ref in refs)


def test_a_companion_lands_on_the_source_of_the_roster_and_brings_rights_and_marks(tmp_path):
    take_roster(tmp_path, **{"source.systemCode": "District SIS"})
    report = take_companion(tmp_path, **{"source.systemName": "Another spelling"})
    assert report.source == "District SIS"
    assert list(
        Guardianship.objects.values_list("student__given_name", "guardian__given_name", "educational_rights")
    ) == [("Ana", "Marisol", "full")]
    assert Guardian.objects.get().language == "es"
    mark = Mark.rows.for_import().get()
    assert (mark.student.given_name, mark.on, mark.category, mark.minutes_missed) == (
        "Ana",
        date(2026, 9, 14),
        "tardy",
        5,
    )


def test_agents_make_a_known_contact_and_no_right_to_see_anything(tmp_path):
    take_roster(tmp_path)
    assert list(
        KnownContact.objects.values_list("student__given_name", "guardian__given_name", "active")
    ) == [("Ana", "Marisol", True)]
    assert not Guardianship.objects.exists()


@pytest.mark.parametrize("listed_on", ["ana", "marisol"])
def test_agents_have_no_direction(tmp_path, listed_on):
    tables = small.roster()
    for person in tables["users"]:
        person["agentSourcedIds"] = (
            {"ana": "marisol", "marisol": "ana"}[listed_on] if person["sourcedId"] == listed_on else ""
        )
    take_roster(tmp_path, tables)
    assert KnownContact.objects.get().student.given_name == "Ana"


def test_agents_that_are_not_one_student_and_one_adult_are_reported_and_tie_nobody(tmp_path):
    tables = small.roster()
    for person, agents in zip(tables["users"], ("ben", "", "ortiz", "ana"), strict=True):
        person["agentSourcedIds"] = agents
    report = take_roster(tmp_path, tables)
    assert not KnownContact.objects.exists()
    assert ("users.csv", "agentSourcedIds", "not_a_pair", 3) in repairs(report)


def test_an_agent_a_complete_file_no_longer_names_is_known_no_more(tmp_path):
    take_roster(tmp_path)
    tables = small.roster()
    tables["users"][0]["agentSourcedIds"] = ""
    report = take_roster(tmp_path, tables)
    assert not KnownContact.objects.get().active
    assert changes(report) == {"users.csv": (0, 1, 0)}


def test_one_person_may_teach_and_be_a_parent_without_the_two_becoming_one(tmp_path):
    tables = as_1_2(small.roster())
    tables["roles"].append(
        row(
            "r-2",
            userSourcedId="ortiz",
            roleType="secondary",
            role="parent",
            beginDate="",
            endDate="",
            orgSourcedId="oak",
        )
    )
    take_roster(tmp_path, tables, version="1.2")
    assert (
        Employee.objects.get(sourced_id="ortiz").family_name
        == Guardian.objects.get(sourced_id="ortiz").family_name
    )


def test_a_file_of_changes_without_roles_leaves_people_what_they_were(tmp_path):
    take_roster(tmp_path, as_1_2(small.roster()), version="1.2")
    users = as_1_2(small.roster())["users"]
    users[0] |= {"status": "active", "givenName": "Ana María"}
    users[3] |= {"status": "active"}
    report = take_roster(tmp_path, {"users": [users[0], users[3]]}, version="1.2", mode="delta")
    ana = Student.objects.get(sourced_id="ana")
    assert (ana.given_name, ana.school.name) == ("Ana María", "Oak School")
    assert changes(report) == {"users.csv": (0, 1, 0)}


def test_a_student_whose_places_were_all_given_up_has_left(tmp_path):
    take_roster(tmp_path)
    tables = small.roster()
    tables["enrollments"][0]["endDate"] = "2026-10-02"
    take_roster(tmp_path, tables)
    assert Student.objects.get(sourced_id="ana").left_on == date(2026, 10, 2)
    assert Student.objects.get(sourced_id="ben").left_on is None


def test_classes_that_came_to_their_end_are_no_leaving(tmp_path):
    tables = small.roster()
    tables["academicSessions"][1] |= {"startDate": "2025-08-13", "endDate": "2025-12-18"}
    for place in tables["enrollments"]:
        place |= {"beginDate": "2025-08-13", "endDate": "2025-12-18"}
    take_roster(tmp_path, tables)
    assert not Student.objects.exclude(left_on=None).exists()


def test_days_that_move_in_a_set_of_changes_move_when_the_students_came(tmp_path):
    tables = small.roster()
    tables["enrollments"][0]["beginDate"] = ""
    take_roster(tmp_path, tables)

    def entered():
        return dict(Student.objects.values_list("sourced_id", "entered_on"))

    fall = tables["academicSessions"][1]
    assert entered()["ana"] == date.fromisoformat(fall["startDate"])
    changed = [fall | {"startDate": "2026-08-20", "status": "active"}]
    take_roster(tmp_path, {"academicSessions": changed}, mode="delta")
    assert entered()["ana"] == date(2026, 8, 20)
    year = tables["academicSessions"][0]
    moved = [tables["classes"][0] | {"termSourcedIds": year["sourcedId"], "status": "active"}]
    take_roster(tmp_path, {"classes": moved}, mode="delta")
    assert entered()["ana"] == date.fromisoformat(year["startDate"])


def test_a_student_taken_off_the_roster_stays_on_record_and_has_left_today(tmp_path):
    take_roster(tmp_path)
    users = [user("ben", "student", "Ben", "Okafor", status="toBeDeleted")]
    report = take_roster(tmp_path, {"users": users}, mode="delta")
    ben = Student.objects.get(sourced_id="ben")
    assert (ben.active, ben.left_on, ben.family_name) == (False, localdate(), "Okafor")
    assert ben.ended_at is not None
    assert changes(report) == {"users.csv": (0, 0, 1)}


def test_a_student_who_comes_back_is_the_same_student(tmp_path):
    take_roster(tmp_path)
    before = Student.objects.get(sourced_id="ben")
    take_roster(
        tmp_path, {"users": [user("ben", "student", "Ben", "Okafor", status="inactive")]}, mode="delta"
    )
    take_roster(tmp_path)
    after = Student.objects.get(sourced_id="ben")
    assert (after.pk, after.ref, after.active, after.ended_at, after.left_on) == (
        before.pk,
        before.ref,
        True,
        None,
        None,
    )


def test_last_days_are_the_days_before_where_the_district_says_ends_are_exclusive(tmp_path, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(settings, "DISTRICT", replace(settings.DISTRICT, end_date_exclusive=True))
    take_roster(tmp_path)
    take_companion(tmp_path, {"guardianships": [right("ana", "marisol", endDate="2027-01-31")]})
    assert Term.objects.get(sourced_id="fall").ends == date(2026, 12, 17)
    assert Enrollment.objects.get(sourced_id="e-ana").ends == date(2026, 12, 17)
    assert Guardianship.objects.get().ends == date(2027, 1, 31)


def test_phone_and_address_of_a_school_come_from_its_further_columns(tmp_path):
    tables = small.roster()
    for org in tables["orgs"]:
        org |= {"metadata.phone": "", "metadata.address1": "", "metadata.city": "", "metadata.postCode": ""}
    tables["orgs"][1] |= {
        "metadata.phone": "+12135550120", "metadata.address1": "1 Oak Way", "metadata.city": "Sample City",
        "metadata.postCode": "90063",
    }  # fmt: skip
    take_roster(tmp_path, tables)
    oak = Org.objects.get(sourced_id="oak")
    assert (oak.phone, oak.address) == ("+12135550120", "1 Oak Way, Sample City 90063")
    take_roster(tmp_path)  # a file without these columns says nothing of them
    oak.refresh_from_db()
    assert oak.address == "1 Oak Way, Sample City 90063"


def test_passwords_and_birth_places_never_reach_the_database(tmp_path):
    tables = small.roster()
    for person in tables["users"]:
        person["password"] = "never-keep-this"
    take_roster(tmp_path, tables)
    with opened("importer"), connection.cursor() as cursor:  # whose tables these are
        cursor.execute("SELECT count(*) FROM in_users u WHERE u::text LIKE '%%never-keep%%'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM in_demographics d WHERE d::text LIKE '%%Far away%%'")
        assert cursor.fetchone() == (0,)


def test_an_adult_student_who_holds_the_rights_is_their_own_guardian(tmp_path):
    rights = [right("ana", "ana", relationship="selfAdult"), right("ana", "marisol")]
    for _day in range(2):
        roster = take_roster(tmp_path)
        companion = take_companion(tmp_path, {"guardianships": rights})
    assert set(Guardianship.objects.values_list("relationship", "guardian__given_name")) == {
        ("selfAdult", "Ana"),
        ("mother", "Marisol"),
    }
    assert (changes(roster), changes(companion)) == ({}, {})


@pytest.mark.parametrize(
    ("cells", "stored"),
    [
        ({"accessRestriction": "courtOrder17"}, ("full", "noRecords")),
        ({"educationalRights": "ext:someOfThem"}, ("none", "none")),
        ({"educationalRights": "FULL"}, ("full", "none")),
    ],
)
def test_a_right_in_words_nobody_knows_counts_as_the_narrowest(tmp_path, cells, stored):
    take_roster(tmp_path)
    report = take_companion(tmp_path, {"guardianships": [right("ana", "marisol", **cells)]})
    assert Guardianship.objects.values_list("educational_rights", "access_restriction").get() == stored
    assert repairs(report)


def test_rows_that_came_before_what_they_refer_to_wait_and_then_go_in(tmp_path):
    waiting = take_companion(tmp_path)
    assert {name: about.waiting for name, about in waiting.files.items()} == {
        "guardianships.csv": 1,
        "attendance.csv": 1,
    }
    assert (Guardianship.objects.count(), Student.objects.count(), Guardian.objects.count()) == (0, 0, 0)
    take_roster(tmp_path)
    assert Guardianship.objects.get().guardian.given_name == "Marisol"
    assert not Pending.objects.exists()


def test_a_row_that_waited_for_seven_days_is_reported_and_waits_no_more(tmp_path):
    take_roster(tmp_path)
    users = [user("cai", "student", "Cai", "Ito", status="active")]
    places = [row("e-cai", status="active", classSourcedId="nowhere", userSourcedId="cai", role="student")]
    take_roster(tmp_path, {"users": users, "enrollments": places}, mode="delta")
    Pending.objects.update(first_seen=now() - timedelta(days=8))
    report = take_roster(tmp_path, {"users": users}, mode="delta")
    assert small.asides(report) == [("enrollments.csv", 0, "classSourcedId", "unknown_reference")]
    assert not Pending.objects.exists()


def test_a_school_the_roster_does_not_know_leaves_the_student_without_one_until_it_comes(tmp_path):
    tables = small.roster()
    tables["users"][1]["orgSourcedIds"] = "elm"
    take_roster(tmp_path, tables)
    assert Student.objects.get(sourced_id="ben").school is None
    elm = row("elm", name="Elm School", type="school", parentSourcedId="district", status="active")
    take_roster(tmp_path, {"orgs": [elm]}, mode="delta")
    assert Student.objects.get(sourced_id="ben").school.name == "Elm School"


def test_the_names_of_adults_are_looked_for_where_their_children_are_now(tmp_path):
    def places() -> set[tuple[str, str]]:
        return set(GuardianKey.objects.values_list("key", "school__sourced_id"))

    tables = small.roster()
    tables["orgs"].append(row("elm", name="Elm School", type="school", parentSourcedId="district"))
    take_roster(tmp_path, tables)
    assert places() == set()
    take_companion(tmp_path)
    assert places() == {("marisol reyes", "oak"), ("reyes marisol", "oak")}
    tables["users"][0]["orgSourcedIds"] = "elm"
    take_roster(tmp_path, tables)
    assert places() == {("marisol reyes", "elm"), ("reyes marisol", "elm")}
    tables["users"][0]["orgSourcedIds"] = ""
    take_roster(tmp_path, tables)
    assert places() == {("marisol reyes", None), ("reyes marisol", None)}


def test_a_class_moves_to_other_terms(tmp_path):
    take_roster(tmp_path)
    tables = small.roster()
    tables["classes"][0]["termSourcedIds"] = "fall, year"
    report = take_roster(tmp_path, tables)
    assert set(SchoolClass.objects.values_list("terms__title", flat=True)) == {"Fall", "2026-27"}
    assert changes(report) == {"classes.csv": (0, 1, 0)}
    tables["classes"][0]["termSourcedIds"] = "year"
    take_roster(tmp_path, tables)
    assert set(SchoolClass.objects.values_list("terms__title", flat=True)) == {"2026-27"}


def test_the_same_id_from_two_sources_is_two_people(tmp_path):
    take_roster(tmp_path, **{"source.systemCode": "one"})
    take_roster(tmp_path, **{"source.systemCode": "two"})
    assert Student.objects.filter(sourced_id="ana").count() == 2
    refused = take_companion(tmp_path)
    assert refused.verdict == Run.Verdict.REFUSED
    assert "--source" in refused.reason


def test_organisations_above_one_another_are_put_aside_and_are_no_change_the_next_time(tmp_path):
    tables = small.roster()
    tables["orgs"].append(row("elm", name="Elm School", type="school", parentSourcedId="district"))
    tables["orgs"][0]["parentSourcedId"] = "oak"
    first, second = (take_roster(tmp_path, tables) for _day in range(2))
    aside = [("orgs.csv", 2, "parentSourcedId", "circular"), ("orgs.csv", 3, "parentSourcedId", "circular")]
    assert (asides(first), asides(second), changes(second)) == (aside, aside, {})
    above = dict(Org.objects.values_list("sourced_id", "parent__sourced_id"))
    assert above == {"district": None, "oak": None, "elm": "district"}


def test_a_change_that_would_close_a_circle_with_what_is_there_is_put_aside(tmp_path):
    take_roster(tmp_path)
    district = row("district", name="Sample Unified", type="district", parentSourcedId="oak", status="active")
    elm = row("elm", name="Elm School", type="school", parentSourcedId="oak", status="active")
    report = take_roster(tmp_path, {"orgs": [elm, district]}, mode="delta")
    assert asides(report) == [("orgs.csv", 3, "parentSourcedId", "circular")]
    above = dict(Org.objects.values_list("sourced_id", "parent__sourced_id"))
    assert above == {"district": None, "oak": "district", "elm": "oak"}
