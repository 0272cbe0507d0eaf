"""User Manager: who gives access to whom, when it starts, and what ends it."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localtime, now

from portal.access import brake, gate, posts
from portal.access.models import Post
from portal.audit.models import Access
from portal.people import limits
from portal.people.models import Person, Session
from portal.staff import jobs
from portal.staff import words as staff_words
from portal.students import names
from portal.students.models import Employee, Job
from tests import cast

PAGE, ADD = "/staff/tools/user-manager/", "/staff/tools/user-manager/add/?first_name=kim&last_name=ro"


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&#39;", "'")


def employee(number: str, given: str, family: str, org, role: str = "siteAdministrator") -> Employee:
    made = Employee.objects.create(
        **cast.rostered(number), given_name=given, family_name=family, email=f"{number}@staff.example.org"
    )
    Job.objects.create(**cast.rostered(f"job-{number}"), employee=made, org=org, role=role)
    names.refresh(cast.RUN)
    return made


@pytest.fixture
def oak(family):
    """Oak with its principal, Ruth Hall, and a clerk without access, Kim Rowe."""
    family.hall = cast.person("Ruth", "Hall", "ruth.hall@staff.example.org", kind="staff")
    Post.objects.create(
        person=family.hall, employee=family.principal, role=Post.Role.PRINCIPAL, place=family.oak,
        gives_pins=True, begins_at=now() - timedelta(days=9), added_at=now() - timedelta(days=400),
    )  # fmt: skip
    family.kim = employee("kim", "Kim", "Rowe", family.oak)
    return family


def asked(family, **more) -> dict[str, str]:
    return {
        "employee": str(family.kim.pk),
        "user_type": "school",
        "location": family.oak.ref,
        "module": "pins",
    } | more


def test_a_principal_adds_a_clerk_step_by_step_as_the_guide_says(oak, visit):
    client = visit(oak.hall)
    page = client.get(ADD).content.decode()
    steps = [
        page.index(step) for step in ("User Name", "User type", "Location/Local District", "Module (System)")
    ]
    assert steps == sorted(steps)
    assert "Kim Rowe" in page
    assert "Office staff, Oak School" in words(client.get(ADD))
    done = client.post(ADD, asked(oak), follow=True)
    assert "Kim Rowe can log in within 24 hours." in words(done)
    post = Post.objects.get(employee=oak.kim)
    assert (post.role, post.place, post.gives_pins, post.added_by) == (
        Post.Role.PIN_ADMINISTRATOR, oak.oak, True, oak.hall,
    )  # fmt: skip
    assert now() < post.begins_at <= now() + timedelta(hours=24)
    assert localtime(post.begins_at).hour == 5
    assert post.ends_at == post.begins_at + timedelta(days=365)


def test_until_it_starts_nothing_opens_and_the_page_says_when(oak, visit):
    visit(oak.hall).post(ADD, asked(oak))
    kim = Person.objects.get(posts__employee=oak.kim)
    client = visit(kim)
    assert client.get("/staff/search/").status_code == 302
    assert "Your access was added on" in words(client.get("/staff/search/", follow=True))
    Post.objects.filter(person=kim).update(begins_at=now())
    assert client.get("/staff/search/").status_code == 200
    assert set(gate.students_for(gate.Actor(kim), gate.DIRECTORIES["card"])) == {oak.ana, oak.ben}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"employee": ""}, "Choose a person from the list."),
        ({"employee": "999999"}, "Choose a person from the list."),
        ({"location": "elsewhere"}, "You can add people only at Oak School."),
        ({"module": "principal"}, "Choose one of"),
        ({"module": "district_administrator"}, "Choose one of"),
    ],
)
def test_what_is_not_theirs_to_give_is_said_and_not_given(oak, visit, change, said):
    change = {name: oak.lincoln.ref if value == "elsewhere" else value for name, value in change.items()}
    answer = visit(oak.hall).post(ADD, asked(oak, **change))
    assert answer.status_code == 422
    assert said in words(answer) or change.get("module")
    assert not Post.objects.filter(employee=oak.kim).exists()


def test_the_same_access_is_given_once(oak, visit):
    client = visit(oak.hall)
    client.post(ADD, asked(oak))
    assert "Kim Rowe already has this access." in words(client.post(ADD, asked(oak)))
    assert Post.objects.filter(employee=oak.kim).count() == 1


def test_nobody_gives_access_to_themselves(oak, visit):
    own = "/staff/tools/user-manager/add/?last_name=hall"
    answer = visit(oak.hall).post(own, asked(oak, employee=str(oak.principal.pk)))
    assert "You cannot give access to yourself." in words(answer)
    with pytest.raises(posts.Oneself):
        posts.give(Post.objects.get(person=oak.hall), oak.principal, Post.Role.COUNSELOR, oak.oak)


@pytest.mark.parametrize("who", ["ms_reed", "ms_lee"])
def test_a_clerk_has_no_user_manager(oak, visit, who):
    client = visit(getattr(oak, who))
    assert client.get(PAGE).status_code == 404
    assert client.post(ADD, asked(oak)).status_code == 404
    assert "User Manager" not in words(client.get("/staff/home/"))


def test_a_principal_sees_and_removes_only_people_of_their_own_school(oak, visit):
    client = visit(oak.hall)
    page = words(client.get(PAGE))
    assert ("Joan Reed" in page, "Mei Lee" in page) == (True, False)
    theirs = Post.objects.get(person=oak.ms_lee)
    assert client.post(PAGE, {"remove": str(theirs.pk)}).status_code == 404
    reed = visit(oak.ms_reed)
    client.post(PAGE, {"remove": str(Post.objects.get(person=oak.ms_reed).pk)})
    assert reed.get("/staff/search/").status_code == 302
    assert not Session.objects.filter(person=oak.ms_reed).exists()
    theirs.refresh_from_db()
    assert theirs.ends_at is None


def test_nobody_keeps_or_removes_their_own_access(oak, visit):
    own = Post.objects.get(person=oak.hall)
    for act in ("keep", "remove"):
        answer = visit(oak.hall).post(PAGE, {act: str(own.pk)}, follow=True)
        assert "That is your own access." in words(answer)
    own.refresh_from_db()
    assert (own.ends_at, own.checked_at) == (None, None)


def test_twice_a_year_everyone_is_looked_at(oak, visit):
    post = Post.objects.get(person=oak.ms_reed)
    Post.objects.filter(pk=post.pk).update(
        added_at=now() - timedelta(days=300), ends_at=now() + timedelta(days=9)
    )
    client = visit(oak.hall)
    assert "1 person waits for a check." in words(client.get(PAGE))
    assert "People whose access to check: 1" in words(client.get("/staff/home/"))
    client.post(PAGE, {"keep": str(post.pk)})
    assert "waits for a check" not in words(client.get(PAGE))
    post.refresh_from_db()
    assert post.ends_at > now() + timedelta(days=360)


@pytest.mark.parametrize("what", ["left", "moved", "job_over"])
def test_access_ends_when_the_employee_moves_or_leaves(oak, visit, what):
    post = posts.give(Post.objects.get(person=oak.hall), oak.kim, Post.Role.OFFICE_MANAGER, oak.oak)
    Post.objects.filter(pk=post.pk).update(begins_at=now())
    client = visit(post.person)
    assert client.get("/staff/search/").status_code == 200
    job = Job.objects.filter(employee=oak.kim)
    if what == "left":
        Employee.objects.filter(pk=oak.kim.pk).update(active=False)
    elif what == "moved":
        job.update(org=oak.lincoln)
    else:
        job.update(ends=localtime().date() - timedelta(days=1))
    assert client.get("/staff/search/").status_code == 302, "at the next request"
    jobs.end_posts(0)
    post.refresh_from_db()
    assert post.ended_because == Post.Ended.JOB_ENDED
    assert not Session.objects.filter(person=post.person).exists()


def test_a_post_ends_on_its_last_day(oak, visit):
    Post.objects.filter(person=oak.ms_reed).update(ends_at=now() - timedelta(seconds=1))
    assert visit(oak.ms_reed).get("/staff/search/").status_code == 302


def test_an_employee_without_an_email_gets_an_account_all_the_same(oak):
    Employee.objects.filter(pk=oak.kim.pk).update(email="")
    oak.kim.refresh_from_db()
    other = employee("kit", "Kit", "Rowe", oak.oak)
    Employee.objects.filter(pk=other.pk).update(email="")
    other.refresh_from_db()
    giver = Post.objects.get(person=oak.hall)
    first = posts.give(giver, oak.kim, Post.Role.COUNSELOR, oak.oak)
    second = posts.give(giver, other, Post.Role.COUNSELOR, oak.oak)
    assert first.person != second.person


# Stopped by the bulk brake


@pytest.fixture
def stopped(oak):
    """Ms Reed opened far too many records; Dana Day runs the portal for the district."""
    limits.count("suspended", str(oak.ms_reed.pk))
    oak.day = cast.person("Dana", "Day", "dana.day@staff.example.org", kind="staff")
    Post.objects.create(
        person=oak.day,
        role=Post.Role.DISTRICT_ADMINISTRATOR,
        place=oak.district,
        begins_at=now() - timedelta(days=9),
    )
    return oak


def test_the_district_lets_in_again_whom_the_brake_stopped(stopped, visit):
    client = visit(stopped.day)
    assert "Joan Reed Stopped" in words(client.get(PAGE))
    done = client.post(PAGE, {"lift": Post.objects.get(person=stopped.ms_reed).pk}, follow=True)
    assert "They can sign in again." in words(done)
    assert "Stopped" not in words(done)
    assert brake.suspended([stopped.ms_reed.pk]) == set()
    row = Access.objects.get(action="suspension_lifted")
    assert (row.person, row.purpose_words) == (stopped.day, stopped.ms_reed.ref)


def test_a_principal_sees_it_and_lifts_nothing(stopped, visit):
    client = visit(stopped.hall)
    page = words(client.get(PAGE))
    assert ("Joan Reed Stopped" in page, "Let in again" in page) == (True, False)
    assert client.post(PAGE, {"lift": Post.objects.get(person=stopped.ms_reed).pk}).status_code == 404
    assert brake.suspended([stopped.ms_reed.pk]) == {stopped.ms_reed.pk}


def test_nobody_lifts_their_own(stopped, visit):
    client = visit(stopped.day)
    limits.count("suspended", str(stopped.day.pk))
    client.post(PAGE, {"lift": Post.objects.get(person=stopped.day).pk})
    assert brake.suspended([stopped.day.pk]) == {stopped.day.pk}


# What the audit log says of it


def logged(client) -> list[str]:
    """What the principal reads in the audit log of acts in User Manager, the newest first."""
    page = client.get("/staff/audit/?section=users").content.decode()
    return [words_of(row) for row in re.findall(r'<tr role="row">(.*?)</tr>', page, re.DOTALL)]


def words_of(row: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", row).replace("&#39;", "'").split())


def test_the_audit_log_names_whose_access_was_given_kept_and_removed(oak, visit):
    client = visit(oak.hall)
    client.post(ADD, asked(oak))
    post = Post.objects.get(employee=oak.kim)
    client.post(PAGE, {"keep": post.pk})
    client.post(PAGE, {"remove": post.pk})
    acts = ("access_removed", "access_kept", "access_given")
    rows = [each for each in logged(client) if "Kim Rowe" in each]
    assert [bool(re.search(str(staff_words.did(act)), row)) for act, row in zip(acts, rows, strict=True)] == [
        True
    ] * 3
    assert all("Ruth Hall" in row and "Parent access account administrator" in row for row in rows)
    assert set(Access.objects.filter(section="users").values_list("org", "purpose_words")) == {
        (oak.oak.pk, post.person.ref)
    }
    sheet = client.post("/staff/audit/?section=users", {"reason": "Yearly look"}).content.decode()
    assert sheet.count("Kim Rowe") == 3


def test_another_school_does_not_read_of_it(oak, visit):
    visit(oak.hall).post(ADD, asked(oak))
    Post.objects.filter(person=oak.ms_lee).update(role=Post.Role.PRINCIPAL)
    assert [each for each in logged(visit(oak.ms_lee)) if "Kim Rowe" in each] == []


def test_the_log_names_whom_the_district_let_in_again(stopped, visit):
    client = visit(stopped.day)
    client.post(PAGE, {"lift": Post.objects.get(person=stopped.ms_reed).pk})
    assert any("Joan Reed" in row for row in logged(client))
