"""Which language a page speaks, and whether it is the classic view: the account's choice, else the cookie's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

CLASSIC_COOKIE = "classic"
CODES = frozenset(code for code, _name in settings.LANGUAGES)


def of(request: HttpRequest) -> str:
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


class Language:
    """Activates the language for the request and says so in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = of(request)
        request.LANGUAGE_CODE = code
        person = request.person
        request.classic = person.classic if person else request.COOKIES.get(CLASSIC_COOKIE) == "on"
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response
