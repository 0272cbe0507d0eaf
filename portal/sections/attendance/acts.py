"""Telling the school why a child was not there. The school's own marks stay as they are until the office clears them."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.family.models import SchoolNotice
from portal.record import deeds
from portal.sections.attendance import reading
from portal.sections.attendance.models import Explanation
from portal.web.forms import ChoiceField, Form, TextField


class ReasonForm(Form):
    reason = ChoiceField(
        label=_("Why was your child not at school?"),
        choices=Explanation.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason, like Sick.")},
    )
    note = TextField(
        label=_("Note for the attendance office"),
        help_text=_("For example, the name of the doctor. Up to 2,000 characters."),
        max_length=2000,
        lines=True,
        required=False,
    )


def missed(grant: Grant, on: date) -> dict[str, Any]:
    """What the form's page shows: the day that was missed. Raises Http404 for a day that was not."""
    return {"line": _missed(grant, on)}


def explain(grant: Grant, form: ReasonForm, on: date) -> None:
    """Sends the reason to the school's attendance office, once for each parent and day.

    Raises ValidationError, in words, when the reason was sent before or the time for it is over.
    """
    line = _missed(grant, on)
    if line.sent_on is not None:
        raise ValidationError(
            _("You sent a reason for this day before. To change it, call the school office.")
        )
    if not line.may_explain:
        raise ValidationError(
            _("The time to send a reason for this day is over. Call the school office about it.")
        )
    Explanation.rows.create(student=grant.student, on=on, sent_by=grant.person, **form.cleaned_data)
    deeds.did(grant, "attendance.explained", date=on.isoformat())
    if grant.student.school:
        SchoolNotice.objects.create(
            school=grant.student.school, student=grant.student, kind=SchoolNotice.Kind.ABSENCE_EXPLAINED
        )


def _missed(grant: Grant, on: date) -> reading.Line:
    line = reading.years([grant], on)[grant.student.pk].lines.get(on)
    if line is None or not line.absent:
        raise Http404
    return line
