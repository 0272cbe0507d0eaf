"""Signing on through an OpenID provider, and everything that is not accepted."""

import base64
import re
import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
import requests
from django.utils.timezone import now

from portal.access.models import Post
from portal.people import oidc as ours
from portal.people.models import Person, Session
from portal.people.sessions import SessionStore
from portal.students.models import Job

REFUSED = "The sign-in did not work"


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&#39;", "'")


def begin(client, query: str = "") -> str:
    """The provider's address the portal leads to."""
    answer = client.get(f"/staff/sign-on/{query}")
    assert answer.status_code == 302
    return answer["Location"]


def vouch(address: str, name: str, browser: httpx.Client | None = None) -> str:
    """What a person does at the provider; gives the path it leads back to. browser: keeps the provider's cookies."""
    browser = browser or httpx.Client()
    answer = browser.get(address)
    for _step in range(20):
        if answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if "/staff/sign-on/oidc/" in target:
                return target.removeprefix("http://testserver")
            answer = browser.get(target)
            continue
        action = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
        assert action, answer.text[:2000]
        answer = browser.post(
            action[1].replace("&amp;", "&"),
            data={"prompt": prompt_of(answer.text), "login": name, "password": "x"},
        )
    raise AssertionError("the provider did not lead back")


def prompt_of(page: str) -> str:
    found = re.search(r'name="prompt" value="(\w+)"', page)
    return found[1] if found else "login"


@pytest.fixture
def signed_on(by_oidc, client):
    """Joan Reed, signed on in this browser."""
    back = client.get(vouch(begin(client), "joan"), follow=True)
    assert back.redirect_chain[-1][0] == "/staff/home/"
    return by_oidc


def test_an_employee_signs_on_and_comes_to_the_page_they_wanted(by_oidc, client):
    answer = client.get(vouch(begin(client, "?next=/staff/search/"), "joan"), follow=True)
    assert answer.redirect_chain[-1] == ("/staff/search/", 302)
    assert "Office manager · Oak School" in words(answer)


def test_the_person_is_known_by_issuer_and_subject_from_then_on(signed_on, oidc):
    assert Person.objects.get(pk=signed_on.ms_reed.pk).subject == f"{oidc} joan"


