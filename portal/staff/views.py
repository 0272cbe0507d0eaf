"""Pages of the school's side: sign-in, home, search, one student, the PIN desk, the letter, the hidden screen."""

from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access import brake, gate
from portal.access.models import Post
from portal.audit import log
from portal.family import pins
from portal.family.models import Link, SchoolNotice
from portal.people.door import View, anyone, asks, staff_only
from portal.people.models import Person
from portal.record.models import Arrival
from portal.staff import card, desk, letter, printing, search, sign_on
from portal.staff.directory import CARD, DESK, PINS, RECORD
from portal.staff.models import Listed, Printing
from portal.staff.registrar import reading
from portal.staff.sign_on import own_path
from portal.students.models import Org
from portal.web.request import Request

DIGITS = (
    gettext_lazy("zero"),
    gettext_lazy("one"),
    gettext_lazy("two"),
    gettext_lazy("three"),
    gettext_lazy("four"),
    gettext_lazy("five"),
    gettext_lazy("six"),
    gettext_lazy("seven"),
    gettext_lazy("eight"),
    gettext_lazy("nine"),
)  # read aloud


def on_duty(view: View) -> View:
    """For staff with a post that runs now; others read on the first page why not."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.actor.posts:
            return redirect("staff")
        counter = any(post.gives_pins for post in request.actor.posts)
        request.hide_after = int(settings.COUNTER_IDLE.total_seconds()) if counter else 0
        return view(request, *args, **kwargs)

    return staff_only(guarded)


@anyone
@require_safe
def sign_in(request: Request) -> HttpResponse:
    """The one button to the district's sign-on, or why it does not lead on."""
    person = request.person
    after = own_path(request.GET.get("next", ""))
    if person is not None and person.kind == Person.Kind.STAFF:
        if request.actor.posts:
            return redirect(after or "staff_home")
        waiting = Post.objects.filter(person=person, begins_at__gt=now()).order_by("begins_at").first()
        return render(
            request, "staff/sign_in.html", {"state": "waiting" if waiting else "none", "post": waiting}
        )
    state = "none" if "unknown" in request.GET else ""
    return render(request, "staff/sign_in.html", {"state": state, "sign_on": sign_on.address(after)})


@anyone
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """Ends the staff session in this browser."""
    return _way_out(request, reverse("staff"))


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def hidden(request: Request) -> HttpResponse:
    """A page without data; hiding ends the session, so that Back shows nothing. Signing on again leads on."""
    if request.method == "POST":
        after = own_path(request.POST.get("next", ""))
        return _way_out(
            request, reverse("staff_hidden") + ("?" + urlencode({"next": after}) if after else "")
        )
    return render(request, "staff/hidden.html", {"after": own_path(request.GET.get("next", ""))})


def _way_out(request: Request, page: str) -> HttpResponseRedirect:
    """Signs out and leads to a page in the same language, which the cleared browser has to be told anew."""
    code = get_language() or settings.LANGUAGE_CODE
    request.session.flush()
    if code == settings.LANGUAGE_CODE:
        return redirect(page)
    return redirect(reverse("staff_language") + "?" + urlencode({"to": code, "next": page}))


@asks(CARD)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: Request) -> HttpResponse:
    """What the offices of my schools should look at."""
    notices = _notices(request.actor)
    if request.method == "POST":
        notices.filter(pk__in=_whole(request.POST.get("seen", ""))).update(seen_at=now())
        return redirect("staff_home")
    shown = notices.select_related("student", "school").order_by("-made_at")[: search.PAGE]
    at = Arrival.objects.aggregate(last=Max("as_of"))["last"]
    context = {
        "notices": shown,
        "waiting": notices.count(),
        "queues": [queue for queue in _queues(request.actor) if queue[1]],
        "fed_at": at,
        "late": at is not None and now() - at > timedelta(hours=settings.DISTRICT.late_feed_hours),
    }
    return render(request, "staff/home.html", context)


