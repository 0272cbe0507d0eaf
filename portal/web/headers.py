"""Outermost: what every answer carries, errors, files and downloads included, and the one log line of each request."""

import secrets
import time
from collections.abc import Callable

from django.http import HttpResponse

from portal.web import logs
from portal.web.request import Request

OFF = [
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "xr-spatial-tracking",
]
FIXED = {
    "Server": "web",  # instead of the program's own name
    # Browsers do not listen to it on plain HTTP, where the demo runs.
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in OFF),
}
REPORTS = "/csp-report/"
CLEAR = '"cache", "cookies", "storage"'  # Clear-Site-Data of every sign-out


def policy(nonce: str) -> str:
    """The Content-Security-Policy for one answer; nonce: 128 fresh random bits, never a session value."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types portal; report-to csp"
    )


class Headers:
    """No answer leaves without them. A view may ask to be kept; whatever says nothing is not."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        began = time.perf_counter()
        request.csp_nonce = nonce = secrets.token_urlsafe(16)
        request.id = secrets.token_hex(16)
        with logs.of_request(request.id):
            response = self.get_response(request)
            response.headers["Content-Security-Policy"] = policy(nonce)
            response.headers["Reporting-Endpoints"] = f'csp="{REPORTS}"'
            for name, value in FIXED.items():
                response.headers[name] = value
            response.headers.setdefault("Cache-Control", "no-store")
            logs.answered(request, response.status_code, time.perf_counter() - began)
        return response
