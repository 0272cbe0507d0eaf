"""Every component in its states on one page, for looking at and for the tests; routed only in the demo."""

import datetime as dt

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.web import forms
from portal.web.request import Request


class Sample(forms.Form):
    """One field of each kind."""

    first_name = forms.NameField(label=_("First name"), help_text=_("As the school has it, if you can."))
    email = forms.EmailField(label=_("Email"), autocomplete="username webauthn")
    password = forms.PasswordField(label=_("Password"))
    birth = forms.DatePartsField(label=_("Date of birth"), birth=True)
    pin = forms.DigitsField(digits=8, label=_("Parent Portal PIN"))
    phone = forms.PhoneField(label=_("Cell number"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("es", "Español")])
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("sick", _("Sick")), ("doctor", _("Doctor"))],
        widget=django_forms.RadioSelect,
    )
    note = forms.TextField(label=_("Note"), lines=True, required=False)
    own_device = forms.TickField(label=_("This is my own phone or computer"), required=False)


def gallery(request: Request) -> HttpResponse:
    """The page of all components; ?wrong shows the form with its mistakes."""
    wrong = {"email": "mari", "birth_month": "13", "birth_day": "1", "birth_year": "2015", "pin": "481٢"}
    sample = Sample(wrong) if "wrong" in request.GET else Sample(initial={"phone": "+12135550100"})
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    marks = ["present", "absent", "late", "present", "closed", "excused", "present", "half", "", ""]
    days = [monday + dt.timedelta(days=at + 2 * (at // 5)) for at in range(10)]
    weeks = [list(zip(days, marks, strict=True))[:5], list(zip(days, marks, strict=True))[5:]]
    return render(request, "web/gallery.html", {"form": sample, "now": timezone.now(), "weeks": weeks})
