"""What a family reads of tests: the level in words first, then the number, then how it changed on the same scale."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils.text import slugify
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.access.grant import Grant
from portal.record.scores import ranges
from portal.record.scores.models import Score
from portal.record.scores.said import said
from portal.sections.testing import tests_known as known
from portal.web import formats


@dataclass(frozen=True)
class Band:
    """One level of a test."""

    name: str
    first: int  # scale points
    last: int


@dataclass(frozen=True)
class Area:
    """A part of a test, in words."""

    title: str
    words: str


@dataclass(frozen=True)
class Result:
    """One test on one day."""

    on: date
    school_year: int  # the year in which it ends
    grade: str  # in words, when tested; empty when the school does not say
    score: str  # in words: "2,512"; empty where there is only a level
    points: int | None  # the score as a number, for tests with a scale
    level: int | None
    levels: int | None
    level_words: str  # as printed that year
    sentence: str
    low: int | None  # where the score would likely be if tested again
    high: int | None
    bands: tuple[Band, ...]  # of this test in this grade; empty where there are none
    areas: tuple[Area, ...]

    @property
    def figures(self) -> tuple[tuple[str, int, int], ...]:
        """The bands as the picture takes them."""
        return tuple((band.name, band.first, band.last) for band in self.bands)


@dataclass(frozen=True)
class Exam:
    """One test, over the years."""

    key: str  # in the address
    title: str
    screener: bool
    results: tuple[Result, ...]  # latest first
    line: tuple[tuple[str, int, str], ...]  # year, points, points in words: on one scale, oldest first

    @property
    def latest(self) -> Result:
        return self.results[0]

    @property
    def before(self) -> int | None:
        """Last time's points, where both stand on one scale."""
        return self.line[-2][1] if len(self.line) > 1 else None


@dataclass(frozen=True)
class Exams:
    """All tests of one student, the one taken last first."""

    tests: tuple[Exam, ...]
    english_elsewhere: bool  # results of the ELPAC stand under English Learner Progress
    tested_in: tuple[date, date] | None  # first days of the months of the state tests, for who takes them
    results_in: tuple[date, date] | None


def read(grant: Grant) -> Exams:
    """Everything released so far; one query."""
    rows = list(_released(grant))
    shown = [row for row in rows if row.test.upper() not in known.ELSEWHERE]
    takes = grant.student.grade in known.STATE_GRADES
    return Exams(
        tests=_tests(grant, shown),
        english_elsewhere=len(shown) < len(rows),
        tested_in=_months(known.TESTED, grant.on) if takes else None,
        results_in=_months(known.RESULTS, grant.on) if takes else None,
    )


def read_test(grant: Grant, test: str) -> Exam:
    """One test with all its results. Raises Http404 for a test the student has not taken."""
    found = next((each for each in read(grant).tests if each.key == test), None)
    if found is None:
        raise Http404
    return found


def _released(grant: Grant) -> Iterable[Score]:
    return Score.rows.under(grant).filter(released_at__lte=now()).order_by("-on", "pk")


def _months(months: tuple[int, int], on: date) -> tuple[date, date]:
    """Those of this year; when its results are all out, of the next."""
    first, last = months
    year = on.year + (on.month > known.RESULTS[1])
    return date(year, first, 1), date(year, last, 1)


def _tests(grant: Grant, rows: Iterable[Score]) -> tuple[Exam, ...]:
    areas: dict[int, list[Score]] = defaultdict(list)
    wholes: dict[str, list[Score]] = defaultdict(list)
    for row in rows:
        if row.whole_id is not None:
            areas[row.whole_id].append(row)
        else:
            title = known.name(row.test.upper(), row.subject, row.name)
            key = slugify(
                f"{row.test.upper()} {row.subject if row.test.upper() in known.NAMES else row.name}"
            ) or str(row.pk)
            wholes[f"{key}\0{title}"].append(row)
    found = []
    for named, mine in wholes.items():
        key, _nul, title = named.partition("\0")
        results = tuple(_result(grant, row, areas[row.pk]) for row in mine)
        one_scale = mine[0].test.upper() in known.ONE_SCALE
        found.append(
            Exam(
                key=key,
                title=title,
                screener=mine[0].test.upper() in known.SCREENERS,
                results=results,
                line=_line(results) if one_scale else (),
            )
        )
    return tuple(found)


