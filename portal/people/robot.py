"""The robot box: a tick that a script backs with proof of work, and that a page without script backs with a stamp.

The proof follows the published ALTCHA protocol (version 2): the challenge comes from `robot_challenge`, and the
token, base64 of {"challenge", "solution"}, is the value of the ticked box. In doubt six digits go out by mail.
There is no shortest time to fill in a form: password managers are quick. Stamps serve once, and limits do the rest.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from django import forms
from django.core import signing
from django.http import JsonResponse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.people import limits, mail, seals
from portal.people.door import anyone
from portal.people.models import MailLink, SpentChallenge
from portal.web.forms import DigitsField, TickField
from portal.web.request import Request

COST = 5000  # rounds a guess; 256 guesses on average
CHALLENGE_LASTS = timedelta(minutes=20)
STAMP_LASTS = timedelta(hours=24)
CODE_LASTS = timedelta(minutes=10)
LONGEST_TICK = 20  # characters; what a browser sends for a box without script
LONGEST_TOKEN = 4000

Spendable = tuple[str, datetime]  # what counts once, and until when it must be remembered


@anyone
@require_safe
def challenge(request: Request) -> JsonResponse:
    """GET ?form=register: a challenge for that form. Signed; nothing is stored until it is spent."""
    form = request.GET.get("form", "")[:20]
    made = altcha.create_challenge(
        "PBKDF2/SHA-256",
        COST,
        hmac_secret=_secrets()[0],
        expires_at=now() + CHALLENGE_LASTS,
        data={"form": form},
    )
    answer = JsonResponse(made.to_dict())
    answer["Cache-Control"] = "no-store"
    return answer


class Box(forms.CheckboxInput):
    """A checkbox whose value may be a proof."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        return bool(data.get(name))


class RobotBox(forms.Form):
    """Adds the box to a form. Set `robot_form` to the form's name, show it with the macro of people/robot.html,
    and call prove_human when the form is valid otherwise."""

    robot_form = "form"
    robot_again = _("Please wait a moment and try again.")
    robot = TickField(
        label=_("I'm not a robot"),
        error_messages={"required": _("Tick the box to show you are not a robot.")},
        widget=Box,
    )

    repeated = False  # this very form was sent before: what it asked for is done

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["robot"].widget.attrs["data-robot"] = self.robot_form
        if self.data.get("code"):
            self._ask_code()

    @property
    def fresh_stamp(self) -> str:
        """For the page that is shown next: says that we made it, and has not been used."""
        return signing.dumps({"form": self.robot_form, "one": secrets.token_hex(16)}, salt="robot")

    def prove_human(self, request: Request, email: str = "", language: str = "en") -> bool:
        """Whether a person filled this in; if not, the form has the words and perhaps a further field.

        email: where six digits go in doubt; empty when nobody is there to read them, which looks the same.
        """
        token = str(self.data.get("robot", ""))
        by_script = len(token) > LONGEST_TICK
        spendable = _solved(token, self.robot_form) if by_script else self._stamped()
        proven = spendable is not None and self._spend(*spendable)
        if not proven:
            self.add_error("robot", self.robot_again)
        elif not by_script and not self.repeated:
            try:
                limits.hit("tick_network", limits.network(request))
            except limits.TooMany:
                proven = self._by_code(email, language)
                if not proven:  # sent again, it is no repeat of something done
                    SpentChallenge.objects.filter(pk=self._spent.pk).update(about="")
        return proven

    def _stamped(self) -> Spendable | None:
        if self.data.get("website"):
            return None
        try:
            held = signing.loads(str(self.data.get("robot_stamp", "")), salt="robot", max_age=STAMP_LASTS)
        except signing.BadSignature:
            return None
        return (held["one"], now() + STAMP_LASTS) if held["form"] == self.robot_form else None

    def _spend(self, signature: str, expires_at: datetime) -> bool:
        typed = sorted((name, str(value)) for name, value in self.cleaned_data.items() if name != "code")
        about, *by_older_keys = seals.keyed_by_each(repr(typed), "form")
        spent, new = SpentChallenge.objects.get_or_create(
            signature=signature[:128], defaults={"expires_at": expires_at, "about": about}
        )
        self.repeated = not new and spent.about in (about, *by_older_keys)
        self._spent = spent
        return new or self.repeated

    def _by_code(self, email: str, language: str) -> bool:
        about = f"{self.robot_form} {email.casefold()}"
        try:
            if code := self.cleaned_data.get("code", ""):
                limits.hit("code_tries", about)
                if _spend_code(about, code):
                    limits.forgive("code_tries", about)
                    return True
                self._ask_code()
                self.add_error("code", _("This number does not match the one in the email. Look again."))
                return False
            limits.hit("code_sends", about)
            code = f"{secrets.randbelow(1_000_000):06}"
            _keep_code(about, code)
            if email:
                mail.post(email, language, "people/code", code=code)
        except limits.TooMany as many:
            self.add_error(None, many.words)
            return False
        self._ask_code()
        self.add_error("code", _("Enter the six digits we just sent to your email."))
        return False

    def _ask_code(self) -> None:
        if "code" not in self.fields:
            self.fields["code"] = DigitsField(label=_("Six digits from our email"), digits=6)


def _solved(token: str, form: str) -> Spendable | None:
    """The challenge the token solves, if it is one of ours for this form and in time."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        payload = altcha.Payload.from_base64(token)
        solved = any(altcha.verify_solution(payload, secret).verified for secret in _secrets())
        parameters = payload.challenge.parameters
        made_for = (parameters.data or {}).get("form")
        expires_at = datetime.fromtimestamp(parameters.expires_at or 0, UTC)
        signature = str(payload.challenge.signature)
    except Exception:  # anyone's text: the library raises whatever its parts make of it
        return None
    return (signature, expires_at) if solved and made_for == form else None


def _keep_code(about: str, code: str) -> None:
    MailLink.objects.update_or_create(
        token_hash=seals.keyed(f"{about} {code}", "code"),
        defaults={"purpose": MailLink.Purpose.CODE, "expires_at": now() + CODE_LASTS, "used_at": None},
    )


def _spend_code(about: str, code: str) -> bool:
    kept = MailLink.objects.filter(
        purpose=MailLink.Purpose.CODE,
        token_hash__in=seals.keyed_by_each(f"{about} {code}", "code"),
        used_at=None,
    )
    return kept.filter(expires_at__gt=now()).update(used_at=now()) == 1


def _secrets() -> list[str]:
    return seals.keyed_by_each("altcha", "robot")
