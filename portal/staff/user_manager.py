"""T9 User Manager: who has access at my places, adding someone, and the look twice a year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.access import brake, gate, posts, rules
from portal.access.models import Post
from portal.audit import log
from portal.people.door import asks
from portal.people.models import Person
from portal.staff.directory import SUSPENSIONS, USERS
from portal.staff.views import on_duty
from portal.students import names
from portal.students.models import Employee, EmployeeKey, Job, Org
from portal.web import formats
from portal.web.forms import ChoiceField, Form, TextField
from portal.web.request import Request

MOST = 20  # employees shown; more need a fuller name
PIN_MODULE = "pins"
TYPES: dict[str, str | Promise] = {
    "school": _("School"),
    "local": _("Region"),
    "district": _("District office"),
}


class Find(Form):
    """The first step: an employee by name."""

    first_name = TextField(label=_("First Name"), max_length=100, required=False)
    last_name = TextField(label=_("Last Name"), max_length=100, required=False)


class Add(Form):
    """The steps after it, in the order of the guide."""

    employee = forms.ChoiceField(
        label=_("User Name"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a person from the list."),
            "invalid_choice": _("Choose a person from the list."),
        },
    )
    user_type = ChoiceField(label=_("User type"))
    location = ChoiceField(label=_("Location/Local District"))
    module = ChoiceField(label=_("Module (System)"))

    def __init__(self, data: Any, found: Iterable["Found"], giver: list[Post], places: list[Org]) -> None:
        """found: employees to choose from. giver: posts that may give access; places: where they may."""
        super().__init__(data)
        self.giver = giver
        self.places = {place.ref: place for place in places}
        types = dict.fromkeys(place.type for place in places)
        modules: dict[str, str | Promise] = {PIN_MODULE: _("Parent Portal Access Request")}
        for post in giver:
            for roles in posts.GIVES.get(post.role, {}).values():
                modules |= {
                    role: Post.Role(role).label for role in roles if role not in posts.PIN_ROLES.values()
                }
        self._choose("employee", [(each.ref, each.employee.name) for each in found])
        self._choose("user_type", [(kind, TYPES[kind]) for kind in TYPES if kind in types])
        self._choose("location", [(place.ref, place.name) for place in places])
        self._choose("module", list(modules.items()))
        where = formats.listed(dict.fromkeys(formats.isolated(post.place.name) for post in giver))
        only = gettext("You can add people only at %(place)s.") % {"place": where}
        self.fields["location"].error_messages = {"required": only, "invalid_choice": only}
        self.only = only

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors:
            return said
        place = self.places[said["location"]]
        role = posts.PIN_ROLES[place.type] if said["module"] == PIN_MODULE else said["module"]
        post = next((each for each in self.giver if role in posts.may_give(each, place)), None)
        if place.type != said["user_type"]:
            self.add_error("location", gettext("Choose a place of the user type above."))
        elif post is None:
            self.add_error("module", gettext("You cannot give this module at this place."))
        return said | {"place": place, "role": role, "post": post}


@dataclass(frozen=True)
class Found:
    """An employee to choose, with what tells two of the same name apart."""

    employee: Employee
    jobs: str

    @property
    def ref(self) -> str:
        return str(self.employee.pk)


@dataclass(frozen=True)
class Row:
    """Someone with access at my places."""

    post: Post
    own: bool
    waiting: bool  # begins within 24 hours
    due: bool  # nobody has looked at it since the last check
    stopped: bool  # by the bulk brake
    last_sign_in: datetime | None

    @property
    def user_type(self) -> str | Promise:
        return TYPES.get(self.post.place.type, self.post.place.type)

    @property
    def module(self) -> str | Promise:
        return module(self.post)


def module(post: Post) -> str | Promise:
    """The module as the guide names it, or the role."""
    asked = post.role in posts.PIN_ROLES.values()
    return _("Parent Portal Access Request") if asked else Post.Role(post.role).label


@asks(USERS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: Request) -> HttpResponse:
    """Who has access at my places; POST keeps or removes one, or lets in again whom the bulk brake stopped."""
    mine = _mine(request)
    may_lift = request.actor.opens(SUSPENSIONS)
    if request.method == "POST" and "lift" in request.POST:
        return _lift(request, mine if may_lift else mine.none())
    if request.method == "POST":
        keep, away = request.POST.get("keep", ""), request.POST.get("remove", "")
        post = get_object_or_404(mine, pk=next(iter(_whole(keep or away)), 0))
        try:
            (posts.keep if keep else posts.remove)(post, request.person)
        except posts.Oneself:
            return redirect(request.path + "?own=1")
        _note(request, "access_kept" if keep else "access_removed", post)
        return redirect(request.path + ("?kept=1" if keep else "?removed=1"))
    due = set(posts.to_check(mine).values_list("pk", flat=True))
    found = list(
        mine.select_related("person", "place", "added_by").order_by(
            "place__name", "person__last_name", "person__first_name", "pk"
        )
    )
    stopped = brake.suspended(post.person_id for post in found)
    rows = [
        Row(
            post,
            own=post.person_id == request.person.pk,
            waiting=post.begins_at > now(),
            due=post.pk in due,
            stopped=post.person_id in stopped,
            last_sign_in=post.person.last_login,
        )
        for post in found
    ]
    context = {
        "rows": rows,
        "due": sum(row.due and not row.own for row in rows),
        "added": Person.objects.filter(ref=request.GET.get("added", ""), posts__in=mine).first(),
        "done": next((word for word in ("kept", "removed", "lifted", "own") if word in request.GET), ""),
        "may_lift": may_lift,
    }
    return render(request, "staff/user_manager.html", context)


def _lift(request: Request, mine: QuerySet[Post]) -> HttpResponse:
    """The district has looked; nobody lifts their own."""
    post = get_object_or_404(mine, pk=next(iter(_whole(request.POST["lift"])), 0))
    if post.person_id == request.person.pk:
        return redirect(request.path + "?own=1")
    brake.lift(post.person)
    _note(request, "suspension_lifted", post, rules.name(SUSPENSIONS.may_change[0]))
    return redirect(request.path + "?lifted=1")


@asks(USERS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """Add Users: find the employee, then type, place and module, in this order."""
    places = _places(request)
    find = Find(request.GET or None)
    typed = find.cleaned_data if find.is_bound and find.is_valid() else {}
    found, more = _find(places, f"{typed.get('first_name', '')} {typed.get('last_name', '')}")
    form = Add(request.POST if request.method == "POST" else None, found, _givers(request), places)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        employee = Employee.objects.get(pk=said["employee"])
        try:
            post = posts.give(said["post"], employee, said["role"], said["place"])
        except posts.Oneself:
            form.add_error("employee", gettext("You cannot give access to yourself."))
        except posts.HasAlready:
            form.add_error("employee", gettext("%(name)s already has this access.") % {"name": employee.name})
        except posts.NotYours:
            form.add_error("location", form.only)
        else:
            _note(request, "access_given", post)
            return redirect(reverse("staff_user_manager") + f"?added={post.person.ref}")
    context = {
        "find": find,
        "found": found,
        "more": more,
        "asked": find.is_bound,
        "form": form,
        "columns": [(each, form["employee"][n]) for n, each in enumerate(found)],
    }
    return render(request, "staff/user_manager_add.html", context, status=422 if form.errors else 200)


def waiting_checks(actor: gate.Actor) -> int:
    """How many people's access this person should look at."""
    if not any(post.role in posts.GIVES for post in actor.posts):
        return 0
    return posts.to_check(_posts_at(actor)).exclude(person=actor.person).count()


