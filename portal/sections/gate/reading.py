"""What a family reads of GATE: identified in what and since when, or how to ask for a screening and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.access.grant import Grant
from portal.record.codes import word
from portal.record.section import Words
from portal.sections.gate.models import Category, Identification
from portal.sections.gate.screening import BANDS, Band, Dates, Way, next_window, ways

State = Identification.State
RUNNING = (State.REFERRED, State.SCHEDULED, State.ASSESSED)


@dataclass(frozen=True)
class Line:
    """One category in which something happened; its latest step."""

    category: str
    words: Words
    state: State | None  # None: a word of the district's own
    state_words: Words
    on: date
    school: str
    note: str  # as the school wrote it


@dataclass(frozen=True)
class Gate:
    """lines: the identified first, then what is under way, then the rest; newest first within each."""

    lines: tuple[Line, ...]
    ways: tuple[Way, ...]  # categories that are open in the student's grade
    window: Dates  # when the school takes requests, now or next
    window_open: bool
    bands: tuple[Band, ...]  # what percentiles are called

    @property
    def identified(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.state == State.ELIGIBLE)

    @property
    def under_way(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.state in RUNNING)


def read(grant: Grant) -> Gate:
    """Where the student stands in each category; one query."""
    steps = Identification.rows.under(grant).select_related("school").order_by("on", "pk")
    window = next_window(grant.on)
    return Gate(
        lines=tuple(
            sorted(map(_line, _latest(steps)), key=lambda line: (_weight(line), -line.on.toordinal()))
        ),
        ways=ways(grant.student.grade),
        window=window,
        window_open=window.open_on(grant.on),
        bands=BANDS,
    )


def _latest(steps: Iterable[Identification]) -> Iterable[Identification]:
    """The last step of each category."""
    return {step.category: step for step in steps}.values()


def _weight(line: Line) -> int:
    if line.state == State.ELIGIBLE:
        return 0
    return 1 if line.state in RUNNING else 2


def _line(step: Identification) -> Line:
    state = State(step.state) if step.state in State.values else None
    return Line(
        category=step.category,
        words=word(step.category, Category, "giftedTalented"),
        state=state,
        state_words=word(step.state, State, "giftedTalented"),
        on=step.on,
        school=step.school.name if step.school else "",
        note=step.note,
    )
