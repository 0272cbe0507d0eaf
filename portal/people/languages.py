"""Which language a page speaks and how it looks: the account's choice, else the cookie's, else the browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

from portal.web.request import Request

CLASSIC_COOKIE = "classic"
CODES = frozenset(code for code, _name in settings.LANGUAGES)


def of(request: Request) -> str:
    """The language code for this request; a public address like /es/ wins, then the account, cookie, browser."""
    asked = request.path.split("/", 2)[1]
    if asked in CODES:
        return asked
    if request.person is not None and request.person.language in CODES:
        return request.person.language
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if kept in CODES:
        return kept
    return settings.LANGUAGE_CODE


def plain(path: str) -> str:
    """The path without its public language prefix: /es/login/ is /login/."""
    _, first, *rest = path.split("/", 2)
    return "/" + "".join(rest) if first in CODES else path


def keep(response: HttpResponse, code: str) -> None:
    """The browser remembers the language for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 86400,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


class Language:
    """Activates the language for the request and says so in the answer."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        code = of(request)
        request.LANGUAGE_CODE = code
        person = request.person
        request.theme = person.theme if person and person.theme != "phone" else ""
        request.classic = person.classic if person else request.COOKIES.get(CLASSIC_COOKIE) == "on"
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response
