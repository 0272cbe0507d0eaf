"""What only the owner of the database can do to the record of access: make its triggers stand still.

The application never does. A flush between tests needs it, and so does the forger of tests/audit.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TABLES = ("audit_access", "audit_link", "audit_seal")
STILL = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES]
AWAKE = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES]


@contextmanager
def unguarded() -> Iterator[None]:
    """A block in which rows of the record of access can be changed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait when triggers are touched
        for statement in STILL:
            cursor.execute(statement)
        yield
        for statement in AWAKE:
            cursor.execute(statement)
