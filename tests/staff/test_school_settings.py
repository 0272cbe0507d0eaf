"""T19 of one school: its principal chooses what families of the school read; the rest is as in the district."""

import pytest
from django.conf import settings as now_
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.access.models import Post
from portal.audit.models import Access
from portal.people import settled
from portal.people.asking import opened
from portal.people.models import Person, Setting
from portal.staff.adjustable import BY_NAME
from portal.web import formats
from tests.cast import person

HOME = "/staff/settings/schools/"
Role = Post.Role


@pytest.fixture
def principal(family) -> Person:
    ruth = person("Ruth", "Hall", "ruth.hall@staff.example.org", kind=Person.Kind.STAFF)
    Post.objects.create(person=ruth, role=Role.PRINCIPAL, place=family.oak, begins_at="2020-01-01T00:00Z")
    return ruth


@pytest.fixture
def change(family, principal, visit):
    """change("office_hours", "8:00–15:00"): what the principal's browser is answered; for Oak unless told otherwise."""
    client = visit(principal)

    def posted(name, value, school=None, **more):
        address = f"{HOME}{(school or family.oak).ref}/{name}/"
        return client.post(address, {"value": value, "act": "save", **more})

    return posted


@pytest.fixture
def home(family, visit):
    """home(): the page of Ana as her mother reads it now."""
    mother = visit(family.mother)
    return lambda at="": mother.get(f"/students/{family.ana.ref}/{at}").content.decode()


def kept():
    return list(Setting.objects.order_by("pk").values_list("school__name", "name", "value"))


# What it is for


def test_the_hours_a_principal_chooses_stand_on_the_next_page_of_the_schools_families_alone(
    change, family, home, visit
):
    assert change("office_hours", "8:15-15:00").status_code == 302
    assert kept() == [("Oak School", "office_hours", "8:15–15:00")]
    assert formats.hours("8:15–15:00") in home()
    assert settled.of(family.lincoln.pk) is now_.DISTRICT
    assert now_.DISTRICT.office_hours == now_.DISTRICT_FILE.office_hours


def test_the_school_goes_back_to_the_district_value_and_follows_it_from_then_on(change, family, home):
    change("office_hours", "8:15–15:00")
    assert change("office_hours", "", act="above").status_code == 302
    settled.change(family.ms_lee, "office_hours", "9:00–12:00")
    assert formats.hours("9:00–12:00") in home()
    assert [value for _school, _name, value in kept()] == ["8:15–15:00", None, "9:00–12:00"]


def test_what_the_school_chose_stays_when_the_district_changes_its_value(change, family, home):
    change("office_hours", "8:15–15:00")
    settled.change(family.ms_lee, "office_hours", "9:00–12:00")
    assert formats.hours("8:15–15:00") in home()


def test_the_page_says_who_changed_it_last_and_the_record_of_access_keeps_the_name_of_the_setting(
    change, principal, family, visit
):
    change("office_hours", "8:15–15:00")
    page = visit(principal).get(f"{HOME}{family.oak.ref}/").content.decode()
    assert ("Ruth Hall" in page, "Use the district value" in visit(principal).get(
        f"{HOME}{family.oak.ref}/office_hours/").content.decode()) == (True, True)  # fmt: skip
    told = Access.objects.filter(section="school-settings", action="setting_changed").get()
    assert (told.person, told.why, told.org, told.purpose_words) == (
        principal, "answers_for_the_school", family.oak, "office_hours",
    )  # fmt: skip


def test_every_setting_a_school_may_have_is_on_the_list_with_a_piece_of_a_page_families_read(
    principal, family, visit
):
    assert {name for name in settled.SCHOOLS if name not in BY_NAME or not BY_NAME[name].preview} == set()
    client = visit(principal)
    page = client.get(f"{HOME}{family.oak.ref}/").content.decode()
    for name in settled.SCHOOLS:
        assert str(BY_NAME[name].label) in page
        assert client.get(f"{HOME}{family.oak.ref}/{name}/").status_code == 200


def test_the_preview_is_the_piece_of_the_page_with_what_was_typed_and_changes_nothing(change, home):
    looked = change("office_hours", "8:15–15:00", act="look")
    piece = looked.content.decode().partition('id="preview"')[2]
    assert (looked.status_code, formats.hours("8:15–15:00") in piece, kept()) == (200, True, [])
    change("office_hours", "8:15–15:00")
    shown = home().partition('id="office"')[2].partition("</section>")[0]
    assert shown
    assert shown in piece


def test_a_page_of_a_family_asks_no_more_for_a_school_with_settings_of_its_own(change, family, home, visit):
    home()
    mother = visit(family.mother)
    with CaptureQueriesContext(connection) as before:
        mother.get(f"/students/{family.ana.ref}/")
    change("office_hours", "8:15–15:00")
    home()  # this process takes the change in
    with CaptureQueriesContext(connection) as after:
        mother.get(f"/students/{family.ana.ref}/")
    assert len(after) == len(before)


