"""What no page of ours sends: refused with the right status and words, logged without a name, and nothing changed."""

import json
import logging
import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import now

from portal.family.models import Link
from portal.people.models import Person, Session
from portal.web import logs
from tests.cast import PASSWORD, Cast
from tests.people.conftest import words

HOSTS = ["evil.example", "testserver.evil.example", "testserver@evil.example", "testserver:80:80", "[::1"]


def test_fields_nobody_asked_for_change_nothing(family: Cast, visit):
    typed = {
        "language": "es",
        "state": "closed",
        "kind": "staff",
        "email": "x@evil.example",
        "id": family.father.pk,
    }
    assert visit(family.mother).post("/preferences/language/", typed).status_code == 302
    kept = Person.objects.get(pk=family.mother.pk)
    assert (kept.language, kept.state, kept.kind, kept.email) == (
        "es",
        "active",
        "family",
        "marisol@example.org",
    )
    assert Person.objects.get(pk=family.father.pk).language == "en"


def test_operators_in_query_names_ask_nothing_more(family: Cast, visit):
    plain = visit(family.ms_reed).get("/staff/search/?search_by=student&last_name=ok&active=on")
    asked = "student_id__gt=0&school__isnull=&last_name__contains=e&order_by=birth_date&__class__=x&last_name[$ne]=x"
    tried = visit(family.ms_reed).get(f"/staff/search/?search_by=student&last_name=ok&active=on&{asked}")
    assert (tried.status_code, words(tried)) == (200, words(plain))


@pytest.mark.parametrize(
    "ref", ["1", "0", "-1", "..", "%2e%2e", "' OR 1=1--", "abcdefghij%00", "a" * 300, "ＡＢＣ"]
)
def test_a_made_up_reference_is_no_page(family: Cast, visit, ref):
    for person, address in (
        (family.mother, f"/students/{ref}/attendance/"),
        (family.mother, f"/students/{ref}/attendance.json"),
        (family.ms_reed, f"/staff/students/{ref}/"),
    ):
        answer = visit(person).get(address)
        assert answer.status_code in (404, 302, 200), address
        assert family.ana.family_name not in answer.content.decode()


def test_a_doubled_parameter_counts_once(family: Cast, visit):
    client = visit(family.mother)
    sent = "language=tlh&language=fa"
    client.post("/preferences/language/", sent, content_type="application/x-www-form-urlencoded")
    assert Person.objects.get(pk=family.mother.pk).language == "fa"
    sent = "language=fa&language=tlh"
    answer = client.post("/preferences/language/", sent, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert Person.objects.get(pk=family.mother.pk).language == "fa"


def test_header_injection_ends_in_words(db, client, registers, letters):
    answer = registers(client, "ana@example.org\r\nBcc: all@example.org")
    assert answer.status_code == 422
    registers(client, "ana@example.org", first_name="Ana\r\nX-Evil: 1")
    assert not any("X-Evil" in str(letter.message()) for letter in letters())
    answer = client.get("/language/?to=es&next=/login/%0d%0aSet-Cookie:%20x=1")
    assert "x" not in answer.cookies
    assert "\n" not in answer["Location"]
    assert mail.outbox == [] or all(letter.to == ["ana@example.org"] for letter in mail.outbox)


@pytest.mark.parametrize("host", HOSTS)
def test_a_forged_host_is_refused_and_never_repeated(family: Cast, host):
    for address in ("/login/", "/students/abcdefghij/attendance.json", "/.well-known/security.txt"):
        answer = Client().get(address, headers={"Host": host})
        assert answer.status_code == 400, address
        assert "evil" not in answer.content.decode()


OTHERS = ["https://evil.example/", "//evil.example", "/\\evil.example", "https:evil.example", "/%5cevil.example/..//",
          "javascript:alert(1)", "/\t/evil.example", " //evil.example", "/" + "a" * 3000]  # fmt: skip


@pytest.mark.parametrize("target", OTHERS)
def test_no_redirect_leads_to_another_house(family: Cast, visit, target):
    asked = [
        Client().post(f"/login/?next={target}", {"username": family.mother.email, "password": PASSWORD}),
        visit(family.mother).get("/login/", {"next": target}),
        visit(family.mother).get("/login/unlock/", {"next": target}),
        visit(family.mother).get("/language/", {"to": "es", "next": target}),
        visit().post("/classic/", {"mode": "on", "next": target}),
    ]
    for answer in asked:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\", "/\t"))


@pytest.mark.parametrize(
    "said",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "nonsense"},
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://testserver:81"},
        {"Origin": "https://testserver"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)  # fmt: skip
def test_another_houses_form_changes_nothing(family: Cast, visit, said):
    client = visit(family.mother)
    answer = client.post("/preferences/language/", {"language": "es"}, headers=said)
    assert (answer.status_code, "nothing was sent" in words(answer)) == (403, True)
    assert Person.objects.get(pk=family.mother.pk).language == "en"
    assert client.post("/logout/", headers=said).status_code == 403
    assert Session.objects.filter(person=family.mother).exists()


@pytest.mark.parametrize("dest", ["image", "script", "iframe", "object", "empty"])
def test_another_houses_page_cannot_load_parts_of_ours_but_may_link_to_them(family: Cast, visit, dest):
    client = visit(family.mother)
    said = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Dest": dest,
        "Sec-Fetch-Mode": "navigate" if dest == "iframe" else "no-cors",
    }
    assert client.get(f"/students/{family.ana.ref}/attendance.json", headers=said).status_code == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/home/", headers=link).status_code == 200


