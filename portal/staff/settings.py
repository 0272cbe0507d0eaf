"""T19 Settings: what the district and each school change while the portal runs, each with what it does and its history.

A school has the district's value until it chooses its own. The same list, form and history serve both.
"""

from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import gate
from portal.access.models import Post
from portal.audit import log
from portal.people import settled
from portal.people.door import asks
from portal.people.models import Setting
from portal.record.contents import sections
from portal.record.faces import ordered
from portal.record.home import Tile, groups
from portal.staff import sign_on
from portal.staff.adjustable import (
    AT_SCHOOLS,
    BY_NAME,
    GROUPS,
    TILES,
    Adjustable,
    Group,
    Ordered,
    OrderField,
    Value,
    words,
)
from portal.staff.directory import SCHOOL_SETTERS, SCHOOL_SETTINGS, SETTINGS
from portal.staff.views import fresh, on_duty
from portal.students.models import Org, Term
from portal.web.forms import ChoicesField, Form, TextField, TickField, Words
from portal.web.request import Request

LINES = 50  # of the history on a page


@dataclass(frozen=True)
class Place:
    """Whose settings a page shows, and what the person may do there."""

    asked: gate.Directory
    post: Post  # that opens them
    may_change: bool
    school: Org | None = None  # none: the whole district

    @property
    def key(self) -> int | None:
        return self.school.pk if self.school else None

    @property
    def now(self) -> Any:
        """The settings in force here."""
        return settled.of(self.key)

    @property
    def above(self) -> Any:
        """Those that are in force where nothing is chosen here."""
        return settings.DISTRICT if self.school else settings.DISTRICT_FILE

    @property
    def groups(self) -> tuple[Group, ...]:
        return AT_SCHOOLS if self.school else GROUPS

    @property
    def page(self) -> str:
        return reverse("staff_school_settings", args=[self.school.ref]) if self.school else reverse("staff_settings")  # fmt: skip

    def value(self, name: str) -> Value:
        """What is in force here; of a list to which a school adds, what it added."""
        value = settled.get(self.now, name)
        if self.school and name in settled.ADDED:
            return tuple(each for each in value if each not in settled.get(settings.DISTRICT, name))
        return value

    def without(self, name: str) -> Value:
        """What value(name) is where nothing is chosen here."""
        return () if self.school and name in settled.ADDED else settled.get(self.above, name)

    def changed(self, name: str, value: Value) -> Any:
        """The settings as they would be with this value."""
        if self.school and name in settled.ADDED:
            value = (*settled.get(settings.DISTRICT, name), *value)
        return settled.put(self.now, name, value)

    def from_sis(self, asked: Adjustable) -> str:
        return asked.from_sis(self.school) if self.school else ""

    def address(self, name: str) -> str:
        """The page of one setting."""
        if self.school:
            return reverse("staff_school_setting", args=[self.school.ref, name])
        return reverse("staff_setting", args=[name])


class Change(Form):
    """One new value. What lets more through than before needs a reason and one more tick."""

    reason = TextField(
        label=_("Why"), required=False, help_text=_("It stands in the history and in the audit log. No names of families.")
    )  # fmt: skip
    sure = TickField(label=_("I know that this lets more through than before."), required=False)

    def __init__(self, data: Any, asked: Adjustable, place: Place, *, only_look: bool = False) -> None:
        before = place.value(asked.name)
        self.asked, self.place, self.before, self.only_look = asked, place, before, only_look
        super().__init__(data, initial={"value": _typed(asked, before)})
        box = self.fields["value"] = asked.field(label=asked.label, help_text=asked.does)
        if place.school and asked.name in settled.ADDED and isinstance(box, ChoicesField):
            off = settled.get(settings.DISTRICT, asked.name)
            box.choices = [(each.key, each.title) for each in sections() if each.key not in off]
        self.order_fields(["value", "reason", "sure"])
        self.widens = False

    @property
    def after(self) -> Value:
        """The value that was typed, as a settings file would hold it."""
        value = self.cleaned_data["value"]
        return tuple(value) if isinstance(value, list) else value

    @property
    def shown(self) -> Any:
        """The settings as they would be with the value that was typed; as they are where none can be read."""
        if not self.is_bound or "value" not in self.cleaned_data:
            return self.place.now
        return self.place.changed(self.asked.name, self.after)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "value" in self.errors:
            return said
        if self.only_look:
            return said
        if self.after == self.before:
            self.add_error("value", say("This is the value already."))
            return said
        if fault := self.asked.fault(self.place.changed(self.asked.name, self.after)):
            self.add_error("value", str(fault))
            return said
        self.widens = self.asked.widens(self.before, self.after)
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
    """Every setting of the district with its value, and who changed it last."""
    return _listed(request, _district(request))


