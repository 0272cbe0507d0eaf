"""What happened, in the words of the sections: changes of rows become events, which nothing rewrites."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Change:
    """A row that came in different from what was there. `before` is empty for a row not seen before."""

    row: Any  # a row of the section's own table, as it is now
    before: dict[str, Any]

    def was(self, name: str) -> Any:
        """The value the column had; None for a new row."""
        return self.before.get(name)


@dataclass(frozen=True)
class Happening:
    """What a section makes of a change; becomes one Event."""

    kind: str
    student_id: int
    on: date
    words: dict[str, Any] = field(default_factory=dict)
