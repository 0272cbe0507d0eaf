"""Every answer carries the headers that keep a page to itself: every route of the registry, errors and files too."""

import re

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import path

from portal.access import registry
from portal.config import urls
from portal.people.door import anyone
from portal.web import headers, incoming
from tests.cast import Cast

VALUES = {"ref": "abcdefghij", "month": "2026-10", "on": "2026-10-05", "card": "1", "token": "x" * 43}
FEATURES = {"camera", "geolocation", "microphone", "payment", "usb"}


def addresses(ref: str) -> list[str]:
    """Every address of the registry, with this child where one is asked for."""
    values = VALUES | {"ref": ref}
    found = []
    for route in registry.routes():
        first = route.address.partition("/")[0]
        if first == "demo" or first in settings.LANGUAGE_NAMES:
            continue  # no part of a real district's portal, and the same views again
        address = re.sub(registry.PARAMETER, lambda part: values.get(part[1], "1"), route.address)
        found.append("/" + address.replace("^", "").replace("$", ""))
    return found


def whole(answer) -> None:
    """Fails with the name of the header that is missing or says something else."""
    nonce = re.search(r"script-src 'nonce-([\w-]{22})' 'strict-dynamic'", answer["Content-Security-Policy"])
    assert nonce, answer["Content-Security-Policy"]
    assert answer["Content-Security-Policy"] == (
        f"default-src 'none'; script-src 'nonce-{nonce[1]}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce[1]}'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; "
        "trusted-types portal; report-to csp"
    )
    said = {
        name: answer.headers.get(name)
        for name in (
            "Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy", "Reporting-Endpoints",
            "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Cross-Origin-Embedder-Policy",
        )
    }  # fmt: skip
    assert said == {
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Reporting-Endpoints": 'csp="/csp-report/"',
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
    off = answer["Permissions-Policy"].split(", ")
    assert {f"{feature}=()" for feature in FEATURES} <= set(off)
    assert all(each.endswith("=()") for each in off)
    assert answer["Server"] == "web"
    assert "X-Powered-By" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("who", [None, "mother", "ms_reed"], ids=["a visitor", "a mother", "a clerk"])
def test_every_route_answers_with_them_and_keeps_nothing_of_those_who_are_signed_in(family: Cast, visit, who):
    person = getattr(family, who) if who else None
    nonces = set()
    for address in addresses(family.ana.ref):
        client = visit(person)
        client.raise_request_exception = False
        for ask in (client.get, client.put):
            answer = ask(address)
            whole(answer)
            assert "no-store" in answer["Cache-Control"], address
            assert answer.status_code < 500, address
            nonces.add(answer["Content-Security-Policy"].split("'nonce-")[1][:22])
    assert len(nonces) == 2 * len(addresses(family.ana.ref)), "fresh for every answer"


def test_no_route_answers_to_a_method_it_does_not_know(family: Cast, visit):
    client = visit(family.mother)
    for address in addresses(family.ana.ref):
        for method in ("DELETE", "TRACE"):
            answer = client.generic(method, address)
            assert answer.status_code in (302, 401, 403, 404, 405), (method, address)


@anyone
def broken(_request):
    raise RuntimeError


urlpatterns = [*urls.urlpatterns, path("broken/", broken), path("broken.json", broken)]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def test_errors_carry_them_too_and_programs_read_one_shape(family: Cast, visit):
    client = visit(family.mother)
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__):
        answers = {
            400: client.get("/nothing/?" + "x" * 9000),
            404: client.get("/nothing/"),
            405: client.delete("/home/"),
            413: client.post("/preferences/language/", {"language": "x" * 1_100_000}),
            415: client.post("/preferences/language/", "{}", content_type="application/json"),
            500: client.get("/broken/"),
        }
        for status, answer in answers.items():
            assert answer.status_code == status
            whole(answer)
            assert "<h1>" in answer.content.decode()
        for status, address, code in ((404, "/nothing.json", "not_found"), (500, "/broken.json", "failed")):
            answer = client.get(address)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
            assert set(answer.json()) == {"code", "message", "fields", "request_id"}
            assert re.fullmatch(r"[0-9a-f]{32}", answer.json()["request_id"])
            whole(answer)
        forged = client.get("/login/", headers={"Host": "evil.example"})
        assert forged.status_code == 400
        assert "evil.example" not in forged.content.decode()
        whole(forged)


def test_files_carry_them_and_may_be_kept(client: Client):
    answer = client.get("/static/web/portal.css")
    assert answer.status_code == 200
    whole(answer)
    assert "no-store" not in answer["Cache-Control"]


def test_every_page_brings_its_scripts_under_its_own_nonce(family: Cast, visit):
    answer = visit(family.mother).get("/home/")
    nonce = answer["Content-Security-Policy"].split("'nonce-")[1][:22]
    page = answer.content.decode()
    assert re.findall(r"<script\b[^>]*>", page)
    assert all(f'nonce="{nonce}"' in tag for tag in re.findall(r"<script\b[^>]*>", page))
    assert not re.search(r"<[^>]+\s(on\w+|style)=", page)


def test_the_views_that_other_houses_may_send_a_browser_to_are_listed():
    """A sign-on's return address, a signed callback: each is named here with what binds it to the browser."""
    listed = {"staff/sign-on/saml/"}  # an answer to a request of ours, taken once, by the browser that asked
    assert {
        route.address for route in registry.routes() if getattr(route.view, "from_elsewhere", False)
    } == listed
    assert incoming.FORMS == ("application/x-www-form-urlencoded", "multipart/form-data")
    assert headers.REPORTS == "/csp-report/"


def test_a_page_that_fails_says_why_once_in_the_log_and_a_second_line_how_it_was_answered(
    visit, db, monkeypatch, caplog
):
    def fails(_typed: str) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("portal.people.signing_in.own_path", fails)
    client = visit()
    client.raise_request_exception = False
    assert client.get("/login/").status_code == 500
    assert [(line.name, bool(line.exc_info)) for line in caplog.records] == [
        ("portal.errors", True),
        ("portal.requests", False),
    ]
