"""One run over one source, and how it speaks to the database."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.timezone import now


@dataclass(frozen=True)
class Load:
    """One run over one source; hands SQL to the database with the two at hand as %(source)s and %(run)s."""

    cursor: CursorWrapper
    source: str
    run_id: int
    at: Any = field(default_factory=now)

    def do(self, sql: str, **values: Any) -> int:
        """Runs a statement and returns how many rows it touched."""
        self.cursor.execute(sql, {"source": self.source, "run": self.run_id, "at": self.at, **values})
        return max(self.cursor.rowcount, 0)

    def ask(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        self.do(sql, **values)
        return self.cursor.fetchall()

    def count(self, sql: str, **values: Any) -> int:
        return self.ask(sql, **values)[0][0]


def q(name: str | None) -> str:
    """A table or column of ours, quoted; fields without a column never come here."""
    assert name is not None
    return connection.ops.quote_name(name)
