"""Columns of specialEducationPlans.csv and what hangs on a plan. Source: our companion CSV set, version 1.0."""

from portal.record.feed import Column, Feed, Kind, not_before_birth
from portal.sections.special_education.models import Accommodation, Plan, Service
from portal.students.models import Employee, Student

plans = Feed(
    file="specialEducationPlans.csv",
    into=Plan,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("planType", "type", Kind.CODE, required=True, codes=Plan.Type.values, longest=40),
        Column("state", "state", Kind.CODE, required=True, codes=Plan.State.values, longest=40),
        Column("primaryDisability", "disability"),
        Column("beginDate", "begins", Kind.DAY),
        Column("reviewDue", "review_due", Kind.DAY),
        Column("reevaluationDue", "reevaluation_due", Kind.DAY),
        Column("lastMeeting", "last_meeting_on", Kind.DAY),
        Column("nextMeeting", "next_meeting_at", Kind.MOMENT),
        Column("caseManagerSourcedId", "case_manager", Kind.REFERENCE, to=Employee),
        Column("parentConsentDate", "consent_on", Kind.DAY),
    ),
    check=(
        ("begins <= review_due", "reviewed_before_it_began"),
        ("begins <= reevaluation_due", "reviewed_before_it_began"),
        not_before_birth("last_meeting_on"),
    ),
)

services = Feed(
    file="specialEducationServices.csv",
    into=Service,
    columns=(
        Column("planSourcedId", "plan", Kind.REFERENCE, required=True, to=Plan),
        Column("planSourcedId", "student", Kind.REFERENCE, required=True, to=Plan, of="student"),
        Column("service", "service", required=True),
        Column("minutes", "minutes", Kind.WHOLE),
        Column("per", "per", Kind.CODE, codes=Service.Per.values, longest=40),
        Column("setting", "setting"),
        Column("beginDate", "begins", Kind.DAY),
        Column("endDate", "ends", Kind.DAY),
        Column("providerName", "provider"),
    ),
    check=(
        ("begins <= ends", "ends_before_it_begins"),
        ("minutes BETWEEN 1 AND 100000", "out_of_range"),
    ),
)

accommodations = Feed(
    file="accommodations.csv",
    into=Accommodation,
    columns=(
        Column("planSourcedId", "plan", Kind.REFERENCE, required=True, to=Plan),
        Column("planSourcedId", "student", Kind.REFERENCE, required=True, to=Plan, of="student"),
        Column("area", "area"),
        Column("text", "text", Kind.NOTE, required=True, longest=10_000),
    ),
)

feeds = (plans, services, accommodations)