def _line(results: Iterable[Result]) -> tuple[tuple[str, int, str], ...]:
    return tuple(
        (str(each.school_year), each.points, each.score)
        for each in reversed(tuple(results))
        if each.points is not None
    )


def _result(grant: Grant, row: Score, areas: Iterable[Score]) -> Result:
    year = row.school_year or row.on.year + (row.on.month >= 8)
    points = int(row.score) if row.score.isdigit() and row.type == Score.Type.SCALE else None
    official = ranges.of(row.test.upper(), row.subject, row.grade)
    level = row.level or (official.level(points) if official and points is not None else None)
    names = _names(row, year, official)
    words = names[level - 1] if level and level <= len(names) else str(said(row.level_text))
    levels = row.levels or (len(names) if official else None)
    low = int(row.likely_low) if row.likely_low is not None else None
    high = int(row.likely_high) if row.likely_high is not None else None
    score = formats.number(points) if points is not None else _other(row)
    return Result(
        on=row.on,
        school_year=year,
        grade=_grade(row.grade),
        score=score,
        points=points,
        level=level,
        levels=levels,
        level_words=words,
        sentence=_sentence(grant, row, score, level, levels, words, (low, high)),
        low=low,
        high=high,
        bands=_bands(official, names, points),
        areas=tuple(Area(str(said(known.subject(each.subject) or each.name)), _area(each)) for each in areas),
    )


def _names(row: Score, year: int, official: ranges.Ranges | None) -> list[str]:
    """The names of the levels: those of the year, and for the student's own what the school printed."""
    if official is None:
        return []
    names = [str(each) for each in ranges.labels(year)]
    if row.level and row.level_text and row.level <= len(names):
        with override("en"):
            usual = str(ranges.labels(year)[row.level - 1])
        if row.level_text != usual:  # the state's own word is said in the reader's language
            names[row.level - 1] = row.level_text
    return names


def _bands(official: ranges.Ranges | None, names: list[str], points: int | None) -> tuple[Band, ...]:
    if official is None or points is None:
        return ()
    return tuple(Band(name, first, last) for name, (first, last) in zip(names, official.bands, strict=True))


def _grade(code: str) -> str:
    return _("Grade %(grade)d") % {"grade": int(code)} if code.isdigit() else ""


def _other(row: Score) -> str:
    """A score that is no number on a scale, in words."""
    if row.score in known.NOT_TESTED or row.type == Score.Type.LEVEL:
        return ""
    if row.type == Score.Type.PERCENT and row.score.replace(".", "", 1).isdigit():
        return formats.percent(float(row.score))
    return row.score


def _area(row: Score) -> str:
    return str(said(row.level_text or row.score))


def _sentence(
    grant: Grant,
    row: Score,
    score: str,
    level: int | None,
    levels: int | None,
    words: str,
    likely: tuple[int | None, int | None],
) -> str:
    """What the result says, in one to three sentences."""
    name = grant.student.first_name
    if row.score in known.NOT_TESTED:
        return str(known.NOT_TESTED[row.score])
    found = []
    if score:
        found.append(_("%(name)s scored %(score)s.") % {"name": name, "score": score})
    if level and levels and words:
        found.append(
            (
                _("That is in level %(level)s of %(levels)s: %(words)s.")
                if score
                else _("Level %(level)s of %(levels)s: %(words)s.")
            )
            % {"level": formats.number(level), "levels": formats.number(levels), "words": words}
        )
    elif words:
        found.append(_("The level is: %(words)s.") % {"words": words})
    low, high = likely
    if low is not None and high is not None:
        found.append(
            _("The range if tested again is about %(low)s–%(high)s.")
            % {"low": formats.number(low), "high": formats.number(high)}
        )
    return " ".join(found)
