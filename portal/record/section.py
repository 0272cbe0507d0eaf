"""What a section says of itself: its front door, read by the gate, the pages, the import and the checked pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.access.rules import Rule

if TYPE_CHECKING:
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


@dataclass(frozen=True)
class HomeFact:
    """What a section says of one child on the pages that show several things at once."""

    tile: Words = ""  # at most 24 characters; empty for sensitive sections
    card: tuple[CardFact, ...] = ()
    needs: tuple[Need, ...] = ()
    today: Words = ""  # a short sentence about today, on the student's page


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


@dataclass(frozen=True)
class Page:
    """A further page of the section, with a reading of its own."""

    name: str  # url name: <section key>_<name>
    path: str
    read: Callable[..., Any]  # read(grant, **address)
    template: str
    title: Words = ""  # its step in the trail; empty for one more view of the section's own page


@dataclass(frozen=True)
class Section:
    """The front door of a section. Read it and you know the section."""

    key: str  # url word, template folder and name in the record of access
    title: Words
    icon: str
    group: Group
    may_see: tuple[Rule, ...]
    read: Callable[[Grant], Any]  # the one frozen value every face shows
    home: Callable[
        [Sequence[Grant]], dict[int, HomeFact]
    ]  # by student pk; as many queries for ten children as for one
    may_change: tuple[Rule, ...] = ()
    feeds: tuple["Feed", ...] = ()
    events: Callable[[Iterable["Change"]], Iterator["Happening"]] | None = None
    sentences: dict[str, Words] = field(default_factory=dict)  # by kind of event, with named values
    acts: tuple[Act, ...] = ()
    pages: tuple[Page, ...] = ()
    family: Callable[[Sequence[Grant]], Any] | None = (
        None  # one reading across all children, at /family/<key>/
    )
    sensitive: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """Files whose arrival dates this section's pages."""
        return tuple(feed.file for feed in self.feeds)