def test_a_body_of_the_wrong_kind_or_size_is_refused_in_words(family: Cast, visit):
    client = visit(family.mother)
    for kind in ("application/json", "text/xml", "text/plain", "application/octet-stream"):
        answer = client.post("/preferences/language/", b'{"language": "es"}', content_type=kind)
        assert (answer.status_code, "could not read" in words(answer)) == (415, True), kind
    answer = client.post("/preferences/language/", {"language": "es", "more": "x" * 1_000_001})
    assert (answer.status_code, "too much" in words(answer)) == (413, True)
    answer = client.post("/preferences/language/", {f"field{n}": "1" for n in range(250)})
    assert answer.status_code == 413
    assert client.post("/preferences/language/", {"lang\x00uage": "es"}).status_code == 400
    assert Person.objects.get(pk=family.mother.pk).language == "en"


@pytest.mark.parametrize(
    "body", ["[" * 21 + "]" * 21, "{" * 100_000, '{"a": NaN}', "\xff\xfe", "", "nothing", '"' + "[" * 50]
)
def test_json_that_is_too_deep_or_none_at_all_is_refused(db, client, body):
    answer = client.post("/csp-report/", body.encode("latin-1"), content_type="application/reports+json")
    assert answer.status_code == 400


def test_a_report_of_a_broken_policy_is_noted_without_an_address(db, client, caplog):
    report = [
        {
            "type": "csp-violation",
            "body": {"effectiveDirective": "script-src", "blockedURL": "https://canary/?ana"},
        }
    ]
    answer = client.post("/csp-report/", json.dumps(report), content_type="application/reports+json")
    assert answer.status_code == 204
    (line,) = [logs.Json().format(record) for record in caplog.records if record.name == "portal.policy"]
    assert '"rule": "script-src"' in line
    assert "canary" not in line
    assert (
        client.post("/csp-report/", '[1, {}, {"body": 5}]', content_type="application/json").status_code
        == 204
    )


def test_a_made_up_stamp_is_refused(db, client):
    typed = {
        "first_name": "Ana",
        "last_name": "Reyes",
        "email": "a@example.org",
        "language": "en",
        "robot": "on",
    }
    answer = client.post("/register/", typed | {"robot_stamp": "eyJmb3JtIjoicmVnaXN0ZXIifQ:1:forged"})
    assert (answer.status_code, Person.objects.count()) == (422, 0)


def test_a_copied_cookie_opens_nothing_after_signing_out(family: Cast, visit, settings):
    client = visit(family.mother)
    copied = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = copied
    assert thief.get("/home/").status_code == 302


