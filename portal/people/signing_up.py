"""Pages from Register to the first password, and the welcome."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from portal.people import accounts, entering, limits, mail_links
from portal.people.door import anyone, family_only
from portal.people.forms import Register, SetPassword, posted, show_password
from portal.people.models import MailLink, Person
from portal.web import menu
from portal.web.request import Request

NOTICE_VERSION = "2026-11"  # of the privacy notice; a new one is accepted anew
CARDS = 3
WAITING = "signing_up"  # in a visitor's session: what was typed into Register
SAME_MOMENT = 600  # seconds in which a used link and the password it set are a second press of the button


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: Request) -> HttpResponse:
    """P3. Known and unknown addresses get the same next page; only their mail differs."""
    if request.person is not None:
        return redirect("home")
    typed = request.session.get(WAITING, {}) if "change" in request.GET else {}
    form = Register(posted(request), initial={"language": get_language(), **typed})
    if request.method == "POST" and form.is_valid():
        email, language = form.cleaned_data["email"], form.cleaned_data["language"]
        if form.prove_human(request, email, language):
            names = {name: form.cleaned_data[name] for name in ("first_name", "last_name")}
            if not form.repeated and accounts.counted("confirm", email, request):
                accounts.sign_up(**names, email=email, language=language)
            request.session[WAITING] = {**names, "email": email, "language": language}
            return redirect("check_email")
    return render(request, "people/register.html", {"form": form}, status=422 if form.errors else 200)


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def check_email(request: Request) -> HttpResponse:
    """P4: look into your mailbox; send again; change the address."""
    waiting = request.session.get(WAITING)
    if waiting is None:
        return redirect("register")
    if request.method == "POST":
        try:
            limits.hit("mail_network", limits.network(request))
            limits.hit("mail_address", f"confirm {accounts.key_of(waiting['email'])}")
        except limits.TooMany as many:
            context = {"email": waiting["email"], "wait_minutes": many.wait_minutes, "sent": False}
            return render(request, "people/check_email.html", context, status=429)
        accounts.sign_up(**waiting)
        return redirect(request.path + "?sent=1")
    context = {"email": waiting["email"], "sent": "sent" in request.GET, "wait_minutes": 0}
    return render(request, "people/check_email.html", context)


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, token: str) -> HttpResponse:
    """P5 from the mail after Register: the first password, then signed in."""
    return _set_password(request, MailLink.Purpose.CONFIRM, token)


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: Request, token: str) -> HttpResponse:
    """P5 from the mail after Forgot your password."""
    return _set_password(request, MailLink.Purpose.RESET, token)


@anyone
@require_safe
def password_changed(request: Request) -> HttpResponse:
    """Says that other phones and computers were signed out."""
    return render(request, "people/password_changed.html")


@family_only
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: Request, card: int) -> HttpResponse:
    """A1: plain cards, one idea each. Sending any of them, Skip too, goes on to the students."""
    if not 1 <= card <= CARDS:
        raise Http404
    if request.method == "POST":
        person: Person = request.person
        person.welcomed_at, person.notice_version = person.welcomed_at or now(), NOTICE_VERSION
        person.save(update_fields=["welcomed_at", "notice_version"])
        return redirect("students" if menu.has_page("students") else "home")
    return render(request, "people/welcome.html", {"card": card, "cards": CARDS})


def after_sign_in(person: Person) -> str:
    """Where a person goes who did not ask for a certain page: the welcome the first time, then home."""
    return "/welcome/1/" if person.welcomed_at is None else "/home/"


def _set_password(request: Request, purpose: MailLink.Purpose, token: str) -> HttpResponse:
    first = purpose == MailLink.Purpose.CONFIRM
    link = mail_links.find(purpose, token)
    if link is None or link.person is None or not accounts.may_set_password(link):
        return _old_link(request, purpose, token)
    names = [*link.about.values()] if first else accounts.names_of(link.person)
    form = SetPassword(posted(request), names=names, email=link.person.email)
    if request.method == "POST" and "show" in request.POST:
        form = SetPassword(initial={"password": request.POST.get("password", "")[:200]}, names=[], email="")
        show_password(form)
    elif request.method == "POST" and form.is_valid():
        if not accounts.set_password(link, form.cleaned_data["password"]):
            return _old_link(request, purpose, token)
        return _signed_in(request, link.person, first)
    context = {"form": form, "first": first, "email": link.person.email}
    return render(request, "people/set_password.html", context, status=422 if form.errors else 200)


def _signed_in(request: Request, person: Person, first: bool) -> HttpResponse:
    entering.forgive(request, person)
    entering.welcome_in(request, person, own_device=False)
    answer = redirect(after_sign_in(person)) if first else redirect("password_changed")
    return entering.remember_device(request, answer)


def _old_link(request: Request, purpose: MailLink.Purpose, token: str) -> HttpResponse:
    """Too old, used, or none of ours: the same page. Sending it mails a new link if there is anyone to mail to."""
    first = purpose == MailLink.Purpose.CONFIRM
    old = (
        MailLink.objects.filter(purpose=purpose, token_hash=mail_links.hashed(token))
        .select_related("person")
        .first()
    )
    sent = False
    if request.method == "POST" and "again" in request.POST:
        sent = True
        if old is not None and old.person and accounts.counted(purpose, old.person.email, request):
            if first:
                accounts.sign_up(**old.about, email=old.person.email)
            else:
                accounts.forgot(old.person.email)
    elif (
        request.method == "POST" and old is not None and _pressed_twice(old, request.POST.get("password", ""))
    ):
        assert old.person is not None
        return _signed_in(request, old.person, first)
    context = {"first": first, "sent": sent}
    return render(request, "people/old_link.html", context, status=200 if sent else 410)


def _pressed_twice(link: MailLink, password: str) -> bool:
    """Whether this is the same form again, a moment after it set this very password."""
    return (
        link.used_at is not None
        and (now() - link.used_at).total_seconds() < SAME_MOMENT
        and len(password) <= 200
        and link.person is not None
        and link.person.is_active
        and link.person.check_password(password)
    )
