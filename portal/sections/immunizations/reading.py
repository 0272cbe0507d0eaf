"""What a family reads of immunizations: what is on file, what is needed and by when, and what is good to know.

The school's own word on a vaccine goes before our count of the dates.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.record.codes import word
from portal.record.section import Words
from portal.sections.immunizations import requirements
from portal.sections.immunizations.models import Dose, Standing, Vaccine
from portal.sections.immunizations.requirements import Given, Requirement

State = Standing.State

# The first of these among what the school says of a vaccine is the one a family must hear.
PRESSING_FIRST = (
    State.OVERDUE,
    State.CONDITIONAL,
    State.UNKNOWN,
    None,
    State.EXEMPT,
    State.NOT_REQUIRED,
    State.MET,
)

PROTECTS: dict[str, Words] = {
    Vaccine.DTAP: _("Against diphtheria, tetanus and whooping cough"),
    Vaccine.TDAP: _("A booster against tetanus, diphtheria and whooping cough, at age 7 or later"),
    Vaccine.POLIO: _("Against polio"),
    Vaccine.MMR: _("Against measles, mumps and rubella"),
    Vaccine.VARICELLA: _("Against chickenpox"),
    Vaccine.HEPB: _("Against hepatitis B, which harms the liver"),
}


@dataclass(frozen=True)
class Shot:
    """One dose on file."""

    on: date
    counts: bool  # for the requirement of this line
    origin: Words  # who told the school


@dataclass(frozen=True)
class Line:
    """One vaccine: what is on file, and where the student stands with it."""

    vaccine: str
    words: Words
    protects: Words
    shots: tuple[Shot, ...]  # oldest first
    required: int | None  # doses; None when the rules ask for none
    missing: int  # doses the rules still ask for
    state: State | None  # None: a word of the district's own
    state_words: Words
    due_on: date | None
    note: str  # as the school wrote it
    said_by_school: bool  # False: counted from the dates
    for_grade_7: bool = False  # the school's word is about grade 7


@dataclass(frozen=True)
class Immunizations:
    """What school asks now, what grade 7 will ask, and other shots on file."""

    lines: tuple[Line, ...]  # required now, in the order of the rules, then what else the school speaks of
    coming: tuple[Line, ...]  # for grade 7, while the student is in grade 6; only what is not on file
    others: tuple[Line, ...]  # not required for school
    anything: bool  # whether the school has sent anything

    @property
    def needed(self) -> tuple[Line, ...]:
        """What a record is needed of now."""
        return tuple(line for line in self.lines if line.state == State.OVERDUE)

    @property
    def catching_up(self) -> tuple[Line, ...]:
        """What may still be given; the student attends meanwhile."""
        return tuple(line for line in self.lines if line.state == State.CONDITIONAL)

    @property
    def to_ask(self) -> tuple[Line, ...]:
        """What neither the school nor the dates answer."""
        return tuple(line for line in self.lines if line.state in (State.UNKNOWN, None))

    @property
    def exempt(self) -> bool:
        return any(line.state == State.EXEMPT for line in self.lines)

    @property
    def shots_needed(self) -> int:
        """Doses a record is needed of."""
        return sum(max(line.missing, 1) for line in self.needed)

    @property
    def due_on(self) -> date | None:
        """The first day on which something of what is needed is due."""
        return min((line.due_on for line in self.needed if line.due_on), default=None)

    @property
    def due_for_grade_7(self) -> bool:
        """Whether all that is needed is needed for grade 7."""
        return all(line.for_grade_7 for line in self.needed)

    @property
    def next_due(self) -> date | None:
        """The first day on which a student who is catching up needs the next shot."""
        return min((line.due_on for line in self.catching_up if line.due_on), default=None)


def read(grant: Grant) -> Immunizations:
    """Everything on file; two queries."""
    student, on = grant.student, grant.on
    doses = list(Dose.rows.under(grant).order_by("on", "pk"))
    standings = list(Standing.rows.under(grant).order_by("pk"))
    now: dict[str, list[Standing]] = defaultdict(list)
    later: dict[str, list[Standing]] = defaultdict(list)
    before_7 = student.grade in requirements.SCHOOL_GRADES[: requirements.SCHOOL_GRADES.index("07")]
    for standing in standings:
        ahead = standing.requirement == Standing.Requirement.GRADE_7 and before_7
        (later if ahead else now)[standing.vaccine].append(standing)
    asked = requirements.asked(student.grade, on)
    lines = [_line(each.vaccine, each, doses, now[each.vaccine], student.birth_date, on) for each in asked]
    required: set[str] = {line.vaccine for line in lines}
    lines += [
        _line(vaccine, None, doses, said, student.birth_date, on)
        for vaccine, said in now.items()
        if said and vaccine not in required
    ]
    next_year: dict[str, Requirement] = {
        each.vaccine: each for each in requirements.asked_next(student.grade, on)
    }
    coming = [
        _line(vaccine, next_year.get(vaccine), doses, later[vaccine], student.birth_date, on)
        for vaccine in dict.fromkeys([*next_year, *later])
    ]
    counted = {vaccine for each in asked for vaccine in each.counts}
    spoken_of = {line.vaccine for line in lines} | {line.vaccine for line in coming} | counted
    others = dict.fromkeys(dose.vaccine for dose in doses if dose.vaccine not in spoken_of)
    return Immunizations(
        lines=tuple(lines),
        coming=tuple(line for line in coming if line.state not in (State.MET, State.NOT_REQUIRED)),
        others=tuple(_line(vaccine, None, doses, [], student.birth_date, on) for vaccine in others),
        anything=bool(doses or standings),
    )


def _line(
    vaccine: str,
    requirement: Requirement | None,
    doses: Sequence[Dose],
    said: Sequence[Standing],
    born: date | None,
    on: date,
) -> Line:
    kinds = requirement.counts if requirement else (vaccine,)
    mine = _once([dose for dose in doses if dose.vaccine in kinds])
    given = [Given(dose.vaccine, dose.on, dose.cvx) for dose in doses]
    counted = requirements.count(requirement, given, born) if requirement else None
    valid = set(counted.valid) if counted else {dose.on for dose in mine}
    school = min(said, key=lambda each: PRESSING_FIRST.index(_known(each.state)), default=None)
    if school is not None:
        state = _known(school.state)
        words = word(school.state, State, "immunizationStatus")
        due_on = school.due_on
    else:
        state, due_on = _by_dates(counted, born, on)
        words = state.label
    return Line(
        vaccine=vaccine,
        words=word(vaccine, Vaccine, "immunizations"),
        protects=PROTECTS.get(vaccine, ""),
        shots=tuple(
            Shot(
                dose.on,
                dose.on in valid,
                word(dose.origin, Dose.Origin, "immunizations") if dose.origin else "",
            )
            for dose in mine
        ),
        required=counted.needed if counted else None,
        missing=counted.missing
        if counted and state not in (State.MET, State.EXEMPT, State.NOT_REQUIRED)
        else 0,
        state=state,
        state_words=words,
        due_on=due_on,
        note=school.note if school else "",
        said_by_school=school is not None,
        for_grade_7=school is not None and school.requirement == Standing.Requirement.GRADE_7,
    )


def _by_dates(counted: requirements.Count | None, born: date | None, on: date) -> tuple[State, date | None]:
    """Where a student stands when the school says nothing: by the dates of the doses alone."""
    if counted is None:
        return State.NOT_REQUIRED, None
    if counted.met:
        return State.MET, None
    if born is None and counted.valid:
        return State.UNKNOWN, None
    if counted.due_on is not None and on <= counted.due_on:
        return State.CONDITIONAL, counted.due_on
    return State.OVERDUE, None


def _once(doses: Iterable[Dose]) -> list[Dose]:
    """Two sources often tell of the same shot."""
    return list({dose.on: dose for dose in doses}.values())


def _known(code: str) -> State | None:
    return State(code) if code in State.values else None
