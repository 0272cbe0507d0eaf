"""T7 New Emergency Contact Report: what parents changed, for the offices that keep the cards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.people import limits
from portal.people.door import asks
from portal.sections.emergency_contacts import cards
from portal.sections.emergency_contacts.models import NumberChange
from portal.staff.directory import EMERGENCY, EMERGENCY_HEALTH
from portal.staff.views import on_duty
from portal.students.models import GRADES, Org, Student
from portal.web import formats, sheets
from portal.web.request import Request

PAGE = 25
WORDS = {
    "call": _("Call"), "text": _("Text message"), "email": _("Email"), "home": pgettext_lazy("phone", "Home"), "work": _("Work"),
    "cell": _("Cell"), "yes": _("Yes"), "no": _("No"),
}  # fmt: skip
STATES = {"new": _("New"), "reviewed": _("Reviewed"), "all": pgettext_lazy("changes", "All")}


@dataclass(frozen=True)
class Asked:
    """The filters, as far as they make sense."""

    state: str = "new"  # new, reviewed or all
    school: str = ""  # its reference
    grade: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def query(self) -> str:
        """The same filters as an address."""
        made = QueryDict(mutable=True)
        values = {
            "state": self.state,
            "school": self.school,
            "grade": self.grade,
            "from": self.since,
            "to": self.until,
        }
        made.update({name: str(value) for name, value in values.items() if value})
        return made.urlencode()


@asks(EMERGENCY)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request) -> HttpResponse:
    """The changes; POST marks those ticked as reviewed, or as new again."""
    asked = _asked(request)
    found = _found(request.actor, asked)
    if request.method == "POST":
        act = request.POST.get("act", "")
        chosen = [
            int(pk) for pk in request.POST.getlist("change") if pk.isascii() and pk.isdigit() and len(pk) < 18
        ]
        marked = _mark(request, chosen, reviewed=act != "new")
        back = QueryDict(asked.query, mutable=True)
        back["marked"] = ",".join(str(pk) for pk in marked) if act != "new" else ""
        back["n"] = str(len(marked))
        back["as"] = "new" if act == "new" else "reviewed"
        return redirect(reverse("staff_emergency_report") + "?" + back.urlencode())
    page = max(1, _whole(request.GET.get("page", "1")))
    count = found.count()
    shown = list(found[(page - 1) * PAGE : page * PAGE])
    _note(request.actor, shown, "listed")
    context = {
        "asked": asked,
        "rows": shown,
        "count": count,
        "page": page,
        "pages": max(1, -(-count // PAGE)),
        "address": f"?{asked.query}&page=",
        "since": _last_review(request.actor),
        "schools": _schools(request.actor),
        "grades": [(code, Student(grade=code).grade_words) for code in GRADES],
        "states": STATES,
        "words": WORDS,
        "marked": [pk for pk in request.GET.get("marked", "").split(",") if pk.isdigit()],
        "n": _whole(request.GET.get("n", "")),
        "marked_as": request.GET.get("as", ""),
    }
    return render(request, "staff/new_contacts.html", context)


@asks(EMERGENCY)
@on_duty
@require_safe
def paper(request: Request) -> HttpResponse:
    """The same changes to print: one line for each, or the emergency card of each student."""
    asked = _asked(request)
    rows = list(_found(request.actor, asked))
    if _too_many(rows):
        return _refused(request)
    as_cards = request.GET.get("as") == "cards"
    grants = _note(request.actor, rows, "cards_printed" if as_cards else "report_printed")
    context: dict[str, Any] = {
        "rows": rows,
        "words": WORDS,
        "as_cards": as_cards,
        "schools": _schools(request.actor),
    }
    if as_cards:
        health = gate.admit_all(request.actor, [grant.student for grant in grants], EMERGENCY_HEALTH)
        context["cards"] = cards.cards(grants, alerts_for=list(health.values()))
    return render(request, "staff/new_contacts_print.html", context)


@asks(EMERGENCY)
@on_duty
@require_safe
def sheet(request: Request) -> HttpResponse:
    """The same changes as CSV, phones as text."""
    rows = list(_found(request.actor, _asked(request)))
    if _too_many(rows):
        return _refused(request)
    _note(request.actor, rows, "report_downloaded")
    header = [
        say("Changed at"), say("Student ID"), say("Student"), say("Grade"), say("School"), say("Changed by"),
        say("Relationship"), say("What"), say("Old"), say("New"), say("Text messages"), say("State"), say("Reviewed"),
    ]  # fmt: skip
    return sheets.answer(f"new-emergency-contacts-{localdate()}.csv", header, _lines(rows))


def waiting(actor: gate.Actor) -> int:
    """How many changes nobody has reviewed at the schools whose cards this person keeps."""
    if not actor.opens(EMERGENCY):
        return 0
    return _reached(actor).filter(reviewed_at=None).count()


def value(field: str, text: str) -> str:
    """A value as a person reads it."""
    if field in ("home", "work", "cell"):
        return formats.phone(text)
    return str(WORDS.get(text, text))


def _lines(rows: list[Any]) -> Iterator[list[object]]:
    for row in rows:
        yield [
            formats.moment(row.at), row.student.student_id, row.student.name, row.student.grade_words,
            row.student.school.name if row.student.school else "", row.person.name,
            row.guardianship.get_relationship_display(), row.get_field_display(), value(row.field, row.old),
            value(row.field, row.new), str(WORDS.get(row.texts or "", "")), row.sent.get_state_display(),
            formats.moment(row.reviewed_at) if row.reviewed_at else "",
        ]  # fmt: skip


def _reached(actor: gate.Actor) -> QuerySet[Any]:
    """The changes of students in reach of those posts that keep the cards."""
    return NumberChange.rows.reached(gate.reach(actor, EMERGENCY))


def _found(actor: gate.Actor, asked: Asked) -> QuerySet[Any]:
    """The changes of students in reach, newest first. `texts`: whether the adult agreed to text messages, as of now."""
    agreed = _reached(actor).filter(
        guardianship=OuterRef("guardianship"), field=NumberChange.Field.TEXT_OPT_IN
    )
    rows = _reached(actor).annotate(texts=Subquery(agreed.order_by("-pk").values("new")[:1]))
    if asked.state == "new":
        rows = rows.filter(reviewed_at=None)
    elif asked.state == "reviewed":
        rows = rows.exclude(reviewed_at=None)
    if asked.school:
        rows = rows.filter(student__school__ref=asked.school)
    if asked.grade:
        rows = rows.filter(student__grade=asked.grade)
    if asked.since:
        rows = rows.filter(at__date__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__date__lte=asked.until)
    return rows.select_related("student__school", "person", "guardianship", "sent", "reviewed_by").order_by(
        "-pk"
    )


def _mark(request: Request, chosen: list[int], *, reviewed: bool) -> list[int]:
    """Marks changes of students in reach; tells which. Marking twice keeps the first mark."""
    rows = list(
        _reached(request.actor).filter(pk__in=chosen, reviewed_at__isnull=reviewed).select_related("student")
    )
    marks = (
        {"reviewed_at": now(), "reviewed_by": request.person}
        if reviewed
        else {"reviewed_at": None, "reviewed_by": None}
    )
    _reached(request.actor).filter(pk__in=[row.pk for row in rows]).update(**marks)
    _note(request.actor, rows, "reviewed" if reviewed else "marked_new")
    return [row.pk for row in rows]


def _note(actor: gate.Actor, rows: list[NumberChange], action: str) -> list[Grant]:
    """One line in the record of access for each student; their grants, each once, in the order of the rows."""
    grants = gate.admit_all(actor, [row.student for row in rows], EMERGENCY)
    order = list(dict.fromkeys(row.student_id for row in rows))
    noted = [grants[pk] for pk in order if pk in grants]
    log.note_each(noted, action)
    return noted


def _last_review(actor: gate.Actor) -> datetime | None:
    reviewed = _reached(actor).exclude(reviewed_at=None)
    return reviewed.order_by("-reviewed_at").values_list("reviewed_at", flat=True).first()


def _asked(request: Request) -> Asked:
    said = request.GET
    return Asked(
        state=said.get("state", "new") if said.get("state") in STATES else "new",
        school=said.get("school", "")[:10],
        grade=said.get("grade", "") if said.get("grade") in GRADES else "",
        since=_day(said.get("from", "")),
        until=_day(said.get("to", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _schools(actor: gate.Actor) -> list[Org]:
    return list(gate.schools_for(actor, EMERGENCY).order_by("name"))


def _too_many(rows: list[NumberChange]) -> bool:
    return len({row.student_id for row in rows}) > limits.EXPORT_ALONE


def _refused(request: Request) -> HttpResponse:
    return render(request, "staff/new_contacts_too_many.html", {"most": limits.EXPORT_ALONE}, status=422)
