"""Whatever is sent to any address, by whoever, the answer is never a failure of ours."""

import random
import string
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.access import registry
from tests.cast import Cast

NASTY = ["", "\0", "a\0b", "'", "' OR 1=1--", "<script>", "{{7*7}}", "${x}", "../../etc/passwd", "\r\nX: 1", "٤", "\u202e",
         "\ud7ff", "-1", "0", "9" * 40, "1e309", "NaN", "true", "[]", "{}", "x" * 5000, "2026-13-45", "2026-02-30", "ÿ",
         "%s%n", "\\", "//evil", "\uffff", "😀" * 50]  # fmt: skip
VALUES = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
NAMES = st.one_of(
    st.sampled_from(
        [
            "next",
            "to",
            "q",
            "page",
            "typed",
            "done",
            "once",
            "ref",
            "key",
            "seen",
            "show",
            "reason",
            "note",
            "language",
            "email",
            "username",
            "password",
            "pin",
            "birth_month",
            "birth_day",
            "birth_year",
            "student_id",
            "first_name",
            "last_name",
            "search_by",
            "schools",
            "grades",
            "active",
            "month",
            "sort",
            "robot",
            "robot_stamp",
            "website",
            "code",
            "home",
            "work",
            "cell",
            "preferred",
            "end",
            "everywhere",
            "mode",
            "theme",
            "ended",
            "year",
            "term",
        ]
    ),
    st.text(string.printable, max_size=12),
)
FIELDS = st.dictionaries(NAMES, VALUES, max_size=6)
KINDS = st.sampled_from(
    ["form", "form", "form", "application/json", "text/plain", "multipart/form-data", "x"]
)


def addresses() -> list[registry.Route]:
    codes = {"demo", *django_settings.LANGUAGE_NAMES}
    return [route for route in registry.routes() if route.address.partition("/")[0] not in codes]


def filled(route: registry.Route, ref: str, value: str) -> str:
    """The address with a good reference, and the drawn value in its other places; below the root, always."""
    return "/" + registry.PARAMETER.sub(
        lambda part: ref if part[1] == "ref" else quote(value, safe="") or "x", route.address
    ).replace("^", "").replace("$", "")


@pytest.fixture
def knockers(family: Cast, visit) -> list[Client]:
    clients = [visit(family.mother), visit(family.ms_reed), visit()]
    for client in clients:
        client.raise_request_exception = False
    return clients


@settings(max_examples=120, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(data=st.data())
def test_no_answer_is_a_500(family: Cast, knockers, data):
    routes = addresses()
    route = routes[data.draw(st.integers(0, len(routes) - 1), "route")]
    client = knockers[data.draw(st.integers(0, 2), "who")]
    ref = data.draw(st.sampled_from([family.ana.ref, family.ben.ref, "abcdefghij"]), "ref")
    address = filled(route, ref, data.draw(VALUES, "value"))
    fields, kind = data.draw(FIELDS, "fields"), data.draw(KINDS, "kind")
    with undone(client):
        said = client.get(address, fields)
        assert said.status_code < 500 or said.status_code == 503, (address, fields)
        if kind == "form":
            said = client.post(address, fields)
        else:
            said = client.generic(
                "POST", address, data.draw(st.binary(max_size=60), "body"), content_type=kind
            )
        assert said.status_code < 500 or said.status_code == 503, (address, kind, fields)


def test_every_address_survives_every_nasty_value_once(family: Cast, knockers):
    order = random.Random(1)
    for route in addresses():
        for client in knockers:
            fields = {
                name: order.choice(NASTY) for name in ("next", "page", "month", "key", "show", "year", "q")
            }
            for ref in (family.ana.ref, "abcdefghij"):
                address = filled(route, ref, order.choice(NASTY))
                with undone(client):
                    for ask in (client.get, client.post):
                        said = ask(address, fields)
                        assert said.status_code < 500, (address, fields)


class undone:
    """What an example changed is undone, so that the next one meets the same people signed in."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error: object) -> None:
        self.client.cookies.clear()
        for name, value in self.cookies.items():
            self.client.cookies[name] = value
        transaction.set_rollback(True)
        self.atomic.__exit__(*error)
