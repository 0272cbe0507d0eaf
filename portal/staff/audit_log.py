"""T17: the record of access as the auditor, a principal and the district read it; looking is itself written down."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portal.access import gate, rules
from portal.access.models import Post
from portal.audit import log
from portal.audit.models import Access, Purpose
from portal.family.hidden import confidential_of
from portal.family.models import Guardianship
from portal.people import limits
from portal.people.door import asks
from portal.people.models import Person
from portal.privacy.words import BECAUSE as FAMILY_BECAUSE
from portal.staff import words
from portal.staff.directory import USERS
from portal.staff.models import Printing
from portal.staff.views import on_duty
from portal.staff.words import REFUSED
from portal.web import formats, sheets
from portal.web.forms import ChoiceField, Form, TextField
from portal.web.request import Request

AUDIT = gate.Directory("audit", may_see=(rules.reads_the_record_of_access,))
PAGE = 25  # rows
MOST_ROWS = 5_000  # of an export
MOST_PEOPLE = 50  # whom a name may mean


class Filters(Form):
    """Read from the address, so that a link repeats the page."""

    who = TextField(label=_("Who (name or email)"), required=False)
    role = ChoiceField(label=_("Role"), required=False)
    place = ChoiceField(label=_("School"), required=False)
    student = TextField(label=_("Student ID"), max_length=40, required=False)
    section = ChoiceField(label=_("Section"), required=False)
    action = ChoiceField(label=_("What"), required=False)
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        error_messages={"invalid": _("Choose a real date.")},
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        error_messages={"invalid": _("Choose a real date.")},
    )

    def __init__(self, data: Any, schools: Sequence[tuple[str, str]]) -> None:
        """schools: (ref, name) of those the reader may choose."""
        super().__init__(data)
        roles = [("guardian", _("Parent or guardian")), (log.MACHINE, _("A service")), *Post.Role.choices]
        parts, acts = words.parts().items(), words.acts().items()
        for name, choices in (("role", roles), ("place", schools), ("section", parts), ("action", acts)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("All")), *dict(choices).items()]
        self.fields["student"].widget.attrs["dir"] = "ltr"


class Export(Form):
    reason = TextField(
        label=_("Why do you need the file?"),
        help_text=_("Your reason is written into the log."),
        error_messages={"required": _("Say why you need the file.")},
    )


RULES = {
    rules.name(rule): "" for rule in vars(rules).values() if getattr(rule, "__module__", "") == rules.__name__
}
BECAUSE: dict[str, str | Promise] = (
    RULES
    | FAMILY_BECAUSE
    | {
        "guardian": _("Their own child"),
        "guardian_with_full_rights": _("Their own child"),
        "not_theirs": _("Not one of their students"),
        "agrees_about_guardianship": _("Keeps guardianship"),
        "runs_the_portal": _("Runs the portal"),
    }
    | dict(Printing.Reason.choices)
)


@dataclass(frozen=True)
class Row:
    """One line of the log in the words of the school's side."""

    at: datetime
    who: str
    role: str
    place: str
    did: str
    section: str
    student: str  # empty when it concerns no one student
    student_id: str
    about: str  # whose access it was, of an act in User Manager
    why: str
    request_id: str
    turned_away: bool
    limited: bool  # turned away from a limited record


