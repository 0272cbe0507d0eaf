"""Sensitive sections, and every change, ask who is there after 15 idle minutes; nothing typed is lost over it."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils.timezone import now

from portal.people import jobs
from portal.people.models import Session, Typed
from portal.record.contents import section, sections
from portal.record.section import Section
from tests.cast import PASSWORD, Cast
from tests.house.test_sections import PARTS, _filled
from tests.people.conftest import words

WRITTEN = {"reason": "illness", "note": "Ana has the measles"}


@pytest.fixture(params=sections(), ids=lambda each: each.key)
def sensitive(request: pytest.FixtureRequest) -> Iterator[Section]:
    """Each section in turn, as if its subject were a sensitive one."""
    was = request.param.sensitive
    object.__setattr__(request.param, "sensitive", True)
    yield request.param
    object.__setattr__(request.param, "sensitive", was)


def pages_of(section: Section, ref: str) -> list[str]:
    """Every address of the section that shows something of the child, but for the JSON."""
    names = [section.key, *(f"{section.key}_{page.name}" for page in section.pages)]
    family = [reverse(section.family_page)] if section.family else []
    return [_filled(name, ref, PARTS) for name in names] + family


def test_a_sensitive_section_opens_while_the_parent_is_at_it(family: Cast, visit, sensitive):
    client = visit(family.mother, own_device=True)
    assert client.get(reverse(sensitive.key, args=[family.ana.ref])).status_code == 200


def test_after_a_quarter_of_an_idle_hour_every_face_asks_who_is_there(family: Cast, visit, idle, sensitive):
    client = visit(family.mother, own_device=True)
    idle(16)
    for address in pages_of(sensitive, family.ana.ref):
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"] == f"/login/unlock/?next={quote(address, safe='')}"
        assert f"Unlock to see {sensitive.title}" in words(client.get(answer["Location"]))
    answer = client.get(reverse(f"{sensitive.key}_json", args=[family.ana.ref]))
    assert answer.status_code == 403
    assert set(answer.json()) == {"code", "message", "fields", "request_id"}
    assert answer.json()["code"] == "unlock"


def test_the_password_opens_it_again_and_leads_back(family: Cast, visit, idle, sensitive):
    client = visit(family.mother, own_device=True)
    idle(16)
    address = reverse(sensitive.key, args=[family.ana.ref])
    asked = client.get(address)["Location"]
    assert client.post(asked, {"password": PASSWORD})["Location"] == address
    assert client.get(address).status_code == 200
    assert client.get(reverse(f"{sensitive.key}_json", args=[family.ana.ref])).status_code == 200


def test_someone_elses_child_is_not_there_before_any_question(family: Cast, visit, idle, sensitive):
    client = visit(family.mother, own_device=True)
    idle(16)
    for name in (sensitive.key, f"{sensitive.key}_json"):
        assert client.get(reverse(name, args=[family.ben.ref])).status_code == 404


def test_other_sections_stay_open_on_an_own_phone(family: Cast, visit, idle):
    client = visit(family.mother, own_device=True)
    idle(16)
    for each in sections():
        if not each.sensitive:
            assert client.get(reverse(each.key, args=[family.ana.ref])).status_code == 200


def test_use_keeps_a_proof_fresh_and_idling_does_not_bring_it_back(family: Cast, visit, idle, sensitive):
    client = visit(family.mother, own_device=True)
    address = reverse(sensitive.key, args=[family.ana.ref])
    for _ in range(3):
        idle(10)
        assert client.get(address).status_code == 200
    idle(16)
    assert client.get("/preferences/").status_code == 200
    assert client.get(address).status_code == 302
    assert Session.objects.get().seen_at > now() - timedelta(minutes=1)


def explain(family: Cast) -> str:
    return reverse("attendance_explain", args=[family.ana.ref, now().date()])


@pytest.fixture
def absent(family: Cast, monkeypatch) -> Cast:
    """Ana was marked absent today, as far as the form is concerned."""
    act = section("attendance").acts[0]
    was = act.context, act.do
    object.__setattr__(act, "context", lambda grant, on: {"line": Line()})
    yield family
    object.__setattr__(act, "context", was[0])


class Line:
    on, periods, state, may_explain, sent_on = now().date(), (), None, True, None


def test_a_change_asks_too_and_what_was_typed_comes_back(absent: Cast, visit, idle):
    client = visit(absent.mother, own_device=True)
    idle(16)
    address = explain(absent)
    asked = client.post(address, WRITTEN)["Location"]
    assert asked == "/login/unlock/?next=" + quote(f"{address}?typed=1", safe="")
    assert "measles" not in str(bytes(Typed.objects.get().sealed))
    again = client.post(asked, {"password": PASSWORD})["Location"]
    page = client.get(again)
    assert page.status_code == 200
    assert "Your answers are still here. Check them and send again." in words(page)
    assert "Ana has the measles" in page.content.decode()


def test_what_was_typed_is_for_that_account_only_and_for_a_day(absent: Cast, visit, idle):
    client = visit(absent.mother, own_device=True)
    idle(16)
    client.post(explain(absent), WRITTEN)
    absent.bens_right.student = absent.ana
    absent.bens_right.save()
    other = visit(absent.bens_mother, own_device=True).get(explain(absent) + "?typed=1")
    assert other.status_code == 200
    assert "measles" not in other.content.decode()
    Typed.objects.update(at=now() - timedelta(hours=24, minutes=1))
    idle(-16)
    assert "measles" not in client.get(explain(absent) + "?typed=1").content.decode()
    jobs.clear_up()
    assert not Typed.objects.exists()


def test_sent_again_the_answers_are_forgotten(absent: Cast, visit, idle, monkeypatch):
    client = visit(absent.mother, own_device=True)
    idle(16)
    client.post(explain(absent), WRITTEN)
    idle(-16)
    client.post(explain(absent) + "?typed=1", {"note": "nothing chosen"})
    assert not Typed.objects.exists()


def test_a_password_is_never_kept(family: Cast, visit, idle):
    client = visit(family.mother, own_device=True)
    idle(16)
    client.post("/preferences/password/", {"password": "a brand new sentence of mine"})
    assert not Typed.objects.exists()
    client.post("/preferences/email/", {"email": "new@example.org", "password": "x"})
    client.post(reverse("unlock"), {"password": PASSWORD})
    page = client.get("/preferences/email/?typed=1").content.decode()
    assert 'value="new@example.org"' in page
    assert "Please fix" not in page


def test_a_button_on_another_page_leads_back_to_that_page(family: Cast, visit, idle):
    client = visit(family.mother)
    idle(16)
    answer = client.post("/home/put-away/", {"key": "x"}, headers={"Referer": "http://testserver/home/"})
    assert answer["Location"] == "/login/?next=%2Fhome%2F&ended=1"
    assert not Typed.objects.exists()
