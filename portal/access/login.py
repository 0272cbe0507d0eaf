"""The login the portal serves with: one that no policy holds would make the second wall a drawing. Asked at every start."""

from collections.abc import Iterator

from django.db import connection

# A member may become what it is a member of, whether it inherits from it or not.
ASKED = """
SELECT session_user,
  (SELECT bool_or(rolsuper) FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER')),
  (SELECT bool_or(rolbypassrls) FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER')),
  EXISTS (SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
          AND pg_has_role(session_user, relowner, 'MEMBER')),
  (SELECT pg_has_role(session_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()),
  (SELECT rolcreaterole FROM pg_roles WHERE rolname = session_user)
"""
WHAT_TO_DO = (
    "Put a login that owns nothing into DATABASE_URL, and the owner of the tables into DATABASE_OWNER_URL;"
    " docs/decisions/08-second-wall.md has the three statements that make both."
)


class AboveTheWall(SystemExit):
    """The portal may not serve like this; the message says what the login could do and what to set instead."""


def check() -> None:
    """Raises AboveTheWall when a query of ours could step over the wall, whatever it says about who asks."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        name, *found = cursor.fetchone()
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has it; whoever forks opens one of its own
    if said := list(_said(*found)):
        raise AboveTheWall(
            f"The portal does not serve as the database login {name!r}: it {', '.join(said)}. {WHAT_TO_DO}"
        )


def _said(superuser: bool, bypasses: bool, owns: bool, database: bool, makes_roles: bool) -> Iterator[str]:
    if superuser:
        yield "is a superuser"
        return  # and all the rest with it
    if bypasses:
        yield "has BYPASSRLS"
    if owns:
        yield "owns the tables"
    if database:
        yield "owns the database"
    if makes_roles:
        yield "has CREATEROLE"
