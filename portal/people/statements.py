"""Statements whose text never changes: PostgreSQL reads and plans them once for each connection, then only runs them.

What changes from one asking to the next travels beside the text. Each role of the database has texts, and so plans, of
its own: what was planned behind one role's wall is never run for another.
"""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import ClientCursor, RawCursor
from psycopg.types.numeric import Int8


class Statement:
    """SQL with gaps for values.

    parts: the text around the gaps, one more than there are.  of: which of the values given stands in each gap; without
    it each stands in its own, in their order.
    """

    def __init__(self, parts: Sequence[str], of: Sequence[int] | None = None) -> None:
        self._parts = tuple(parts)
        self._of = tuple(range(len(parts) - 1)) if of is None else tuple(of)
        self._answers = not parts[0].startswith("INSERT")
        self._texts: dict[str, bytes] = {}  # by role

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """What the database answers; nothing for a statement that asks nothing."""
        # A key is always told as a bigint: small ones would make further plans of the same text.
        given = [Int8(value) if type(value) is int else value for value in map(values.__getitem__, self._of)]
        connection = connections[DEFAULT_DB_ALIAS]
        connection.ensure_connection()
        connection.validate_no_broken_transaction()
        if connection.queries_logged:  # for those who count statements or repeat them
            with connection.cursor() as logged:
                logged.execute(self._whole(connection, given))
                return logged.fetchall() if logged.description else []
        with connection.wrap_database_errors:
            cursor = RawCursor(connection.connection)
            cursor.execute(self._text(connection), given, prepare=True)
            return cursor.fetchall() if self._answers else []

    def _text(self, connection: BaseDatabaseWrapper) -> bytes:
        asking = getattr(connection, "asking", None)
        role = asking.role if asking else ""
        if role not in self._texts:
            gaps = [f"${at + 1}" for at in range(len(self._of))]
            text = "".join(part for pair in zip(self._parts, [*gaps, ""], strict=True) for part in pair)
            self._texts[role] = f"/* {role} */ {text}".encode()
        return self._texts[role]

    def _whole(self, connection: BaseDatabaseWrapper, given: Sequence[Any]) -> str:
        literal = ClientCursor(connection.connection).mogrify
        gaps = [literal("%s", [value]) for value in given]
        return "".join(part for pair in zip(self._parts, [*gaps, ""], strict=True) for part in pair)
