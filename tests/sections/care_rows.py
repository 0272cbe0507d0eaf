"""Rows of the sections that are kept with care, as their files bring them."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import make_aware

from portal.record.scores.models import Score
from portal.sections.discipline.models import Action, Incident
from portal.sections.english_learner.models import Criterion, Status
from portal.sections.gate.models import Identification
from portal.sections.immunizations.models import Dose, Standing
from portal.sections.special_education.models import Accommodation, Plan, Service
from portal.students.models import Student
from tests.cast import rostered

MONDAY = date(2026, 10, 5)


def noon(day: date) -> datetime:
    """Noon of a day on the school's clock."""
    return make_aware(datetime(day.year, day.month, day.day, 12))


def _made(row: Any) -> Any:
    row.save()
    return row


def an_incident(student: Student, on: date, behavior: str = "schoolViolation", **more: object) -> Incident:
    values = {"behavior_text": "A rule of the hallway", "school": student.school} | more
    return _made(
        Incident(
            **rostered(f"inc-{student.pk}-{on}-{behavior}"),
            student=student,
            on=on,
            behavior=behavior,
            **values,
        )
    )


def an_action(incident: Incident, kind: str, told: date | None = MONDAY, **more: object) -> Action:
    """told: when the notice was sent; None for one the family has not been told of."""
    return _made(
        Action(
            **rostered(f"act-{incident.pk}-{kind}"), student=incident.student, incident=incident, kind=kind,
            notice_sent_at=noon(told) if told else None, **more,
        )
    )  # fmt: skip


def doses(student: Student, **days: list[date]) -> None:
    """doses(ana, MMR=[…], VAR=[…])"""
    for vaccine, given in days.items():
        for number, on in enumerate(given, 1):
            _made(
                Dose(
                    **rostered(f"{student.pk}-{vaccine}-{number}"),
                    student=student,
                    vaccine=vaccine,
                    number=number,
                    on=on,
                )
            )


def a_standing(
    student: Student, vaccine: str, state: str, requirement: str = "k12Admission", **more: object
) -> Standing:
    return _made(
        Standing(
            **rostered(f"{student.pk}-{vaccine}-{requirement}"), student=student, vaccine=vaccine, state=state,
            requirement=requirement, **more,
        )
    )  # fmt: skip


def a_status(student: Student, status: str, on: date, **more: object) -> Status:
    return _made(Status(**rostered(f"{student.pk}-{on}"), student=student, status=status, on=on, **more))


def a_criterion(student: Student, kind: str, *, met: bool, **more: object) -> Criterion:
    values = {"as_of": MONDAY} | more
    return _made(
        Criterion(**rostered(f"{student.pk}-{kind}"), student=student, kind=kind, is_met=met, **values)
    )


def a_score(student: Student, score: str, on: date, *, released: date | None = None, **more: object) -> Score:
    """An ELPAC score, released on the day of the test unless told otherwise."""
    values = {"test": "ELPAC", "name": "Summative ELPAC", "type": "scale"} | more
    return _made(
        Score(
            **rostered(f"{student.pk}-{on}-{values.get('subject', '')}-{score}"), student=student, score=score, on=on,
            released_at=noon(released or on), **values,
        )
    )  # fmt: skip


def a_step(student: Student, category: str, state: str, on: date, **more: object) -> Identification:
    return _made(
        Identification(
            **rostered(f"{student.pk}-{category}-{on}"),
            student=student,
            category=category,
            state=state,
            on=on,
            **more,
        )
    )


def a_plan(student: Student, type: str = "iep", state: str = "active", **more: object) -> Plan:
    return _made(
        Plan(**rostered(f"{student.pk}-{type}-{state}"), student=student, type=type, state=state, **more)
    )


def a_service(plan: Plan, service: str, **more: object) -> Service:
    return _made(
        Service(**rostered(f"{plan.pk}-{service}"), student=plan.student, plan=plan, service=service, **more)
    )


def a_help(plan: Plan, area: str, text: str) -> Accommodation:
    return _made(
        Accommodation(
            **rostered(f"{plan.pk}-{text[:40]}"), student=plan.student, plan=plan, area=area, text=text
        )
    )
