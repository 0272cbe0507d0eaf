"""The first administrator: a real district starts with one command, and it gives no second one."""

from contextlib import nullcontext

import pytest
from django.db import connections
from django.utils.timezone import now

from portal import cli
from portal.access import first, gate
from portal.access.models import Post
from portal.audit.models import Access
from portal.people.models import Person
from portal.staff.directory import SETTINGS, USERS
from portal.students.models import Employee, Job, Org
from tests.cast import rostered


@pytest.fixture
def owner(db):
    """What the owner's login does is undone with the rest of the test."""
    kept, connections["owner"] = connections["owner"], connections["default"]
    yield
    connections["owner"] = kept


@pytest.fixture
def roster(family, owner):
    chief = Employee.objects.create(
        **rostered("100234"), given_name="Ada", family_name="Hill", email="ada.hill@staff.example.org"
    )
    Job.objects.create(**rostered("chief"), employee=chief, org=family.district, role="districtAdministrator")
    return family


def test_the_employee_the_roster_knows_runs_the_portal_from_now_on(roster):
    post = first.administrator("100234")
    ada = Person.objects.get(posts=post.pk)
    acting = gate.Actor(ada)
    assert (ada.name, ada.kind, [each.pk for each in acting.posts]) == ("Ada Hill", "staff", [post.pk])
    assert (acting.opens(USERS), acting.opens(SETTINGS), post.gives_pins) == (True, True, False)
    told = Access.objects.get(action="access_given")
    assert (told.person, told.why, told.org) == (ada, "command", roster.district)


def test_a_second_one_is_for_user_manager_to_add(roster):
    first.administrator("100234")
    with pytest.raises(first.NotNow, match="User Manager"):
        first.administrator("ortiz")
    assert Post.objects.filter(role=Post.Role.DISTRICT_ADMINISTRATOR).count() == 1


def test_a_district_whose_only_administrator_left_gets_a_new_one(roster):
    Post.objects.filter(pk=first.administrator("100234").pk).update(ends_at=now())
    assert first.administrator("principal").role == Post.Role.DISTRICT_ADMINISTRATOR


@pytest.mark.parametrize(("employee", "words"), [("nobody", "knows no employee"), ("left", "has no job")])
def test_who_does_not_work_here_gets_no_access(roster, employee, words):
    Employee.objects.create(**rostered("left"), given_name="Lou", family_name="Left")
    with pytest.raises(first.NotNow, match=words):
        first.administrator(employee)
    assert not Post.objects.filter(role=Post.Role.DISTRICT_ADMINISTRATOR).exists()


def test_two_districts_need_to_be_told_apart(roster):
    Org.objects.create(**rostered("charter"), name="Charter District", type="district")
    with pytest.raises(first.NotNow, match="--district"):
        first.administrator("100234")
    assert first.administrator("100234", "district").place == roster.district


def test_the_command_says_what_it_did_and_ends_with_one_when_it_did_nothing(roster, capsys, monkeypatch):
    monkeypatch.setattr(cli, "_ready", lambda: None)
    monkeypatch.setattr("portal.config.embedded.running", lambda _folder: nullcontext())
    for status, said in ((0, "Ada Hill runs the portal of Sample Unified"), (1, "has an administrator")):
        with pytest.raises(SystemExit) as ended:
            cli.main(["administrator", "100234"])
        shown = capsys.readouterr()
        assert (ended.value.code, said in shown.out + shown.err) == (status, True)
