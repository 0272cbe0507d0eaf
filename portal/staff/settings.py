"""T19 Settings: what the district's administrators change while the portal runs, each with what it does and its history."""

from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import gate
from portal.audit import log
from portal.people import settled
from portal.people.door import asks
from portal.people.models import Setting
from portal.staff import sign_on
from portal.staff.adjustable import BY_NAME, GROUPS, Adjustable, Value, words
from portal.staff.directory import SETTINGS
from portal.staff.views import fresh, on_duty
from portal.web.forms import Form, TextField, TickField, Words
from portal.web.request import Request

LINES = 50  # of the history on a page


class Change(Form):
    """One new value. What lets more through than before needs a reason and one more tick."""

    reason = TextField(
        label=_("Why"), required=False, help_text=_("It stands in the history and in the audit log. No names of families.")
    )  # fmt: skip
    sure = TickField(label=_("I know that this lets more through than before."), required=False)

    def __init__(self, data: Any, asked: Adjustable, *, only_look: bool = False) -> None:
        before = settled.get(settings.DISTRICT, asked.name)
        self.asked, self.before, self.only_look = asked, before, only_look
        shown = [str(each) for each in before] if isinstance(before, tuple) else before
        if asked.typed:
            shown = asked.typed(before)
        super().__init__(data, initial={"value": shown})
        self.fields["value"] = asked.field(label=asked.label, help_text=asked.does)
        self.order_fields(["value", "reason", "sure"])
        self.widens = False

    @property
    def after(self) -> Value:
        """The value that was typed, as a settings file would hold it."""
        value = self.cleaned_data["value"]
        return tuple(value) if isinstance(value, list) else value

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "value" in self.errors:
            return said
        if self.after == self.before:
            self.add_error("value", say("This is the value already."))
            return said
        if fault := self.asked.fault(settled.put(settings.DISTRICT, self.asked.name, self.after)):
            self.add_error("value", str(fault))
            return said
        self.widens = not self.only_look and self.asked.widens(self.before, self.after)
        if self.widens and not said.get("reason"):
            self.add_error("reason", say("Say why: this lets more through than before."))
        if self.widens and not said.get("sure"):
            self.add_error("sure", say("Tick the box to go on."))
        return said


@dataclass(frozen=True)
class Line:
    """One change of the past."""

    at: datetime
    who: str
    label: Words
    before: Words
    after: Words
    reason: str


@asks(SETTINGS)
@on_duty
@require_safe
def listed(request: Request) -> HttpResponse:
    """Every setting with its value, and who changed it last."""
    _admit(request)
    _note(request, "see")
    newest = {each.name: each for each in Setting.objects.order_by("pk").select_related("person")}
    groups = [(group.title, [(each, _now(each), newest.get(each.name)) for each in group.settings]) for group in GROUPS]  # fmt: skip
    done = BY_NAME.get(request.GET.get("changed", ""))
    context = {"groups": groups, "history": _history(), "changed": done}
    return render(request, "staff/settings.html", context)


@asks(SETTINGS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: Request, key: str) -> HttpResponse:
    """One setting: what it does, a new value, or the word back to the settings file."""
    _admit(request)
    asked = BY_NAME.get(key)
    if asked is None:
        raise gate.NotHere
    if request.method != "POST" and not fresh(request):
        return redirect(sign_on.address(request.path, fresh=True))
    act = request.POST.get("act", "save")
    typed = _as_filed(request, asked) if act == "file" else request.POST or None
    form = Change(typed, asked, only_look=act == "look")
    if request.method == "POST" and form.is_valid() and act != "look":
        if fresh(request):
            settled.change(
                request.person,
                key,
                None if act == "file" else _plain(form.after),
                form.cleaned_data["reason"],
            )
            _note(request, "setting_changed", key)
            return redirect(reverse("staff_settings") + f"?changed={key}")
        form.add_error(None, _("Your sign-in is more than 5 minutes old. Sign in again in a new tab, then press the button once more."))  # fmt: skip
    context = {
        "asked": asked,
        "form": form,
        "now": _now(asked),
        "filed": asked.shown(settled.get(settings.DISTRICT_FILE, key)),
        "own": settled.get(settings.DISTRICT_FILE, key) != settled.get(settings.DISTRICT, key),
        "widens": form.is_bound and form.widens,
        "after": asked.shown(form.after) if form.is_bound and "value" in form.cleaned_data else "",
        "reads": _reads(asked, form),
        "history": _history(key),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/setting.html", context, status=status)


def _as_filed(request: Request, asked: Adjustable) -> Any:
    """What was posted, with the value of the settings file as the one that is asked for."""
    value = settled.get(settings.DISTRICT_FILE, asked.name)
    said = request.POST.copy()
    if asked.typed:
        said["value"] = asked.typed(value)
    elif isinstance(value, tuple):
        said.setlist("value", [str(each) for each in value])
    else:
        said["value"] = (
            {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        )
    return said


def _plain(value: Value) -> Any:
    """As JSON keeps it."""
    if isinstance(value, tuple):
        return [asdict(each) if is_dataclass(each) and not isinstance(each, type) else each for each in value]
    return value


def _now(asked: Adjustable) -> Words:
    return asked.shown(settled.get(settings.DISTRICT, asked.name))


def _reads(asked: Adjustable, form: Change) -> Words:
    """What families read of it, with the typed value when there is one."""
    if asked.read is None:
        return ""
    typed = form.is_bound and "value" in form.cleaned_data
    return asked.read(settled.put(settings.DISTRICT, asked.name, form.after) if typed else settings.DISTRICT)


def _history(name: str = "") -> list[Line]:
    """The newest changes first, of one setting or of all."""
    rows = Setting.objects.select_related("person").order_by("pk")
    last: dict[str, Any] = {}
    lines = []
    for row in rows.filter(name=name) if name else rows:
        known = BY_NAME.get(row.name)
        value = _filed(row.name) if row.value is None else row.value
        before, last[row.name] = last.get(row.name, _filed(row.name)), value
        lines.append(
            Line(
                row.at,
                row.person.name,
                known.label if known else row.name,
                words(row.name, before),
                words(row.name, value),
                row.reason,
            )
        )
    return lines[: -LINES - 1 : -1]


def _filed(name: str) -> Value:
    try:
        return settled.get(settings.DISTRICT_FILE, name)
    except AttributeError:
        return ""


def _admit(request: Request) -> None:
    """Settings are the whole district's; others find nothing here."""
    if not request.actor.opens(SETTINGS):
        raise gate.NotHere


def _note(request: Request, action: str, name: str = "") -> None:
    post = next(post for post in request.actor.posts if gate.opens(request.actor, post, SETTINGS))
    log.happened(
        request.person, post.role, SETTINGS.key, action, "runs_the_portal", place=post.place.name, org=post.place, words=name,
    )  # fmt: skip
