"""Who is asking, told to the database: the one place that sets the role and the person a transaction works for.

PostgreSQL then shows that role what its policies allow (access/wall.py has them), and nothing to a transaction that
was not told. Everything is told for the transaction alone and is forgotten at its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from django.conf import settings
from django.db import connection, transaction

from portal.people import settled
from portal.people.statements import Statement

KINDS = {
    "family": "a signed-in parent or guardian",
    "staff": "a signed-in employee",
    "door": "nobody known yet: signing up, signing in, links from a mail",
    "linking": "a parent at Add Student or Verify PIN; sees the one child whose ID was typed",
    "worker": "the jobs",
    "importer": "the import",
    "reporter": "counts without names",
    "auditor": "the record of access",
    **({} if settings.MODE == "production" else {"demo": "the sample district's own pages"}),
}
TELL = (
    "SELECT set_config('role', %s, true), set_config('app.kind', %s, true), set_config('app.actor', %s, true),"
    " set_config('app.purpose', %s, true), set_config('app.about', %s, true), set_config('app.told', %s, true)"
)
SEEN_AS = "SELECT set_config('app.seen_as', %s, true)"
# Each time somebody is told of; what the database remembers of the one before is then no longer used.
_told = count(1)
TOLD = Statement(f"{TELL}, portal_settled()".split("%s"))


@dataclass(frozen=True)
class Asking:
    role: str  # of the database
    kind: str = ""
    actor: int | None = None  # a person's key
    purpose: str = ""
    about: str = ""  # linking: "id:<Student ID>" or "link:<key>"

    @property
    def values(self) -> list[str]:
        return [self.role, self.kind, str(self.actor or ""), self.purpose, self.about, str(next(_told))]


NOBODY = Asking(*settings.NOBODY_ASKS)


def role(kind: str) -> str:
    """The database's name for a kind of actor. Roles belong to the whole server, hence the first word."""
    if kind not in KINDS:
        raise KeyError(kind)
    return f"portal_{kind}"


@contextmanager
def opened(kind: str, actor: int | None = None, purpose: str = "", about: str = "") -> Iterator[None]:
    """A transaction in which the database knows who asks; an exception undoes it.

    kind: one of KINDS; actor: the person's key. Inside another one it ends with that one's asker.
    """
    with _restored(), transaction.atomic():
        become(kind, actor, purpose, about)
        yield


@contextmanager
def within(kind: str, actor: int | None = None, purpose: str = "", about: str = "") -> Iterator[None]:
    """For a few lines of a transaction somebody else asks; an exception leaves what was done."""
    assert connection.in_atomic_block, "only inside a transaction that is open"
    with _restored():
        become(kind, actor, purpose, about)
        yield


@contextmanager
def begun() -> Iterator[None]:
    """A transaction in which nobody asks yet: it reads a session by its key and nothing else."""
    with _restored(), transaction.atomic():
        if NOBODY.kind:  # in tests, whose builder steps aside
            connection.connection.execute(TELL, Asking("portal_app").values)
        connection.asking = None  # type: ignore[attr-defined]  # beside the connection it is true of
        yield


@contextmanager
def seeing_as(guardianship: int) -> Iterator[None]:
    """For a few lines the database hides what a court order hides from this adult, whoever asks; it opens nothing.

    guardianship: its key; 0 for nobody's eyes but the asker's own.
    """
    if not guardianship:
        yield
        return
    assert connection.in_atomic_block, "only inside a transaction that is open"
    try:
        connection.connection.execute(SEEN_AS, [str(guardianship)])
        yield
    finally:
        if _at_work():
            connection.connection.execute(SEEN_AS, [""])


def become(kind: str, actor: int | None = None, purpose: str = "", about: str = "") -> None:
    """From here on this one asks, until the transaction ends."""
    asking = Asking(role(kind), kind, actor, purpose, about)
    ((*_told, settings_at),) = TOLD.rows(*asking.values)
    connection.asking = asking  # type: ignore[attr-defined]  # beside the connection it is true of
    settled.follow(settings_at)


def someone() -> None:
    """Where nobody asked until now, like on a page that is not there, the door does."""
    if getattr(connection, "asking", NOBODY) is None:
        become("door")


@contextmanager
def _restored() -> Iterator[None]:
    before: Asking = getattr(connection, "asking", None) or NOBODY
    nested = connection.in_atomic_block
    try:
        yield
    finally:
        connection.asking = before  # type: ignore[attr-defined]  # as above
        if nested and _at_work():
            # Without the log of statements: a transaction of its own, as in production, forgets by itself.
            connection.connection.execute(TELL, before.values)


def _at_work() -> bool:
    """Whether the transaction still takes statements."""
    psycopg = connection.connection
    return (
        not connection.needs_rollback
        and psycopg is not None
        and psycopg.info.transaction_status.name == "INTRANS"
    )
