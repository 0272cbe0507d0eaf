"""Staff sign-on by OpenID Connect: code flow with PKCE, nonce and state, tokens checked against the configured issuer."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from joserfc.errors import JoseError

from portal.people.sign_on import (
    SKEW,
    Asked,
    Identity,
    Refused,
    Unreachable,
    accept,
    recall,
    remember,
    subject,
)
from portal.web.request import Request

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
PATIENCE = (3, 10)  # seconds to connect, and to wait for an answer


class Client(OAuth2Session):
    """Asks the provider: quickly, and never by way of a redirect."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, default_timeout=PATIENCE, **kwargs)
        self.max_redirects = 0


class Provider(DjangoOAuth2App):
    """The district's provider, which speaks for its own issuer and signs with a key of its own."""

    client_cls = Client
    issuer = ""

    def load_server_metadata(self) -> dict[str, Any]:
        known = super().load_server_metadata()
        if known.get("issuer") != self.issuer:
            self.server_metadata.clear()
            raise Refused("another issuer")
        offered = known.get("id_token_signing_alg_values_supported") or []
        known["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]
        return known


def provider() -> Provider:
    """The district's provider."""
    known = settings.STAFF_SIGN_ON
    return _provider(known.oidc_issuer, known.oidc_client, known.oidc_secret)


@cache
def _provider(issuer: str, client: str, secret: str) -> Provider:
    """Kept for the process; what the provider says of itself is read once."""
    made = Provider(
        DjangoIntegration("staff"),
        "staff",
        client_id=client,
        client_secret=secret,
        server_metadata_url=issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
    )
    made.issuer = issuer
    return made


def begin(request: Request, after: str, fresh: bool) -> HttpResponse:
    """Leads the browser to the provider. Raises Unreachable.

    fresh: the person has to show anew who they are, whatever the provider remembers.
    """
    more: dict[str, Any] = (
        {"acr_values": settings.STAFF_SIGN_ON.strength} if settings.STAFF_SIGN_ON.strength else {}
    )
    more |= (
        {"prompt": "login", "max_age": 0}
        if fresh
        else {"max_age": int(settings.STAFF_LONGEST.total_seconds())}
    )
    back = settings.BASE_URL + reverse("staff_oidc")
    try:
        asked = provider().create_authorization_url(back, **more)
    except (requests.RequestException, RuntimeError, ValueError, Refused) as problem:
        raise Unreachable from problem
    provider().save_authorize_data(request, redirect_uri=back, **asked)
    remember(request.session, asked["state"], after, fresh)
    return redirect(asked["url"])


def finish(request: Request) -> tuple[Identity, Asked]:
    """Whom the provider vouches for, and what was asked. Raises Refused or Unreachable."""
    asked = recall(request.session, request.GET.get("state", ""))
    known = settings.STAFF_SIGN_ON
    wanted = {
        "iss": {"essential": True, "value": known.oidc_issuer},
        "aud": {"essential": True, "value": known.oidc_client},
    }
    try:
        said = provider().authorize_access_token(
            request, claims_options=wanted, leeway=int(SKEW.total_seconds())
        )
    except requests.RequestException as problem:
        raise Unreachable from problem
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as problem:
        raise Refused(type(problem).__name__) from problem
    claims = said.get("userinfo")
    if not claims:
        raise Refused("no ID token")
    proved = claims.get("auth_time")
    if not isinstance(proved, int):
        raise Refused("no time of sign-in")
    if known.strength and claims.get("acr") != known.strength:
        raise Refused("not strong enough")
    identity = Identity(
        subject=subject(claims["iss"], str(claims["sub"])),
        employee=str(claims.get(known.employee_claim) or ""),
        proved_at=datetime.fromtimestamp(proved, UTC),
    )
    accept(identity, asked)
    return identity, asked
