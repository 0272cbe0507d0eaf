"""A right ends, in the office or in the night's files: every door to that child is shut at the very next request."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from portal.access import registry
from portal.access.models import Post
from portal.family.models import Guardianship, Link
from portal.people import rates
from portal.people.models import Mail
from portal.privacy import cases, jobs
from portal.privacy.models import Copy, Correction
from portal.record.contents import section, sections
from portal.sections.emergency_contacts.models import NumberChange
from portal.sis.models import Outgoing
from tests.api.asking import app_of
from tests.cast import Cast, link, person
from tests.house.test_matrix import about_a_child, addresses, filled
from tests.privacy.conftest import second_parent  # noqa: F401 - a fixture
from tests.sections.attendance_rows import marks
from tests.sis import small

GONE = "You no longer have access to this student"
TOLD = (
    "Oak School",
    "555-0120",
    "+12135550120",
    "Grade 9",
    "Algebra",
    "Ortiz",
    "204518X327",
    "not excused",
)  # of Ana


@pytest.fixture
def mother(family: Cast, visit) -> Client:
    """Ana's mother, who has looked at everything: her session is open, her pages were shown, her app has a token."""
    marks(family.ana, [(localdate() - timedelta(days=3), "unexcusedAbsence")])
    client = visit(family.mother, own_device=True)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {app_of(family.mother).token}"
    return client


def family_routes(*, of_a_child: bool) -> Iterator[registry.Route]:
    for route in addresses():
        about = about_a_child(route)
        if route.door == "family" and about is of_a_child and (about or not route.parameters):
            yield route


def ask(client: Client, address: str, method: str = "get"):
    rates.forget()
    return getattr(client, method)(address)


def ends(right: Guardianship, **values: object) -> None:
    """As the registrar's desk or an import writes it."""
    Guardianship.objects.filter(pk=right.pk).update(**values)


def test_every_door_to_the_child_is_shut_at_the_next_request(family: Cast, mother: Client):
    before = {
        route.address: ask(mother, filled(route, family.ana.ref)) for route in family_routes(of_a_child=True)
    }
    assert [answer.status_code for answer in before.values()].count(200) > 3 * len(sections())
    assert any(
        "not excused" in answer.content.decode(errors="replace")
        for answer in before.values()
        if not answer.streaming
    )
    ends(family.mothers_right, access_restriction="noRecords")
    wrong = []
    for route in family_routes(of_a_child=True):
        of_the_list = route.asks.key == "link"  # taking the child off the account stays open
        for method in ("get",) if of_the_list else ("get", "post"):
            answer = ask(mother, filled(route, family.ana.ref), method)
            shown = answer.content.decode(errors="replace")
            if not of_the_list and answer.status_code not in (403, 405, 415):
                wrong.append((method, route.address, answer.status_code))
            if not of_the_list and answer.status_code == 403 and "X-Forget" not in answer:
                wrong.append((method, route.address, "may be kept on the phone"))
            wrong += [(method, route.address, word) for word in TOLD if word in shown]
    assert wrong == []


def test_no_page_of_the_account_says_anything_more_of_the_child(family: Cast, mother: Client):
    for route in family_routes(of_a_child=False):
        ask(mother, f"/{route.address}")
    ends(family.mothers_right, access_restriction="noContact")
    wrong = []
    for route in family_routes(of_a_child=False):
        shown = ask(mother, f"/{route.address}").content.decode(errors="replace")
        wrong += [(route.address, word) for word in TOLD if word in shown]
    assert wrong == []
    assert GONE in ask(mother, reverse("students")).content.decode()
    assert app_of(family.mother).get("children/").json()["children"][0]["sections"] == []


@pytest.mark.parametrize(
    "values",
    [
        {"access_restriction": "noRecords"},
        {"access_restriction": "noContact"},
        {"educational_rights": "none"},
        {"active": False},
        {"ends": localdate() - timedelta(days=1)},
        {"begins": localdate() + timedelta(days=1)},
    ],
    ids=[
        "an order",
        "no contact",
        "no rights",
        "taken out of the file",
        "the last day was yesterday",
        "not yet",
    ],
)
def test_whatever_ended_it_page_file_and_program_say_the_same(family: Cast, mother: Client, values):
    page, data = f"/students/{family.ana.ref}/attendance/", f"/students/{family.ana.ref}/attendance.json"
    assert [ask(mother, each).status_code for each in (page, data)] == [200, 200]
    ends(family.mothers_right, **values)
    assert GONE in ask(mother, page).content.decode()
    assert (ask(mother, data).status_code, ask(mother, data).json()["code"]) == (403, "access_ended")
    program = ask(mother, f"/api/v1/students/{family.ana.ref}/attendance/")
    assert (program.status_code, program.json()["code"]) == (403, "access_ended")
    assert ask(mother, "/preferences/").status_code == 200  # the account itself stays


