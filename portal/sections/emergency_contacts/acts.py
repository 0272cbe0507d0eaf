"""Changing one's own numbers, for several children at once; confirming a cell number; saying that all is right."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import now
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.family.models import ContactPoint
from portal.people import limits, mail, seals, texts
from portal.record import contents, deeds
from portal.sections.emergency_contacts import reading
from portal.sections.emergency_contacts.models import CellProof, NumberChange, YearlyCheck
from portal.sections.emergency_contacts.reading import PHONES, Field, Own
from portal.sis import outbox
from portal.web import formats
from portal.web.forms import ChoiceField, ChoicesField, DigitsField, Form, PhoneField, TickField

KEY = "emergency-contacts"
KIND = "emergency.numbers"
TELLS = f"{KEY}.numbers"
CODE_LASTS = timedelta(minutes=10)
CONSENT = _(
    "I agree to get text messages from my child's school at this number. Message and data rates may apply. "
    "I can stop at any time by answering STOP."
)
NUMBER = {"number": _("Enter a phone number with area code, like 213 555 0142.")}
FIRST = _("Choose which number we call first.")
WORDS = {
    "call": _("Call"), "text": _("Text message"), "email": _("Email"),
    "home": pgettext_lazy("phone", "Home"), "work": _("Work"), "cell": _("Cell"), "yes": _("Yes"), "no": _("No"),
}  # fmt: skip


class NumbersForm(Form):
    """The parent's own card. Their children are ticked on the page; the child of the page is always meant."""

    home = PhoneField(label=_("Home phone"), required=False, autocomplete="home tel", error_messages=NUMBER)
    work = PhoneField(label=_("Work phone"), required=False, autocomplete="work tel", error_messages=NUMBER)
    cell = PhoneField(label=_("Cell phone"), required=False, autocomplete="mobile tel", error_messages=NUMBER)
    preferred = ChoiceField(
        label=_("Which number do we call first?"),
        choices=[(name, WORDS[name]) for name in ("cell", "home", "work")],
        widget=forms.RadioSelect,
        error_messages={"required": FIRST, "invalid_choice": FIRST},
    )
    contact_by = ChoiceField(
        label=_("How do we reach you in an emergency?"),
        choices=[(name, WORDS[name]) for name in ("call", "text", "email")],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we reach you.")},
    )
    text_opt_in = TickField(
        label=_("I agree to get text messages"),
        required=False,
        help_text=CONSENT,
    )
    students = ChoicesField(
        label=_("Save this for my other children too"), required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("preferred") and not said.get(said["preferred"]) and said["preferred"] not in self.errors:
            self.add_error("preferred", FIRST)
        for wants in ("contact_by", "text_opt_in"):
            if said.get(wants) in ("text", True) and "cell" in said and not said["cell"]:
                self.add_error(wants, _("Enter a cell phone number to get text messages."))
        return said


class CodeForm(Form):
    code = DigitsField(digits=6, label=_("6 digits from the text message"))


class Nothing(Form):
    """Only a button."""


def show(grant: Grant) -> dict[str, Any]:
    """What the pages of all acts show: the card as it is now."""
    now_ = reading.read(grant)
    if now_.own is None:
        raise gate.NotOpen(grant.student)
    return {"reading": now_, "words": WORDS}


def fill(form: Form, grant: Grant) -> None:
    """The first values of the form, and the other children it may speak for."""
    own = reading.read(grant).own
    assert own is not None
    others = [(other.student.ref, other.student.first_name) for other in _others(grant)]
    students = form.fields["students"]
    assert isinstance(students, forms.MultipleChoiceField)
    students.choices = others
    if not others:
        del form.fields["students"]
    form.initial = {name: own.value(name) for name in ("home", "work", "cell", "preferred", "contact_by")} | {
        "text_opt_in": bool(own.text_opt_in),
        "students": [ref for ref, _name in others],
        "version": own.version,
    }


def change(grant: Grant, form: NumbersForm) -> None:
    """Saves the card for the child and those ticked, and puts it in the outbox: all of it, or nothing.

    Raises ValidationError, in words, when the school changed a number after the form was made.
    """
    said = form.cleaned_data
    _refuse_stale(grant, said)
    new = {name: said[name] for name in ("home", "work", "cell", "preferred", "contact_by")}
    new["text_opt_in"] = "yes" if said["text_opt_in"] else "no"
    wanted = said.get("students") or ()
    grants = [grant, *(other for other in _others(grant) if other.student.ref in wanted)]
    typed = {field.value: str(form.data.get(field.value, "")).strip()[:60] for field in PHONES}
    changed = {one.student.pk: _differences(one, new) for one in grants}
    sending = [one for one in grants if changed[one.student.pk]]
    if sending:
        _put(sending, changed, typed)
        deeds.did_each(sending, f"{TELLS}.changed")
        log.note_each([one for one in sending if one is not grant], "change")
        mail.post(grant.person.email, grant.person.language, f"{KEY}/changed")
        if new["cell"] and any("cell" in changed[one.student.pk] for one in sending):
            _text_code(grant, new["cell"])
    YearlyCheck.objects.update_or_create(person=grant.person, defaults={"at": now()})


def confirm_cell(grant: Grant, form: CodeForm) -> None:
    """The six digits came back: the number is theirs. Raises ValidationError for wrong or old ones."""
    cell = _own(grant).to_confirm
    limits.hit("code_tries", _counted(grant, cell))
    proof = CellProof.objects.select_for_update().filter(person=grant.person, cell=cell).first()
    codes = _hashed(grant, cell, form.cleaned_data["code"])
    if proof is None or proof.expires_at is None or proof.expires_at < now() or proof.code_hash not in codes:
        raise ValidationError(
            {
                "code": _(
                    "These are not the digits we texted, or they are older than 10 minutes. Ask for new ones."
                )
            }
        )
    proof.confirmed_at, proof.code_hash = now(), ""
    proof.save(update_fields=["confirmed_at", "code_hash"])


def text_code(grant: Grant, form: Nothing) -> None:
    """Texts six new digits to the number that waits; the ones before no longer count."""
    cell = _own(grant).to_confirm
    if cell:
        limits.hit("code_sends", _counted(grant, cell))
        _text_code(grant, cell, counted=True)


def still_right(grant: Grant, form: Nothing) -> None:
    """The yearly question is answered: nothing changes."""
    YearlyCheck.objects.update_or_create(person=grant.person, defaults={"at": now()})


def _own(grant: Grant) -> Own:
    own = reading.read(grant).own
    if own is None:
        raise gate.NotOpen(grant.student)
    return own


def _others(grant: Grant) -> list[Grant]:
    """The person's other children whose numbers they may change, asked anew."""
    everyone = gate.admit_each(gate.Actor(grant.person), contents.section(KEY))
    return [other for other in everyone if other.may_change and other.student.pk != grant.student.pk]


def _refuse_stale(grant: Grant, said: dict[str, Any]) -> None:
    """The form was made from what the school had then; where that differs now, both are shown and the family decides."""
    assert grant.guardianship is not None
    points = list(
        ContactPoint.objects.filter(guardian=grant.guardianship.guardian_id).order_by("-is_primary", "pk")
    )
    school = reading.said_by_school(points)
    before, now_ = said["version"].split("."), reading.version(school).split(".")
    if len(before) != len(now_):
        return  # sent by hand, without a version: it means what it says
    stale = {}
    for field, was, is_ in zip(Field, before, now_, strict=True):
        if was != is_ and field in PHONES and school[field].value != said[field.value]:
            stale[field.value] = ValidationError(
                _("The school changed this number on %(date)s. Check it and save again."),
                params={"date": formats.long_date(school[field].at)},
            )
    if stale:
        raise ValidationError(stale)


def _differences(grant: Grant, new: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Field → (old, new), of what differs from what counts now."""
    own = _own(grant)
    found = {name: (own.value(name), value) for name, value in new.items() if own.value(name) != value}
    if found.get("text_opt_in") == ("", "no"):
        del found["text_opt_in"]  # never agreed, and does not now
    return found


def _put(
    grants: Sequence[Grant], changed: dict[int, dict[str, tuple[str, str]]], typed: dict[str, str]
) -> None:
    cards = [(one, one.guardianship) for one in grants if one.guardianship]
    rows = outbox.put(
        [
            outbox.Change(
                one.student,
                KIND,
                {
                    "student": one.student.sourced_id,
                    "guardian": right.guardian.sourced_id,
                    "fields": {
                        name: (new == "yes" if name == "text_opt_in" else new)
                        for name, (_old, new) in changed[one.student.pk].items()
                    },
                },
                person=one.person,
                tells=TELLS,
            )
            for one, right in cards
        ]
    )
    for (one, right), row in zip(cards, rows, strict=True):
        for name, (old, new) in changed[one.student.pk].items():
            NumberChange.rows.create(
                student=one.student,
                guardianship=right,
                person=one.person,
                field=name,
                old=old,
                new=new,
                typed=typed.get(name, ""),
                consent=f"{get_language()}: {gettext(str(CONSENT))}" if name == "text_opt_in" else "",
                sent=row,
            )


def _text_code(grant: Grant, cell: str, *, counted: bool = False) -> None:
    """Six digits to a number that nobody has confirmed yet; over the limit none is sent, and saving goes on."""
    proof, _new = CellProof.objects.get_or_create(person=grant.person, cell=cell)
    if proof.confirmed_at is not None or not texts.available():
        return
    if not counted:
        try:
            limits.hit("code_sends", _counted(grant, cell))
        except limits.TooMany:
            return
    code = f"{secrets.randbelow(1_000_000):06}"
    proof.code_hash, proof.expires_at = _hashed(grant, cell, code)[0], now() + CODE_LASTS
    proof.save(update_fields=["code_hash", "expires_at"])
    texts.post(
        cell, gettext("%(code)s is your Parent Portal code. It works for 10 minutes.") % {"code": code}
    )


def _hashed(grant: Grant, cell: str, code: str) -> list[str]:
    return seals.keyed_by_each(f"{grant.person.pk} {cell} {code}", "cell code")


def _counted(grant: Grant, cell: str) -> str:
    return f"cell {grant.person.pk} {cell}"
