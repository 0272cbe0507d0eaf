"""What a family reads of assignments: what is not turned in, what is due, what was graded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.db.models import TextChoices
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.record.gradebook import classes, work
from portal.record.gradebook.classes import Class, Teacher
from portal.record.gradebook.work import Piece, Status
from portal.record.section import Words

A_PAGE = 20
THIS_WEEK = timedelta(days=7)

Query = Mapping[str, str]  # of the address: show, class, page, student


class Show(TextChoices):
    """The tabs of the page."""

    NOT_TURNED_IN = "not-turned-in", _("Not turned in")
    DUE_SOON = "due-soon", _("Due soon")
    GRADED = "graded", _("Graded")
    ALL = "all", _("All")

    def has(self, piece: Piece) -> bool:
        """Whether the piece stands under this tab."""
        return {
            Show.NOT_TURNED_IN: piece.status == Status.NOT_TURNED_IN,
            Show.DUE_SOON: piece.open_still and not piece.done,
            Show.GRADED: piece.status in (Status.GRADED, Status.PARTLY_GRADED),
            Show.ALL: True,
        }[self]


@dataclass(frozen=True)
class Tab:
    show: Show
    pieces: int
    current: bool


@dataclass(frozen=True)
class Filter:
    """A class to look at alone."""

    ref: str
    title: str
    current: bool


@dataclass(frozen=True)
class Shown:
    """The part of the work that an address asks for."""

    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]  # none for a single class
    show: Show
    class_ref: str  # empty for all classes
    pieces: tuple[Piece, ...]  # everything under the tab
    page: int  # from 1
    pages: int

    @property
    def so_far(self) -> tuple[Piece, ...]:
        """Up to this page, for reading on."""
        return self.pieces[: self.page * A_PAGE]

    @property
    def alone(self) -> tuple[Piece, ...]:
        """This page alone."""
        return self.pieces[(self.page - 1) * A_PAGE : self.page * A_PAGE]

    @property
    def more(self) -> int:
        """How many pieces stand on later pages."""
        return len(self.pieces) - len(self.so_far)

    def at(self, *, show: Show | None = None, class_ref: str | None = None, page: int = 1) -> str:
        """The query of an address that shows something else and keeps the rest."""
        class_ref = self.class_ref if class_ref is None else class_ref
        parts = [f"show={show or self.show}"]
        if class_ref:
            parts.append(f"class={class_ref}")
        if page > 1:
            parts.append(f"page={page}")
        return "?" + "&".join(parts)


@dataclass(frozen=True)
class Assignments:
    """One school year of one student's work."""

    pieces: tuple[Piece, ...]  # latest due date first
    not_turned_in: int  # pieces
    starts: date | None  # first day of school, while it is still to come
    ask: str  # TK–5, when the school posts no work: the teacher to ask about homework

    def shown(self, query: Query) -> Shown:
        """The tab, class and page an address asks for; what it names wrongly is taken as not said.

        Without a tab the first one that holds something opens.
        """
        titles = {piece.class_ref: piece.class_title for piece in reversed(self.pieces)}
        class_ref = query.get("class", "")
        if class_ref not in titles:
            class_ref = ""
        of_class = [piece for piece in self.pieces if class_ref in ("", piece.class_ref)]
        under = {show: [piece for piece in of_class if show.has(piece)] for show in Show}
        under[Show.DUE_SOON].reverse()  # what is due first comes first
        asked = query.get("show", "")
        show = Show(asked) if asked in Show.values else next((show for show in Show if under[show]), Show.ALL)
        pages = max(1, -(-len(under[show]) // A_PAGE))
        page = query.get("page", "")
        return Shown(
            tabs=tuple(Tab(each, len(under[each]), each == show) for each in Show),
            filters=tuple(
                Filter(ref, title, ref == class_ref)
                for ref, title in sorted(titles.items(), key=lambda item: (item[1], item[0]))
            )
            if len(titles) > 1
            else (),
            show=show,
            class_ref=class_ref,
            pieces=tuple(under[show]),
            page=min(int(page), pages) if page.isascii() and page.isdigit() and int(page[:9]) else 1,
            pages=pages,
        )


@dataclass(frozen=True)
class Assignment:
    """One piece of work with everything the school says of it."""

    piece: Piece
    instructions: str  # plain text, line breaks kept
    teachers: tuple[Teacher, ...]
    period: str

    @property
    def instructions_language(self) -> str:
        return work.language_of(self.instructions)


class Group(Enum):
    """The groups of the family's list."""

    NOT_TURNED_IN = _("Not turned in")
    DUE = _("Due this week")
    WAITING = _("Turned in, waiting for a grade")


@dataclass(frozen=True)
class Row:
    """One piece of one child's work."""

    student_ref: str
    name: str  # what the family calls the child
    colour: int  # 1 to 8
    piece: Piece


@dataclass(frozen=True)
class Chip:
    """A child to look at alone; ref empty for all children."""

    ref: str
    name: Words
    current: bool


@dataclass(frozen=True)
class FamilyShown:
    chips: tuple[Chip, ...]  # none for a single child
    groups: tuple[tuple[Group, tuple[Row, ...]], ...]  # the ones that hold something

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each group holds, by the group's name."""
        held = dict(self.groups)
        return {group.name: len(held.get(group, ())) for group in Group}


@dataclass(frozen=True)
class Family:
    """What all children still have to do."""

    children: tuple[tuple[str, str], ...]  # reference and name, in the order they were linked
    rows: tuple[tuple[Group, tuple[Row, ...]], ...]

    def shown(self, query: Query) -> FamilyShown:
        """The child an address asks for, or all."""
        ref = query.get("student", "")
        if ref not in dict(self.children):
            ref = ""
        groups = (
            (group, tuple(row for row in rows if ref in ("", row.student_ref))) for group, rows in self.rows
        )
        chips = (
            Chip("", _("All children"), not ref),
            *(Chip(child, name, child == ref) for child, name in self.children),
        )
        return FamilyShown(
            chips=chips if len(self.children) > 1 else (),
            groups=tuple((group, rows) for group, rows in groups if rows),
        )


def read(grant: Grant) -> Assignments:
    """All work of the school year; two queries."""
    mine = classes.of(grant)[grant.student.pk]
    pieces = work.of([grant], {grant.student.pk: mine.all})[grant.student.pk]
    return Assignments(
        pieces=pieces,
        not_turned_in=sum(piece.status == Status.NOT_TURNED_IN for piece in pieces),
        starts=mine.starts,
        ask=_ask(grant, mine.kept) if not pieces else "",
    )


def read_one(grant: Grant, item: str) -> Assignment:
    """One piece of work. Raises Http404 for one that is not the student's or not assigned yet."""
    mine = classes.of(grant)[grant.student.pk]
    found = work.one(grant, mine.all, item)
    if found is None:
        raise Http404
    piece, instructions, each = found
    return Assignment(piece, instructions, each.teachers, each.period)


def family(grants: Sequence[Grant]) -> Family:
    """What every child has not turned in, what is due within a week, and what waits for a grade; two queries."""
    mine = classes.of(*grants)
    pieces = work.of(grants, {pk: held.all for pk, held in mine.items()})
    rows: dict[Group, list[Row]] = {group: [] for group in Group}
    for grant in grants:
        for piece in pieces[grant.student.pk]:
            if group := _group(piece, grant.on):
                colour = grant.child.colour if grant.child else 1
                rows[group].append(Row(grant.student.ref, grant.student.first_name, colour, piece))
    for held in rows.values():
        held.sort(key=lambda row: row.piece.due_on)
    for group in (Group.NOT_TURNED_IN, Group.WAITING):
        rows[group].reverse()  # the latest first; what is due stands in the order it is due
    return Family(
        children=tuple((grant.student.ref, grant.student.first_name) for grant in grants),
        rows=tuple((group, tuple(held)) for group, held in rows.items()),
    )


def _group(piece: Piece, on: date) -> Group | None:
    if piece.status == Status.NOT_TURNED_IN:
        return Group.NOT_TURNED_IN
    if piece.status == Status.WAITING:
        return Group.WAITING
    if not piece.done and on <= piece.due_on < on + THIS_WEEK:
        return Group.DUE
    return None


def _ask(grant: Grant, kept: Sequence[Class]) -> str:
    """The name of a young child's teacher, the homeroom's before others."""
    if not grant.student.elementary:
        return ""
    teachers = [
        each.teachers[0].name
        for each in sorted(kept, key=lambda each: each.type != "homeroom")
        if each.teachers
    ]
    return teachers[0] if teachers else ""
