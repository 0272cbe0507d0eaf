"""Columns of giftedTalented.csv. Source: our companion CSV set, version 1.0."""

from portal.record.feed import Column, Feed, Kind, not_before_birth
from portal.sections.gate.models import Category, Identification
from portal.students.models import Org, Student

feed = Feed(
    file="giftedTalented.csv",
    into=Identification,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("category", "category", Kind.CODE, required=True, codes=Category.values, longest=40),
        Column("state", "state", Kind.CODE, required=True, codes=Identification.State.values, longest=40),
        Column("stateDate", "on", Kind.DAY, required=True),
        Column("schoolSourcedId", "school", Kind.REFERENCE, to=Org),
        Column("note", "note", Kind.NOTE, longest=2000),
    ),
    check=(not_before_birth("on"),),
)
