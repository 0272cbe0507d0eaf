"""T19 of one school: its principal chooses what families of the school read; the rest is as in the district."""

import re

import pytest
from django.conf import settings as now_
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from portal.access.models import Post
from portal.audit.models import Access
from portal.people import settled
from portal.people.asking import opened
from portal.people.models import Person, Setting
from portal.record.contents import section, sections
from portal.staff.adjustable import BY_NAME
from portal.students.models import Org, Student
from portal.web import formats
from tests.cast import person

HOME = "/staff/school-settings/"
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


def test_the_preview_of_the_menu_leaves_out_what_was_ticked_off(change):
    def piece(*off: str) -> str:
        return change("sections_off", list(off), act="look").content.decode().partition('id="preview"')[2]

    assert ("Library" in piece(), "Bus" in piece()) == (True, True)
    assert ("Library" in piece("library"), "Bus" in piece("library")) == (False, True)


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


# Where each is read


def test_every_value_a_school_chooses_is_read_by_its_families_and_by_nobody_elses(change, family, home):
    for name, value, more in (
        ("answer_days", "3", {}), ("translation_by", "district", {}), ("attendance_line", "213-555-0144", {}),
        ("links", "Bell schedule: https://oak.example.org/bells", {}),
    ):  # fmt: skip
        assert change(name, value, **more).status_code == 302, name
    page = home()
    office = now_.DISTRICT.engagement_office
    for words in (
        "The office usually answers within 3 school days.", f"<bdi>{office.name}</bdi> arranges the translation",
        'href="tel:+12135550144"', 'href="https://oak.example.org/bells"', "Bell schedule",
    ):  # fmt: skip
        assert words in page, words
    assert settled.of(family.lincoln.pk) is now_.DISTRICT
    assert "call the attendance line" in home("attendance/")


def test_without_an_attendance_line_nothing_is_said_of_one(home):
    assert "attendance line" not in home("attendance/")
    assert "Attendance line" not in home()


def test_the_phone_the_sis_sends_is_read_only_and_another_schools_own_is_read_by_its_families(
    change, family, home, visit, principal
):
    page = visit(principal).get(f"{HOME}{family.oak.ref}/office_phone/").content.decode()
    assert ("Change this in" in page, 'name="value"' in page) == (True, False)
    assert change("office_phone", "213-555-0177").status_code == 404
    Org.objects.filter(pk=family.oak.pk).update(phone="")
    assert "(213) 555-0120" not in home()
    assert change("office_phone", "213-555-0177").status_code == 302
    assert ("(213) 555-0177" in home(), "(213) 555-0177" in home("documents/")) == (True, True)


def test_the_time_by_which_attendance_is_taken_is_the_schools(change, family, admit):
    before = admit(family.mother, family.ana, section("attendance"))
    assert change("attendance.taken_by", "11:15").status_code == 302
    with opened("family", family.mother.pk):
        after = section("attendance").read(admit(family.mother, family.ana, section("attendance")))
    assert before.student.school.settings.attendance.taken_by == "11:15"
    assert after.taken_by.isoformat("minutes") == "11:15"


def test_a_section_switched_off_at_a_school_is_gone_there_from_every_face_and_stays_at_others(
    change, family, home, visit, principal
):
    mother, page = visit(family.mother), f"/students/{family.ana.ref}/library"
    head = visit(principal)
    record = f"/staff/students/{family.ana.ref}/record/"
    assert (mother.get(f"{page}/").status_code, mother.get(f"{page}.json").status_code) == (200, 200)
    assert "/library/" in home()
    assert change("sections_off", ["library"]).status_code == 302
    assert (mother.get(f"{page}/").status_code, mother.get(f"{page}.json").status_code) == (403, 403)
    assert head.get(f"{record}library/").status_code == 404
    assert "/library/" not in home() + head.get(record).content.decode()
    Student.objects.filter(pk=family.ana.pk).update(school=family.lincoln)
    assert mother.get(f"{page}/").status_code == 200


