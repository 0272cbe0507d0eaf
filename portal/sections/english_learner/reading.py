"""What a family reads of learning English: where the student stands, the path to reclassification, and what is next."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models.functions import Upper
from django.utils.timezone import now

from portal.access.grant import Grant
from portal.record.codes import word
from portal.record.scores.models import Score
from portal.record.scores.said import said as report
from portal.record.section import Words
from portal.sections.english_learner.models import Criterion, Status
from portal.sections.english_learner.rules import (
    ALTERNATE,
    ELPAC,
    FOLLOW_UP_YEARS,
    TESTED,
    TESTS,
    elpac,
    elpac_bands,
    elpac_level,
    followed_until,
    long_term,
    next_window,
    targets,
)

Code = Status.Code
AREAS = ("listening", "speaking", "reading", "writing")  # in the order of the score report
LEARNING = (Code.LEARNER, Code.ADULT)


@dataclass(frozen=True)
class Step:
    """One criterion of reclassification."""

    kind: Criterion.Kind
    words: Words
    met: bool | None  # None: the school has said nothing yet
    value: str  # as the school wrote it
    target: Words  # the school's own, or what the district asks in this grade
    as_of: date | None


@dataclass(frozen=True)
class Area:
    """One area of a test, like listening."""

    words: Words
    level: int | None
    levels: int | None  # how many there are
    level_words: Words


@dataclass(frozen=True)
class Result:
    """One ELPAC test, as far as it was released."""

    alternate: bool  # the Alternate ELPAC, with a scale of its own
    on: date
    grade: str  # CEDS code, when tested
    score: int | None  # scale score
    level: int | None  # from 1; the school's, or worked out from the score
    levels: int
    level_words: Words
    bands: tuple[tuple[Words, int, int], ...]  # name, first and last score of each level in this grade
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class EnglishLearner:
    """The status that holds, the path while the student is learning, the follow-up afterwards."""

    status: Code | None  # None: a code of the district's own, or nothing on file
    status_words: Words  # empty: nothing on file
    since: date | None
    language: str  # BCP 47
    program: Words
    year: int | None  # which year of learning English this is, from 1
    long_term: Status.LongTerm | None
    steps: tuple[Step, ...]  # the four, always in the same order; none for who is not learning
    reviewed_on: date | None
    test: tuple[date, date] | None  # first and last day of the next ELPAC, for who takes it
    follow_up_year: int | None  # 1 to 4
    follow_up_until: date | None
    follow_up_years: int
    results: tuple[Result, ...]  # newest first

    @property
    def learning(self) -> bool:
        return self.status in LEARNING

    @property
    def met(self) -> int:
        """Criteria that are met."""
        return sum(step.met is True for step in self.steps)


def read(grant: Grant) -> EnglishLearner:
    """The latest status, the criteria and the results of the ELPAC; three queries."""
    row = Status.rows.under(grant).order_by("-on", "-pk").first()
    code = Code(row.status) if row and row.status in Code.values else None
    learning = code in LEARNING
    student, on = grant.student, grant.on
    said = {each.kind: each for each in Criterion.rows.under(grant)} if learning else {}
    years = _years(row, on) if row and learning else None
    results = _results(grant)
    takes = ALTERNATE if results and results[0].alternate else ELPAC
    reclassified = row.on if row and code == Code.RECLASSIFIED else None
    until = followed_until(reclassified) if reclassified else None
    return EnglishLearner(
        status=code,
        status_words=word(row.status, Code, "englishLearner") if row else "",
        since=row.on if row else None,
        language=row.language if row else "",
        program=word(row.program, Status.Program, "englishLearner") if row and row.program else "",
        year=int(years) + 1 if years is not None else None,
        long_term=_long_term(row, student.grade, years) if row and years is not None else None,
        steps=_steps(said, student.grade, on, takes) if learning else (),
        reviewed_on=row.reviewed_on if row else None,
        test=next_window(on) if learning and student.grade in TESTED else None,
        follow_up_year=_follow_up_year(row, on) if row and reclassified else None,
        follow_up_until=until,
        follow_up_years=FOLLOW_UP_YEARS,
        results=results,
    )


def _years(row: Status, on: date) -> float:
    """Years of learning English: as the school counts them, or since the status began."""
    if row.years is not None:
        return float(row.years)
    return (on - row.on).days / 365.25


def _long_term(row: Status, grade: str, years: float) -> Status.LongTerm | None:
    """The school's own word, or what the years come to."""
    said = row.long_term or long_term(grade, years)
    return Status.LongTerm(said) if said in Status.LongTerm.values and said != Status.LongTerm.NONE else None


def _follow_up_year(row: Status, on: date) -> int | None:
    """The year of the follow-up; None when it is over."""
    if on > followed_until(row.on):
        return None
    return row.monitor_year or min(int((on - row.on).days / 365.25) + 1, FOLLOW_UP_YEARS)


def _steps(said: Mapping[str, Criterion], grade: str, on: date, test: str) -> tuple[Step, ...]:
    return tuple(
        Step(
            kind=Criterion.Kind(kind),
            words=Criterion.Kind(kind).label,
            met=told.is_met if told else None,
            value=str(report(told.value)) if told else "",
            target=(told.target if told else "") or target,
            as_of=told.as_of if told else None,
        )
        for kind, target in targets(grade, on, test).items()
        for told in [said.get(kind)]
    )


def _results(grant: Grant) -> tuple[Result, ...]:
    """Released ELPAC tests with their areas; one query."""
    wholes: list[Score] = []
    parts: dict[int, list[Score]] = defaultdict(list)
    scores = Score.rows.under(grant).annotate(code=Upper("test"))
    for score in scores.filter(code__in=TESTS, released_at__lte=now()).order_by("-on", "pk"):
        if score.whole_id is None:
            wholes.append(score)
        else:
            parts[score.whole_id].append(score)
    return tuple(_result(whole, parts[whole.pk], grant.student.grade) for whole in wholes)


def _result(whole: Score, parts: list[Score], grade_now: str) -> Result:
    grade = whole.grade or grade_now
    points = int(whole.score) if whole.type == Score.Type.SCALE and whole.score.isdigit() else None
    test = whole.test.upper()
    level = whole.level or (elpac_level(grade, points, whole.on, test) if points is not None else None)
    names = elpac(whole.on, test).names
    return Result(
        alternate=test == ALTERNATE,
        on=whole.on,
        grade=grade,
        score=points,
        level=level,
        levels=whole.levels or len(names),
        level_words=report(whole.level_text) or (names[level - 1] if level and level <= len(names) else ""),
        bands=elpac_bands(grade, whole.on, test),
        areas=tuple(
            Area(report(part.subject or part.name), part.level, part.levels, report(part.level_text))
            for part in sorted(parts, key=_place)
        ),
    )


def _place(part: Score) -> int:
    """Where an area stands; one we do not know comes last."""
    subject = part.subject.casefold()
    return AREAS.index(subject) if subject in AREAS else len(AREAS)
