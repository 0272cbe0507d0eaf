"""Forms in the portal's clothes: how a field looks, and fields that forgive what people type.

Every default message is our own: Django's are not translated into all our languages, and they blame.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.web import formats

Words = str | Promise

UNREADABLE = _("This has characters we cannot read. Delete it and type it again.")
TOO_LONG = ngettext_lazy(
    "Use %(limit_value)d character or fewer. You entered %(show_value)d.",
    "Use %(limit_value)d characters or fewer. You entered %(show_value)d.",
    "limit_value",
)


def latin_digits(text: str) -> str:
    """The text with every decimal digit of any script (۴, ٤, ４) as 0–9."""
    return "".join(str(unicodedata.decimal(char, char)) for char in text)


def readable(text: str, lines: bool = False) -> bool:
    """Whether a text has no control, bidi-control or unassigned characters; lines: line breaks and tabs may stay."""
    return all(
        unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        or char in "\u200c\u200d"  # joiners: part of Persian and Indic spelling
        or (lines and char in "\r\n\t")
        for char in text
    )


class TextField(forms.CharField):
    """One line of any script, up to 200 characters, in NFC; pass lines=True for a text of several lines."""

    default_error_messages = {
        "required": _("Fill in this field."),
        "max_length": TOO_LONG,
        "unreadable": UNREADABLE,
    }

    def __init__(self, *, max_length: int = 200, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", super().to_python(value) or "")
        if not readable(text, self.lines):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no maxlength: a paste that is cut off silently is worse than words


class NameField(TextField):
    """A person's name as they write it: any script, up to 100 characters, no case changes."""

    default_error_messages = {
        "required": _("Enter a name."),
        "letters": _("Enter a name with letters, like Ana María."),
    }

    def __init__(self, *, max_length: int = 100, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        name = " ".join(super().to_python(value).split())
        if name and (
            not any(unicodedata.category(char)[0] == "L" for char in name)
            or any(unicodedata.category(char) in ("So", "Sm", "Sc", "Zl", "Zp") for char in name)
        ):
            raise ValidationError(self.error_messages["letters"], code="letters")
        return name


class EmailField(forms.EmailField):
    """An e-mail address with Latin digits, up to 254 characters."""

    default_error_messages = {
        "required": _("Enter your email address."),
        "invalid": _("Enter an email like name@example.com."),
        "max_length": TOO_LONG,
        "unreadable": _("Enter an email like name@example.com."),
    }

    def __init__(self, *, autocomplete: str = "email", **kwargs: Any) -> None:
        widget = forms.EmailInput(
            attrs={
                "autocomplete": autocomplete,
                "dir": "ltr",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        )
        super().__init__(**{"max_length": 254, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        text = latin_digits(super().to_python(value) or "")
        if not readable(text):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class DigitsField(forms.CharField):
    """A number that is a name, such as a PIN: exactly so many digits, as text, leading zeros kept.

    Spaces and dashes are forgiven, digits of any script become 0–9.
    """

    default_error_messages = {
        "required": _("Fill in this field."),
        "letters": _("Use digits only, like 0123 4567."),
        "length": _("This has %(digits)d digits. You entered %(n)d."),
    }

    def __init__(self, *, digits: int, **kwargs: Any) -> None:
        self.digits = digits
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "size": digits + 2}
            ),
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return compact(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not re.fullmatch("[0-9]+", value):
            raise ValidationError(self.error_messages["letters"], code="letters")
        if value and len(value) != self.digits:
            raise ValidationError(
                self.error_messages["length"],
                code="length",
                params={"digits": self.digits, "n": len(value)},
            )


def compact(text: str) -> str:
    """An ID or PIN as typed, without its spaces, dashes and invisible marks, with Latin digits."""
    return "".join(
        char
        for char in latin_digits(text)
        if not char.isspace() and unicodedata.category(char) not in ("Pd", "Cf")
    )


class NumberField(forms.CharField):
    """A whole number between two others, both included; with part=True a float with one decimal, point or comma."""

    default_error_messages = {
        "required": _("Fill in this field."),
        "number": _("Use a number from %(least)s to %(most)s, like %(example)s."),
    }

    def __init__(self, *, least: int, most: int, part: bool = False, **kwargs: Any) -> None:
        self.least, self.most, self.part = least, most, part
        box = {"inputmode": "decimal" if part else "numeric", "autocomplete": "off", "dir": "ltr", "size": 6}
        kwargs.setdefault("widget", forms.TextInput(attrs=box))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | float | None:
        typed = "".join(latin_digits(super().clean(value) or "").split())
        if not typed and not self.required:
            return None
        found = re.fullmatch(r"([0-9]{1,6})(?:[.,\u066b]([0-9]))?", typed)
        if not found or (found[2] and not self.part):
            raise self._refuse()
        number = float(f"{found[1]}.{found[2] or 0}") if self.part else int(found[1])
        if not self.least <= number <= self.most:
            raise self._refuse()
        return number

    def _refuse(self) -> ValidationError:
        example = formats.number((self.least + self.most) // 2)
        said = {
            "least": formats.number(self.least),
            "most": formats.number(self.most),
            "example": example,
        }
        return ValidationError(self.error_messages["number"], code="number", params=said)


class YesNoField(forms.ChoiceField):
    """Yes or no, said in so many words; nothing chosen is no answer. Cleaned to a bool."""

    default_error_messages = {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}

    def __init__(self, **kwargs: Any) -> None:
        choices = [("yes", _("Yes")), ("no", _("No"))]
        super().__init__(**{"widget": forms.RadioSelect, "choices": choices, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)

    def clean(self, value: Any) -> bool:
        return bool(super().clean(value) == "yes")


class PhoneField(forms.CharField):
    """A telephone number of the North American plan; cleaned to E.164, as +12135550100."""

    default_error_messages = {
        "required": _("Enter a phone number, like 213-555-0100."),
        "number": _("Enter a phone number with 10 digits, like 213-555-0100."),
    }

    def __init__(self, *, autocomplete: str = "tel", **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "type": "tel",
                    "inputmode": "tel",
                    "autocomplete": autocomplete,
                    "dir": "ltr",
                    "size": 16,
                }
            ),
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        typed = re.sub(r"[()./]", "", compact(super().to_python(value) or ""))
        if not typed:
            return ""
        found = re.fullmatch(r"(?:\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})", typed)
        if not found:
            raise ValidationError(self.error_messages["number"], code="number")
        return "+1" + found[1]

    def prepare_value(self, value: Any) -> Any:
        return formats.phone(value) if isinstance(value, str) else value


class PasswordInput(forms.PasswordInput):
    template_name = "web/forms/password.html"


class PasswordField(forms.CharField):
    """A password exactly as typed, spaces included, up to 128 characters; the page offers to show it."""

    default_error_messages = {
        "required": _("Enter your password."),
        "max_length": TOO_LONG,
        "unreadable": UNREADABLE,
    }

    def __init__(self, *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        widget = PasswordInput(
            attrs={
                "autocomplete": autocomplete,
                "dir": "ltr",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        )
        super().__init__(**{"max_length": 128, "strip": False, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if "\x00" in text or any(unicodedata.category(char) == "Cs" for char in text):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class TickField(forms.BooleanField):
    """One box to tick."""

    default_error_messages = {"required": _("Tick the box to go on.")}


class ChoiceField(forms.ChoiceField):
    """One of a list. With more than a few choices leave the list; with few pass widget=forms.RadioSelect."""

    default_error_messages = {
        "required": _("Choose one."),
        "invalid_choice": _("Choose one from the list."),
    }


class ChoicesField(forms.MultipleChoiceField):
    """Any of a list, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "required": _("Choose one or more."),
        "invalid_choice": _("Choose from the list."),
        "invalid_list": _("Choose from the list."),
    }


class DateParts(forms.MultiWidget):
    """Three text boxes, <name>_month, <name>_day and <name>_year, shown in the order of the page's language."""

    template_name = "web/forms/date_parts.html"
    use_fieldset = True
    LABELS: Mapping[str, Words] = {"month": _("Month"), "day": _("Day"), "year": _("Year")}

    def __init__(self, birth: bool = False) -> None:
        def box(part: str, size: int) -> forms.TextInput:
            attrs: dict[str, Any] = {"size": size, "autocomplete": f"bday-{part}" if birth else "off"}
            return forms.TextInput(attrs if part == "month" else attrs | {"inputmode": "numeric"})

        super().__init__({"month": box("month", 4), "day": box("day", 3), "year": box("year", 5)})

    def decompress(self, value: dt.date | None) -> list[int | None]:
        return [value.month, value.day, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, dict(attrs or {}))
        boxes = dict(zip(self.LABELS, context["widget"]["subwidgets"], strict=True))
        for part, box in boxes.items():
            box["attrs"]["id"] = f"id_{name}_{part}"
            box["label"] = self.LABELS[part]
        context["widget"]["subwidgets"] = [boxes[part] for part in formats.date_order()]
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{formats.date_order()[0]}"


class DatePartsField(forms.Field):
    """A date typed in three boxes; month names of the page's language and of English are understood.

    earliest, latest: the year of the date must lie between them, both included.
    """

    default_error_messages = {
        "required": _("Enter a real date, like %(example)s."),
        "date": _("Enter a real date, like %(example)s."),
    }

    def __init__(
        self, *, birth: bool = False, earliest: int = 1900, latest: int = 2100, **kwargs: Any
    ) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**{"widget": DateParts(birth), **kwargs})

    def clean(self, value: Sequence[str | None] | None) -> dt.date | None:
        month, day, year = (compact(part or "") for part in value or ("", "", ""))
        if not (month or day or year):
            if self.required:
                raise self._refuse("required")
            return None
        try:
            on = dt.date(_digits(year), _month(month), _digits(day))
        except (ValueError, OverflowError):
            raise self._refuse("date") from None
        if not self.earliest <= on.year <= self.latest:
            raise self._refuse("date")
        return on

    def _refuse(self, code: str) -> ValidationError:
        sample = {"month": 3, "day": 27, "year": 2015}
        example = " / ".join(str(sample[part]) for part in formats.date_order())
        return ValidationError(self.error_messages[code], code=code, params={"example": example})


def _digits(text: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", text):
        raise ValueError(text[:20])
    return int(text)


def _month(text: str) -> int:
    name = unicodedata.normalize("NFC", text).lower().rstrip(".")
    for language in (get_language() or "en", "en"):
        known = formats.month_numbers(language if language in formats.WEEKDAY else "en")
        if name in known:
            return known[name]
    return _digits(text)


class Bound(forms.BoundField):
    """A field on a page: knows the id of its first box, for the links of the error summary."""

    @property
    def first_id(self) -> str:
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return f"{self.auto_id}_0"
        return widget.id_for_label(self.auto_id) or self.auto_id

    @property
    def is_tick(self) -> bool:
        """Whether this is one box to tick, whose label follows it."""
        return isinstance(self.field.widget, forms.CheckboxInput)


class Renderer(TemplatesSetting):
    """Django's form renderer, with our templates and the portal's own Jinja2 environment."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = Bound


class Mistake(NamedTuple):
    href: str
    words: str


class TypedBefore(QueryDict):
    """What was typed before a sign-in or an unlock came between: shown again, not yet sent, and not yet judged."""


class Form(forms.Form):
    """The form every page uses: {{ error_summary(form) }}, then {{ form }} or its fields one by one."""

    use_required_attribute = False  # the server is the judge, in its own words

    @property
    def typed_before(self) -> bool:
        return isinstance(self.data, TypedBefore)

    def is_valid(self) -> bool:
        return not self.typed_before and super().is_valid()

    def full_clean(self) -> None:
        super().full_clean()
        if self.typed_before:
            self._errors = ErrorDict()

    def mistakes(self) -> list[Mistake]:
        """What to fix, in the order of the fields; one line for each message, linked to its field."""
        found = [Mistake("", str(words)) for words in self.non_field_errors()]
        for bound in self.visible_fields():
            assert isinstance(bound, Bound)
            found += [Mistake(f"#{bound.first_id}", str(words)) for words in bound.errors]
        return found