@asks(CARD)
@on_duty
@require_safe
def find(request: Request) -> HttpResponse:
    """Parent/Student Search: the row of fields, and one page of what it finds."""
    schools = _schools(request.actor)
    asked = "search_by" in request.GET
    form = search.Search(
        request.GET if asked else {"active": "on"}, [(school.ref, school.name) for school in schools]
    )
    context: dict[str, Any] = {"form": form, "asked": asked, "found": None, "schools": schools}
    if asked and form.is_valid():
        said = form.cleaned_data
        found = search.find(request.actor, said, next(iter(_whole(request.GET.get("page", ""))), 1))
        brake.listed(request.actor, len(found.rows))
        post = request.actor.posts[0]
        log.happened(
            request.person,
            post.role,
            "search",
            "search",
            f"{found.matches} found",
            place=post.place.name,
            org=post.place,
        )
        chosen = next((school.name for school in schools if school.ref == said["schools"]), "")
        at = request.GET.copy()
        at.pop("page", None)
        at.pop("added", None)
        context |= {"found": found, "said": said, "place": chosen or _place(request.actor)}
        context["address"] = f"?{at.urlencode()}&page="
    added = next(iter(_whole(request.GET.get("added", ""))), None)
    here = request.GET.copy()
    here.pop("added", None)
    context |= {"added": added, "chips": _chips(request, form), "here": f"{request.path}?{here.urlencode()}"}
    status = 422 if asked and form.errors else 200
    return render(request, "staff/search.html", context, status=status)


@asks(CARD)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def view(request: Request, ref: str) -> HttpResponse:
    """One student and the adults around them; POST shows one email whole, which is written down."""
    grant = gate.admit(request.actor, ref, CARD)
    show = 0
    if request.method == "POST":
        show = next(iter(_whole(request.POST.get("show", ""))), 0)
        log.note(grant, "email_shown", about=show)
    else:
        log.note(grant, "see")
    context = {
        "grant": grant,
        "student": grant.student,
        "card": card.read(grant, show),
        "gives_pins": _may_give(request.actor, ref),
        "opens_record": gate.opens_too(grant, RECORD),
        "opens_desk": gate.opens_too(grant, DESK),
        "State": pins.State,
        "issued_by": desk.issued_by,
    }
    return render(request, "staff/view.html", context)


@asks(PINS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: Request, ref: str) -> HttpResponse:
    """The identity checklist; nothing after it opens without it."""
    grant = gate.admit(request.actor, ref, PINS)
    if card.own_child(request.person, grant.student):
        return _render_checklist(request, grant, None, state="own_child", status=403)
    if request.method != "POST":
        if not fresh(request):
            return redirect(sign_on.address(request.path, fresh=True))
        form = desk.Checklist(None, desk.may_ask(grant), asks=request.GET.get("guardianship", ""))
        return _render_checklist(request, grant, form, state="late" if "late" in request.GET else "")
    act = request.POST.get("act", "show")
    form = desk.Checklist(request.POST, desk.may_ask(grant), refuse=act == "refuse")
    complete = form.is_valid()
    if not fresh(request):
        form.add_error(
            None,
            _(
                "Your sign-in is more than 5 minutes old. "
                "Sign in again in a new tab, then press the button once more."
            ),
        )
        return _render_checklist(request, grant, form, state="stale", status=422)
    if not complete:
        return _render_checklist(request, grant, form, status=422)
    try:
        check = desk.finish(grant, form, request.session, act if act in desk.OUTCOMES else "show")
    except desk.EnoughToday:
        form.add_error(None, _("You have given as many PINs as one person may in a day. Ask a colleague."))
        return _render_checklist(request, grant, form, status=429)
    if not form.passed:
        return render(request, "staff/not_verified.html", {"grant": grant, "student": grant.student})
    if check.outcome == check.Outcome.IDENTITY:
        log.note(grant, "identity_checked", about=check.guardianship_id)
        link = (
            Link.objects.filter(guardianship=check.guardianship, ended_at=None)
            .select_related("person")
            .first()
        )
        return redirect("staff_parent", link.person.ref) if link else redirect("staff_student", ref)
    log.note(grant, "pin_given", about=check.guardianship_id)
    return redirect("staff_pin_letter" if act == "letter" else "staff_pin_show", ref)


@asks(PINS)
@on_duty
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, ref: str) -> HttpResponse:
    """The PIN, for five minutes after the checklist; POST makes a new one in its place."""
    grant = gate.admit(request.actor, ref, PINS)
    opened = desk.opened(grant, request.session)
    if opened is None:
        return _late(ref)
    if request.method == "POST":
        post = grant.post
        assert post is not None
        pins.give(opened.pin.guardianship, by=desk.issuer(post), new=True)
        log.note(grant, "pin_renewed", about=opened.pin.guardianship_id)
        return redirect("staff_pin_show", ref)
    log.note(grant, "pin_shown", about=opened.pin.guardianship_id)
    context = {
        "grant": grant,
        "student": grant.student,
        "opened": opened,
        "grouped": pins.grouped(opened.digits),
    }
    context["spelled"] = [DIGITS[int(digit)] for digit in opened.digits]
    return render(request, "staff/pin.html", context)


