"""Preferences: rows with their values, each changed on a page of its own; and links mailed about them."""

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.people import accounts, languages, limits, mail_links
from portal.people.door import anyone, family_only, unlocked
from portal.people.forms import THEMES, Close, Display, Language, NewEmail, SetPassword, posted, show_password
from portal.people.models import MailLink, Session
from portal.people.sessions import SessionStore
from portal.web.request import Request

SHOWN = ["GET", "HEAD", "POST"]
EMAIL_ASKED = "email_asked"  # in the session: the new address, for the page that says where the link went


@family_only
@require_safe
def overview(request: Request) -> HttpResponse:
    """A3: every row with its value."""
    context = {
        "language_name": settings.LANGUAGE_NAMES[request.LANGUAGE_CODE],
        "theme_name": dict(THEMES)[request.person.theme],
        "devices": Session.objects.filter(person=request.person).count(),
        "done": request.GET.get("done", ""),
    }
    return render(request, "people/preferences.html", context)


@family_only
@require_http_methods(SHOWN)
def language(request: Request) -> HttpResponse:
    """The language of pages and mail."""
    form = Language(posted(request), initial={"language": request.person.language})
    if request.method == "POST" and form.is_valid():
        request.person.language = form.cleaned_data["language"]
        request.person.save(update_fields=["language"])
        answer = _done("language")
        languages.keep(answer, request.person.language)
        return answer
    return _page(request, "language", form)


@family_only
@require_http_methods(SHOWN)
def display(request: Request) -> HttpResponse:
    """Colors and Classic Mode."""
    person = request.person
    form = Display(posted(request), initial={"theme": person.theme, "classic": person.classic})
    if request.method == "POST" and form.is_valid():
        person.theme, person.classic = form.cleaned_data["theme"], form.cleaned_data["classic"]
        person.save(update_fields=["theme", "classic"])
        return _done("display")
    return _page(request, "display", form)


@family_only
@unlocked
@require_http_methods(SHOWN)
def password(request: Request) -> HttpResponse:
    """A new password; other browsers are signed out."""
    names = accounts.names_of(request.person)
    form = SetPassword(posted(request), names=names, email=request.person.email)
    if request.method == "POST" and "show" in request.POST:
        form = SetPassword(initial={"password": request.POST.get("password", "")[:200]}, names=[], email="")
        show_password(form)
    elif request.method == "POST" and form.is_valid():
        accounts.change_password(request.person, form.cleaned_data["password"], request.session)
        request.session.cycle_key()
        return _done("password")
    return _page(request, "password", form)


@family_only
@unlocked
@require_http_methods(SHOWN)
def email(request: Request) -> HttpResponse:
    """A2: a link to the new address, a notice to the old one. Nothing changes until the link is used."""
    form, status = NewEmail(posted(request)), 0
    if request.method == "POST" and form.is_valid():
        try:
            limits.hit("mail_address", f"change {request.person.pk}")
        except limits.TooMany as many:
            form.add_error(None, many.words)
            status = 429
        else:
            if accounts.key_of(form.cleaned_data["email"]) != request.person.email_key:
                accounts.ask_email(request.person, form.cleaned_data["email"])
            request.session[EMAIL_ASKED] = form.cleaned_data["email"]
            return redirect(request.path + "?sent=1")
    asked = request.session.get(EMAIL_ASKED) if "sent" in request.GET else None
    return _page(request, "email", form, asked=asked, status=status)


@family_only
@unlocked
@require_http_methods(SHOWN)
def devices(request: Request) -> HttpResponse:
    """Phones and computers that are signed in; each can be signed out, and all at once."""
    own = Session.objects.filter(person=request.person)
    if request.method == "POST" and "everywhere" in request.POST:
        own.delete()
        request.session.flush()
        return redirect("signed_out")
    if request.method == "POST":
        row = next((row for row in own if row.ref == request.POST.get("end")), None)
        if row is None:
            return _done("device")  # gone already: pressed twice, or signed out by itself
        row.delete()
        return _done("device")
    rows = own.order_by("-seen_at")
    return render(request, "people/devices.html", {"rows": rows, "here": _here(request.session)})


@family_only
@unlocked
@require_http_methods(SHOWN)
def close(request: Request) -> HttpResponse:
    """Closes the account; the school's records stay with the school."""
    form = Close(posted(request))
    if request.method == "POST" and form.is_valid():
        accounts.close(request.person)
        request.session.flush()
        return redirect("signed_out")
    return _page(request, "close", form)


@anyone
@require_http_methods(SHOWN)
def email_confirm(request: Request, token: str) -> HttpResponse:
    """From the mail to the new address: a button that moves the account there."""
    link = mail_links.find(MailLink.Purpose.CHANGE_EMAIL, token)
    if link is None or link.person is None:
        return render(request, "people/email_link.html", {"state": "old"}, status=410)
    if request.method == "POST":
        try:
            with transaction.atomic():
                done = accounts.change_email(link)
        except accounts.EmailTaken:
            return render(request, "people/email_link.html", {"state": "taken"}, status=422)
        if done:
            return render(request, "people/email_link.html", {"state": "changed", "email": link.about["to"]})
    return render(request, "people/email_link.html", {"state": "ask", "email": link.about["to"]})


@anyone
@require_http_methods(SHOWN)
def email_cancel(request: Request, token: str) -> HttpResponse:
    """From the notice to the old address: a button that keeps it, signs out everywhere and asks for a new password."""
    link = mail_links.find(MailLink.Purpose.UNDO_EMAIL, token)
    if link is None or link.person is None:
        return render(request, "people/email_link.html", {"state": "old"}, status=410)
    if request.method == "POST":
        try:
            with transaction.atomic():
                done = accounts.undo_email(link)
        except accounts.EmailTaken:
            return render(request, "people/email_link.html", {"state": "taken"}, status=422)
        if done:
            return redirect("reset", accounts.choose_anew(link.person))
    return render(request, "people/email_link.html", {"state": "keep", "email": link.about["from"]})


def _here(session: SessionStore) -> str:
    return session.hashed(session.session_key or "")


def _done(what: str) -> HttpResponse:
    return redirect(reverse("preferences") + f"?done={what}")


def _page(request: Request, row: str, form: object, status: int = 0, **more: object) -> HttpResponse:
    context = {"form": form, "row": row, **more}
    wrong = bool(getattr(form, "errors", None))
    return render(request, f"people/preference_{row}.html", context, status=status or (422 if wrong else 200))
