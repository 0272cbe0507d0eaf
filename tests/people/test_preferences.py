"""What a person changes about the account, and how the change is undone when it was somebody else."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils.timezone import now

from portal.family.models import Link
from portal.people.models import MailLink, Person, Session
from tests.cast import PASSWORD, person
from tests.people.conftest import words

OLD, NEW = "marisol@example.org", "marisol.new@example.org"


@pytest.fixture
def mother(db):
    return person("Marisol", "Reyes", OLD)


@pytest.fixture
def hers(mother, visit):
    return visit(mother)


def test_every_row_shows_its_value(mother, hers):
    Person.objects.filter(pk=mother.pk).update(language="es", theme="dark")
    page = hers.get("/preferences/")
    for value in ("Español", OLD):
        assert value in words(page)
    assert 'data-theme="dark"' in page.content.decode()


def test_language_and_display_are_saved_and_said(mother, hers):
    assert "How pages look is changed." in words(
        hers.post("/preferences/display/", {"theme": "contrast", "classic": "on"}, follow=True)
    )
    assert hers.post("/preferences/language/", {"language": "es"}).headers["Location"] == (
        "/preferences/?done=language"
    )
    kept = Person.objects.get(pk=mother.pk)
    assert (kept.theme, kept.classic, kept.language) == ("contrast", True, "es")


@pytest.mark.parametrize(
    ("row", "typed"), [("language", {"language": "tlh"}), ("language", {}), ("display", {"theme": "pink"})]
)
def test_a_choice_that_is_not_on_the_list_changes_nothing(mother, hers, row, typed):
    assert hers.post(f"/preferences/{row}/", typed).status_code == 422
    kept = Person.objects.get(pk=mother.pk)
    assert (kept.language, kept.theme) == ("en", "phone")


@pytest.mark.parametrize("row", ["", "language/", "display/", "password/", "email/", "devices/", "close/"])
def test_preferences_are_for_people_who_are_signed_in(db, client, row):
    path = f"/preferences/{row}"
    assert client.get(path).headers["Location"].startswith("/login/?next=")
    sent = client.post(path, {"sure": "on", "everywhere": "on"})
    assert sent.headers["Location"].startswith("/login/?next=")


def test_a_new_email_works_only_after_its_link_is_used_by_a_button(mother, hers, letters, link_in):
    answer = hers.post("/preferences/email/", {"email": NEW}, follow=True)
    assert f"We sent a link to {NEW} . It works for 24 hours." in words(answer)
    told = {letter.to[0]: letter.body for letter in letters()}
    assert "If this was not you, press here within 7 days." in told[OLD]
    link = link_in(NEW)
    assert NEW in words(Client().get(link))
    assert Person.objects.get(pk=mother.pk).email == OLD
    assert "Your email is changed" in words(Client().post(link))
    assert Person.objects.get(pk=mother.pk).email_key == NEW
    assert hers.get("/preferences/").status_code == 302
    assert Client().post("/login/", {"username": NEW, "password": PASSWORD}).status_code == 302
    assert Client().post(link).status_code == 410


def test_the_old_address_can_take_the_account_back_for_a_week(mother, hers, link_in):
    hers.post("/preferences/email/", {"email": NEW})
    undo = link_in(OLD)
    Client().post(link_in(NEW))
    thief = Client()
    thief.post("/login/", {"username": NEW, "password": PASSWORD})
    assert OLD in words(Client().get(undo))
    owner = Client()
    chooses = owner.post(undo)
    assert chooses.headers["Location"].startswith("/password/reset/")
    kept = Person.objects.get(pk=mother.pk)
    assert (kept.email, kept.has_usable_password()) == (OLD, False)
    assert thief.get("/preferences/").status_code == 302
    assert owner.post(chooses.headers["Location"], {"password": "two blue birds sing"}).status_code == 302
    MailLink.objects.update(used_at=None, expires_at=now() - timedelta(seconds=1))
    assert Client().post(undo).status_code == 410


def test_stopping_a_change_before_it_happened_kills_its_link(mother, hers, link_in):
    hers.post("/preferences/email/", {"email": NEW})
    change = link_in(NEW)
    Client().post(link_in(OLD))
    assert Client().post(change).status_code == 410
    assert Person.objects.get(pk=mother.pk).email == OLD


def test_an_address_with_another_account_looks_the_same_and_changes_nothing(mother, hers, letters):
    person("Grace", "Okafor", "grace@example.org")
    answer = hers.post("/preferences/email/", {"email": "grace@example.org"}, follow=True)
    assert "We sent a link to grace@example.org" in words(answer)
    subjects = {letter.to[0]: letter.subject for letter in letters()}
    assert subjects["grace@example.org"] == "You already have a Parent Portal account"


def test_an_address_taken_meanwhile_is_not_taken_twice(mother, hers, link_in):
    hers.post("/preferences/email/", {"email": NEW})
    link = link_in(NEW)
    person("Someone", "Faster", NEW)
    answer = Client().post(link)
    assert (answer.status_code, "Nothing was changed." in words(answer)) == (422, True)
    assert Client().post(link).status_code == 422
    assert Person.objects.get(pk=mother.pk).email == OLD


def test_a_district_address_is_refused_at_the_change_too(mother, hers, letters):
    typed = f"marisol@sub.{settings.DISTRICT.employee_domains[0]}"
    answer = hers.post("/preferences/email/", {"email": typed})
    assert (answer.status_code, "District emails cannot be used" in words(answer)) == (422, True)
    assert not letters()


def test_the_fourth_change_of_email_in_an_hour_waits(hers, letters):
    for at in range(3):
        hers.post("/preferences/email/", {"email": f"new{at}@example.org"})
    answer = hers.post("/preferences/email/", {"email": NEW})
    assert (answer.status_code, "wait 60 minutes" in words(answer)) == (429, True)


def test_a_new_password_keeps_this_browser_and_signs_out_the_others(mother, hers, visit, letters):
    other = visit(mother)
    answer = hers.post("/preferences/password/", {"password": "two blue birds sing"}, follow=True)
    assert "We signed out your other phones and computers." in words(answer)
    assert (hers.get("/preferences/").status_code, other.get("/preferences/").status_code) == (200, 302)
    assert letters()[-1].subject == "Your Parent Portal password is changed"


def test_devices_are_listed_and_one_is_signed_out(mother, hers, visit):
    other = visit(mother, own_device=True)
    page = words(hers.get("/preferences/devices/"))
    assert "2 phones and computers are signed in." in page
    assert "This one" in page
    row = Session.objects.get(own_device=True)
    assert "That phone or computer is signed out." in words(
        hers.post("/preferences/devices/", {"end": row.ref}, follow=True)
    )
    assert other.get("/preferences/").status_code == 302
    assert hers.post("/preferences/devices/", {"end": row.ref}).status_code == 302


def test_nobody_signs_out_another_persons_phone(mother, hers, visit):
    theirs = visit(person("Grace", "Okafor", "grace@example.org"))
    row = Session.objects.get(person__email=("grace@example.org"))
    hers.post("/preferences/devices/", {"end": row.ref})
    hers.post("/preferences/devices/", {"end": "\x00"})
    assert theirs.get("/preferences/").status_code == 200


def test_sign_out_everywhere_leaves_no_browser(mother, hers, visit):
    other = visit(mother)
    assert hers.post("/preferences/devices/", {"everywhere": "on"}).headers["Location"] == "/signed-out/"
    assert {client.get("/preferences/").status_code for client in (hers, other)} == {302}


def test_closing_needs_a_tick_and_leaves_the_schools_record(family, visit, letters):
    hers = visit(family.mother)
    refused = hers.post("/preferences/close/")
    assert (refused.status_code, "Tick the box to close your account." in words(refused)) == (422, True)
    answer = hers.post("/preferences/close/", {"sure": "on"})
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    kept = Person.objects.get(pk=family.mother.pk)
    assert (kept.state, kept.closed_because) == ("closed", "own_wish")
    assert not Link.objects.filter(person=kept, ended_at=None).exists()
    assert Link.objects.filter(person=family.father, ended_at=None).exists()
    assert hers.get("/preferences/").status_code == 302
    assert letters()[-1].subject == "Your Parent Portal account is closed"


def test_a_closed_account_is_out_at_its_next_request(mother, hers):
    Person.objects.filter(pk=mother.pk).update(state="closed")
    assert hers.get("/preferences/").status_code == 302
