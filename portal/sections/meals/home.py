"""What meals say of a child on the pages that show several things at once. What a household was granted never stands there."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.section import Glance, HomeFact, Need
from portal.sections.meals.models import Account
from portal.web import formats


def ask(grants: Sequence[Grant]) -> list[QuerySet]:
    accounts = Account.rows.under(*grants).order_by()
    return [accounts.values("student", facts=JSONObject(balance="balance", low="low", as_of="as_of"))]


def tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    if "balance" not in facts:
        left = grant.student.left_on is not None and grant.student.left_on < grant.on
        return HomeFact(tile="" if left else _("This week's menu"))
    balance = formats.dollars(Decimal(str(facts["balance"])))
    return HomeFact(
        tile=_("Balance %(amount)s") % {"amount": balance},
        needs=(_need(grant, balance, facts["as_of"][:10]),) if facts["low"] else (),
    )


def _need(grant: Grant, balance: str, on: str) -> Need:
    ref = grant.student.ref
    return Need(
        rank=2,
        key=f"meals.low:{ref}:{on}",
        icon="fork-knife",
        sentence=format_html(
            _("{name}: the meal account is low"), name=format_html("<bdi>{}</bdi>", grant.student.first_name)
        ),
        detail=_("Balance %(amount)s") % {"amount": balance},
        url=reverse("meals", args=[ref]),
    )


home = Glance(ask=ask, tell=tell)