def test_off_by_the_school_and_not_open_by_right_are_the_same_bytes(change, family, visit):
    mother = visit(family.mother)
    page = f"/students/{family.ana.ref}/library/"
    change("sections_off", ["library"])
    by_school = mother.get(page).content
    change("sections_off", [], act="above", reason="It works", sure="on")
    settled.change(family.ms_lee, "sections_off", ["library"])
    by_district = mother.get(page).content

    def plain(answer):
        return re.sub(rb'(nonce|value)="[^"]*"', b"", answer)

    assert plain(by_school) == plain(by_district)


def test_a_school_cannot_switch_on_what_the_district_switched_off(change, family, visit, home):
    settled.change(family.ms_lee, "sections_off", ["library"])
    assert "/library/" not in home()
    assert change("sections_off", ["library"]).status_code == 422
    assert change("sections_off", ["bus"]).status_code == 302
    page = home()
    assert ("/library/" in page, "/bus/" in page) == (False, False)
    settled.change(family.ms_lee, "sections_off", [])
    page = home()
    assert ("/library/" in page, "/bus/" in page) == (True, False)


def test_to_switch_on_again_is_asked_twice(change):
    change("sections_off", ["bus"])
    assert change("sections_off", []).status_code == 422
    assert change("sections_off", [], act="above").status_code == 422
    assert change("sections_off", [], act="above", reason="It works", sure="on").status_code == 302
    assert [value for _school, _name, value in kept()] == [["bus"], None]


def test_tiles_follow_the_order_of_the_school_within_their_groups(change, home, visit, principal, family):
    keys = [each.key for each in sections()]
    moved = change("tile_order", keys, act="up:grades")
    assert (moved.status_code, kept()) == (200, [])
    wanted = re.findall(r'<input type="hidden" name="value" value="([a-z-]+)">', moved.content.decode())
    assert wanted.index("grades") == keys.index("grades") - 1
    assert change("tile_order", ["grades", "library", *keys]).status_code == 302
    tiles = re.findall(r'class="tile" href="/students/\w+/([a-z-]+)/"', home())
    assert tiles[0] == "grades"
    assert tiles.index("library") > tiles.index("emergency-contacts")
    following = home("grades/").partition('rel="next"')[2][:80]
    assert "/attendance/" in following
    seen = visit(principal).get(f"/staff/students/{family.ana.ref}/record/").content.decode()
    assert seen.index("/record/grades/") < seen.index("/record/attendance/")


@pytest.mark.parametrize("act", ["up:attendance", "down:no-such", "up:", "down:device-requests"])
def test_what_cannot_move_stays(change, act):
    keys = [each.key for each in sections()]
    moved = change("tile_order", keys, act=act).content.decode()
    assert re.findall(r'<input type="hidden" name="value" value="([a-z-]+)">', moved) == keys
    assert kept() == []


def test_the_usual_order_is_no_choice(change):
    assert change("tile_order", [each.key for each in sections()]).status_code == 422
    assert change("tile_order", ["no-such-section"]).status_code == 422
    assert kept() == []


def test_term_dates_come_from_the_sis_and_are_changed_there(principal, family, visit):
    page = visit(principal).get(f"{HOME}{family.oak.ref}/").content.decode()
    terms = page.partition("Term dates")[2]
    assert (formats.long_date(family.fall.begins) in terms, formats.long_date(family.fall.ends) in terms) == (
        True, True,
    )  # fmt: skip
    assert "Change them there." in terms


@pytest.mark.parametrize(
    "typed",
    ["Bells", "Bells: http://oak.example.org/", "Bells: javascript:alert(1)", "Bells: https://oak example.org/",
     "Bells: https://me@oak.example.org/", "x" * 61 + ": https://oak.example.org/", ": https://oak.example.org/",
     "Bells: https://oak.example.org/" + "x" * 200, "\n".join(f"Page {n}: https://oak.example.org/{n}" for n in range(7))],
)  # fmt: skip
def test_a_line_that_is_no_link_is_refused_and_kept(change, typed):
    answer = change("links", typed)
    assert (answer.status_code, kept()) == (422, [])
    assert escape(typed[:60]) in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [("answer_days", "11"), ("answer_days", "-1"), ("translation_by", "nobody"), ("attendance_line", "911"),
     ("attendance.taken_by", "25:00"), ("sections_off", ["no-such-section"])],
)  # fmt: skip
def test_other_values_that_cannot_be_are_refused(change, name, value):
    assert (change(name, value).status_code, kept()) == (422, [])


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
