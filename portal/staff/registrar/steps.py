"""What the desk's pages share: who gets in, the tabs, and the way from typing through a last look to saving."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.family.models import CourtOrder
from portal.people.door import asks
from portal.record import forms_sent
from portal.staff import card
from portal.staff.directory import DESK
from portal.staff.reasons import with_reason
from portal.staff.registrar import acts, reading
from portal.staff.registrar.changes import Changes
from portal.staff.registrar.forms import SWITCHES
from portal.staff.registrar.reading import Desk
from portal.staff.views import on_duty
from portal.web.forms import Form
from portal.web.request import Request

TABS = (
    ("staff_registrar", gettext_lazy("Guardians")),
    ("staff_registrar_rights", gettext_lazy("Educational rights")),
    ("staff_registrar_orders", gettext_lazy("Court orders")),
    ("staff_registrar_contacts", gettext_lazy("Emergency contacts")),
    ("staff_registrar_address", gettext_lazy("Address")),
)
RIGHTS = {
    "full": gettext_lazy("Full"),
    "limited": gettext_lazy("Limited"),
    "none": pgettext_lazy("rights", "None"),
}
DONE: dict[str, str | Promise] = {
    "order": gettext_lazy(
        "The court order is written down. It counts now. A second person checks it within one school day."
    ),
    "narrowed": gettext_lazy("It counts now. A second person checks it within one school day."),
    "asked": gettext_lazy("A second person was asked to agree. Nothing changes until then."),
    "both": gettext_lazy("What takes away counts now. What gives waits for a second person."),
    "guardian": gettext_lazy("The person is listed. They see nothing yet: give educational rights next."),
    "contacts": gettext_lazy("The list of people to call is changed."),
    "address": gettext_lazy("The address is changed."),
    "agreed": gettext_lazy("You agreed. It counts now."),
    "declined": gettext_lazy("It was declined. Nothing changes."),
    "checked": gettext_lazy("You checked it."),
    "scan": gettext_lazy("The scan is kept, encrypted."),
}
Doing = Callable[[Desk], str]  # does it, and answers with a key of DONE


class Stale(Exception):
    """Somebody changed this student's desk since the form was opened."""


def admit(request: Request, ref: str) -> Grant:
    """Leave to look at this student's desk. Nobody keeps the record of an own child."""
    grant = gate.admit(request.actor, ref, DESK)
    if card.own_child(request.person, grant.student):
        raise PermissionDenied
    return grant


def tab(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of one student's desk. The view gets the grant; who may only look is refused before it changes anything."""

    @wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])
    def shown(request: Request, ref: str, **address: Any) -> HttpResponse:
        grant = admit(request, ref)
        if request.method == "POST" and not grant.may_change:
            raise PermissionDenied
        if request.method != "POST":
            log.note(grant, "see")
        return view(request, grant, **address)

    return asks(DESK)(with_reason(on_duty(shown)))


def two_steps(
    request: Request,
    grant: Grant,
    desk: Desk,
    form: Form,
    tell: Callable[[Desk], Changes],
    do: Doing,
    template: str,
    address: str,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Typed in, looked at, saved. What was typed is never lost: not by a mistake, a step back, or somebody else's change."""
    act = request.POST.get("act", "look") if request.method == "POST" else ""
    more, key = more or {}, request.POST.get("once", "")
    if act == "save" and (answer := forms_sent.answered(request.person, key)):
        return redirect(answer)
    if act in ("look", "save") and not form.is_valid():
        return page(request, grant, desk, template, more | {"form": form}, status=422)
    if act == "look" and request.POST.get("version") != desk.version:
        form.add_error(None, _stale())
        return page(request, grant, desk, template, more | {"form": form}, status=409)
    if act == "look":
        return page(request, grant, desk, "look", more | {"changes": tell(desk), "typed": _typed(request)})
    if act == "save":
        try:
            with transaction.atomic():  # what is refused takes the one-time key back with it
                once = forms_sent.first_time(request.person, key, address)
                if once.repeated:
                    return redirect(once.answer)
                acts.alone(grant.student)
                desk = reading.read(grant)
                if request.POST.get("version") != desk.version:
                    raise Stale
                done = do(desk)
        except Stale:
            form.add_error(None, _stale())
        except acts.NotNow as why:
            form.add_error(None, str(why))
        else:
            return redirect(f"{address}?done={done}")
        return page(request, grant, desk, template, more | {"form": form}, status=409)
    return page(request, grant, desk, template, more | {"form": form})


def page(
    request: Request, grant: Grant, desk: Desk, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = around(grant, desk) | {
        "done": DONE.get(request.GET.get("done", ""), ""),
        "tabs": [
            (
                words,
                reverse(name, args=[grant.student.ref]),
                request.path == reverse(name, args=[grant.student.ref]),
            )
            for name, words in TABS
        ],
        "once": forms_sent.new_key(),
    }
    return render(request, f"staff/registrar/{template}.html", shown | context, status=status)


def around(grant: Grant, desk: Desk) -> dict[str, Any]:
    return {
        "grant": grant,
        "student": grant.student,
        "desk": desk,
        "keeps": reading.keeps,
        "switches_of": switches,
        "rights_words": RIGHTS,
    }


def _stale() -> str:
    return _(
        "Somebody changed this in the meantime. Look at what is on file now, then go on. Nothing you typed is lost."
    )


def _typed(request: Request) -> list[tuple[str, str]]:
    """What was typed, to be carried along in hidden fields."""
    own = ("csrfmiddlewaretoken", "act", "once", "version")
    return [(name, value) for name, values in request.POST.lists() if name not in own for value in values]


def switches(order: CourtOrder) -> list[str | Promise]:
    return [words for name, words in SWITCHES.items() if getattr(order, name)]