def test_a_sent_form_played_again_after_signing_out_does_nothing(family: Cast, visit):
    client = Client(enforce_csrf_checks=True)
    client.cookies = visit(family.mother).cookies
    client.get("/preferences/language/")
    token = client.cookies["form"].value
    typed = {"language": "es", "csrfmiddlewaretoken": token}
    assert client.post("/preferences/language/", typed).status_code == 302
    client.post("/logout/", {"csrfmiddlewaretoken": token})
    again = client.post("/preferences/language/", {"language": "fa", "csrfmiddlewaretoken": token})
    assert again["Location"].startswith("/login/")
    assert Person.objects.get(pk=family.mother.pk).language == "es"


def test_cookies_of_a_real_district_are_bound_to_the_host(settings):
    import subprocess
    import sys

    program = (
        "from portal.config import settings as s; print(s.SESSION_COOKIE_NAME, s.STAFF_COOKIE_NAME, "
        "s.DEVICE_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    import os

    said = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "BASE_URL": "https://families.example.org"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == [
        "__Host-family",
        "__Host-staff",
        "__Host-device",
        "__Host-form",
        "True",
        "True",
    ]


def test_no_title_or_address_tells_the_district_id(family: Cast, visit):
    client = visit(family.mother)
    for address in (
        "/home/",
        "/students/",
        f"/students/{family.ana.ref}/",
        f"/students/{family.ana.ref}/attendance/",
    ):
        page = client.get(address).content.decode()
        told = re.findall(r"<title>.*?</title>|(?:href|action|src)=\"[^\"]*\"", page, re.DOTALL)
        assert told
        assert family.ana.student_id not in " ".join(told), address


def test_another_familys_link_cannot_be_put_into_a_form(family: Cast, visit):
    theirs = Link.objects.get(person=family.bens_mother)
    client = visit(family.mother)
    for name in ("link", "id", "pk", "ref", "guardianship", "person"):
        client.post(f"/students/{family.ana.ref}/remove/", {name: theirs.pk})
    assert Link.objects.get(pk=theirs.pk).ended_at is None


def test_a_line_tells_route_and_status_and_nobody(family: Cast, visit, caplog):
    with caplog.at_level(logging.INFO, "portal.requests"):
        visit(family.mother).get(f"/students/{family.ben.ref}/attendance/?secret=canary")
    line = json.loads(logs.Json().format(caplog.records[-1]))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["at"])
    assert datetime.fromisoformat(line["at"]) > now() - timedelta(minutes=5)
    told = {name: line[name] for name in ("message", "route", "method", "status")}
    assert told == {
        "message": "answered",
        "route": "students/<ref:ref>/attendance/",
        "method": "GET",
        "status": 404,
    }
    assert len(line["actor"]) == 16
    assert not any(
        word in json.dumps(line)
        for word in ("canary", family.ben.ref, "marisol", str(family.mother.pk) + '"')
    )


def test_a_line_break_in_a_value_makes_no_second_line():
    record = logging.LogRecord("portal.x", logging.INFO, "", 0, "one\ntwo\u2028three\x1b[31m", None, None)
    line = logs.Json().format(record)
    assert "\n" not in line
    assert line.isascii()
    assert json.loads(line)["message"] == "one\ntwo\u2028three\x1b[31m"


def test_security_txt_names_the_district_and_runs_out_in_a_year(db, client, settings):
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert fields["Contact"] == "mailto:security@schools.example.org"
    assert fields["Canonical"] == f"{settings.BASE_URL}/.well-known/security.txt"

    left = datetime.fromisoformat(fields["Expires"]) - now()
    assert timedelta(days=363) < left <= timedelta(days=365)


def test_password_managers_find_the_page_that_changes_a_password(family: Cast, visit):
    assert visit(family.mother).get("/.well-known/change-password")["Location"] == "/preferences/password/"
    assert visit().get("/.well-known/change-password")["Location"] == "/password/forgot/"
