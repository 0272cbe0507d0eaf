"""Headers of every answer, errors and files included: what a page may load, and who may frame or keep it."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse

from portal.web.request import Request

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
if settings.SESSION_COOKIE_SECURE:
    FIXED["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains; preload"


def policy(nonce: str) -> str:
    """The Content-Security-Policy for one answer; nonce: 128 fresh random bits, never a session value."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types portal"
    )


class Headers:
    """Outermost: no answer leaves without them."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.csp_nonce = nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = policy(nonce)
        for name, value in FIXED.items():
            response.headers[name] = value
        return response
