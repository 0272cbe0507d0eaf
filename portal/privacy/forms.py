"""What families type on the privacy pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.record.section import Words
from portal.web.forms import ChoiceField, ChoicesField, Form, TextField

LONGEST = 2_000  # characters


class Ask(Form):
    """I don't know why."""

    words = TextField(
        label=_("Anything the school should know? (optional)"), lines=True, max_length=LONGEST, required=False
    )


class Correct(Form):
    """Which entry, what is wrong, what it should say."""

    section = ChoiceField(
        label=_("Which part of the record?"), error_messages={"required": _("Choose a part of the record.")}
    )
    item = TextField(
        label=_("Which entry?"),
        help_text=_("For example a day, a class or a test."),
        error_messages={"required": _("Say which entry, like October 5 or Algebra 1.")},
    )
    wrong = TextField(
        label=_("What is wrong?"),
        lines=True,
        max_length=LONGEST,
        error_messages={"required": _("Say what is wrong.")},
    )
    should = TextField(
        label=_("What should it say?"),
        lines=True,
        max_length=LONGEST,
        error_messages={"required": _("Say what it should say.")},
    )

    def __init__(self, data: Any, sections: Sequence[tuple[str, Words]]) -> None:
        """sections: (key, title) of those open to this adult."""
        super().__init__(data)
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *sections]


class Note(Form):
    """The family's own note beside an entry the school did not change."""

    note = TextField(
        label=_("Your note"),
        help_text=_("It stays with the record. Everyone who may read the record can read it."),
        lines=True,
        max_length=LONGEST,
        error_messages={"required": _("Write your note.")},
    )


class Choose(Form):
    """Sections for a copy."""

    sections = ChoicesField(
        label=_("What should be in your copy?"), error_messages={"required": _("Choose at least one.")}
    )

    def __init__(self, data: Any, sections: Sequence[tuple[str, Words]]) -> None:
        super().__init__(data, initial={"sections": [key for key, _title in sections]})
        field = self.fields["sections"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(sections)
