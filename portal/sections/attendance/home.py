"""What attendance says of children on the pages that show several things at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.access.grant import Grant
from portal.record.section import CardFact, HomeFact, Need, Tone, Words
from portal.sections.attendance.reading import Band, Category, Line, Shape, Today, Year, years
from portal.students.models import Student
from portal.web import formats
from portal.web.addresses import url as address

TONES = {Shape.PRESENT: Tone.GOOD, Shape.ABSENT: Tone.BAD, Shape.EXCUSED: Tone.QUIET, Shape.LATE: Tone.WARN}


def home(grants: Sequence[Grant]) -> dict[int, HomeFact]:
    """Tile, card and needs of each student."""
    return {pk: _fact(year) for pk, year in years(grants).items()}


@dataclass(frozen=True)
class Row:
    """One child among the family's."""

    student: Student
    colour: int  # 1 to 8
    today: Words
    tone: Tone
    missed: int | None  # school days; None as long as the school has said nothing
    late: int | None  # school days
    band: Band | None


def family(grants: Sequence[Grant]) -> tuple[Row, ...]:
    """One row for each child, in the order they were linked."""
    found = years(grants)
    return tuple(
        Row(
            student=grant.student,
            colour=grant.child.colour if grant.child else 1,
            today=_today(year),
            tone=_tone(year),
            missed=year.missed if year.counted else None,
            late=year.late if year.counted else None,
            band=year.band,
        )
        for grant in grants
        for year in [found[grant.student.pk]]
    )


def _fact(year: Year) -> HomeFact:
    url = address("attendance", ref=year.student.ref)
    return HomeFact(
        tile=_tile(year),
        card=(
            CardFact(_("Today"), _today(year), url, _tone(year), place=0),
            CardFact(
                _("Missed days"),
                formats.number(year.missed) if year.counted else _("Nothing yet"),
                f"{url}#days",
                place=2,
            ),
        ),
        needs=tuple(_needs(year)),
        today=_sentence(year),
    )


def _tile(year: Year) -> Words:
    if not year.counted:
        return _("Nothing yet")
    if not year.missed:
        return _("No missed days")
    return ngettext("%(n)s missed day", "%(n)s missed days", year.missed) % {"n": formats.number(year.missed)}


def _today(year: Year) -> Words:
    line = year.lines.get(year.on)
    if line is None:
        return year.today.label
    return _("Absent") if line.absent else line.words


def _tone(year: Year) -> Tone:
    line = year.lines.get(year.on)
    if line is None:
        return Tone.QUIET
    return Tone.BAD if line.absent and line.shape != Shape.EXCUSED else TONES.get(line.shape, Tone.QUIET)


def _sentence(year: Year) -> Words:
    line = year.lines.get(year.on)
    if line is None:
        return {
            Today.NOT_TAKEN: _("Today: attendance is not taken yet"),
            Today.NO_SCHOOL: _("Today: no school"),
        }.get(year.today, "")
    if not line.absent:
        return (
            _("Today: present")
            if line.category == Category.PRESENT
            else _("Today: %(what)s") % {"what": line.words}
        )
    if not line.periods:
        return _("Today: absent")
    return ngettext(
        "Today: absent period %(periods)s", "Today: absent periods %(periods)s", len(line.periods)
    ) % {"periods": ", ".join(line.periods)}


def _needs(year: Year) -> Iterator[Need]:
    """Today's absence, and the latest earlier one the school still has no reason for."""
    today = year.lines.get(year.on)
    if today and today.absent:
        yield _need(
            year,
            today,
            rank=0,
            key="attendance.absent",
            sentence=format_html(_("{name} was marked absent today"), name=_name(year)),
            detail=_detail(today, ""),
        )
    earlier = [line for day, line in year.lines.items() if day < year.on and line.may_explain]
    if earlier:
        latest = max(earlier, key=lambda line: line.on)
        yield _need(
            year,
            latest,
            rank=2,
            key="attendance.no_reason",
            sentence=format_html(_("The school does not know yet why {name} was absent"), name=_name(year)),
            detail=_detail(latest, formats.day(latest.on)),
        )


def _need(year: Year, line: Line, *, rank: int, key: str, sentence: Words, detail: Words) -> Need:
    ref = year.student.ref
    return Need(
        rank=rank,
        key=f"{key}:{ref}:{line.on}",
        icon="calendar-check",
        sentence=sentence,
        detail=detail,
        url=address("attendance_explain", ref=ref, on=line.on)
        if line.may_explain
        else address("attendance", ref=ref),
        on=line.on,
        act=_("Tell the school why") if line.may_explain else "",
    )


def _name(year: Year) -> Words:
    return format_html("<bdi>{}</bdi>", year.student.first_name)


def _detail(line: Line, day: str) -> Words:
    """The small line of a need: which day, which periods, what can be done."""
    parts = [day, periods(line)]
    if line.may_explain:
        parts.append(_("Tell us why"))
    elif line.sent_on:
        parts.append(_("Reason sent"))
    return " · ".join(filter(None, parts))


def periods(line: Line) -> str:
    """Periods 1, 2; empty for a mark of the day."""
    if not line.periods:
        return ""
    return ngettext("Period %(periods)s", "Periods %(periods)s", len(line.periods)) % {
        "periods": ", ".join(line.periods)
    }