@asks(SETTINGS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: Request, key: str) -> HttpResponse:
    """One setting of the district: what it does, a new value, or the word back to the settings file."""
    return _setting(request, _district(request), key)


@asks(SCHOOL_SETTINGS)
@on_duty
@require_safe
def schools(request: Request) -> HttpResponse:
    """The schools whose settings one may look at; with one school, its settings."""
    found = list(gate.schools_for(request.actor, SCHOOL_SETTINGS).order_by("name", "pk"))
    if not found:
        raise gate.NotHere
    if len(found) == 1:
        return redirect("staff_school_settings", found[0].ref)
    own: dict[int | None, int] = {}
    for school, _name, value in Setting.objects.exclude(school=None).order_by("school", "name", "-pk").distinct("school", "name").values_list("school", "name", "value"):  # fmt: skip
        own[school] = own.get(school, 0) + (value is not None)
    return render(request, "staff/settings_schools.html", {"schools": [(school, own.get(school.pk, 0)) for school in found]})  # fmt: skip


@asks(SCHOOL_SETTINGS)
@on_duty
@require_safe
def school_listed(request: Request, school: str) -> HttpResponse:
    """Every setting of one school with its value: the school's own, or the district's."""
    return _listed(request, _school(request, school))


@asks(SCHOOL_SETTINGS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def school_setting(request: Request, school: str, key: str) -> HttpResponse:
    """One setting of a school: what it does, a new value, or the word back to the district."""
    return _setting(request, _school(request, school), key)


def _listed(request: Request, place: Place) -> HttpResponse:
    _note(request, place, "see")
    changes = Setting.objects.filter(school=place.key).order_by("pk").select_related("person")
    newest = {each.name: each for each in changes}
    rows = [
        (group.title, [(each, place.address(each.name), _now(each, place), newest.get(each.name)) for each in group.settings])
        for group in place.groups
    ]  # fmt: skip
    done = BY_NAME.get(request.GET.get("changed", ""))
    context = {"place": place, "groups": rows, "history": _history(place), "changed": done}
    if place.school:
        context["terms"] = _terms(place.school)
    return render(request, "staff/settings.html", context)


def _setting(request: Request, place: Place, key: str) -> HttpResponse:
    asked = {each.name: each for group in place.groups for each in group.settings}.get(key)
    if asked is None:
        raise gate.NotHere
    sent = place.from_sis(asked)
    may_change = place.may_change and not sent
    if request.method == "POST" and not may_change:
        raise gate.NotHere
    if request.method != "POST" and may_change and not fresh(request):
        return redirect(sign_on.address(request.path, fresh=True))
    act = request.POST.get("act", "save")
    looks = act not in ("save", "above")
    form = Change(_posted(request, asked, place, act), asked, place, only_look=looks)
    if isinstance(form.fields["value"].widget, Ordered):
        form.fields["value"].widget.moved = act
    if request.method == "POST" and form.is_valid() and not looks:
        if fresh(request):
            value = None if act == "above" else _plain(form.after)
            settled.change(request.person, key, value, form.cleaned_data["reason"], place.key)
            _note(request, place, "setting_changed", key)
            return redirect(f"{place.page}?changed={key}")
        form.add_error(None, _("Your sign-in is more than 5 minutes old. Sign in again in a new tab, then press the button once more."))  # fmt: skip
    context = {
        "place": place,
        "asked": asked,
        "form": form,
        "may_change": may_change,
        "sent": bool(sent),
        "now": _now(asked, place),
        "above": asked.shown(settled.get(place.above, key)),
        "own": place.without(key) != place.value(key),
        "widens": form.is_bound and form.widens,
        "after": asked.shown(form.after) if form.is_bound and "value" in form.cleaned_data else "",
        "reads": asked.read(form.shown) if asked.read else "",
        "shown": form.shown,
        "school": place.school,
        "tiles": _tiles(form.shown) if asked.preview == TILES else (),
        "history": _history(place, key),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/setting.html", context, status=status)


def _typed(asked: Adjustable, value: Value) -> Any:
    """A value as its field takes it first."""
    if asked.typed:
        return asked.typed(value)
    return [str(each) for each in value] if isinstance(value, tuple) else value


def _posted(request: Request, asked: Adjustable, place: Place, act: str) -> Any:
    """What was posted; with "above" the value that counts without a choice here as the one that is asked for."""
    if request.method != "POST":
        return None
    said = request.POST.copy()
    if act.partition(":")[0] in ("up", "down"):
        said.setlist("value", OrderField.moved(said.getlist("value"), act))
    if act != "above":
        return said
    value = _typed(asked, place.without(asked.name))
    if isinstance(value, list):
        said.setlist("value", value)
    else:
        said["value"] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return said


def _tiles(shown: Any) -> list[tuple[Words, list[Tile]]]:
    """The menu of sections of a student's page with these settings."""
    open_here = [section for section in sections() if section.key not in shown.sections_off]
    return groups(ordered(open_here, shown.tile_order), {})


def _plain(value: Value) -> Any:
    """As JSON keeps it."""
    if isinstance(value, tuple):
        return [asdict(each) if is_dataclass(each) and not isinstance(each, type) else each for each in value]
    return value


def _now(asked: Adjustable, place: Place) -> Words:
    return asked.shown(place.from_sis(asked) or settled.get(place.now, asked.name))


def _terms(school: Org) -> QuerySet[Term]:
    """The terms of this school's classes that are not over, the first to begin first; they come with the roster."""
    own = Term.objects.filter(
        classes__school=school, classes__active=True, active=True, ends__gte=localdate()
    )
    return own.distinct().order_by("begins", "ends", "title")


def _history(place: Place, name: str = "") -> list[Line]:
    """The newest changes of this place first, of one setting or of all."""
    rows = Setting.objects.filter(school=place.key).select_related("person").order_by("pk")
    last: dict[str, Any] = {}
    lines = []
    for row in rows.filter(name=name) if name else rows:
        known = BY_NAME.get(row.name)
        without: Words = say("The district value") if place.school else words(row.name, _filed(row.name))
        said = without if row.value is None else words(row.name, row.value)
        before, last[row.name] = last.get(row.name, without), said
        lines.append(
            Line(row.at, row.person.name, known.label if known else row.name, before, said, row.reason)
        )
    return lines[: -LINES - 1 : -1]


def _filed(name: str) -> Value:
    try:
        return settled.get(settings.DISTRICT_FILE, name)
    except AttributeError:
        return ""


def _district(request: Request) -> Place:
    """The whole district, for those who run the portal; others find nothing here."""
    post = _post(request, SETTINGS)
    if post is None:
        raise gate.NotHere
    return Place(SETTINGS, post, True)


def _school(request: Request, ref: str) -> Place:
    """A school in reach. Staff of the school read; who answers for it changes. Others find nothing here."""
    school = gate.schools_for(request.actor, SCHOOL_SETTINGS).select_related("parent").filter(ref=ref).first()
    if school is None:
        raise gate.NotHere
    setter = _post(request, SCHOOL_SETTERS, school)
    post = setter or _post(request, SCHOOL_SETTINGS, school)
    assert post is not None
    return Place(SCHOOL_SETTINGS, post, setter is not None, school)


def _post(request: Request, asked: gate.Directory, school: Org | None = None) -> Post | None:
    """The first of the person's posts that opens this, at a school only if it covers the school."""
    posts = gate.posts_over(request.actor, school) if school else request.actor.posts
    return next((post for post in posts if gate.opens(request.actor, post, asked)), None)


def _note(request: Request, place: Place, action: str, name: str = "") -> None:
    why = "runs_the_portal" if place.school is None else "answers_for_the_school" if place.may_change else "staff_at_the_school"  # fmt: skip
    where = place.school or place.post.place
    log.happened(
        request.person, place.post.role, place.asked.key, action, why, place=where.name, org=where, words=name,
    )  # fmt: skip
