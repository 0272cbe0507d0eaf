"""What a parent types to add a child, and to confirm one."""

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.people.robot import RobotBox
from portal.web.forms import DatePartsField, DigitsField, Form, compact, readable


class StudentIdField(forms.CharField):
    """The district's Student ID, folded to upper case without spaces; digits of any script are understood."""

    default_error_messages = {
        "required": _("Enter the Student ID."),
        "length": ngettext_lazy(
            "The Student ID has %(length)d characters. You entered %(n)d.",
            "The Student ID has %(length)d characters. You entered %(n)d.",
            "n",
        ),
        "unreadable": _("Use letters and digits only, like 204518X327."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        widget = forms.TextInput(attrs={**attrs, "dir": "ltr", "size": 14})
        super().__init__(**{"label": _("Student ID"), "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        return compact(unicodedata.normalize("NFKC", super().to_python(value) or "")).upper()

    def validate(self, value: str) -> None:
        super().validate(value)
        if not readable(value) or (value and not value.isalnum()):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        length = settings.DISTRICT.student_id_length
        if value and len(value) != length:
            raise ValidationError(
                self.error_messages["length"], code="length", params={"length": length, "n": len(value)}
            )


class PinField(DigitsField):
    """The PIN from the letter: groups of four, leading zeros kept."""

    default_error_messages = {
        "required": _("Enter the PIN from the letter."),
        "length": _("The PIN has %(digits)d digits. You entered %(n)d."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(digits=settings.DISTRICT.pin_digits, label=_("Parent Portal PIN"), **kwargs)


def pin_hint() -> str:
    """What is said under the PIN's label, in the language of the page."""
    digits = settings.DISTRICT.pin_digits
    return _("%(digits)d digits. This is YOUR PIN, not your child's email PIN.") % {"digits": digits}


class AddStudent(RobotBox, Form):
    """Student ID, birth date and PIN, as on the letter from school."""

    robot_form = "add_student"
    student_id = StudentIdField()
    birth = DatePartsField(label=_("Date of birth"))
    pin = PinField()
    field_order = ("student_id", "birth", "pin", "robot")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        length = settings.DISTRICT.student_id_length
        self.fields["student_id"].help_text = _(
            "%(length)d characters. It is on the PIN letter, the report card and the ID card."
        ) % {"length": length}
        self.fields["pin"].help_text = pin_hint()

    def _by_code(self, email: str, language: str) -> bool:
        """No digits by mail: tries are counted by account, and its email was proven when it was made."""
        return True


class VerifyPin(Form):
    """The new PIN for a child who is on the account already."""

    pin = PinField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pin"].help_text = pin_hint()
