"""Columns of disciplineIncidents.csv and disciplineActions.csv. Source: our companion CSV set, version 1.0."""

from portal.record.feed import Column, Feed, Kind, not_after_today
from portal.sections.discipline.law import DEFIANCE, LIMITS, NO_SUSPENSION_FOR_DEFIANCE_BEFORE
from portal.sections.discipline.models import Action, Incident
from portal.students.models import Org, Student

incidents = Feed(
    file="disciplineIncidents.csv",
    into=Incident,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("schoolSourcedId", "school", Kind.REFERENCE, required=True, to=Org),
        Column("incidentDate", "on", Kind.DAY, required=True),
        Column("incidentTime", "at", longest=20),
        Column(
            "behaviorCode", "behavior", Kind.CODE, required=True, codes=Incident.Behavior.values, longest=40
        ),
        Column("behaviorText", "behavior_text", required=True),
        Column("location", "location", Kind.CODE, codes=Incident.Location.values, longest=40),
        Column("description", "description", Kind.NOTE, longest=10_000),
    ),
    check=(not_after_today("on"),),
)

_INCIDENT = "FROM discipline_incident i WHERE i.id = incident_id"
_SUSPENDED = "kind IN ('inSchoolSuspension', 'outOfSchoolSuspension')"

actions = Feed(
    file="disciplineActions.csv",
    into=Action,
    columns=(
        Column("incidentSourcedId", "incident", Kind.REFERENCE, required=True, to=Incident),
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("action", "kind", Kind.CODE, required=True, codes=Action.Kind.values, longest=40),
        Column("beginDate", "begins", Kind.DAY),
        Column("endDate", "ends", Kind.DAY),
        Column("days", "days", Kind.DECIMAL),
        Column("noticeSentAt", "notice_sent_at", Kind.MOMENT),
    ),
    shown_from="notice_sent_at",
    check=(
        (f"student_id = (SELECT i.student_id {_INCIDENT})", "another_student"),
        ("begins <= ends", "ends_before_it_begins"),
        (f'begins >= (SELECT i."on" {_INCIDENT})', "before_the_incident"),
        ("days >= 0", "out_of_range"),
        (f"NOT ({_SUSPENDED}) OR days BETWEEN 0.5 AND {LIMITS[-1].each}", "out_of_range"),
        (
            f"NOT ({_SUSPENDED} AND EXISTS (SELECT {_INCIDENT} AND i.behavior = '{DEFIANCE}'"
            f" AND i.\"on\" < '{NO_SUSPENSION_FOR_DEFIANCE_BEFORE}'))",
            "not_allowed_for_this",
        ),
    ),
)

feeds = (incidents, actions)
