"""T3b My list: ticked students, and the printing of PIN letters for their families (T6)."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.access import gate
from portal.audit import log
from portal.people.door import asks
from portal.record import forms_sent
from portal.staff import printing, sign_on
from portal.staff.directory import CARD, LETTERS
from portal.staff.models import Listed, Printing
from portal.staff.sign_on import own_path
from portal.staff.views import fresh, on_duty
from portal.students.models import Student
from portal.web.forms import ChoiceField, Form
from portal.web.request import Request

MOST = 5000  # students on one list
SHOWN = 200


class Why(Form):
    """Why letters are printed."""

    reason = ChoiceField(
        label=_("Why do you print these letters?"),
        choices=[("", _("Choose")), *Printing.Reason.choices],
        error_messages={"required": _("Choose why you print these letters.")},
    )


def add(actor: gate.Actor, refs: list[str]) -> int:
    """Puts the students of these references who are in reach on the person's list; tells how many were new."""
    students = gate.students_for(actor, CARD).filter(ref__in=refs)
    before = Listed.objects.filter(person=actor.person).count()
    room = max(0, MOST - before)
    Listed.objects.bulk_create(
        [Listed(person=actor.person, student=student) for student in students[:room]], ignore_conflicts=True
    )
    return Listed.objects.filter(person=actor.person).count() - before


@asks(CARD)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: Request) -> HttpResponse:
    """The ticked students; POST takes some off, empties the list, or prints letters."""
    mine = on_list(request.actor)
    form = Why(None)
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "empty":
            Listed.objects.filter(person=request.person).delete()
            return redirect(request.path)
        if act == "letters":
            return _print(request, mine)
        Listed.objects.filter(person=request.person, student__ref=request.POST.get("remove", "")).delete()
        return redirect(request.path)
    return _page(request, mine, form)


@asks(CARD)
@on_duty
@require_POST
def ticked(request: Request) -> HttpResponse:
    """From the search: the ticked students go on the list, and the search stays as it was."""
    new = add(request.actor, request.POST.getlist("student")[:MOST])
    at = own_path(request.POST.get("next", "")) or reverse("staff_search")
    return redirect(f"{at}{'&' if '?' in at else '?'}added={new}")


@asks(LETTERS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: Request, ref: str) -> HttpResponse:
    """How far a printing is; POST by a second person agrees to a large one."""
    asked = get_object_or_404(_visible(request), ref=ref)
    if request.method == "POST":
        if asked.person_id == request.person.pk or not printing.agree(asked, request.actor):
            raise gate.NotHere
        return redirect("staff_letters", ref)
    made = asked.letters.aggregate(
        total=Count("pk", filter=Q(skipped="")),
        printed=Count("pk", filter=Q(skipped="") & ~Q(printed_at=None)),
    )
    skipped = asked.letters.exclude(skipped="").values("skipped").annotate(n=Count("pk")).order_by("skipped")
    words = dict(printing.Letter.Skipped.choices)
    context = {
        "printing": asked,
        "total": made["total"],
        "printed": made["printed"],
        "skipped": [(words[row["skipped"]], row["n"]) for row in skipped],
        "own": asked.person_id == request.person.pk,
        "State": Printing.State,
    }
    return render(request, "staff/letters.html", context)


@asks(LETTERS)
@on_duty
@require_POST
def pdf(request: Request, ref: str) -> HttpResponse:
    """The sheets, once, for the person who asked, within a day and a fresh sign-on."""
    asked = get_object_or_404(_visible(request), ref=ref, person=request.person, state=Printing.State.READY)
    if not fresh(request):
        return redirect(sign_on.address(reverse("staff_letters", args=[ref]), fresh=True))
    sheets = printing.take(asked)
    if sheets is None:
        return redirect("staff_letters", ref)
    answer = HttpResponse(sheets, content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="letters.pdf"'
    return answer


def on_list(actor: gate.Actor) -> QuerySet[Student]:
    """The students on the person's list who are still in reach."""
    chosen = Listed.objects.filter(person=actor.person).values("student")
    return gate.students_for(actor, CARD).filter(pk__in=chosen).order_by("family_name", "given_name", "pk")


def _visible(request: Request) -> QuerySet[Printing]:
    """My own printings, and those that wait for a second person whose places cover every student."""
    waiting = Q(state=Printing.State.SECOND) & Q(pk__in=printing.waiting(request.actor))
    return Printing.objects.filter(Q(person=request.person) | waiting | Q(agreed_by=request.person))


def _print(request: Request, mine: QuerySet[Student]) -> HttpResponse:
    form = Why(request.POST)
    if not form.is_valid():
        return _page(request, mine, form, 422)
    if not fresh(request):
        return redirect(sign_on.address(request.path, fresh=True))
    once = forms_sent.first_time(request.person, request.POST.get("once", ""), reverse("staff_list"))
    if once.repeated:
        last = Printing.objects.filter(person=request.person).order_by("-pk").first()
        return redirect("staff_letters", last.ref) if last else redirect(once.answer)
    asked = printing.ask(request.actor, list(mine), form.cleaned_data["reason"])
    if asked is None:
        form.add_error(
            None,
            gettext(
                "Nobody on your list can get a letter: no verified parent has a mailing address on file."
            ),
        )
        return _page(request, mine, form, 422)
    post = request.actor.posts[0]
    log.happened(request.person, post.role, LETTERS.key, "letters_asked", asked.reason, place=post.place.name)
    return redirect("staff_letters", asked.ref)


def _page(request: Request, mine: QuerySet[Student], form: Why, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "students": mine.select_related("school")[:SHOWN],
        "count": mine.count(),
        "form": form,
        "once": forms_sent.new_key(),
        "prints": gate.students_for(request.actor, LETTERS).filter(pk__in=mine.values("pk")).exists(),
        "printings": _visible(request).order_by("-pk")[:10],
    }
    return render(request, "staff/my_list.html", context, status=status)
