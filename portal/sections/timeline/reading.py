"""What a family reads of the timeline: events as they reached us, and what the reader did; a correction stands beside what
it corrects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.access import gate
from portal.access.grant import Grant
from portal.record.contents import sections
from portal.record.deeds import BESIDE, Beside
from portal.record.models import Deed, Event
from portal.record.school_days import called
from portal.record.section import Section, Words
from portal.students.models import SchoolDay
from portal.web import formats

Query = Mapping[str, str]  # of the address: kind, shown
A_PAGE = 20
MOST = 1000  # events of one school year that are looked through
AHEAD = timedelta(days=14)
YEAR_TURNS = (8, 1)  # month and day


@dataclass(frozen=True)
class Item:
    """One thing that happened."""

    on: date  # the day it speaks of
    came_at: datetime  # when we heard of it
    kind: str  # key of the section, or of a page beside the sections
    title: Words  # of the section
    icon: str
    sentence: str

    @property
    def page(self) -> str:
        """The name of the address it leads to."""
        return BESIDE[self.kind].page if self.kind in BESIDE else self.kind


@dataclass(frozen=True)
class Coming:
    """One thing that lies ahead."""

    on: date
    kind: str  # key of the section it belongs to; empty for a day without school
    icon: str
    sentence: str


@dataclass(frozen=True)
class Filter:
    """A link to one kind of thing."""

    title: Words
    address: str
    current: bool


@dataclass(frozen=True)
class Shown:
    """One view of the timeline: what an address asks for."""

    items: tuple[Item, ...]
    more: str  # address that shows twenty more; empty for no more
    filters: tuple[Filter, ...]

    @property
    def days(self) -> list[tuple[date, list[Item]]]:
        return [(on, list(items)) for on, items in groupby(self.items, key=lambda item: item.on)]

    def seen_from(self, since: datetime | None) -> Item | None:
        """The first item that was there at the last visit, when newer ones stand above it."""
        if since is None:
            return None
        place = next((at for at, item in enumerate(self.items) if item.came_at <= since), None)
        return self.items[place] if place else None


@dataclass(frozen=True)
class Timeline:
    """This school year's events of one student, newest first."""

    items: tuple[Item, ...]
    coming: tuple[Coming, ...] = ()  # of the next two weeks, soonest first

    @property
    def days_ahead(self) -> list[tuple[date, list[Coming]]]:
        return [(on, list(items)) for on, items in groupby(self.coming, key=lambda item: item.on)]

    def shown(self, query: Query) -> Shown:
        """The items an address asks for. Nonsense in it is passed over."""
        titles = {item.kind: item.title for item in self.items}
        kind = query.get("kind", "")
        kind = kind if kind in titles else ""
        found = [item for item in self.items if kind in ("", item.kind)]
        asked = query.get("shown", "")
        n = min(int(asked), MOST) if asked.isascii() and asked.isdigit() and len(asked) < 5 else A_PAGE
        n = max(n, A_PAGE)
        return Shown(
            items=tuple(found[:n]),
            more=_address(kind, n + A_PAGE) if len(found) > n else "",
            filters=(
                Filter(_("Everything"), _address("", 0), not kind),
                *(Filter(title, _address(key, 0), key == kind) for key, title in titles.items()),
            )
            if len(titles) > 1
            else (),
        )


def read(grant: Grant) -> Timeline:
    """Events of the sections that open for whoever asks, what they did themselves, and what lies ahead; seven queries."""
    year = grant.on.year - ((grant.on.month, grant.on.day) < YEAR_TURNS)
    open_ones = {section.key: section for section in sections() if gate.opens_too(grant, section)}
    since = date(year, *YEAR_TURNS)
    happened = Event.rows.under(grant).filter(section__in=open_ones)
    did = Deed.rows.under(grant).filter(person=grant.person, section__in=[*open_ones, *BESIDE])
    rows = [
        row
        for found in (happened, did)
        for row in found.filter(on__gte=since)
        .order_by("-on", "-came_at", "-pk")
        .values_list("on", "came_at", "section", "kind", "words")[:MOST]
    ]
    rows.sort(key=itemgetter(0, 1), reverse=True)
    return Timeline(tuple(_items(grant, rows[:MOST], open_ones)), tuple(_coming(grant)))


def _coming(grant: Grant) -> list[Coming]:
    """What the sections say is due, and days without school; a sensitive section says nothing.

    The days without school end with the student's last one.
    """
    until = grant.on + AHEAD
    closed = SchoolDay.objects.filter(
        school=grant.student.school_id,
        on__range=(grant.on, min(until, grant.student.left_on or until)),
        kind=SchoolDay.Kind.NO_SCHOOL,
        active=True,
    )
    found = [
        Coming(
            on,
            "",
            "calendar-blank",
            _("No school (%(title)s)") % {"title": called(title)} if title else _("No school"),
        )
        for on, title in closed.values_list("on", "title")
    ]
    for section in sections():
        other = gate.also(grant, section) if section.ahead and not section.sensitive else None
        if section.ahead and other:
            found += [
                Coming(on, section.key, section.icon, str(sentence))
                for on, sentence in section.ahead(other, until)
            ]
    return sorted(found, key=lambda each: each.on)


def _items(
    grant: Grant, rows: Iterable[tuple[date, datetime, str, str, dict[str, str]]], known: dict[str, Section]
) -> Iterable[Item]:
    for on, came_at, key, kind, words in rows:
        section = BESIDE.get(key) or known[key]
        if sentence := _sentence(grant, section, kind, words):
            yield Item(on, came_at, key, section.title, section.icon, sentence)


def _sentence(grant: Grant, section: Section | Beside, kind: str, words: dict[str, str]) -> str:
    """Empty for an event whose words are no longer known."""
    if isinstance(section, Section) and section.sensitive:
        return _("New information in %(section)s") % {"section": section.title}
    sentence: str | Promise | None = section.sentences.get(kind)
    if sentence is None:
        return ""
    if "date" in words:
        words = words | {"date": formats.day(date.fromisoformat(words["date"]))}
    try:
        return str(sentence) % {"name": grant.student.first_name, **words}
    except KeyError:
        return ""


def _address(kind: str, shown: int) -> str:
    asked: Sequence[tuple[str, object]] = [("kind", kind), ("shown", shown)]
    return "?" + urlencode([(name, value) for name, value in asked if value])
