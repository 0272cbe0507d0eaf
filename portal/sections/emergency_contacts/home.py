"""What emergency contacts say of children on the pages that show several things at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.access.grant import Grant
from portal.family.models import Link
from portal.record.section import Glance, HomeFact, Need
from portal.sections.emergency_contacts.models import EmergencyContact, NumberChange, YearlyCheck
from portal.sections.emergency_contacts.reading import RIGHT_FOR, State
from portal.web import formats


def _ask(grants: Sequence[Grant]) -> tuple[QuerySet[Any, Any], ...]:
    people = EmergencyContact.rows.under(*grants).order_by().values("student")
    newer = NumberChange.rows.under(*grants).filter(
        guardianship=OuterRef("guardianship"), field=OuterRef("field"), pk__gt=OuterRef("pk")
    )
    mine = NumberChange.rows.under(*grants).filter(~Exists(newer), person=grants[0].person).order_by()
    states = mine.values("student").annotate(
        facts=JSONObject(
            waiting=Count("pk", filter=Q(sent__state=State.WAITING)),
            refused=Count("pk", filter=Q(sent__state=State.REFUSED)),
        )
    )
    asked: tuple[QuerySet[Any, Any], ...] = (people.annotate(facts=JSONObject(people=Count("pk"))), states)
    first = next((grant for grant in grants if grant.may_change and grant.child), None)
    if first is not None and first.child is not None:  # one question for the family, not one for each child
        checked = YearlyCheck.objects.filter(person=OuterRef("person")).values("at")
        link = Link.objects.filter(pk=first.child.link.pk).order_by()
        asked += (
            link.annotate(student=F("guardianship__student"))
            .values("student")
            .annotate(facts=JSONObject(linked=F("made_at"), checked=Subquery(checked))),
        )
    return asked


def _tell(grant: Grant, facts: dict[str, Any]) -> HomeFact:
    return HomeFact(tile=_tile(facts), needs=tuple(_needs(grant, facts)))


def _tile(facts: dict[str, Any]) -> str:
    if facts.get("refused"):
        return _("Look at your numbers")
    if facts.get("waiting"):
        return _("Sending to the school")
    people = facts.get("people", 0)
    return ngettext("%(n)s person to call", "%(n)s people to call", people) % {"n": formats.number(people)}


def _needs(grant: Grant, facts: dict[str, Any]) -> list[Need]:
    ref = grant.student.ref
    needs = []
    if facts.get("refused"):
        name = format_html("<bdi>{}</bdi>", grant.student.first_name)
        needs.append(
            Need(
                rank=1,
                key=f"emergency-contacts.refused:{ref}",
                icon="phone-call",
                sentence=format_html(_("The school could not take your new numbers for {name}"), name=name),
                detail=_("See why and what to do now"),
                url=reverse("emergency-contacts", args=[ref]),
            )
        )
    said = facts.get("checked") or facts.get("linked")
    if said and datetime.fromisoformat(said) + RIGHT_FOR < now():
        needs.append(
            Need(
                rank=2,
                key=f"emergency-contacts.yearly:{said[:10]}",
                icon="phone-call",
                sentence=_("Are your emergency numbers still right?"),
                detail=_("Yes or change"),
                url=reverse("emergency-contacts_still_right", args=[ref]),
                act=_("Look at them"),
            )
        )
    return needs


home = Glance(_ask, _tell)