# Who else is looking


def test_a_clerk_of_the_school_reads_and_cannot_change(family, visit, change):
    change("office_hours", "8:15–15:00")
    clerk = visit(family.ms_reed)
    page = clerk.get(f"{HOME}{family.oak.ref}/office_hours/")
    assert (page.status_code, "8:15" in page.content.decode(), 'name="value"' in page.content.decode()) == (
        200, True, False,
    )  # fmt: skip
    posted = clerk.post(f"{HOME}{family.oak.ref}/office_hours/", {"value": "9:00–12:00", "act": "save"})
    assert (posted.status_code, len(kept())) == (404, 1)


def test_one_school_leads_straight_to_its_settings_and_another_school_is_not_there(family, visit, principal):
    client = visit(principal)
    assert client.get(HOME)["Location"] == f"{HOME}{family.oak.ref}/"
    for ref in (family.lincoln.ref, family.district.ref, family.oak.parent.ref, "aaaaaaaaaa"):
        for address in (f"{HOME}{ref}/", f"{HOME}{ref}/office_hours/"):
            assert client.get(address).status_code == 404
        assert (
            client.post(f"{HOME}{ref}/office_hours/", {"value": "9:00–12:00", "act": "save"}).status_code
            == 404
        )
    assert kept() == []


def test_a_district_post_reaches_every_school_and_chooses_for_each(family, visit):
    Post.objects.filter(person=family.ms_lee).update(role=Role.DISTRICT_ADMINISTRATOR, place=family.district)
    client = visit(family.ms_lee)
    page = client.get(HOME).content.decode()
    assert (family.oak.ref in page, family.lincoln.ref in page) == (True, True)
    answer = client.post(f"{HOME}{family.lincoln.ref}/office_hours/", {"value": "9:00–12:00", "act": "save"})
    assert (answer.status_code, kept()) == (302, [("Lincoln High", "office_hours", "9:00–12:00")])


@pytest.mark.parametrize("who", ["mother", "stranger"])
def test_families_find_no_settings_of_a_school(family, visit, who):
    assert visit(getattr(family, who)).get(f"{HOME}{family.oak.ref}/").status_code == 302


@pytest.mark.parametrize("role", [Role.PIN_ADMINISTRATOR, Role.TEACHER, Role.AUDITOR])
def test_posts_that_read_no_records_find_no_settings_of_a_school(family, visit, role):
    Post.objects.filter(person=family.ms_reed).update(role=role)
    assert visit(family.ms_reed).get(f"{HOME}{family.oak.ref}/").status_code == 404


def test_the_database_takes_a_change_from_nobody_but_those_who_answer_for_the_school(family, principal):
    for asker, school in (
        (family.ms_reed, family.oak), (principal, family.lincoln), (principal, None), (family.mother, family.oak),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), opened(asker.kind, asker.pk):
            settled.change(asker, "office_hours", "9:00–12:00", school=school and school.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), opened("staff", principal.pk):
        settled.change(family.ms_reed, "office_hours", "9:00–12:00", school=family.oak.pk)
    with opened("staff", principal.pk):
        settled.change(principal, "office_hours", "9:00–12:00", school=family.oak.pk)
    assert kept() == [("Oak School", "office_hours", "9:00–12:00")]


# The odd cases


@pytest.mark.parametrize(
    "name", ["pin_days", "password_min", "privacy.log_months", "no_such_thing", "__class__"]
)
def test_what_only_the_district_decides_is_not_there_at_a_school_and_would_not_count(
    change, family, principal, name
):
    assert change(name, "30").status_code == 404
    settled.change(principal, name, 30, school=family.oak.pk)
    with opened("worker"):
        assert settled.of(family.oak.pk) == now_.DISTRICT


def test_an_old_sign_on_changes_nothing(change, principal, family, visit, idle):
    client = visit(principal)
    idle(6)
    asked = client.get(f"{HOME}{family.oak.ref}/office_hours/")
    assert (asked.status_code, "fresh=1" in asked["Location"]) == (302, True)
    posted = client.post(f"{HOME}{family.oak.ref}/office_hours/", {"value": "9:00–12:00", "act": "save"})
    assert (posted.status_code, kept()) == (422, [])


def test_a_value_that_cannot_be_is_refused_in_words_and_stays_typed(change):
    answer = change("office_hours", "from 8 to 4")
    page = answer.content.decode()
    assert (answer.status_code, "Enter the hours like" in page, 'value="from 8 to 4"' in page, kept()) == (
        422, True, True, [],
    )  # fmt: skip
