"""Columns of libraryLoans.csv and libraryCards.csv, our own additions to the companion CSV set."""

from portal.record.feed import Column, Feed, Kind
from portal.sections.library.models import Card, Loan
from portal.students.models import Student

loans = Feed(
    file="libraryLoans.csv",
    into=Loan,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("title", "title", required=True, longest=500),
        Column("author", "author"),
        Column("borrowedOn", "borrowed_on", Kind.DAY),
        Column("dueDate", "due_on", Kind.DAY, required=True),
        Column("returnedOn", "returned_on", Kind.DAY),
        Column("renewable", "renewable", Kind.YES_NO),
    ),
    check=(("borrowed_on IS NULL OR borrowed_on <= due_on", "ends_before_it_begins"),),
)

cards = Feed(
    file="libraryCards.csv",
    into=Card,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("library", "library", required=True),
        Column("state", "state", Kind.CODE, required=True, codes=Card.State.values),
        Column("lastDigits", "last_digits", longest=4),
    ),
)

feeds = (loans, cards)
