"""What the registrar types in from a paper. Mistakes keep what was typed; nothing is saved before it was looked at."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.family.models import ContactPoint, CourtOrder, Decision, Guardianship, KnownContact
from portal.sections.emergency_contacts.models import EmergencyContact
from portal.staff.desk import who
from portal.staff.registrar.reading import Desk
from portal.students import names
from portal.web.forms import ChoiceField, DatePartsField, Form, NameField, PhoneField, TextField, TickField

Paper = Decision.Paper
SWITCHES = {
    "no_records": _("No access to the record"),
    "no_pick_up": _("No pick-up"),
    "hide_location": _("Hide where the student is: bus stop and home"),
    "hide_adults": _("Hide the other adults"),
}


class OrderForm(Form):
    """A court order: which adult it limits, for how long, in what."""

    who = ChoiceField(label=_("Which adult does it limit?"), widget=forms.RadioSelect)
    kind = ChoiceField(label=_("Type of order"), choices=CourtOrder.Kind.choices, widget=forms.RadioSelect)
    court = TextField(
        label=_("Court"),
        error_messages={"required": _("Enter the court, like Superior Court, County of Los Angeles.")},
    )
    number = TextField(
        label=_("Case number"),
        max_length=60,
        error_messages={"required": _("Enter the case number on the paper.")},
    )
    begins = DatePartsField(label=_("First day"), earliest=1990)
    ends = DatePartsField(
        label=_("Last day"), help_text=_("Leave empty when the order names none."), required=False
    )
    no_records = TickField(label=SWITCHES["no_records"], required=False)
    no_pick_up = TickField(label=SWITCHES["no_pick_up"], required=False)
    hide_location = TickField(label=SWITCHES["hide_location"], required=False)
    hide_adults = TickField(label=SWITCHES["hide_adults"], required=False)

    def __init__(self, data: Any, rights: Sequence[Guardianship]) -> None:
        super().__init__(data)
        _adults(self, "who", rights)
        self.fields["number"].widget.attrs["dir"] = "ltr"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        _in_order(self, said)
        if not any(said.get(name) for name in CourtOrder.SWITCHES):
            self.add_error("no_records", _("Tick what the order limits."))
        return said


class PaperForm(Form):
    """Which paper says so, and from which day it is."""

    paper = ChoiceField(label=_("Which paper did you see?"), widget=forms.RadioSelect)
    paper_on = DatePartsField(label=_("Date on the paper"), earliest=1990)

    PAPERS: Sequence[Paper] = (Paper.COURT, Paper.LETTER)

    def __init__(self, data: Any, **more: Any) -> None:
        super().__init__(data, **more)
        field = self.fields["paper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(paper.value, paper.label) for paper in self.PAPERS]


class LiftForm(PaperForm):
    """A court order no longer holds."""

    PAPERS = (Paper.COURT,)


class RightsForm(PaperForm):
    """Who holds educational rights, on what basis, from when to when."""

    PAPERS = (Paper.BIRTH, Paper.COURT, Paper.AFFIDAVIT, Paper.ADOPTION, Paper.FOSTER, Paper.ADULT)

    who = ChoiceField(label=_("Whose rights?"), widget=forms.RadioSelect)
    educational_rights = ChoiceField(
        label=_("Educational rights"),
        widget=forms.RadioSelect,
        choices=[
            (Guardianship.Rights.FULL, _("Full: the whole record")),
            (Guardianship.Rights.LIMITED, _("Limited: without the sensitive sections")),
            (Guardianship.Rights.NONE, _("None: a contact only, sees no record")),
        ],
    )
    begins = DatePartsField(label=_("First day"), help_text=_("Leave empty for at once."), required=False)
    ends = DatePartsField(label=_("Last day"), help_text=_("Leave empty for none."), required=False)

    field_order = ("who", "educational_rights", "paper", "paper_on", "begins", "ends")

    def __init__(
        self, data: Any, rights: Sequence[Guardianship], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        _adults(self, "who", rights)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        _in_order(self, said)
        return said


NEW = "new"  # somebody the school has not on file yet


class GuardianForm(PaperForm):
    """An adult of the student whom the desk lists. They see nothing yet: rights are another step."""

    PAPERS = (Paper.BIRTH, Paper.COURT, Paper.AFFIDAVIT, Paper.ADOPTION, Paper.FOSTER)

    who = ChoiceField(label=_("Who is it?"), widget=forms.RadioSelect)
    given_name = NameField(label=_("First name"), required=False)
    family_name = NameField(label=_("Last name"), required=False)
    relationship = ChoiceField(
        label=_("Relation to the student"),
        choices=[
            (one.value, one.label)
            for one in Guardianship.Relationship
            if one != Guardianship.Relationship.SELF
        ],
    )
    lives_with = TickField(label=_("The student lives with this person"), required=False)

    field_order = ("who", "given_name", "family_name", "relationship", "lives_with", "paper", "paper_on")

    def __init__(self, data: Any, known: Sequence[KnownContact]) -> None:
        super().__init__(data, initial={"who": NEW})
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((str(one.pk), one.guardian.name) for one in known), (NEW, _("Somebody who is not on file yet"))
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("who") == NEW and not said.get("given_name") and not self.has_error("given_name"):
            self.add_error("given_name", _("Enter a name."))
        return said


class ContactsForm(PaperForm):
    """Whom the school calls: in which order, who no longer, and perhaps one more."""

    PAPERS = (Paper.CARD, Paper.LETTER, Paper.COURT)

    given_name = NameField(label=_("First name"), required=False)
    family_name = NameField(label=_("Last name"), required=False)
    relationship = ChoiceField(label=_("Relation to the student"), required=False)
    phone = PhoneField(label=_("Phone"), autocomplete="off", required=False)
    may_pick_up = TickField(label=_("May pick the student up"), required=False)

    def __init__(self, data: Any, desk: Desk) -> None:
        super().__init__(data)
        self.desk = desk
        for place, contact in enumerate(desk.contacts, 1):
            self.fields[f"place_{contact.pk}"] = forms.IntegerField(
                label=_("Place of %(name)s") % {"name": contact.name}, min_value=1, max_value=99, initial=place,
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _("Enter a place, like 1.")),
            )  # fmt: skip
            self.fields[f"remove_{contact.pk}"] = TickField(
                label=_("Remove %(name)s") % {"name": contact.name}, required=False
            )
        field = self.fields["relationship"]
        assert isinstance(field, forms.ChoiceField)
        relations = {**dict(Guardianship.Relationship.choices), **EmergencyContact.FURTHER}
        relations.pop(Guardianship.Relationship.SELF)
        field.choices = [("", _("Choose one.")), *relations.items()]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.adds:
            for name, words in (
                ("given_name", _("Enter a name.")),
                ("relationship", _("Choose one.")),
                ("phone", _("Enter a phone number, like 213-555-0100.")),
            ):
                if not said.get(name) and not self.has_error(name):
                    self.add_error(name, words)
            kept_away = {
                frozenset(names.folded(order.guardianship.guardian.name))
                for order in self.desk.orders
                if order.no_pick_up
            }
            new = frozenset(names.folded(f"{said.get('given_name')} {said.get('family_name')}"))
            if said.get("may_pick_up") and new in kept_away:
                self.add_error(
                    "may_pick_up", _("A court order says that this person may not pick the student up.")
                )
        if not self.errors and not (
            self.adds or self.removed or self.order != [one.pk for one in self.desk.contacts]
        ):
            self.add_error(None, _("Nothing is different from what is on file."))
        return said

    @property
    def adds(self) -> bool:
        return any(
            self.cleaned_data.get(name)
            for name in ("given_name", "family_name", "relationship", "phone", "may_pick_up")
        )

    @property
    def removed(self) -> list[int]:
        return [one.pk for one in self.desk.contacts if self.cleaned_data.get(f"remove_{one.pk}")]

    @property
    def order(self) -> list[int]:
        """The keys of those who stay, in their new order; the one on file decides between equal places."""
        staying = [one for one in self.desk.contacts if one.pk not in self.removed]
        return [
            one.pk for one in sorted(staying, key=lambda one: self.cleaned_data.get(f"place_{one.pk}") or 99)
        ]


STUDENT = "student"


class ConfidentialForm(PaperForm):
    """Whose address is confidential, or no longer is."""

    PAPERS = (Paper.COURT, Paper.LETTER)

    whose = ChoiceField(label=_("Whose address?"), widget=forms.RadioSelect)
    confidential = ChoiceField(
        label=_("Is the address confidential?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, keep it from everybody")), ("no", _("No, not any more"))],
    )

    field_order = ("whose", "confidential", "paper", "paper_on")

    def __init__(self, data: Any, desk: Desk) -> None:
        super().__init__(data)
        self.desk = desk
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(dict(map(owner, desk.addresses)).items())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        asked = said.get("confidential") == "yes"
        if not self.errors and all(point.do_not_publish == asked for point in self.points):
            self.add_error(None, _("Nothing is different from what is on file."))
        return said

    @property
    def points(self) -> list[ContactPoint]:
        return [point for point in self.desk.addresses if owner(point)[0] == self.cleaned_data.get("whose")]


class AddressForm(PaperForm):
    """Where somebody lives or gets mail, from a proof of address."""

    PAPERS = (Paper.HOME, Paper.COURT, Paper.LETTER)

    whose = ChoiceField(label=_("Whose address?"), widget=forms.RadioSelect)
    kind = ChoiceField(
        label=_("Which address?"),
        widget=forms.RadioSelect,
        choices=[
            (kind.value, kind.label)
            for kind in (ContactPoint.Kind.HOME_ADDRESS, ContactPoint.Kind.MAIL_ADDRESS)
        ],
    )
    value = TextField(
        label=_("Street and number"),
        error_messages={"required": _("Enter the street, like 402 Juniper Row.")},
    )
    line2 = TextField(label=_("Apartment or unit"), required=False)
    city = TextField(label=_("City"), max_length=100, error_messages={"required": _("Enter the city.")})
    state = TextField(label=_("State"), max_length=50, required=False, initial="CA")
    postal_code = TextField(
        label=_("ZIP code"), max_length=20, error_messages={"required": _("Enter the ZIP code, like 90210.")}
    )

    field_order = ("whose", "kind", "value", "line2", "city", "state", "postal_code", "paper", "paper_on")

    def __init__(self, data: Any, desk: Desk) -> None:
        super().__init__(data)
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (STUDENT, _("The student")),
            *((str(right.guardian_id), right.guardian.name) for right in desk.rights),
        ]
        self.fields["postal_code"].widget.attrs["dir"] = "ltr"


def owner(point: ContactPoint) -> tuple[str, Any]:
    """Whose an address is: what a form calls them, and their name."""
    return (str(point.guardian_id), point.guardian.name) if point.guardian else (STUDENT, _("The student"))


def _adults(form: Form, name: str, rights: Sequence[Guardianship]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(str(right.pk), who(right)) for right in rights]


def _in_order(form: Form, said: dict[str, Any]) -> None:
    if said.get("begins") and said.get("ends") and said["ends"] < said["begins"]:
        form.add_error("ends", _("The last day lies before the first day."))
