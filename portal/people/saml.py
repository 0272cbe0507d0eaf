"""Staff sign-on by SAML 2.0: we ask, the provider answers with one signed assertion, and its answer is used once."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Saml
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from portal.people.models import SamlSignOn
from portal.people.sign_on import WAITS, Asked, Identity, Refused, accept, recall, remember, subject
from portal.web.request import Request

LARGEST = 90_000  # characters of an answer: 64 KB in base64
NAMES = (Saml.NAMEID_PERSISTENT, Saml.NAMEID_UNSPECIFIED)  # what may name a person; never an address


@cache
def _settings(metadata: str, strength: str, base: str) -> OneLogin_Saml2_Settings:
    provider = OneLogin_Saml2_IdPMetadataParser.parse(metadata)["idp"]
    ours = {
        "entityId": base + reverse("staff_saml_metadata"),
        "assertionConsumerService": {"url": base + reverse("staff_saml"), "binding": Saml.BINDING_HTTP_POST},
        "NameIDFormat": Saml.NAMEID_PERSISTENT,
    }
    security = {
        "wantAssertionsSigned": True,
        "wantNameId": True,
        "wantAttributeStatement": False,
        "rejectDeprecatedAlgorithm": True,
        "allowSingleLabelDomains": True,  # inside a district a name without dots is fine
        "requestedAuthnContext": [strength] if strength else False,
        "failOnAuthnContextMismatch": bool(strength),
    }
    return OneLogin_Saml2_Settings({"strict": True, "sp": ours, "idp": provider, "security": security})


def ours() -> OneLogin_Saml2_Settings:
    """How we and the district's provider know each other."""
    known = settings.STAFF_SIGN_ON
    return _settings(known.saml_metadata, known.strength, settings.BASE_URL)


def metadata() -> bytes:
    """What the provider's administrator enters about us."""
    return ours().get_sp_metadata()


def begin(request: Request, after: str, fresh: bool) -> HttpResponse:
    """Leads the browser to the provider. fresh: the person has to show anew who they are."""
    asking = OneLogin_Saml2_Auth(_arriving(""), ours())
    address = asking.login(return_to="", force_authn=fresh)
    asked = asking.get_last_request_id()
    SamlSignOn.objects.create(request_id=asked)
    remember(request.session, asked, after, fresh)
    return redirect(address)


def answered(posted: str) -> str:
    """Checks and keeps the provider's answer; gives the id of the request it answers. Raises Refused."""
    if not posted or len(posted) > LARGEST:
        raise Refused("no answer, or too long")
    try:
        response = OneLogin_Saml2_Response(ours(), posted)
        asked = response.get_in_response_to()
    except (
        OneLogin_Saml2_Error,
        OneLogin_Saml2_ValidationError,
        etree.XMLSyntaxError,
        ValueError,
    ) as problem:
        raise Refused("not readable") from problem
    with transaction.atomic():
        waits = (
            SamlSignOn.objects.select_for_update()
            .filter(request_id=asked or "", assertion_id=None, made_at__gt=now() - WAITS)
            .first()
        )
        if waits is None:
            raise Refused("not asked for, answered before, or too late")
        if not response.is_valid(_arriving(posted), request_id=asked):
            raise Refused(response.get_error())
        _keep(waits, response)
    return waits.request_id


def finish(request: Request, asked_for: str) -> tuple[Identity, Asked]:
    """Whom the kept answer vouches for, for the browser that asked. Raises Refused."""
    asked = recall(request.session, asked_for)
    with transaction.atomic():
        answer = (
            SamlSignOn.objects.select_for_update()
            .filter(request_id=asked_for, spent_at=None, proved_at__isnull=False)
            .first()
        )
        if answer is None or answer.proved_at is None:
            raise Refused("no answer")
        answer.spent_at = now()
        answer.save(update_fields=["spent_at"])
    identity = Identity(answer.subject, answer.employee, answer.proved_at)
    accept(identity, asked)
    return identity, asked


def _keep(waits: SamlSignOn, response: OneLogin_Saml2_Response) -> None:
    """What python3-saml leaves open when it is absent must be there: audience, recipient, the request's id."""
    (assertion,) = response.document.findall("saml:Assertion", namespaces=Saml.NSMAP)
    confirmed = assertion.find(
        "saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData", Saml.NSMAP
    )
    about = {} if confirmed is None else confirmed.attrib
    if (
        about.get("InResponseTo") != waits.request_id
        or about.get("Recipient") != ours().get_sp_data()["assertionConsumerService"]["url"]
    ):
        raise Refused("not for this request")
    if not about.get("NotOnOrAfter") or not response.get_audiences():
        raise Refused("for anyone, or for ever")
    if response.get_nameid_format() not in NAMES:
        raise Refused("named by an address")
    statement = assertion.find("saml:AuthnStatement", Saml.NSMAP)
    said: dict[str, list[Any]] = response.get_attributes()
    waits.assertion_id = assertion.get("ID")
    waits.subject = subject(ours().get_idp_data()["entityId"], response.get_nameid())
    waits.employee = str((said.get(settings.STAFF_SIGN_ON.employee_claim) or [""])[0])[:255]
    waits.proved_at = datetime.fromtimestamp(
        OneLogin_Saml2_Utils.parse_SAML_to_time(statement.get("AuthnInstant")), UTC
    )
    try:
        with transaction.atomic():
            waits.save()
    except IntegrityError as problem:
        raise Refused("used before") from problem


def _arriving(posted: str) -> dict[str, Any]:
    """The address an answer must have been sent to, from our own settings, whatever host the request named."""
    address = urlsplit(settings.BASE_URL + reverse("staff_saml"))
    return {
        "https": "on" if address.scheme == "https" else "off",
        "http_host": address.netloc,
        "script_name": address.path,
        "get_data": {},
        "post_data": {"SAMLResponse": posted},
    }