@asks(PINS)
@on_duty
@require_safe
def pin_letter(request: Request, ref: str) -> HttpResponse:
    """The letter to print, for five minutes after the checklist."""
    grant = gate.admit(request.actor, ref, PINS)
    opened = desk.opened(grant, request.session)
    if opened is None:
        return _late(ref)
    log.note(grant, "letter_printed", about=opened.pin.guardianship_id)
    context = {
        "student": grant.student,
        "guardianship": opened.pin.guardianship,
        "halves": letter.halves(opened.pin.guardianship, opened.pin.expires_at),
        "pictures": letter.PICTURES,
        "grouped": pins.grouped(opened.digits),
        "code": letter.code(),
        "seconds": opened.seconds,
    }
    return render(request, "staff/letter.html", context)


def _may_give(actor: gate.Actor, ref: str) -> bool:
    try:
        gate.admit(actor, ref, PINS)
    except gate.NotHere:
        return False
    return True


def _chips(request: Request, form: search.Search) -> list[tuple[str, str]]:
    """Filters in use, each with the address of the same search without it."""
    if not form.is_bound or form.errors or "search_by" not in request.GET:
        return []
    chips = []
    for name in ("schools", "grades", "active"):
        value = form.cleaned_data[name]
        if not value:
            continue
        without = request.GET.copy()
        without.pop(name)
        without.pop("added", None)
        words = _("Active") if name == "active" else dict(form.fields[name].choices).get(value, value)  # type: ignore[attr-defined]
        chips.append((str(words), f"?{without.urlencode()}"))
    return chips


def _queues(actor: gate.Actor) -> list[tuple[str, int, str]]:
    """What waits for this person: words, how many, where."""
    from portal.staff import corrections, new_contacts, user_manager  # they stand on this module

    return [
        (
            _("Emergency changes to review"),
            new_contacts.waiting(actor),
            reverse("staff_emergency_report"),
        ),
        (
            _("Corrections and questions to answer"),
            corrections.waiting(actor),
            reverse("staff_corrections"),
        ),
        (
            _("People whose access to check"),
            user_manager.waiting_checks(actor),
            reverse("staff_user_manager"),
        ),
        (
            _("Decisions at the registrar desk that wait for you"),
            reading.waiting_for(actor),
            reverse("staff_registrar_desk"),
        ),
        (_("Letters that wait for a second person"), len(printing.waiting(actor)), reverse("staff_list")),
        (
            _("Letters ready to download"),
            Printing.objects.filter(person=actor.person, state=Printing.State.READY).count(),
            reverse("staff_list"),
        ),
        (_("Students on my list"), Listed.objects.filter(person=actor.person).count(), reverse("staff_list")),
    ]


def fresh(request: Request) -> bool:
    """Whether the person showed who they are within the last five minutes."""
    at = request.session.row.unlocked_at if request.session.row else None
    return at is not None and now() - at <= settings.STAFF_FRESH


def _late(ref: str) -> HttpResponseRedirect:
    return redirect(reverse("staff_pin", args=[ref]) + "?late=1")


def _render_checklist(
    request: Request,
    grant: gate.Grant,
    form: desk.Checklist | None,
    *,
    state: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "grant": grant,
        "student": grant.student,
        "form": form,
        "questions": [form[name] for name in desk.QUESTIONS] if form else [],
        "answers": desk.answers(grant.student),
        "state": state,
        "for_email": request.GET.get("for") == "email",
        "sign_on": sign_on.address(request.path, fresh=True),
        "minutes": int(desk.OPEN_FOR.total_seconds() // 60),
    }
    if form is None:
        del context["form"]
    return render(request, "staff/checklist.html", context, status=status)


def _schools(actor: gate.Actor) -> list[Org]:
    return list(gate.schools_for(actor, CARD).order_by("name"))


def _place(actor: gate.Actor) -> str:
    return ", ".join(dict.fromkeys(post.place.name for post in actor.posts))


def _notices(actor: gate.Actor) -> QuerySet[SchoolNotice]:
    return SchoolNotice.objects.filter(school__in=gate.schools_for(actor, CARD), seen_at=None)


def _whole(text: str) -> list[int]:
    return [int(text)] if text.isascii() and text.isdigit() and len(text) < 18 else []
