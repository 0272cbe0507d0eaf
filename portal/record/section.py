"""What a section says of itself: its front door, read by the gate, the pages, the import and the checked pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.access.rules import Rule

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.paper.sheets import Sheet
    from portal.record.feed import Feed
    from portal.record.timeline import Change, Happening

Words = str | Promise


class Group(Enum):
    """Where the tile stands on the student's page; groups and their order are fixed, tiles may move within."""

    EVERY_DAY = _("Every day")
    LEARNING = _("Learning")
    HEALTH = _("Health and safety")
    TOOLS = _("Tools")


class Tone(Enum):
    """How a status looks; the word and the shape always stand beside the colour."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"
    NEW = "new"
    QUIET = "quiet"


@dataclass(frozen=True)
class Need:
    """One line of "what needs me" on the family home."""

    rank: int  # 0 safety and absence today, 1 due or missing work, 2 requests with a date, 3 messages
    key: str  # names the need for putting it away; ends when the fact ends
    icon: str
    sentence: Words  # "Ana was marked absent today"
    detail: Words  # "Periods 1, 2 · Tell us why"
    url: str
    on: Any = None  # date, for the order within a rank
    act: Words = ""  # what a button to `url` says, for what can be done about it: "Tell the school why"


@dataclass(frozen=True)
class CardFact:
    """One fact on a child's card: "Today", "Absent"."""

    label: Words
    value: Words
    url: str
    tone: Tone = Tone.QUIET
    place: int = 1  # 0 first, 2 last, whatever the order of sections


class Place(Enum):
    """Where the tile stands for one child. Anywhere but in its group, the switcher leads to the child's home
    and says that the child does not have this page."""

    GROUP = "group"
    WITHOUT = "without"  # in its group all the same: no bus
    OTHER = "other"  # under "Other programs", with what it is and how to ask
    LATER = "later"  # under "Later", with when it starts


@dataclass(frozen=True)
class HomeFact:
    """What a section says of one child on the pages that show several things at once."""

    tile: Words = ""  # at most 24 characters; empty for sensitive sections
    place: Place = Place.GROUP
    about: Words = ""  # under "Other programs" and "Later": a sentence or two
    card: tuple[CardFact, ...] = ()
    needs: tuple[Need, ...] = ()
    today: Words = ""  # a short sentence about today, on the student's page


@dataclass(frozen=True)
class Glance:
    """A tile made of a row or so for each child; those of all sections are asked for in one query.

    ask(grants): querysets of .values("student", "facts"), facts being a JSONObject and without an order;
    the facts of several rows of one student are put together. Their text is kept (access/kept.py): they name keys and
    days of the grants, a moment is the database's Now(), and no other field of a student decides what is asked.
    tell(grant, facts): what they say of one student; without a row facts is empty. Dates come as text.
    """

    ask: Callable[[Sequence[Grant]], Sequence["QuerySet[Any, Any]"]]
    tell: Callable[[Grant, dict[str, Any]], HomeFact]


@dataclass(frozen=True)
class Act:
    """Something a person may do: a form and a verb, at an address below the section's.

    do(grant, form, **address) saves and returns nothing; it raises ValidationError to refuse in words.
    """

    name: str  # url name: <section key>_<name>
    path: str  # below the section, like "explain/<day:on>/"
    title: Words
    form: type[forms.Form]
    do: Callable[..., None]
    template: str
    button: Words
    done: Words  # said at the top of the section's page afterwards
    context: Callable[..., dict[str, Any]] = (
        lambda grant, **address: {}
    )  # what the form's page shows; may 404
    fill: Callable[..., None] = lambda form, grant, **address: (
        None
    )  # gives the form its choices and its first values


@dataclass(frozen=True)
class Page:
    """A further page of the section, with a reading of its own."""

    name: str  # url name: <section key>_<name>
    path: str
    read: Callable[..., Any]  # read(grant, **address)
    template: str
    title: Words = ""  # its step in the trail; empty for one more view of the section's own page
    sensitive: bool = False  # unlock first, though the section opens without


@dataclass(frozen=True)
class Paper:
    """A PDF of the section, set once for each version of what it shows."""

    name: str  # url name: <section key>_<name>
    path: str
    sheet: Callable[..., "Sheet"]  # sheet(grant, **address); may 404
    file: str  # its name when it is kept; says nothing of the student
    # ahead(grant): the addresses that are set before anyone asks, when an import brought news of the student.
    ahead: Callable[[Grant], Iterable[dict[str, Any]]] | None = None


@dataclass(frozen=True)
class Section:
    """The front door of a section. Read it and you know the section."""

    key: str  # url word, template folder and name in the record of access
    title: Words
    icon: str
    group: Group
    may_see: tuple[Rule, ...]
    read: Callable[[Grant], Any]  # the one frozen value every face shows
    # What stands on the family's home and on the tile: best a Glance. Otherwise, for what needs a family every day,
    # home(grants) by student pk with queries of its own, as many for ten children as for one.
    home: Glance | Callable[[Sequence[Grant]], dict[int, HomeFact]]
    may_change: tuple[Rule, ...] = ()
    feeds: tuple["Feed", ...] = ()
    events: Callable[[Iterable["Change"]], Iterator["Happening"]] | None = None
    sentences: dict[str, Words] = field(default_factory=dict)  # by kind of event, with named values
    acts: tuple[Act, ...] = ()
    pages: tuple[Page, ...] = ()
    family: Callable[[Sequence[Grant]], Any] | None = (
        None  # one reading across all children, at /family/<key>/
    )
    papers: tuple[Paper, ...] = ()
    family_address: tuple[str, str] = ("", "")  # path and url name of `family`, where it has another
    # ahead(grant, until): what is due from today to a last day, as (day, sentence); one or two queries.
    ahead: Callable[[Grant, date], Iterable[tuple[date, Words]]] | None = None
    # on_report_cards(grant, first, last): what a report card says of it for these days, as (label, value).
    on_report_cards: Callable[[Grant, date, date], Iterable[tuple[Words, Words]]] | None = None
    visits: bool = False  # its page is told, as `since`, when the person last looked
    sensitive: bool = (
        False  # unlock first; no fact on the tile; the timeline says only that there is something
    )
    roster: tuple[str, ...] = ()  # further files that date its pages: users.csv

    @property
    def family_page(self) -> str:
        """The name of the address of `family`."""
        return self.family_address[1] or f"family_{self.key}"

    @property
    def files(self) -> tuple[str, ...]:
        """Files whose arrival dates this section's pages."""
        return (*(feed.file for feed in self.feeds), *self.roster)
