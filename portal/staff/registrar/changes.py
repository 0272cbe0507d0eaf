"""What changes now, in words, before anything is saved: who loses what, who gains what, and what stays as it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.family import pins
from portal.family.models import CourtOrder, Decision, Guardianship, Pin
from portal.family.standing import verified
from portal.staff.registrar import acts
from portal.staff.registrar.forms import STUDENT, ConfidentialForm, ContactsForm
from portal.staff.registrar.reading import Desk
from portal.web import formats
from portal.web.formats import isolated


@dataclass(frozen=True)
class Changes:
    """Sentences. now: what saving does at once. later: what waits for a second person. same: who notices nothing."""

    now: tuple[str, ...]
    later: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


def of_order(desk: Desk, right: Guardianship, said: Mapping[str, Any], on: date) -> Changes:
    """What a court order does, from the four switches."""
    words = _about(right)
    lines: list[str] = []
    if said["no_records"]:
        lines += _shut(right, said["begins"], said["ends"], on)
    if said["no_pick_up"]:
        lines.append(
            _("The school may not let %(adult)s pick up %(child)s. Staff see it with the student.") % words
        )
    if said["hide_location"]:
        lines.append(_("%(adult)s does not see the bus stop of %(child)s.") % words)
    if said["hide_adults"]:
        lines.append(_("%(adult)s does not see the other adults the school calls.") % words)
    if said["begins"] > on:
        lines.append(_("All of this begins on %(day)s.") % {"day": formats.long_date(said["begins"])})
    elif said["ends"]:
        lines.append(
            _("It ends by itself after %(day)s. 30 days before, the desk is reminded.")
            % {"day": formats.long_date(said["ends"])}
        )
    lines.append(_("A second person checks the paper within one school day."))
    return Changes(tuple(lines), same=_same(desk, right))


def of_lift(desk: Desk, order: CourtOrder, on: date) -> Changes:
    """What comes back when a court order no longer holds."""
    right = order.guardianship
    words = _about(right)
    lines = []
    if order.no_records:
        others = [each for each in desk.orders if each.guardianship_id == right.pk and each.pk != order.pk]
        if any(each.no_records for each in others):
            lines.append(_("Another court order still keeps the record of %(child)s from %(adult)s.") % words)
        elif _verified_without_orders(right, on):
            lines.append(_("%(adult)s sees the record of %(child)s again.") % words)
        else:
            lines.append(
                _("%(adult)s still sees no record: the school does not list them as verified.") % words
            )
    if order.no_pick_up:
        lines.append(
            _("The school may let %(adult)s pick up %(child)s, if the emergency card says so.") % words
        )
    if order.hide_location:
        lines.append(_("%(adult)s sees the bus stop of %(child)s again.") % words)
    if order.hide_adults:
        lines.append(_("%(adult)s sees the other adults the school calls again.") % words)
    return Changes(
        (_("Nothing changes now. A second person must agree first."),), tuple(lines), _same(desk, right)
    )


def of_rights(desk: Desk, right: Guardianship, said: Mapping[str, Any], on: date) -> Changes:
    """What new educational rights take at once, and what they give once a second person agrees."""
    now_, later = acts.split(right, said)
    lines = list(_rights_lines(right, now_, on)) + (
        [_("A second person checks the paper within one school day.")] if now_ else []
    )
    if not now_:
        lines.append(_("Nothing changes now. A second person must agree first."))
    return Changes(tuple(lines), tuple(_rights_lines(right, later, on)), _same(desk, right))


def of_guardian(desk: Desk, name: str, child: str) -> Changes:
    """An adult is listed, who sees nothing yet."""
    words = {"adult": isolated(name), "child": isolated(child)}
    return Changes(
        (
            _("%(adult)s is listed as an adult of %(child)s.") % words,
            _("%(adult)s sees no record yet. Give educational rights in the next step.") % words,
        ),
        same=tuple(right.guardian.name for right in desk.rights),
    )


def of_contacts(desk: Desk, form: ContactsForm) -> Changes:
    """Whom the school calls from now on."""
    said, by = form.cleaned_data, {one.pk: one for one in desk.contacts}
    lines = []
    for pk in form.removed:
        lines.append(_("The school no longer calls %(name)s.") % {"name": isolated(by[pk].name)})
        if any(right.guardian_id == by[pk].guardian_id for right in desk.rights):
            lines.append(
                _("The record stays open to %(name)s as it is now.") % {"name": isolated(by[pk].name)}
            )
    order = [isolated(by[pk].name) for pk in form.order]
    if said.get("given_name"):
        new = isolated(f"{said['given_name']} {said['family_name']}".strip())
        order.append(new)
        if said.get("may_pick_up"):
            lines.append(_("%(name)s may pick the student up. %(name)s sees no record.") % {"name": new})
        else:
            lines.append(_("%(name)s may not pick the student up. %(name)s sees no record.") % {"name": new})
    if order:
        lines.append(_("The school calls in this order: %(names)s.") % {"names": formats.listed(order)})
    else:
        lines.append(_("The school has nobody to call but the parents and guardians."))
    return Changes(tuple(lines))


def of_confidential(form: ConfidentialForm, child: str) -> Changes:
    """An address becomes confidential, or asks not to be."""
    if form.cleaned_data["confidential"] == "no":
        later = (_("The address is no longer confidential. It is shown and printed again."),)
        return Changes((_("Nothing changes now. A second person must agree first."),), later)
    return Changes(
        (
            _("The address is shown on no page and printed on no letter."),
            _("No family account sees the bus stop of %(child)s.") % {"child": isolated(child)},
            _("Staff see “Limited record” with the student."),
            _("A second person checks the paper within one school day."),
        )
    )


def of_address(desk: Desk, said: Mapping[str, Any], child: str) -> Changes:
    """A new address."""
    of = None if said["whose"] == STUDENT else int(said["whose"])
    theirs = [point for point in desk.addresses if point.guardian_id == of]
    old = next((point for point in theirs if point.kind == said["kind"]), None)
    name = next((right.guardian.name for right in desk.rights if right.guardian_id == of), child)
    lines = [_("The school has a new address for %(name)s.") % {"name": isolated(name)}]
    if old is not None:
        lines.append(_("The old address is taken off: %(street)s.") % {"street": isolated(old.value)})
    if any(point.do_not_publish for point in theirs):
        lines.append(_("It is confidential, as the old one was."))
    return Changes(tuple(lines))


def of_decision(desk: Desk, decision: Decision, on: date) -> tuple[str, ...]:
    """What a second person would let happen."""
    if decision.act == Decision.Act.LIFT and decision.order is not None:
        return of_lift(desk, decision.order, on).later
    if decision.act == Decision.Act.RIGHTS and decision.guardianship is not None:
        values = {name: acts.of_plain(name, value) for name, value in decision.values.items()}
        return tuple(_rights_lines(decision.guardianship, values, on))
    if decision.act == Decision.Act.ADDRESS:
        return (_("The address is no longer confidential. It is shown and printed again."),)
    return ()


def _shut(right: Guardianship, begins: date, ends: date | None, on: date) -> Iterator[str]:
    words = _about(right) | {"day": formats.long_date(begins)}
    if begins > on:
        yield _("On %(day)s, %(adult)s loses the whole record of %(child)s.") % words
    elif verified(right, on):
        yield _("%(adult)s loses the whole record of %(child)s now.") % words
    else:
        yield _("%(adult)s sees no record of %(child)s today. It stays so.") % words
    if getattr(right, "open_links", ()):
        yield (
            _("Saved pages on the devices of %(adult)s are deleted when they next connect. Alerts stop.")
            % words
        )
    if begins <= on and Pin.objects.filter(pins.LIVE, guardianship=right).exists():
        yield _("The PIN that waits for %(adult)s stops working.") % words


def _rights_lines(right: Guardianship, values: Mapping[str, Any], on: date) -> Iterator[str]:
    words = _about(right)
    after = _copy(right, values)
    if "educational_rights" in values:
        if after.educational_rights == Guardianship.Rights.NONE:
            yield from _shut(right, on, None, on)
        elif after.educational_rights == Guardianship.Rights.FULL:
            yield _("%(adult)s sees the whole record of %(child)s.") % words
        elif right.educational_rights == Guardianship.Rights.FULL:
            yield _("%(adult)s no longer sees the sensitive sections of %(child)s.") % words
        else:
            yield _("%(adult)s sees the record of %(child)s, without the sensitive sections.") % words
        if right.educational_rights == Guardianship.Rights.NONE:
            yield _("%(adult)s may get a PIN at the counter.") % words
    if values.get("begins"):
        yield _("The rights of %(adult)s begin on %(day)s.") % (
            words | {"day": formats.long_date(values["begins"])}
        )
    elif "begins" in values:
        yield _("The rights of %(adult)s begin at once.") % words
    if values.get("ends"):
        yield _("The rights of %(adult)s end after %(day)s.") % (
            words | {"day": formats.long_date(values["ends"])}
        )
    elif "ends" in values:
        yield _("The rights of %(adult)s have no last day any more.") % words


def _same(desk: Desk, right: Guardianship) -> tuple[str, ...]:
    return tuple(other.guardian.name for other in desk.rights if other.pk != right.pk)


def _verified_without_orders(right: Guardianship, on: date) -> bool:
    return verified(_copy(right, {"closed_from": None, "closed_until": None}), on)


def _copy(right: Guardianship, values: Mapping[str, Any]) -> Guardianship:
    copied = Guardianship(**{field.attname: getattr(right, field.attname) for field in _columns()})
    for name, value in values.items():
        setattr(copied, name, value)
    return copied


def _columns() -> Iterable[Any]:
    return Guardianship._meta.concrete_fields


def _about(right: Guardianship) -> dict[str, str]:
    return {"adult": isolated(right.guardian.name), "child": isolated(right.student.first_name)}
