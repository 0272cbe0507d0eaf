"""Why staff look at records: asked once in a session, before the first record, and read by the family."""

from functools import wraps
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.audit.asking import REASON
from portal.audit.models import Purpose
from portal.people.door import View, asks
from portal.staff.directory import CARD
from portal.staff.views import on_duty, own_path
from portal.web.forms import Form, TextField
from portal.web.request import Request


class Reason(Form):
    """One of the reasons; another one in one's own words."""

    purpose = forms.ChoiceField(
        label=_("Why are you looking at records?"),
        help_text=_("Families can read this in their privacy log. We ask once each time you sign in."),
        widget=forms.RadioSelect,
        choices=Purpose.choices,
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason.")},
    )
    words = TextField(
        label=_("Your reason, if it is another one"),
        help_text=_("Do not write names or anything about a student."),
        required=False,
        max_length=200,
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("purpose") == Purpose.OTHER and not said.get("words") and not self.has_error("words"):
            self.add_error("words", _("Write your reason in a few words."))
        return said


def with_reason(view: View) -> View:
    """For records: who has not said why in this session is asked first, and then comes back."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor and request.actor.posts and REASON not in request.session:
            return redirect(reverse("staff_reason") + "?" + urlencode({"next": request.path}))
        return view(request, *args, **kwargs)

    return guarded


@asks(CARD)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: Request) -> HttpResponse:
    """Asks for the reason, and leads on to the record that was wanted."""
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = said["words"] if said["purpose"] == Purpose.OTHER else ""
        request.session[REASON] = (said["purpose"], words)
        return redirect(own_path(request.GET.get("next", "")) or "staff_home")
    return render(request, "staff/reason.html", {"form": form}, status=422 if form.errors else 200)
