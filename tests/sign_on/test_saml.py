"""Signing on through a SAML provider, and everything that is not accepted."""

import base64
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from django.utils.timezone import now

from portal.access.registry import routes
from portal.people.models import Person, SamlSignOn, Session

ACS = "/staff/sign-on/saml/"
REFUSED = "The sign-in did not work"


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&#39;", "'")


def begin(client, query: str = "") -> str:
    return client.get(f"/staff/sign-on/{query}")["Location"]


def vouch(address: str, name: str, fault: str = "") -> str:
    """What a person does at the provider; gives the answer its page would post to us."""
    httpx.get(address)
    page = httpx.post(address, data={"user": name, "fault": fault})
    found = re.search(r'name="SAMLResponse"\s+value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def post(answer: str):
    """The provider's page posts from another site: no cookie of ours, and the browser says where from."""
    return Client(headers={"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}).post(
        ACS, {"SAMLResponse": answer, "RelayState": ""}
    )


def signs_on(client, name: str, query: str = ""):
    posted = post(vouch(begin(client, query), name))
    assert posted.status_code == 302, words(posted)
    return client.get(posted["Location"], follow=True)


def changed(answer: str, old: str, new: str) -> str:
    text = base64.b64decode(answer).decode()
    assert old in text
    return base64.b64encode(text.replace(old, new).encode()).decode()


def refused(answer) -> bool:
    return (answer.status_code, REFUSED in words(answer)) == (403, True)


def test_an_employee_signs_on_and_comes_to_the_page_they_wanted(by_saml, client, saml):
    answer = signs_on(client, "joan", "?next=/staff/search/")
    assert answer.redirect_chain[-1] == ("/staff/search/", 302)
    assert "Office manager · Oak School" in words(answer)
    assert Person.objects.get(pk=by_saml.ms_reed.pk).subject == f"{saml}/metadata joan"


def test_someone_the_portal_does_not_know_reads_how_to_get_access(by_saml, client):
    assert "Your account does not have Parent Portal access." in words(signs_on(client, "stranger"))


@pytest.mark.parametrize(
    "fault", ["audience", "recipient", "unsigned", "stale", "weak", "unasked", "address"]
)
def test_an_answer_with_one_fault_is_refused(by_saml, client, fault):
    assert refused(post(vouch(begin(client), "joan", fault)))
    assert not SamlSignOn.objects.exclude(proved_at=None).exists()


def test_a_swapped_subject_is_refused(by_saml, client):
    answer = vouch(begin(client), "joan")
    assert refused(post(changed(answer, ">joan<", ">mei<")))


def test_an_answer_readdressed_to_another_question_is_refused(by_saml, client):
    answer = vouch(begin(client), "joan")
    mine, other = re.search(r'InResponseTo="([^"]+)"', base64.b64decode(answer).decode())[1], begin(client)
    theirs = SamlSignOn.objects.exclude(request_id=mine).get().request_id
    assert other
    text = base64.b64decode(answer).decode().replace(mine, theirs, 1)  # the envelope, which is not signed
    assert refused(post(base64.b64encode(text.encode()).decode()))


def test_an_answer_is_used_once(by_saml, client):
    answer = vouch(begin(client), "joan")
    first = post(answer)
    assert first.status_code == 302
    assert refused(post(answer))
    client.get(first["Location"])
    client.post("/staff/sign-out/")
    assert refused(client.get(first["Location"]))
    assert client.get("/staff/home/").status_code == 302


def test_an_answer_nobody_asked_for_is_refused(by_saml, client):
    answer = vouch(begin(client), "joan")
    SamlSignOn.objects.all().delete()
    assert refused(post(answer))


def test_an_answer_is_for_the_browser_that_asked(by_saml, client, visit):
    posted = post(vouch(begin(client), "joan"))
    assert refused(visit().get(posted["Location"]))
    assert client.get(posted["Location"]).status_code == 302


def test_an_answer_after_ten_minutes_is_refused(by_saml, client):
    answer = vouch(begin(client), "joan")
    SamlSignOn.objects.update(made_at=now() - timedelta(minutes=11))
    assert refused(post(answer))


@pytest.mark.parametrize(
    "sent",
    [
        "", "nothing", "PHhtbC8+", "A" * 100_000,
        base64.b64encode(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>').decode(),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(by_saml, client, sent):
    begin(client)
    assert refused(post(sent))


def test_a_proof_anew_is_asked_for_with_force(by_saml, client, saml):
    signs_on(client, "joan")
    client.post("/staff/reason/", {"purpose": "verification"})
    Session.objects.update(unlocked_at=now() - timedelta(minutes=6))
    desk = f"/staff/students/{by_saml.ana.ref}/pin/"
    leads = client.get(desk)["Location"]
    answer = signs_on(client, "joan", "?" + urlsplit(leads).query)
    assert answer.redirect_chain[-1] == (desk, 302)
    asked = httpx.get(f"{saml}/asked").json()
    assert asked[-1]["forceAuthn"] == "true"
    assert "forceAuthn" not in asked[-2]
    assert parse_qs(urlsplit(leads).query)["next"] == [desk]


def test_our_metadata_names_the_address_of_answers(by_saml, client):
    text = client.get("/staff/sign-on/saml/metadata/").content.decode()
    assert 'entityID="http://testserver/staff/sign-on/saml/metadata/"' in text
    assert 'Location="http://testserver/staff/sign-on/saml/"' in text
    assert 'WantAssertionsSigned="true"' in text


def test_one_address_alone_takes_a_form_from_another_site():
    assert [each.address for each in routes() if getattr(each.view, "from_elsewhere", False)] == [
        "staff/sign-on/saml/"
    ]