@asks(AUDIT)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: Request) -> HttpResponse:
    """One page of the log, newest first; POST downloads what the filters choose."""
    if not request.actor.opens(AUDIT):
        raise PermissionDenied
    schools = list(gate.schools_for(request.actor, AUDIT).order_by("name").values_list("ref", "name"))
    filters = Filters(request.GET, schools)
    found = _found(request, filters)
    export = Export(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and filters.is_valid() and export.is_valid():
        rows = list(found.order_by("-at", "-pk")[: MOST_ROWS + 1])
        if len(rows) <= MOST_ROWS and len({row.student_id for row in rows}) <= limits.EXPORT_ALONE:
            _note(request, "exported", export.cleaned_data["reason"])
            return _file(_rows(rows))
        export.add_error(
            None, _("That is too much for one file. Choose fewer days, one school or one student.")
        )
    if export.errors or filters.errors:
        status = 422
    rows = list(_before(found, request.GET.get("before", "")).order_by("-at", "-pk")[: PAGE + 1])
    if request.method != "POST":
        _note(request, "see")
    context = {
        "filters": filters,
        "form": export,
        "rows": _rows(rows[:PAGE]),
        "chips": _chips(request, filters),
        "older": _address(request, f"{rows[PAGE - 1].at.isoformat()}_{rows[PAGE - 1].pk}")
        if len(rows) > PAGE
        else "",
        "newest": _address(request) if "before" in request.GET else "",
    }
    return render(request, "staff/audit_log.html", context, status=status)


def _found(request: Request, filters: Filters) -> QuerySet[Access]:
    """What this reader may see of the log, narrowed by the filters; nothing while a filter is not understood."""
    rows = Access.objects.select_related("person", "student")
    rows = rows.filter(_mine(request.actor))
    if not filters.is_valid():
        return rows.none()
    said = filters.cleaned_data
    for column in ("role", "section", "action"):
        if said[column]:
            rows = rows.filter(**{column: said[column]})
    if said["place"]:
        school = gate.schools_for(request.actor, AUDIT).filter(ref=said["place"])
        rows = rows.filter(org__in=list(school.values_list("pk", flat=True)))
    if said["student"]:
        named = Q(student_id__iexact=said["student"]) | Q(aliases__alias__iexact=said["student"])
        student = gate.students_for(request.actor, AUDIT).filter(named)
        rows = rows.filter(student__in=list(student.values_list("pk", flat=True).distinct()))
    if said["who"]:
        rows = rows.filter(Q(person__in=_people(said["who"])) | Q(machine__iexact=said["who"]))
    if said["since"]:
        rows = rows.filter(at__gte=make_aware(datetime.combine(said["since"], time.min)))
    if said["until"]:
        rows = rows.filter(at__lt=make_aware(datetime.combine(said["until"] + timedelta(days=1), time.min)))
    return rows


def _mine(actor: gate.Actor) -> Q:
    """Everything for a post at the district; otherwise what happened at the schools and places of my posts."""
    posts = [post for post in actor.posts if gate.opens(actor, post, AUDIT)]
    if any(post.place.type == gate.DISTRICT for post in posts):
        return Q()
    schools = gate.schools_for(actor, AUDIT).values_list("pk", flat=True)
    return Q(org__in=[*schools, *(post.place_id for post in posts)])


def _people(said: str) -> list[int]:
    """Whom a name or an email may mean."""
    named = Q()
    for word in said.split():
        named &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    found = Person.objects.filter(named | Q(email_key=said.casefold()))
    return list(found.values_list("pk", flat=True)[:MOST_PEOPLE])


def _before(rows: QuerySet[Access], mark: str) -> QuerySet[Access]:
    """Rows older than the last one of the page before; the cost is that of one page, however deep."""
    at, _sep, pk = mark.rpartition("_")
    try:
        moment = datetime.fromisoformat(at)
        number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0
    except ValueError:
        return rows
    if moment.tzinfo is None:
        return rows
    return rows.filter(Q(at__lte=moment) & (Q(at__lt=moment) | Q(pk__lt=number)))


def _rows(found: Sequence[Access]) -> list[Row]:
    limited = _limited({row.student_id for row in found if row.action == REFUSED and row.student_id})
    refs = {row.purpose_words for row in found if row.section == USERS.key and row.purpose_words}
    people = {each.ref: each.name for each in Person.objects.filter(ref__in=refs)} if refs else {}
    return [_row(row, row.student_id in limited, people.get(row.purpose_words, "")) for row in found]


def _row(row: Access, limited: bool, about: str) -> Row:
    purpose = row.purpose_words if row.purpose == Purpose.OTHER else row.get_purpose_display()
    if about:  # which access it was
        purpose = str(dict(Post.Role.choices).get(row.why, ""))
    roles = {"guardian": _("Parent or guardian"), log.MACHINE: _("A service"), **dict(Post.Role.choices)}
    return Row(
        at=row.at,
        who=row.person.name if row.person else row.machine,
        role=str(roles.get(row.role, row.role)),
        place=row.place,
        did=words.did(row.action),
        section=words.what(row.section),
        student=row.student.name if row.student else "",
        student_id=row.student.student_id if row.student else "",
        about=about,
        why=str(purpose or _because(row.why)),
        request_id=row.request_id,
        turned_away=row.action == REFUSED,
        limited=limited and row.action == REFUSED,
    )


def _because(why: str) -> str | Promise:
    """The words for a stored reason; a search stores what it found."""
    found = re.fullmatch(r"(\d+) found", why)
    if found:
        n = int(found[1])
        words_ = ngettext("%(count)s student found", "%(count)s students found", n)
        return words_ % {"count": formats.number(n)}
    return BECAUSE.get(why, why)


def _limited(students: set[int]) -> set[int]:
    """Those of the students around whom the school keeps something confidential or restricted."""
    if not students:
        return set()
    restricted = Guardianship.objects.filter(student__in=students, active=True).exclude(
        access_restriction=Guardianship.Restriction.NONE
    )
    return confidential_of(students) | set(restricted.values_list("student_id", flat=True))


def _chips(request: Request, filters: Filters) -> list[tuple[str, str]]:
    """Each active filter in words, with the address without it."""
    found = []
    for bound in filters.visible_fields():
        value = request.GET.get(bound.name, "")
        if value:
            choices = dict(getattr(bound.field, "choices", ()))
            found.append(
                (f"{bound.label}: {choices.get(value, value)}", _address(request, without=bound.name))
            )
    return found


def _address(request: HttpRequest, before: str = "", without: str = "") -> str:
    kept = {
        name: request.GET[name] for name in Filters.base_fields if request.GET.get(name) and name != without
    }
    return "?" + urlencode(kept | ({"before": before} if before else {}))


def _note(request: Request, action: str, reason: str = "") -> None:
    post = next(post for post in request.actor.posts if gate.opens(request.actor, post, AUDIT))
    log.happened(
        request.person, post.role, AUDIT.key, action, rules.name(AUDIT.may_see[0]),
        place=post.place.name, org=post.place, words=reason,
    )  # fmt: skip


def _file(rows: Sequence[Row]) -> HttpResponse:
    header = (
        "When",
        "Who",
        "Role",
        "Place",
        "What",
        "Section",
        "Student",
        "Student ID",
        "Why",
        "Request",
        "Whose access",
    )
    return sheets.answer("audit-log.csv", header, map(_cells, rows))


def _cells(row: Row) -> list[str]:
    at = localtime(row.at).isoformat(sep=" ", timespec="seconds")
    return [
        at,
        row.who,
        row.role,
        row.place,
        row.did,
        row.section,
        row.student,
        row.student_id,
        row.why,
        row.request_id,
        row.about,
    ]
