"""Hands for tests at the door: filling in forms as a browser would, and reading the mail."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from portal.people import jobs

STAMP = re.compile(r'name="robot_stamp" value="([^"]+)"')


@pytest.fixture
def stamp() -> Callable[[Client, str], str]:
    """The stamp of the robot box on a page."""

    def of(client: Client, path: str = "/register/") -> str:
        return stamp_on(client.get(path))

    return of


@pytest.fixture
def registers(stamp) -> Callable[..., object]:
    """registers(client, email, **fields): opens Register, fills it in, sends it."""

    def do(client: Client, email: str, path: str = "/register/", **fields: str) -> object:
        typed = {
            "first_name": "Marisol", "last_name": "Reyes", "email": email, "language": "en",
            "robot": "on", "robot_stamp": stamp(client, path),
        } | fields  # fmt: skip
        return client.post(path, typed)

    return do


@pytest.fixture
def letters() -> Callable[[], list[mail.EmailMessage]]:
    """Sends what waits, and gives all mail sent so far, oldest first."""

    def send() -> list[mail.EmailMessage]:
        jobs.deliver_waiting()
        return list(mail.outbox)

    return send


@pytest.fixture
def link_in(letters) -> Callable[..., str]:
    """The path of the link in the newest mail to an address: link_in("marisol@example.org")."""

    def find(to: str) -> str:
        newest = next(letter for letter in reversed(letters()) if letter.to == [to])
        found = re.search(r"https?://[^/\s]+(/\S+)", newest.body)
        assert found, newest.body
        return found[1]

    return find


def stamp_on(page: object) -> str:
    """The stamp of the robot box on a page, given as answer or as text."""
    found = STAMP.search(page if isinstance(page, str) else page.content.decode())
    assert found
    return found[1]


def words(response: object) -> str:
    """What a person reads: the main part of the page, without markup."""
    html = response.content.decode()
    main = re.search(r"<main.*?</main>", html, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", main[0] if main else html).split())


def same_page(response: object) -> str:
    """The page without what differs each time: tokens, nonces, stamps."""
    html = response.content.decode()
    html = re.sub(r'nonce="[^"]+"', "", html)
    html = re.sub(r'name="(csrfmiddlewaretoken|robot_stamp)" value="[^"]*"', "", html)
    return html