def test_the_provider_is_asked_with_pkce_nonce_state_and_an_age(by_oidc, client):
    asked = parse_qs(urlsplit(begin(client)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["max_age"] == ["36000"]
    assert all(len(asked[name][0]) >= 20 for name in ("code_challenge", "nonce", "state"))


def test_another_address_of_the_same_person_changes_nothing(signed_on, client):
    Person.objects.filter(pk=signed_on.ms_lee.pk).update(
        email="joan@example.org", email_key="joan@example.org"
    )
    client.post("/staff/sign-out/")
    answer = client.get(vouch(begin(client), "joan"), follow=True)
    assert "Oak School" in words(answer)


def test_someone_the_portal_does_not_know_reads_how_to_get_access(by_oidc, client):
    answer = client.get(vouch(begin(client), "stranger"), follow=True)
    assert "Your account does not have Parent Portal access." in words(answer)
    assert client.get("/staff/home/").status_code == 302


def test_an_employee_number_does_not_move_an_account_to_another_subject(signed_on, client, oidc):
    Person.objects.filter(pk=signed_on.ms_reed.pk).update(subject=f"{oidc} someone-else")
    client.post("/staff/sign-out/")
    answer = client.get(vouch(begin(client), "joan"), follow=True)
    assert "Your account does not have Parent Portal access." in words(answer)


def test_the_providers_word_about_a_leaver_does_not_help(signed_on, client):
    Job.objects.filter(employee__sourced_id="reed-1").update(active=False)
    assert client.get("/staff/search/")["Location"] == "/staff/"
    again = client.get(vouch(begin(client), "joan"), follow=True)
    assert "Your account does not have Parent Portal access." in words(again)


def test_a_post_that_waits_says_when_it_starts(by_oidc, client):
    Post.objects.filter(person=by_oidc.ms_reed).update(begins_at=now() + timedelta(hours=6))
    answer = client.get(vouch(begin(client), "joan"), follow=True)
    assert "Your access was added on" in words(answer)


def test_an_answer_is_used_once(signed_on, by_oidc, client):
    back = vouch(begin(client), "joan")
    assert client.get(back).status_code == 302
    client.post("/staff/sign-out/")
    again = client.get(back)
    assert (again.status_code, REFUSED in words(again)) == (403, True)
    assert client.get("/staff/home/").status_code == 302


@pytest.mark.parametrize("spoiled", ["state=x", "state="])
def test_an_altered_state_is_refused(by_oidc, client, spoiled):
    back = vouch(begin(client), "joan")
    answer = client.get(re.sub(r"state=[^&]*", spoiled, back))
    assert (answer.status_code, REFUSED in words(answer)) == (403, True)


def test_an_answer_in_another_browser_is_refused(by_oidc, client, visit):
    back = vouch(begin(client), "joan")
    assert visit().get(back).status_code == 403


def test_an_answer_after_ten_minutes_is_refused(by_oidc, client, monkeypatch):
    back = vouch(begin(client), "joan")
    later = now() + timedelta(minutes=11)
    monkeypatch.setattr("portal.people.sign_on.now", lambda: later)
    assert client.get(back).status_code == 403


def test_a_code_without_our_verifier_is_refused(by_oidc, client, monkeypatch):
    kept = ours.Provider.fetch_access_token

    def without(self, **said):
        return kept(self, **(said | {"code_verifier": "a" * 48}))

    monkeypatch.setattr(ours.Provider, "fetch_access_token", without)
    assert client.get(vouch(begin(client), "joan")).status_code == 403


@pytest.fixture
def token(by_oidc, monkeypatch):
    """token(change): the provider's token answer goes through `change` before the portal reads it."""
    kept = ours.Provider.fetch_access_token

    def spoil(change):
        monkeypatch.setattr(
            ours.Provider, "fetch_access_token", lambda self, **said: change(kept(self, **said))
        )

    return spoil


def test_a_token_of_another_person_in_answer_to_my_question_is_refused(by_oidc, client, token, visit):
    stolen = {}
    token(lambda answer: stolen.setdefault("mei", answer))
    visit_two = visit()
    visit_two.get(vouch(begin(visit_two), "mei"))
    answer = client.get(vouch(begin(client), "joan"))
    assert (answer.status_code, REFUSED in words(answer)) == (403, True)


def test_a_token_for_another_application_is_refused(by_oidc, client, settings, monkeypatch):
    known = settings.STAFF_SIGN_ON
    theirs, kept = ours.provider(), ours.Provider.fetch_access_token
    settings.STAFF_SIGN_ON = replace(known, oidc_client="library", oidc_secret="library keeps this one")
    asked = begin(client).replace("client_id=library", "client_id=portal")
    monkeypatch.setattr(ours.Provider, "fetch_access_token", lambda self, **said: kept(theirs, **said))
    answer = client.get(vouch(asked, "joan"))
    assert (answer.status_code, REFUSED in words(answer)) == (403, True)


@pytest.mark.parametrize("sign", ["", "x"])
def test_an_unsigned_or_altered_token_is_refused(by_oidc, client, token, sign):
    def unsigned(answer):
        head, body, signature = answer["id_token"].split(".")
        if sign:
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
            return answer | {"id_token": f"{head}.{body}."}
        return answer | {"id_token": f"{head}.{body}.{signature[:-6]}AAAAAA"}

    token(unsigned)
    assert client.get(vouch(begin(client), "joan")).status_code == 403


def test_a_stale_token_is_refused(by_oidc, client, monkeypatch):
    back = vouch(begin(client), "joan")
    kept = ours.Provider.parse_id_token

    def two_hours_later(*arguments, **more):
        with monkeypatch.context() as clock:
            real = time.time()
            clock.setattr(time, "time", lambda: real + 2 * 3600)
            return kept(*arguments, **more)

    monkeypatch.setattr(ours.Provider, "parse_id_token", two_hours_later)
    assert client.get(back).status_code == 403


def test_an_answer_without_a_token_is_refused(by_oidc, client, token):
    token(lambda answer: {"access_token": answer["access_token"], "token_type": "bearer"})
    assert client.get(vouch(begin(client), "joan")).status_code == 403


def test_a_person_who_says_no_at_the_provider_reads_one_page(by_oidc, client):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get(f"/staff/sign-on/oidc/?error=access_denied&state={state}")
    assert (answer.status_code, REFUSED in words(answer)) == (403, True)


def test_a_provider_that_is_down_is_said_in_words(by_oidc, client, settings):
    known = settings.STAFF_SIGN_ON
    settings.STAFF_SIGN_ON = replace(known, oidc_issuer="http://127.0.0.1:9")
    answer = client.get("/staff/sign-on/")
    assert (answer.status_code, "does not answer" in words(answer)) == (503, True)


def test_a_provider_that_goes_down_on_the_way_back_is_said_in_words(by_oidc, client, monkeypatch):
    back = vouch(begin(client), "joan")

    def down(*_arguments, **_more):
        raise requests.ConnectionError

    monkeypatch.setattr(ours.Client, "request", down)
    answer = client.get(back)
    assert (answer.status_code, "does not answer" in words(answer)) == (503, True)


def test_a_provider_that_speaks_for_another_issuer_is_not_used(by_oidc, client, settings, oidc):
    known = settings.STAFF_SIGN_ON
    settings.STAFF_SIGN_ON = replace(known, oidc_issuer=f"{oidc}/")
    assert client.get("/staff/sign-on/").status_code == 503


def test_a_pin_asks_for_a_proof_not_older_than_five_minutes(signed_on, client):
    desk = f"/staff/students/{signed_on.ana.ref}/pin/"
    client.post("/staff/reason/", {"purpose": "verification"})
    assert client.get(desk).status_code == 200
    Session.objects.filter(person=signed_on.ms_reed).update(unlocked_at=now() - timedelta(minutes=6))
    leads = client.get(desk)["Location"]
    assert leads.startswith("/staff/sign-on/?next=")
    asked = client.get(leads)["Location"]
    assert parse_qs(urlsplit(asked).query)["max_age"] == ["0"]
    began = Session.objects.get(person=signed_on.ms_reed).signed_in_at
    assert client.get(vouch(asked, "joan"))["Location"] == desk
    assert client.get(desk).status_code == 200
    assert Session.objects.get(person=signed_on.ms_reed).signed_in_at == began, (
        "ten hours count from the first"
    )


def test_someone_else_who_proves_anew_ends_the_session(signed_on, client):
    answer = client.get(vouch(begin(client, "?fresh=1"), "mei"))
    assert (answer.status_code, REFUSED in words(answer)) == (403, True)
    assert client.get("/staff/home/").status_code == 302


def test_a_provider_that_did_not_ask_anew_is_refused(signed_on, client):
    browser = httpx.Client()
    vouch(begin(client), "joan", browser)
    long_ago = begin(client, "?fresh=1").replace("prompt=login", "").replace("max_age=0", "max_age=36000")
    row = Session.objects.get(person=signed_on.ms_reed)
    data = SessionStore().decode(row.session_data)
    for asked in data["sign_on"].values():
        asked["at"] = (now() + timedelta(minutes=3)).isoformat()
    Session.objects.filter(pk=row.pk).update(session_data=SessionStore().encode(data))
    answer = client.get(vouch(long_ago, "joan", browser))
    assert (answer.status_code, REFUSED in words(answer)) == (403, True)


def test_a_session_ends_after_ten_idle_minutes_and_ten_hours(signed_on, client):
    rows = Session.objects.filter(person=signed_on.ms_reed)
    rows.update(seen_at=now() - timedelta(minutes=11))
    assert client.get("/staff/home/").status_code == 302
    client.get(vouch(begin(client), "joan"))
    rows.update(signed_in_at=now() - timedelta(hours=10, minutes=1))
    assert client.get("/staff/home/").status_code == 302


def test_a_provider_that_gives_no_employee_number_lets_nobody_new_in(by_oidc, client):
    Post.objects.filter(person=by_oidc.ms_reed).update(employee=None)
    answer = client.get(vouch(begin(client), "stranger"), follow=True)
    assert "Your account does not have Parent Portal access." in words(answer)
    assert not Person.objects.filter(kind="staff").exclude(subject="").exists()
