"""What the library says of a child on the pages that show several things at once."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.access.grant import Grant
from portal.record.section import Glance, HomeFact, Need
from portal.sections.library.models import Loan
from portal.web import formats


def ask(grants: Sequence[Grant]) -> list[QuerySet]:
    out = Loan.rows.under(*grants).filter(returned_on=None)
    late = Count("pk", filter=Q(due_on__lt=grants[0].on))
    return [
        out.order_by()
        .values("student")
        .annotate(facts=JSONObject(out=Count("pk"), late=late, due=Min("due_on")))
        .values("student", "facts")
    ]


def tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    out, late = facts.get("out", 0), facts.get("late", 0)
    if not out:
        return HomeFact(tile=_("No books out"))
    tile = ngettext("%(n)s book out", "%(n)s books out", out) % {"n": formats.number(out)}
    return HomeFact(tile=tile, needs=(_need(grant, late, date.fromisoformat(facts["due"])),) if late else ())


def ahead(grant: Grant, until: date) -> Iterable[tuple[date, str]]:
    """Books that go back; one query."""
    due = (
        Loan.rows.under(grant)
        .filter(returned_on=None, due_on__range=(grant.on, until))
        .order_by("due_on", "title")
    )
    for on, title in due.values_list("due_on", "title"):
        yield on, _("%(title)s goes back to the library.") % {"title": title}


def _need(grant: Grant, late: int, due_on: date) -> Need:
    ref = grant.student.ref
    sentence = ngettext(
        "{name}: {n} library book can go back now", "{name}: {n} library books can go back now", late
    )
    return Need(
        rank=1,
        key=f"library.late:{ref}:{due_on}:{late}",
        icon="books",
        sentence=format_html(
            sentence, name=format_html("<bdi>{}</bdi>", grant.student.first_name), n=formats.number(late)
        ),
        detail=_("Due back %(date)s") % {"date": formats.day(due_on)},
        url=reverse("library", args=[ref]),
        on=due_on,
    )


home = Glance(ask=ask, tell=tell)