def _posts_at(actor: gate.Actor) -> QuerySet[Post]:
    return posts.kept().filter(place__in=gate.places_for(actor, USERS))


def _mine(request: Request) -> QuerySet[Post]:
    _givers(request)
    return _posts_at(request.actor)


def _givers(request: Request) -> list[Post]:
    givers = [post for post in request.actor.posts if post.role in posts.GIVES]
    if not givers:
        raise gate.NotHere
    return givers


def _places(request: Request) -> list[Org]:
    givers = _givers(request)
    reached = gate.places_for(request.actor, USERS).select_related("parent").order_by("type", "name")
    return [place for place in reached if any(posts.may_give(post, place) for post in givers)]


def _find(places: list[Org], typed: str) -> tuple[list[Found], bool]:
    """Employees with a job at these places whose name has every word typed at the start of a word."""
    words = names.typed(typed)[0]
    if sum(map(len, words)) < 2:
        return [], False
    at = [place.pk for place in places]
    working = Job.objects.filter(active=True, org__in=at, employee__active=True)
    people = Employee.objects.filter(pk__in=working.values("employee")).order_by(
        "family_name", "given_name", "pk"
    )
    keys = EmployeeKey.objects.filter(names.matching(typed)).values("employee")
    hits = list(people.filter(pk__in=keys)[: MOST + 1])
    jobs: dict[int, list[str]] = {}
    for job in working.filter(employee__in=hits[:MOST]).select_related("org").order_by("pk"):
        jobs.setdefault(job.employee_id, []).append(
            formats.listed([JOBS.get(job.role, job.role), formats.isolated(job.org.name)])
        )
    return [Found(each, " · ".join(jobs.get(each.pk, []))) for each in hits[:MOST]], len(hits) > MOST


JOBS: dict[str, str | Promise] = {
    "teacher": _("Teacher"),
    "principal": _("Principal"),
    "siteAdministrator": _("Office staff"),
    "districtAdministrator": _("District staff"),
    "systemAdministrator": _("District staff"),
    "counselor": _("Counselor"),
    "aide": _("Aide"),
    "proctor": _("Proctor"),
}


def _note(request: Request, action: str, post: Post, why: str = "") -> None:
    """Names whose access it was by their reference; the log shows the name. why: the rule; of a post, its role."""
    giver = _givers(request)[0]
    log.happened(
        request.person, giver.role, USERS.key, action, why or post.role,
        place=post.place.name, org=post.place, words=post.person.ref,
    )  # fmt: skip


def _whole(text: str) -> list[int]:
    return [int(text)] if text.isascii() and text.isdigit() and len(text) < 18 else []
