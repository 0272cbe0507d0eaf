"""The simulator of the school's system keeps to the standard, and goes wrong in just the way it is told to."""

import csv
import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from portal.sis.connectors import signed
from simulators.sis.server import Simulator
from simulators.sis.store import Store

ROSTERING = "/ims/oneroster/rostering/v1p2"
CARD = {"student": "ana", "guardian": "marisol", "fields": {"cell": "+12135550142"}}


@pytest.fixture
def sis(tmp_path) -> Iterator[Simulator]:
    """Five schools, of which two changed lately, and a student with two roles."""
    tables = {
        "orgs": [
            {"sourcedId": f"o{n}", "status": "", "dateLastModified": f"2026-0{n}-01T00:00:00.000Z", "name": f"School {n}",
             "type": "school", "parentSourcedId": ""}
            for n in range(1, 6)
        ],
        "users": [{"sourcedId": "ana", "status": "", "dateLastModified": "", "enabledUser": "true", "givenName": "Ana",
                   "grades": "09,10", "agentSourcedIds": "marisol", "password": "never shown"}],
        "roles": [
            {"sourcedId": f"r{n}", "userSourcedId": "ana", "roleType": kind, "role": "student", "orgSourcedId": f"o{n}"}
            for n, kind in enumerate(("primary", "secondary"), 1)
        ],
        "guardianships": [{"sourcedId": "g", "studentSourcedId": "ana", "guardianSourcedId": "marisol"}],
    }  # fmt: skip
    for name, rows in tables.items():
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    store = Store(None)
    store.load(tmp_path)
    simulator = Simulator(0, store, "secret")
    threading.Thread(target=simulator.serve_forever, daemon=True).start()
    yield simulator
    simulator.shutdown()
    simulator.server_close()


def token(sis: Simulator, **more: Any) -> httpx.Response:
    asked = {"data": {"grant_type": "client_credentials"}, "auth": ("portal", "portal-secret")} | more
    return httpx.post(f"{sis.url}/token", **asked)


def ask(sis: Simulator, path: str) -> httpx.Response:
    """A question with a token that is good."""
    bearer = token(sis).json()["access_token"]
    return httpx.get(f"{sis.url}{ROSTERING}{path}", headers={"Authorization": f"Bearer {bearer}"})


def ids(answer: httpx.Response) -> list[str]:
    return [body["sourcedId"] for body in answer.json()["orgs"]]


def put(sis: Simulator, key: str = "k1", payload: Any = CARD, secret: bytes = b"secret") -> httpx.Response:
    body, path = json.dumps(payload).encode(), f"/changes/{key}"
    headers = signed(secret, "PUT", path, body, int(time.time()))
    return httpx.put(f"{sis.url}{path}", content=body, headers=headers)


def effects(sis: Simulator) -> list[str]:
    return [line["effect"] for line in httpx.get(f"{sis.url}/log.json").json()]


def test_a_client_gets_a_token_by_header_or_form_and_nobody_else_does(sis):
    by_form = {"grant_type": "client_credentials", "client_id": "portal", "client_secret": "portal-secret"}
    assert token(sis).json()["token_type"] == "Bearer"
    assert token(sis, auth=None, data=by_form).status_code == 200
    assert token(sis, auth=("portal", "guessed")).status_code == 401
    assert token(sis, data={"grant_type": "password"}).status_code == 400


def test_without_a_token_nothing_is_told(sis):
    for headers in ({}, {"Authorization": "Bearer guessed"}):
        answer = httpx.get(f"{sis.url}{ROSTERING}/orgs", headers=headers)
        assert (answer.status_code, answer.json()["imsx_codeMajor"]) == (401, "failure")


def test_a_collection_comes_page_by_page_with_its_total_and_the_way_to_the_next(sis):
    first, last = ask(sis, "/orgs?limit=2&offset=0"), ask(sis, "/orgs?limit=2&offset=4")
    assert (ids(first), ids(last), first.headers["X-Total-Count"]) == (["o1", "o2"], ["o5"], "5")
    assert set(first.links) == {"next", "first"}
    assert first.links["next"]["url"] == f"{sis.url}{ROSTERING}/orgs?limit=2&offset=2"
    assert set(last.links) == {"prev", "first"}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("dateLastModified>'2026-04-01T00:00:00.000Z'", ["o5"]),
        ("dateLastModified>='2026-04-01T00:00:00.000Z'", ["o4", "o5"]),
        ("dateLastModified<'2026-02-01T00:00:00.000Z'", ["o1"]),
    ],
)
def test_what_changed_since_a_moment_can_be_asked_for(sis, said, found):
    assert ids(ask(sis, f"/orgs?filter={quote(said)}")) == found


