"""Saying that a report card was seen."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from portal.access.grant import Grant
from portal.record import deeds
from portal.sections.report_cards.models import Signature
from portal.sections.report_cards.reading import read_card
from portal.web.forms import Form, TickField


class SeenForm(Form):
    seen = TickField(
        label=_("I have seen this report card"),
        error_messages={"required": _("Tick the box to tell the school that you have seen it.")},
    )


def asked(grant: Grant, term: int) -> dict[str, Any]:
    """What the form's page shows. Raises Http404 where the school does not ask, or for no report card."""
    if not settings.DISTRICT.report_card_seen:
        raise Http404
    return {"reading": read_card(grant, term)}


def seen(grant: Grant, form: SeenForm, term: int) -> None:
    """The parent has seen it; saying so twice is the same as once."""
    card = asked(grant, term)["reading"].card
    _signature, new = Signature.rows.under(grant).get_or_create(
        student=grant.student, person=grant.person, term_id=term, defaults={"at": now()}
    )
    if new:
        deeds.did(grant, "report-cards.seen", term=card.period)
