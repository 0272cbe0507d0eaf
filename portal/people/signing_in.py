"""Pages of signing in and out: Login, Unlock, Forgot your password, and "This was not me"."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.people import accounts, entering, limits, mail_links
from portal.people.door import anyone, family_only, own_path
from portal.people.forms import Forgot, Login, LoginAgain, Unlock, posted, show_password
from portal.people.models import MailLink, Person
from portal.people.sessions import end_others
from portal.people.signing_up import after_sign_in
from portal.web import formats
from portal.web.request import Request

ASKED = "asked_for_reset"  # in a visitor's session: the address a reset was asked for

NO_MATCH = _("That email and password do not match. Try again, or reset your password.")


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: Request) -> HttpResponse:
    """P2: one answer for every wrong pair, whether the address is known or not."""
    back = own_path(request.GET.get("next", ""))
    if request.person is not None:
        return redirect(back or after_sign_in(request.person))
    form_of = LoginAgain if "robot_stamp" in request.POST else Login
    form, status = form_of(posted(request)), 200
    if request.method == "POST" and "show" in request.POST:
        form = form_of(initial={**request.POST.dict(), "own_device": "own_device" in request.POST})
        show_password(form)
    elif request.method == "POST":
        person, form, status = tried(request, form)
        if person is not None:
            entering.welcome_in(request, person, own_device=form.cleaned_data["own_device"])
            answer = redirect(back or after_sign_in(person))
            return entering.remember_device(request, answer)
    context = {
        "form": form,
        "ended": "ended" in request.GET and not form.is_bound,
        "again": isinstance(form, LoginAgain),
        "unconfirmed": form.has_error("__all__", "unconfirmed") if form.is_bound else False,
    }
    return render(request, "people/login.html", context, status=status)


@family_only
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: Request) -> HttpResponse:
    """P8: the password once more before a sensitive page or a change."""
    back = own_path(request.GET.get("next", "")) or "/home/"
    if request.session.unlocked and request.method != "POST":
        return redirect(back)
    form, status = Unlock(posted(request)), 200
    if request.method == "POST" and form.is_valid():
        try:
            if unlocked(request, form):
                return redirect(back)
            form.add_error("password", _("That password does not match. Try again, or reset your password."))
        except limits.TooMany as many:
            form.add_error(None, many.words)
            status = 429
    status = 422 if form.errors and status == 200 else status
    context = {"form": form, "unlocks": _unlocks(back)}
    return render(request, "people/unlock.html", context, status=status)


def unlocked(request: Request, form: Unlock) -> bool:
    """Whether the password of a valid form was right; the session is then fresh. Raises limits.TooMany."""
    key = str(request.person.pk)
    limits.hit("unlock", key)
    if not request.person.check_password(form.cleaned_data["password"]):
        return False
    limits.forgive("unlock", key)
    request.session.unlock()
    return True


def _unlocks(address: str) -> str:
    """The title of the section the address belongs to; empty for all that is no section."""
    try:
        asked = getattr(resolve(address.partition("?")[0]).func, "asks", None)
    except Resolver404:
        return ""
    return getattr(asked, "title", "")


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: Request) -> HttpResponse:
    """Signs out, and clears what the browser kept. The way out speaks the same language as the page before."""
    if request.method != "POST":
        return redirect("landing")
    code = get_language() or settings.LANGUAGE_CODE
    request.session.flush()
    return redirect(f"/{code}/signed-out/" if code != settings.LANGUAGE_CODE else "/signed-out/")


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: Request) -> HttpResponse:
    """P6. The next page is the same for every address; mail goes only where there is an account."""
    form = Forgot(posted(request))
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if accounts.counted("reset", email, request):
            accounts.forgot(email)
        request.session[ASKED] = email
        return redirect("sent")
    return render(request, "people/forgot.html", {"form": form}, status=422 if form.errors else 200)


@anyone
@require_safe
def sent(request: Request) -> HttpResponse:
    """Says that a link is on its way, if there is an account."""
    email = request.session.get(ASKED)
    return render(request, "people/sent.html", {"email": email}) if email else redirect("forgot")


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: Request, token: str) -> HttpResponse:
    """From the mail about a new sign-in: signs out everywhere and asks for a new password."""
    link = mail_links.find(MailLink.Purpose.NOT_ME, token)
    if link is None or link.person is None or "session" not in link.about:
        return render(request, "people/not_me.html", {"works": False}, status=410)
    if request.method == "POST" and mail_links.spend(link):
        end_others(link.person)
        return redirect("reset", accounts.choose_anew(link.person))
    return render(request, "people/not_me.html", {"works": True})


def tried(request: Request, form: Login) -> tuple[Person | None, Login, int]:
    """The person of the form's pair, or the form with what to say and its status."""
    if not form.is_valid():
        return None, form, 422
    username, password = form.cleaned_data["username"], form.cleaned_data["password"]
    human = False
    if isinstance(form, LoginAgain):
        known = Person.objects.filter(kind=Person.Kind.FAMILY, email_key=accounts.key_of(username)).first()
        human = form.prove_human(
            request, known.email if known else "", known.language if known else settings.LANGUAGE_CODE
        )
        if not human:
            return None, form, 422
    try:
        return entering.check(request, username, password, human), form, 200
    except limits.TooMany as many:
        form.add_error(None, many.words)
        return None, form, 429
    except entering.RobotFirst:
        form = LoginAgain(form.data)
        return None, form, 422
    except entering.WrongPair as wrong:
        if wrong.tried >= limits.ROBOT_AFTER and not isinstance(form, LoginAgain):
            form = _with_box(form)
        form.add_error(None, ValidationError(NO_MATCH, "no_match"))
    except entering.Unconfirmed:
        form.add_error(None, ValidationError(_("Check your email to finish signing up."), "unconfirmed"))
    except entering.AccountClosed as closed:
        form.add_error(None, ValidationError(_closed(closed.person), "closed"))
    return None, form, 422


def _with_box(form: Login) -> LoginAgain:
    """The same answers in the form that asks for the robot box, not yet blamed for an empty box."""
    again = LoginAgain(form.data)
    again.is_valid()
    again.errors.pop("robot", None)
    return again


def _closed(person: Person) -> str:
    if person.closed_because == Person.ClosedBecause.DISTRICT_EMAIL:
        return gettext(
            "Parent accounts need a personal email. This is a district email, so this account is closed. "
            "Register again with a personal email."
        )
    phone = formats.phone(settings.DISTRICT.hotline_phone)
    return gettext("This account is closed. Call the Family Hotline: %(phone)s.") % {"phone": phone}
