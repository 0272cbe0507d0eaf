"""A PostgreSQL of the district's own, set up by its administrator as the README says; and the logins we do not serve with."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from portal.access import login
from portal.config import embedded
from portal.config.env import ROOT, env

DATA = env.data_dir.parent / f"administered-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
SOCKET = embedded.socket_folder(DATA)
OWNER, SERVES = (
    f"postgresql://{who}:secret@/portal?host={SOCKET}" for who in ("portal_owner", "portal_serves")
)
STATEMENTS = re.compile(r"^CREATE (?:ROLE|DATABASE) .*;$", re.MULTILINE)


def portal(*arguments: str, serves: str = SERVES) -> subprocess.CompletedProcess[str]:
    """A process of the portal on that server."""
    theirs = {"PORTAL_MODE": "demo", "DATA_DIR": str(DATA), "DATABASE_URL": serves, "DATABASE_OWNER_URL": OWNER,
              "DJANGO_SETTINGS_MODULE": "portal.config.settings"}  # fmt: skip
    return subprocess.run(
        [sys.executable, *arguments], env=os.environ | theirs, cwd=ROOT, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def server() -> Iterator[psycopg.Connection]:
    """The administrator's connection to a server with the two logins, after the portal's first migrate."""
    shutil.rmtree(DATA, ignore_errors=True)
    with embedded.running(DATA, durable=False):
        administrator = psycopg.connect(host=str(SOCKET), user="postgres", dbname="postgres", autocommit=True)
        administrator.execute("DROP DATABASE portal")  # of the embedded server's own making
        for statement in STATEMENTS.findall((ROOT / "README.md").read_text()):
            administrator.execute(statement.replace("…", "secret"))
        done = portal("-m", "portal", "migrate")
        assert done.returncode == 0, done.stderr[-2000:]
        yield administrator
        administrator.close()


def test_the_readme_and_the_decision_name_the_same_statements():
    told = [
        STATEMENTS.findall((ROOT / page).read_text())
        for page in ("README.md", "docs/decisions/08-second-wall.md")
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 3


def test_with_two_logins_the_portal_serves(server):
    served = portal("-c", "import portal.config.wsgi")
    assert served.returncode == 0, served.stderr


def test_the_login_that_serves_sees_nothing_by_itself(server):
    with psycopg.connect(OWNER, options="-c app.kind=owner") as owner:
        owner.execute("INSERT INTO people_person (ref, kind, email, email_key, first_name, last_name, language, state, password,"
                      " closed_because, made_at, notice_version, theme, classic, subject)"
                      " VALUES ('a', 'family', 'a', 'a', 'A', '', 'en', 'active', '', '', now(), '', '', false, '')")  # fmt: skip
    with psycopg.connect(SERVES) as serves:
        assert serves.execute("SELECT count(*) FROM people_person").fetchone() == (0,)
        serves.execute("SELECT set_config('role', 'portal_door', true)")
        assert serves.execute("SELECT count(*) FROM people_person").fetchone() == (1,)


@pytest.mark.parametrize("login_of", ["the owner", "a superuser"])
def test_another_login_is_refused_in_words_that_say_what_to_do(server, login_of):
    serves = OWNER if login_of == "the owner" else f"postgresql://postgres@/portal?host={SOCKET}"
    refused = portal("-c", "import portal.config.wsgi", serves=serves)
    assert refused.returncode == 1
    assert ("owns the tables" if login_of == "the owner" else "is a superuser") in refused.stderr
    assert "DATABASE_OWNER_URL" in refused.stderr
    assert "docs/decisions/08-second-wall.md" in refused.stderr


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ("CREATE ROLE other LOGIN NOINHERIT", []),
        ("CREATE ROLE other LOGIN NOINHERIT SUPERUSER", ["is a superuser"]),
        ("CREATE ROLE other LOGIN NOINHERIT BYPASSRLS", ["has BYPASSRLS"]),
        ("CREATE ROLE other LOGIN NOINHERIT IN ROLE portal_owner", ["owns the tables", "owns the database"]),
        ("CREATE ROLE other LOGIN NOINHERIT CREATEROLE", ["has CREATEROLE"]),
    ],
)
def test_whatever_a_login_could_become_counts(server, made, says):
    server.execute(made)
    try:
        with psycopg.connect(f"postgresql://other@/portal?host={SOCKET}") as other:
            name, *found = other.execute(login.ASKED).fetchone() or ()
    finally:
        server.execute("DROP ROLE other")
    assert (name, list(login._said(*found))) == ("other", says)