@pytest.mark.parametrize("question", ["limit=0", "limit=many", "offset=-1", "filter=name%3D%27x%27"])
def test_a_question_that_cannot_be_answered_is_refused(sis, question):
    assert ask(sis, f"/orgs?{question}").status_code == 400


def test_one_resource_is_told_whole_but_for_the_password(sis):
    user = ask(sis, "/users/ana").json()["user"]
    assert (user["grades"], user["enabledUser"], "password" in user) == (["09", "10"], True, False)
    assert user["agents"] == [{"href": f"{ROSTERING}/users/marisol", "sourcedId": "marisol", "type": "user"}]
    assert [(role["roleType"], role["org"]["sourcedId"]) for role in user["roles"]] == [
        ("primary", "o1"),
        ("secondary", "o2"),
    ]
    assert ask(sis, "/users/nobody").status_code == 404


def test_a_change_is_applied_once_and_its_key_means_nothing_else(sis):
    other = CARD | {"fields": {"cell": "+12135550143"}}
    assert [put(sis).status_code, put(sis).status_code, put(sis, payload=other).status_code] == [
        200,
        200,
        409,
    ]
    assert effects(sis) == ["applied", "repeat", "conflict"]
    assert sis.store.cards() == [
        {"student": "ana", "guardian": "marisol", "fields": {"cell": "+12135550142"}}
    ]


def test_a_change_that_somebody_else_signed_is_not_looked_at(sis):
    assert (put(sis, secret=b"another").status_code, effects(sis)) == (401, [])


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (CARD | {"student": "ben"}, "unknown_student"),
        (CARD | {"guardian": "nobody"}, "unknown_guardian"),
        (CARD | {"fields": {"cell": "5550142"}}, "invalid"),
        (CARD | {"fields": {"grade": "A"}}, "other"),
        (CARD | {"fields": {}}, "other"),
    ],
)
def test_a_change_that_cannot_be_taken_says_why(sis, payload, code):
    answer = put(sis, payload=payload)
    assert (answer.status_code, answer.json(), effects(sis)) == (422, {"code": code}, ["refused"])


def hang_up(sis: Simulator) -> str:
    try:
        return str(put(sis).status_code)
    except httpx.HTTPError as why:
        return type(why).__name__


@pytest.mark.parametrize(
    ("fault", "answer", "met"),
    [
        ("down", "RemoteProtocolError", []),
        ("error_after", "500", ["applied"]),
        ("lies", "200", ["lie"]),
        ("duplicates", "200", ["applied", "repeat"]),
        ("refuses", "422", ["refused"]),
    ],
)
def test_each_fault_strikes_as_it_is_named_and_ends_when_it_is_switched_off(sis, fault, answer, met):
    told = httpx.post(f"{sis.url}/faults", json={fault: 100}).json()
    assert {name for name, value in told.items() if value} == {fault}
    assert (hang_up(sis), effects(sis)) == (answer, met)
    httpx.post(f"{sis.url}/faults", json={fault: 0})
    assert put(sis, "k2").status_code == 200


def test_where_keys_are_forgotten_a_change_counts_as_often_as_it_comes(sis):
    sis.faults.forgets_keys = 1
    put(sis)
    put(sis)
    assert effects(sis) == ["applied", "applied"]


def test_a_slow_system_is_slow_in_everything(sis, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr("simulators.sis.server.time.sleep", slept.append)
    sis.faults.slow_ms = 250
    put(sis)
    ask(sis, "/orgs")
    assert slept == [0.25, 0.25]


def test_a_half_broken_system_strikes_about_every_other_time(sis):
    lots = [sis.strikes(50, f"change {n}") for n in range(200)]
    assert 70 <= sum(lots) <= 130


def test_its_page_says_that_it_is_a_simulator_and_sets_faults_by_a_form(sis):
    assert "This is a simulator." in httpx.get(sis.url).text
    answer = httpx.post(f"{sis.url}/faults", data={"lies": "20"})
    assert (answer.status_code, answer.headers["Location"], sis.faults.lies) == (303, "/", 20)