def test_limited_rights_shut_the_sections_they_do_not_open_and_no_others(family: Cast, mother: Client):
    def now_open() -> set[str]:
        return {
            each.key
            for each in sections()
            if ask(mother, reverse(each.key, args=[family.ana.ref])).status_code == 200
        }

    full = now_open()
    ends(family.mothers_right, educational_rights="limited")
    limited = now_open()
    rules = {each.key: {rule.__name__ for rule in each.may_see} for each in sections()}
    assert full - limited == {
        key for key in full if "guardian" not in rules[key] and "guardian_with_full_rights" in rules[key]
    }
    assert full - limited
    assert limited


def test_the_other_parent_sees_no_change(family: Cast, mother: Client, second_parent, visit):  # noqa: F811
    grandmother = visit(second_parent[0])
    before = ask(grandmother, f"/students/{family.ana.ref}/attendance.json").json()
    ends(family.mothers_right, access_restriction="noRecords")
    assert ask(grandmother, f"/students/{family.ana.ref}/attendance.json").json() == before


def test_a_child_taken_off_the_account_is_not_there(family: Cast, mother: Client):
    Link.objects.filter(guardianship=family.mothers_right).update(
        ended_at=now(), ended_because=Link.Ended.SCHOOL
    )
    statuses = {
        ask(mother, filled(route, family.ana.ref)).status_code for route in family_routes(of_a_child=True)
    }
    assert statuses <= {404, 405}


# What was on its way


def test_a_form_that_stood_open_changes_nothing(family: Cast, mother: Client):
    card = f"/students/{family.ana.ref}/emergency-contacts/change/"
    typed = {"home": "(213) 555-0188", "preferred": "home", "contact_by": "call", "once": "a" * 22}
    ends(family.mothers_right, access_restriction="noRecords")
    assert mother.post(card, typed).status_code == 403
    assert NumberChange.rows.for_import().count() == Outgoing.rows.for_import().count() == 0


def test_a_copy_that_waited_is_not_made_and_a_ready_one_does_not_open(
    family: Cast, mother: Client, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    download = f"/privacy/{family.ana.ref}/download/"
    mother.post(download, {"sections": ["attendance"]})
    ready = Copy.objects.get()
    jobs.make_copy(ready.pk, family.mother.pk)
    files = [f"{download}{ready.ref}/{part}/" for part in ("data", "pdf")]
    assert [ask(mother, file).status_code for file in files] == [200, 200]
    mother.post(download, {"sections": ["attendance"]})
    ends(family.mothers_right, access_restriction="noRecords")
    assert [ask(mother, file).status_code for file in files] == [403, 403]
    waiting = Copy.objects.get(state=Copy.State.WAITING)
    jobs.make_copy(waiting.pk, family.mother.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file) == (Copy.State.NOT_MADE, "")


def test_who_lost_the_right_is_no_longer_told_that_the_school_answered(family: Cast, admit):
    hall = person("Ruth", "Hall", "ruth.hall@staff.example.org", kind="staff")
    Post.objects.create(
        person=hall, role=Post.Role.PRINCIPAL, place=family.oak, begins_at=now() - timedelta(days=9)
    )
    asked = Correction.objects.create(
        student=family.ana, person=family.mother, guardianship=family.mothers_right, due_on=localdate(),
        section="attendance", item="Monday", wrong="absent", should="present",
    )  # fmt: skip
    ends(family.mothers_right, access_restriction="noRecords")
    asked = Correction.objects.get(pk=asked.pk)
    assert cases.decide(
        admit(hall, family.ana, section("attendance")), asked, Correction.State.ACCEPTED, "Done", ""
    )
    assert Mail.objects.count() == 0


# By the files of the night


def test_an_order_that_comes_with_the_files_closes_at_the_next_request(db, tmp_path, visit):
    small.take_roster(tmp_path)
    rights = {"guardianships": [small.right("ana", "marisol")]}
    small.take(small.write(tmp_path / "companion", rights, version="1.0"))
    right = Guardianship.objects.get()
    marisol = person("Marisol", "Reyes", "marisol@example.org")
    link(marisol, right)
    client = visit(marisol)
    page = f"/students/{right.student.ref}/attendance/"
    assert client.get(page).status_code == 200
    rights = {"guardianships": [small.right("ana", "marisol", accessRestriction="noRecords")]}
    small.take(small.write(tmp_path / "companion", rights, version="1.0"))
    answer = client.get(page)
    assert (answer.status_code, GONE in answer.content.decode()) == (403, True)
