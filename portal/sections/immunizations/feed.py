"""Columns of immunizations.csv and immunizationStatus.csv. Source: our companion CSV set, version 1.0."""

from portal.record.feed import Column, Feed, Kind, not_after_today, not_before_birth
from portal.sections.immunizations.models import Dose, Standing, Vaccine
from portal.students.models import Student

doses = Feed(
    file="immunizations.csv",
    into=Dose,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("vaccineGroup", "vaccine", Kind.CODE, required=True, codes=Vaccine.values, longest=40),
        Column("cvxCode", "cvx", longest=10),
        Column("doseNumber", "number", Kind.WHOLE),
        Column("doseDate", "on", Kind.DAY, required=True),
        Column("source", "origin", Kind.CODE, codes=Dose.Origin.values, longest=40),
    ),
    check=(
        not_after_today("on"),
        not_before_birth("on"),
    ),
)

standings = Feed(
    file="immunizationStatus.csv",
    into=Standing,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column(
            "requirement",
            "requirement",
            Kind.CODE,
            required=True,
            codes=Standing.Requirement.values,
            longest=40,
        ),
        Column("vaccineGroup", "vaccine", Kind.CODE, required=True, codes=Vaccine.values, longest=40),
        Column("state", "state", Kind.CODE, required=True, codes=Standing.State.values, longest=40),
        Column("dueDate", "due_on", Kind.DAY),
        Column("note", "note", Kind.NOTE, longest=2000),
    ),
)

feeds = (doses, standings)
