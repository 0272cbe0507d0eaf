"""What a family reads of the library: what is out, when it is due, which cards there are, and where to read."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from portal.access.grant import Grant
from portal.record import codes
from portal.record.section import Words
from portal.sections.library.models import Card, Loan

DUE_SOON = timedelta(days=7)


@dataclass(frozen=True)
class Book:
    """One thing that is out."""

    title: str
    author: str  # empty when not said
    due_on: date
    late: bool  # it was due before today
    soon: bool  # due today or within a week
    renewable: bool


@dataclass(frozen=True)
class LibraryCard:
    library: str
    state: Card.State | None  # None: a code of the district's own
    words: Words
    last_digits: str  # empty when not said


@dataclass(frozen=True)
class Shelf:
    """A place to borrow or read."""

    kind: str  # catalog, card, reading
    name: str
    href: str


@dataclass(frozen=True)
class Library:
    books: tuple[Book, ...]  # out now; what is due first comes first
    cards: tuple[LibraryCard, ...]
    shelves: tuple[Shelf, ...]  # those of the district, in its order

    @property
    def late(self) -> int:
        """Things that were due before today."""
        return sum(book.late for book in self.books)


def read(grant: Grant) -> Library:
    """Loans and cards; two queries."""
    return Library(
        books=tuple(
            Book(
                title=loan.title,
                author=loan.author,
                due_on=loan.due_on,
                late=loan.due_on < grant.on,
                soon=grant.on <= loan.due_on <= grant.on + DUE_SOON,
                renewable=bool(loan.renewable),
            )
            for loan in Loan.rows.under(grant).filter(returned_on=None).order_by("due_on", "title")
        ),
        cards=tuple(
            LibraryCard(
                library=card.library,
                state=Card.State(card.state) if card.state in Card.State.values else None,
                words=codes.word(card.state, Card.State, "libraryCards"),
                last_digits=card.last_digits,
            )
            for card in Card.rows.under(grant).order_by("library")
        ),
        shelves=tuple(Shelf(each.kind, each.name, each.href) for each in settings.DISTRICT.shelves),
    )
