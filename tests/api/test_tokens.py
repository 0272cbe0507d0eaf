"""Signing in on a device of one's own: the same limits and answers as the page, and a token that can be taken back."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.people import limits, mail
from portal.people.models import Person, Session
from portal.people.sessions import end_others, hashed_token
from tests.api.asking import App, app_of
from tests.cast import PASSWORD, Cast

SHAPE = {"code", "message", "fields", "request_id"}


def sign_in(email: str = "marisol@example.org", password: str = PASSWORD, **more: str):
    return App().post("token/", {"email": email, "password": password, **more})


def test_the_password_gives_a_token_that_opens_the_children(family: Cast):
    answer = sign_in(device="Marisol's phone")
    assert answer.status_code == 201
    said = answer.json()
    assert (set(said), said["name"]) == ({"token", "expires_at", "name", "language"}, "Marisol Reyes")
    assert len(said["token"]) == 43
    assert App(said["token"]).get("children/").json()["children"][0]["first_name"] == "Ana"


def test_the_token_is_kept_as_a_hash_and_listed_among_the_devices(family: Cast, visit):
    token = sign_in(device="Marisol's phone").json()["token"]
    session = Session.objects.get(person=family.mother)
    assert (session.session_key, session.device, session.own_device) == (
        hashed_token(token),
        "Marisol's phone",
        True,
    )
    page = visit(family.mother).get(reverse("preferences_devices")).content.decode()
    assert "Marisol&#39;s phone" in page
    assert token not in page


def test_no_cookie_is_read_and_none_is_set(family: Cast, visit):
    browser: Client = visit(family.mother, own_device=True)
    assert browser.get("/home/").status_code == 200
    answer = App(client=browser).get("children/")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    assert not answer.cookies
    assert not sign_in().cookies
    assert answer["Cache-Control"].endswith("no-store")


def test_a_token_is_no_cookie_and_a_cookie_is_no_token(family: Cast, visit):
    token = app_of(family.mother).token
    browser = Client()
    browser.cookies["family"] = token
    assert browser.get("/home/")["Location"].startswith("/login/")
    cookie = visit(family.mother, own_device=True).cookies["family"].value
    assert App(cookie).get("children/").status_code == 401
    assert App(token).get("children/").status_code == 200


def test_every_wrong_pair_has_the_same_answer(family: Cast):
    family.father.state = Person.State.CLOSED
    family.father.save()
    answers = [
        sign_in(email, "a wrong password")
        for email in ("marisol@example.org", "luis@example.org", "nobody@example.org")
    ]
    said = [(answer.status_code, {**answer.json(), "request_id": ""}) for answer in answers]
    assert said[0] == said[1] == said[2]
    assert said[0][0] == 401
    assert set(said[0][1]) == SHAPE
    assert said[0][1]["code"] == "no_match"


def test_after_the_right_password_a_closed_account_says_so(family: Cast):
    family.father.state = Person.State.CLOSED
    family.father.save()
    answer = sign_in("luis@example.org")
    assert (answer.status_code, answer.json()["code"]) == (403, "closed")
    family.father.state = Person.State.PENDING
    family.father.save()
    answer = sign_in("luis@example.org")
    assert (answer.status_code, answer.json()["code"]) == (403, "unconfirmed")


def test_after_five_wrong_tries_only_people_go_on(family: Cast):
    for _n in range(limits.ROBOT_AFTER):
        sign_in(password="a wrong password")
    answer = sign_in()
    assert (answer.status_code, answer.json()["code"]) == (403, "robot")
    assert not Session.objects.filter(person=family.mother).exists()


def test_staff_do_not_sign_in_here(family: Cast):
    assert sign_in("joan.reed@staff.example.org").status_code == 401
    assert app_of(family.ms_reed).get("children/").status_code == 401


def test_a_new_device_is_told_to_the_owner(family: Cast, monkeypatch):
    told = []
    monkeypatch.setattr(mail, "post", lambda to, language, template, **_more: told.append((to, template)))
    sign_in()
    sign_in()
    assert told == [("marisol@example.org", "people/new_device")]


def test_a_token_given_back_is_worth_nothing(family: Cast):
    app = app_of(family.mother)
    assert app.ask("DELETE", "token/own/").status_code == 204
    assert app.get("children/").status_code == 401


def test_a_new_password_ends_every_token(family: Cast):
    app = app_of(family.mother)
    end_others(family.mother)
    assert app.get("children/").status_code == 401


def test_unlocking_gives_a_new_token_and_the_old_one_is_gone(family: Cast):
    app = app_of(family.mother)
    wrong = app.post("unlock/", {"password": "a wrong password"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "no_match")
    fresh = app.post("unlock/", {"password": PASSWORD}).json()["token"]
    assert fresh != app.token
    assert (app.get("children/").status_code, App(fresh).get("children/").status_code) == (401, 200)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"data": "{}", "content_type": "text/plain"}, 415, "not_json"),
        ({"data": "email=a", "content_type": "application/x-www-form-urlencoded"}, 415, "not_json"),
        ({"data": "{", "content_type": "application/json"}, 400, "bad_request"),
        ({"data": "[]", "content_type": "application/json"}, 400, "bad_request"),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 400, "bad_request"),
        (
            {"data": '{"email": "a", "password": "b", "kind": "staff"}', "content_type": "application/json"},
            400,
            "bad_request",
        ),
        ({"data": '{"email": "a"}', "content_type": "application/json"}, 422, "fields"),
        ({"data": '{"email": 1, "password": "b"}', "content_type": "application/json"}, 422, "fields"),
        (
            {"data": '{"email": "a\\u0000", "password": "b"}', "content_type": "application/json"},
            422,
            "fields",
        ),
        (
            {"data": '{"email": "a\\ud800", "password": "b"}', "content_type": "application/json"},
            422,
            "fields",
        ),
    ],
)
def test_what_cannot_be_read_has_one_shape(family: Cast, sent, status, code):
    answer = App().ask("POST", "token/", **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == SHAPE


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("PUT", "token/", 405), ("GET", "nowhere/", 404), ("POST", "children/", 405)],
)
def test_wrong_addresses_and_methods_have_the_same_shape(family: Cast, method, address, status):
    answer = app_of(family.mother).ask(method, address)
    assert answer.status_code == status
    assert set(answer.json()) == SHAPE


def test_too_many_at_once_say_so_in_the_same_shape(family: Cast, monkeypatch):
    def busy(*_args: object) -> None:
        raise limits.Busy

    monkeypatch.setattr(Person, "check_password", busy)
    answer = sign_in()
    assert (answer.status_code, answer.json()["code"], "Retry-After" in answer.headers) == (503, "busy", True)
