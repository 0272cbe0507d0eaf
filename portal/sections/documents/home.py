"""What documents say of a child on the pages that show several things at once: what the school asks for, never what it says."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.record.section import Glance, HomeFact, Need
from portal.sections.documents.models import Wanted
from portal.web import formats


def ask(grants: Sequence[Grant]) -> list[QuerySet]:
    wanted = Wanted.rows.under(*grants).filter(state=Wanted.State.OPEN)
    return [
        wanted.order_by()
        .values("student")
        .annotate(facts=JSONObject(asked=JSONBAgg(JSONObject(id="pk", due="due_on"))))
        .values("student", "facts")
    ]


def tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    asked = sorted(facts.get("asked", ()), key=lambda each: (each["due"] or "9", each["id"]))
    if not asked:
        return HomeFact(tile=_("Nothing asked for"))
    return HomeFact(
        tile=_("%(n)s asked for") % {"n": formats.number(len(asked))},
        needs=tuple(_need(grant, each) for each in asked),
    )


def ahead(grant: Grant, until: date) -> Iterable[tuple[date, str]]:
    """Papers the school waits for, without saying which; one query."""
    wanted = Wanted.rows.under(grant).filter(state=Wanted.State.OPEN, due_on__range=(grant.on, until))
    for row in wanted.order_by("due_on"):
        assert row.due_on is not None
        yield row.due_on, _("A paper the school asked for is due.")


def _need(grant: Grant, asked: dict[str, Any]) -> Need:
    ref = grant.student.ref
    due_on = date.fromisoformat(asked["due"]) if asked["due"] else None
    return Need(
        rank=2,
        key=f"documents.asked:{ref}:{asked['id']}",
        icon="upload-simple",
        sentence=format_html(
            _("{name}: the school asked for a paper"),
            name=format_html("<bdi>{}</bdi>", grant.student.first_name),
        ),
        detail=_("By %(date)s") % {"date": formats.day(due_on)} if due_on else "",
        url=reverse("documents", args=[ref]),
        on=due_on,
    )


home = Glance(ask=ask, tell=tell)
