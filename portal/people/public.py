"""Pages for everyone: the front door, choosing a language or the classic view, first help."""

import logging
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.people import languages
from portal.people.door import anyone, family_only, own_path
from portal.web.headers import policy
from portal.web.incoming import as_json, takes
from portal.web.request import Request

LOG = logging.getLogger("portal.policy")
REPORTS = 10  # of one message
RULES = frozenset(part.split()[0] for part in policy("").split("; "))


@anyone
@require_safe
def landing(request: Request) -> HttpResponse:
    """P1: choose a language and a door. Who is signed in goes home."""
    if request.person is not None:
        return redirect("home")
    return render(request, "web/landing.html")


@family_only
@require_safe
def menu(request: Request) -> HttpResponse:
    """The menu as a page, for phones without script."""
    return render(request, "web/menu.html")


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: Request) -> HttpResponse:
    """The page one came from, in the language asked for. The account remembers it, and the browser."""
    asked = request.POST if request.method == "POST" else request.GET
    back = own_path(asked.get("next", "")) or "/"
    answer = redirect(languages.plain(back))
    code = asked.get("to", "")
    if code not in languages.CODES:
        return answer
    languages.keep(answer, code)
    # A plain link of ours may choose the account's language; a link on another site may not.
    ours = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    if request.person is not None and ours and request.person.language != code:
        request.person.language = code
        request.person.save(update_fields=["language"])
    return answer


@anyone
@require_POST
def classic(request: Request) -> HttpResponse:
    """The same page in the classic view, or back in the new one."""
    on = request.POST.get("mode") == "on"
    answer = redirect(own_path(request.POST.get("next", "")) or "/")
    answer.set_cookie(
        languages.CLASSIC_COOKIE, "on" if on else "off", max_age=365 * 86400, httponly=True, samesite="Lax"
    )
    if request.person is not None:
        request.person.classic = on
        request.person.save(update_fields=["classic"])
    return answer


@anyone
@require_safe
def signed_out(request: Request) -> HttpResponse:
    """Says that nothing is left on this phone or computer."""
    return render(request, "people/signed_out.html")


@anyone
@require_safe
def help_(request: Request) -> HttpResponse:
    """First help, and who to call."""
    return render(request, "people/help.html")


@anyone
@require_safe
def get_an_email(request: Request) -> HttpResponse:
    """How to get a free address."""
    return render(request, "people/get_an_email.html")


@anyone
@require_safe
def privacy_notice(request: Request) -> HttpResponse:
    """What we keep, who may look, and how to ask."""
    return render(request, "people/privacy_notice.html")


@anyone
@csrf_exempt  # browsers send it by themselves; it changes nothing
@takes("application/reports+json", "application/csp-report", "application/json")
@require_POST
def csp_report(request: Request) -> HttpResponse:
    """A browser says that one of our pages broke its policy: the rule and the kind of thing, never an address."""
    said = as_json(request)
    reports = said if isinstance(said, list) else [said]
    for report in reports[:REPORTS]:
        body = report.get("body") or report.get("csp-report") if isinstance(report, dict) else None
        if isinstance(body, dict):
            rule = str(body.get("effectiveDirective") or body.get("effective-directive") or "")
            LOG.warning(
                "a page broke its policy", extra={"facts": {"rule": rule if rule in RULES else "other"}}
            )
    return HttpResponse(status=204)


@anyone
@require_safe
def security_txt(request: Request) -> HttpResponse:
    """Where to report a weakness (RFC 9116); always valid for a year from now, for the portal answers itself."""
    expires = (now() + timedelta(days=365)).replace(microsecond=0, hour=0, minute=0, second=0)
    lines = [
        *(f"Contact: {contact}" for contact in settings.DISTRICT.security_contacts),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@anyone
@require_safe
def change_password(request: Request) -> HttpResponse:
    """Where password managers ask for the page that changes a password."""
    return redirect("preferences_password" if request.person is not None else "forgot")
