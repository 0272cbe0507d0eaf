"""T16: what families asked about the record, grouped by how soon the school must answer, and the answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.people.door import asks
from portal.privacy import cases, looks
from portal.privacy.directory import DECIDING
from portal.privacy.models import Case, Correction, Question
from portal.record.contents import sections
from portal.staff import card
from portal.staff.reasons import with_reason
from portal.staff.views import on_duty
from portal.web.forms import Form, TextField
from portal.web.request import Request

LONGEST = 2_000  # characters
MOST = 200  # cases on the page; the oldest come first
RECENT = timedelta(days=30)  # answered ones that are still listed
GROUPS: tuple[str | Promise, ...] = (_("Overdue"), _("Due today"), _("This week"), _("Later"))


class Decide(Form):
    """Accept, accept in part, or refuse; with words for the family."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        widget=forms.RadioSelect,
        choices=[
            (Correction.State.ACCEPTED, _("Accept: the record is wrong")),
            (Correction.State.PARTLY, _("Accept in part")),
            (Correction.State.REFUSED, _("Refuse: the record is right")),
        ],
        error_messages={"required": _("Choose a decision."), "invalid_choice": _("Choose a decision.")},
    )
    answer = TextField(
        label=_("Reason, in plain words for the family"),
        lines=True,
        max_length=LONGEST,
        error_messages={"required": _("Give the family a reason.")},
    )
    hearing = TextField(
        label=_("How the family can get a hearing"),
        help_text=_("Needed when you refuse or accept in part."),
        lines=True,
        max_length=LONGEST,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        decided = said.get("decision")
        contested = decided in (Correction.State.PARTLY, Correction.State.REFUSED)
        if contested and not said.get("hearing") and not self.has_error("hearing"):
            self.add_error("hearing", _("Say how the family can get a hearing."))
        return said


class Explain(Form):
    answer = TextField(
        label=_("Why the record was looked at, in plain words for the family"),
        lines=True,
        max_length=LONGEST,
        error_messages={"required": _("Tell the family why.")},
    )


@dataclass(frozen=True)
class Group:
    title: str | Promise
    cases: tuple[Case, ...]


@asks(DECIDING)
@on_duty
@require_safe
def listed(request: Request) -> HttpResponse:
    """Everything that waits for an answer at my schools, and what was answered lately."""
    _allowed(request)
    students = gate.students_for(request.actor, DECIDING)
    requests = Correction.objects.filter(student__in=students).select_related("student__school")
    questions = Question.objects.filter(student__in=students).select_related("student__school", "access")
    lately = now() - RECENT
    context = {
        "corrections": _grouped(requests.filter(answered_at=None).order_by("due_on", "pk")[:MOST]),
        "questions": _grouped(questions.filter(answered_at=None).order_by("due_on", "pk")[:MOST]),
        "hearings": requests.filter(hearing_asked_at__gte=lately).order_by("hearing_asked_at")[:MOST],
        "answered": requests.filter(answered_at__gte=lately).order_by("-answered_at")[:MOST],
        "titles": _titles(),
    }
    return render(request, "staff/corrections.html", context)


@asks(DECIDING)
@with_reason
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: Request, case: str) -> HttpResponse:
    """One request: what the family says, and the answer."""
    found = (
        Correction.objects.select_related("student", "guardianship__guardian", "person")
        .filter(ref=case)
        .first()
    )
    grant = _grant(request, found)
    assert found is not None
    form = Decide(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if cases.decide(grant, found, said["decision"], said["answer"], said["hearing"]):
            return redirect("staff_corrections")
        form.add_error(None, _("Somebody answered this in the meantime. Look at the answer below."))
        found.refresh_from_db()
    if request.method != "POST":
        log.note(grant, "see", about=found.guardianship_id)
    context = {"case": found, "student": grant.student, "form": form, "titles": _titles()}
    return render(request, "staff/correction.html", context, status=422 if form.errors else 200)


@asks(DECIDING)
@with_reason
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: Request, case: str) -> HttpResponse:
    """A family does not know why someone looked: who it was, and the answer."""
    found = (
        Question.objects.select_related("student", "guardianship__guardian", "person", "access__person")
        .filter(ref=case)
        .first()
    )
    grant = _grant(request, found)
    assert found is not None
    form = Explain(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if cases.explain(grant, found, form.cleaned_data["answer"]):
            return redirect("staff_corrections")
        form.add_error(None, _("Somebody answered this in the meantime. Look at the answer below."))
        found.refresh_from_db()
    if request.method != "POST":
        log.note(grant, "see", about=found.guardianship_id)
    context = {"case": found, "student": grant.student, "form": form, "look": looks.line(found.access)}
    return render(request, "staff/question.html", context, status=422 if form.errors else 200)


def waiting(actor: gate.Actor) -> int:
    """How many requests and questions of families wait for an answer of this person's schools."""
    if not actor.opens(DECIDING):
        return 0
    students = gate.students_for(actor, DECIDING)
    return sum(
        of.objects.filter(student__in=students, answered_at=None).count() for of in (Correction, Question)
    )


def _allowed(request: Request) -> None:
    if not request.actor.opens(DECIDING):
        raise PermissionDenied


def _grant(request: Request, found: Case | None) -> Grant:
    """Leave to answer a case. Not mine and not there are one answer; nobody answers for an own child."""
    _allowed(request)
    if found is None:
        raise gate.NotHere
    grant = gate.admit(request.actor, found.student.ref, DECIDING)
    if card.own_child(request.person, grant.student):
        raise PermissionDenied
    return grant


def _grouped(found: Iterable[Case]) -> list[Group]:
    """By urgency; groups without a case are left out."""
    today = localdate()
    groups: dict[int, list[Case]] = {}
    for case in found:
        groups.setdefault(_urgency(case.due_on, today), []).append(case)
    return [Group(GROUPS[place], tuple(groups[place])) for place in sorted(groups)]


def _urgency(due: date, today: date) -> int:
    if due < today:
        return 0
    if due == today:
        return 1
    return 2 if due < today + timedelta(days=7) else 3


def _titles() -> dict[str, str | Promise]:
    return {section.key: section.title for section in sections()}
