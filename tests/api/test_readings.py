"""Every section's reading through the API: the gate, the unlock and the record of access are those of the pages."""

import pytest
from django.urls import reverse

from portal.access import gate
from portal.audit.models import Access
from portal.family.models import Guardianship
from portal.people.models import Session
from portal.record.contents import sections
from tests.api.asking import App, app_of
from tests.cast import Cast
from tests.sections.attendance_rows import marks

every_section = pytest.mark.parametrize("section", sections(), ids=lambda section: section.key)


def reading_of(section, family: Cast):
    return f"students/{family.ana.ref}/{section.key}/"


def test_the_children_say_which_sections_open(family: Cast):
    (ana,) = app_of(family.mother).get("children/").json()["children"]
    assert (ana["ref"], ana["name"], ana["grade"], ana["school"]) == (
        family.ana.ref, "Ana Reyes", "Grade 9", "Oak School",
    )  # fmt: skip
    assert [each["key"] for each in ana["sections"]] == [section.key for section in sections()]


def test_a_child_whose_record_is_closed_says_only_its_name(family: Cast):
    (ana,) = app_of(family.father).get("children/").json()["children"]
    assert (ana["standing"], ana["grade"], ana["school"], ana["sections"]) == ("ended", "", "", [])


@every_section
def test_the_api_says_what_the_page_says_and_it_is_remembered(family: Cast, visit, section):
    answer = app_of(family.mother).get(reading_of(section, family))
    assert answer.status_code == 200
    page = visit(family.mother).get(reverse(f"{section.key}_json", args=[family.ana.ref])).json()
    said = answer.json()
    assert said["reading"] == page["reading"]
    assert (said["student"], said["section"]) == (family.ana.ref, section.key)
    seen = Access.objects.filter(student=family.ana, section=section.key, action="see", person=family.mother)
    assert seen.count() == 2


@every_section
@pytest.mark.parametrize("who", ["bens_mother", "stranger"])
def test_someone_elses_child_is_not_there(family: Cast, section, who):
    app = app_of(getattr(family, who))
    theirs = app.get(reading_of(section, family))
    none = app.get(f"students/abcdefghij/{section.key}/")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert {**theirs.json(), "request_id": ""} == {**none.json(), "request_id": ""}


@every_section
def test_a_father_barred_from_records_gets_no_reading(family: Cast, section):
    answer = app_of(family.father).get(reading_of(section, family))
    assert (answer.status_code, answer.json()["code"]) == (403, "access_ended")
    assert "Oak" not in answer.content.decode()


def test_a_section_outside_limited_rights_is_not_open(family: Cast):
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(educational_rights="limited")
    answer = app_of(family.mother).get(f"students/{family.ana.ref}/bus/")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_open")


@every_section
def test_what_is_sensitive_asks_for_an_unlock(family: Cast, section):
    app = app_of(family.mother)
    Session.objects.update(unlocked_at=None, fresh_until=None)
    guarded = [""] if section.sensitive else []
    guarded += [page.path for page in section.pages if section.sensitive or page.sensitive]
    for path in guarded:
        if "<" not in path:
            answer = app.get(reading_of(section, family) + path)
            assert (answer.status_code, answer.json()["code"]) == (403, "unlock")


def test_no_right_no_reading_from_the_next_request_on(family: Cast):
    app = app_of(family.mother)
    assert app.get(f"students/{family.ana.ref}/grades/").status_code == 200
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(access_restriction="noRecords")
    assert app.get(f"students/{family.ana.ref}/grades/").status_code == 403


def test_an_app_that_has_the_same_already_gets_no_more_and_the_look_is_remembered(family: Cast):
    app, address = app_of(family.mother), f"students/{family.ana.ref}/attendance/"
    had = app.get(address)["ETag"]
    again = app.ask("GET", address, HTTP_IF_NONE_MATCH=had)
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-store")
    assert Access.objects.filter(student=family.ana, section="attendance", action="see").count() == 2
    marks(family.ana, [(gate.Actor(family.mother).on, "tardy")])
    assert app.ask("GET", address, HTTP_IF_NONE_MATCH=had).status_code == 200


def test_what_an_app_has_already_opens_nothing_when_the_right_ended(family: Cast):
    app, address = app_of(family.mother), f"students/{family.ana.ref}/attendance/"
    had = app.get(address)["ETag"]
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(access_restriction="noRecords")
    assert app.ask("GET", address, HTTP_IF_NONE_MATCH=had).status_code == 403
    assert App("nobody").ask("GET", address, HTTP_IF_NONE_MATCH=had).status_code == 401
