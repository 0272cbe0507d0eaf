"""Fixtures every test may use: the cast, the gate, and a browserless visit as someone."""

import fcntl
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models import F
from django.test import Client

from portal.access import gate, wall
from portal.access.grant import Grant
from portal.audit.asking import REASON
from portal.audit.models import Purpose
from portal.people import rates, settled
from portal.people.models import Person, Session
from portal.people.sessions import SessionStore
from portal.students.models import Student
from tests import audit_tables, cast


@pytest.fixture(autouse=True, scope="session")
def flushes_empty_the_record_of_access() -> Iterator[None]:
    """Between tests that commit, every table is emptied; the record of access would refuse."""
    empty = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **more: Any) -> list[str]:
        return [*audit_tables.STILL, *empty(self, *args, **more), *audit_tables.AWAKE]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.sql_flush = empty  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The second wall stands in the tests' database too. Tests build as its owner; what they try asks as the portal."""
    # Roles belong to the whole server: the workers that share it build one after the other.
    with django_db_blocker.unblock(), (settings.DATA_DIR / "wall.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        wall.build("default")


@pytest.fixture(autouse=True, scope="session")
def sets_are_kept_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each process keeps the sets it takes in at a place of its own."""
    settings.FEEDS_DIR = tmp_path_factory.mktemp("feeds")


@pytest.fixture
def family(db: None) -> cast.Cast:
    """The whole cast in the database."""
    return cast.make()


@pytest.fixture
def admit() -> Callable[[Person, Student, Any], Grant]:
    """Ask the gate: admit(person, student, section)."""
    return lambda person, student, section: gate.admit(gate.Actor(person), student.ref, section)


@pytest.fixture
def on(family: cast.Cast, monkeypatch: pytest.MonkeyPatch) -> Callable[[date], cast.Cast]:
    """on(day): the cast on that day, in a school year that Ana and Ben began on Monday, August 17, 2026."""

    def at(day: date) -> cast.Cast:
        monkeypatch.setattr(gate, "localdate", lambda: day)
        for student in (family.ana, family.ben):
            student.entered_on = date(2026, 8, 17)
            student.save()
        return family

    return at


@pytest.fixture
def visit() -> Callable[..., Client]:
    """A client signed in as someone: visit(person), or visit(person, own_device=True); visit() is a stranger.

    reason: what staff said in this session when they opened their first record; None before that.
    """

    def as_(
        person: Person | None = None, *, own_device: bool = False, reason: str | None = Purpose.HELPING
    ) -> Client:
        client = Client()
        if person is not None:
            session = SessionStore()
            session.sign_in(person, own_device=own_device, device="Test browser")
            staff = person.kind == Person.Kind.STAFF
            if staff and reason is not None:
                session[REASON] = (reason, "")
            session.save()
            name = settings.STAFF_COOKIE_NAME if staff else settings.SESSION_COOKIE_NAME
            client.cookies[name] = session.session_key
        return client

    return as_


@pytest.fixture
def idle() -> Callable[[int], None]:
    """idle(16): everyone who is signed in did nothing for so many minutes, since before they last proved who they are."""

    def pass_by(minutes: int) -> None:
        gone = timedelta(minutes=minutes)
        for name in ("seen_at", "unlocked_at", "fresh_until"):
            Session.objects.update(**{name: F(name) - gone})

    return pass_by


@pytest.fixture(autouse=True)
def counted_apart(request: pytest.FixtureRequest) -> Iterator[None]:
    """What limits count on a connection of its own is undone with the rest of the test, and what they remember."""
    rates.forget()
    settled.forget()
    if "_django_db_helper" not in request.fixturenames and not request.node.get_closest_marker("django_db"):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    kept, connections["apart"] = connections["apart"], connections["default"]
    yield
    connections["apart"] = kept
