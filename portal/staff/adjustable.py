"""Which settings are changed while the portal runs, by the district and by each school: what each does, and what it may be.

Those a school may have otherwise than its district are named in people/settled.py. Everything else of the settings file
names places, keys and the shape of the data, and is changed there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.people import settled
from portal.record.contents import sections
from portal.record.faces import ordered
from portal.record.section import Group as TileGroup
from portal.students.models import Org
from portal.web import formats
from portal.web.forms import ChoiceField, ChoicesField, NumberField, PhoneField, TextField, Words, YesNoField

Value = Any  # what the settings file holds there: str, int, float, bool or a tuple of str or int


@dataclass(frozen=True)
class Adjustable:
    """One setting of the list."""

    name: str  # in the settings file
    label: Words
    does: Words  # one or two sentences
    field: Callable[..., forms.Field]  # made with a label and a help text
    shown: Callable[[Value], str] = str
    widens: Callable[[Value, Value], bool] = lambda _before, _after: False  # lets more through than before
    fault: Callable[[Any], Words] = lambda _district: ""  # why a district may not be like this
    read: Callable[[Any], str] | None = None  # what families read of it
    preview: str = (
        ""  # the template with that piece of a family's page; told the settings as `shown`, and `school`
    )
    typed: Callable[[Value], str | list[str]] | None = (
        None  # a list as its field takes it, where that is no list of boxes
    )
    from_sis: Callable[[Org], str] = lambda _school: (
        ""
    )  # what the SIS says of it for a school, which then counts


@dataclass(frozen=True)
class Group:
    title: Words
    settings: tuple[Adjustable, ...]


class HoursField(TextField):
    """Opening hours of a day, as 7:30–16:30 of a 24-hour clock."""

    default_error_messages = {"hours": _("Enter the hours like 7:30–16:30.")}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        found = re.fullmatch(r"(\d{1,2}):(\d\d)\s*[–-]\s*(\d{1,2}):(\d\d)", text)
        if text and not found:
            raise ValidationError(self.error_messages["hours"], code="hours")
        if not found:
            return ""
        opens, shuts, closes, ends = map(int, found.groups())
        if not (opens, shuts) < (closes, ends) or closes > 23 or shuts > 59 or ends > 59:
            raise ValidationError(self.error_messages["hours"], code="hours")
        return f"{opens}:{shuts:02}–{closes}:{ends:02}"


class ClockField(TextField):
    """A time of the day, as 10:00 of a 24-hour clock."""

    default_error_messages = {"clock": _("Enter a time like 10:00.")}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        found = re.fullmatch(r"(\d{1,2}):(\d\d)", text)
        if text and not (found and int(found[1]) < 24 and int(found[2]) < 60):
            raise ValidationError(self.error_messages["clock"], code="clock")
        return f"{int(found[1]):02}:{found[2]}" if found else ""


class OfficesField(TextField):
    """Offices with their phones, one in a line: Region East: 213-555-0110. Cleaned to a tuple of offices."""

    MOST = 20
    default_error_messages = {
        "line": _("Write one office in a line, like Region East: 213-555-0110."),
        "many": _("Name 20 offices at most."),
    }

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=4000, lines=True, required=False, **more)
        self.widget.attrs |= {"rows": 6, "dir": "auto"}

    def to_python(self, value: Any) -> Any:
        office = type(settings.DISTRICT.engagement_office)
        lines = [line.strip() for line in super().to_python(value).splitlines() if line.strip()]
        if len(lines) > self.MOST:
            raise ValidationError(self.error_messages["many"], code="many")
        found = []
        for line in lines:
            name, colon, phone = line.rpartition(":")
            name, phone = name.strip(), PhoneField(required=False).to_python(phone) if colon else ""
            if not phone or not 0 < len(name) <= 100:
                raise ValidationError(self.error_messages["line"], code="line")
            found.append(office(name, phone))
        return tuple(found)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


class LinksField(TextField):
    """Pages elsewhere with their names, one in a line: Bell schedule: https://… Cleaned to a tuple of links."""

    MOST = 6
    default_error_messages = {
        "line": _("Write one link in a line, like Bell schedule: https://school.example.org/bells"),
        "address": _(
            "An address begins with https:// and has no spaces, like https://school.example.org/bells"
        ),
        "many": _("Name 6 links at most."),
    }

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=4000, lines=True, required=False, **more)
        self.widget.attrs |= {"rows": 6, "dir": "auto"}

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in super().to_python(value).splitlines() if line.strip()]
        if len(lines) > self.MOST:
            raise ValidationError(self.error_messages["many"], code="many")
        return tuple(map(self._link, lines))

    def _link(self, line: str) -> Any:
        found = re.fullmatch(r"(.+?)\s*:\s*(\S+:.*)", line)
        if not found or len(found[1]) > 60:
            raise ValidationError(self.error_messages["line"], code="line")
        name, href = found.groups()
        try:
            URLValidator(schemes=["https"])(href)
        except ValidationError:
            raise ValidationError(self.error_messages["address"], code="address") from None
        if len(href) > 200 or "@" in urlsplit(href).netloc:
            raise ValidationError(self.error_messages["address"], code="address")
        return settled.item(settings.DISTRICT, "links", {"name": name, "href": href})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


class Ordered(forms.SelectMultiple):
    """The sections in their groups, each with a button that moves it up and one that moves it down."""

    template_name = "web/forms/order.html"
    use_fieldset = True
    moved = ""  # the button that was pressed last: up:grades

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        titled = [
            (section.group, (section.key, section.title)) for section in ordered(sections(), value or ())
        ]
        lists = [(group.value, [each for of, each in titled if of is group]) for group in TileGroup]
        context["widget"] |= {"lists": [each for each in lists if each[1]], "moved": self.moved}
        return context


class OrderField(ChoicesField):
    """The order of sections within their groups; cleaned to their keys, to none for the usual order."""

    widget = Ordered  # type: ignore[assignment]  # any list of choices

    def __init__(self, **more: Any) -> None:
        super().__init__(choices=[(section.key, section.title) for section in sections()], **more)

    def clean(self, value: Any) -> list[str]:
        keys = [section.key for section in ordered(sections(), list(dict.fromkeys(super().clean(value))))]
        return [] if keys == [section.key for section in sections()] else keys

    @staticmethod
    def moved(keys: list[str], act: str) -> list[str]:
        """The keys after a button was pressed: up:grades puts grades before the one above it in its group."""
        way, _colon, key = act.partition(":")
        known = {section.key: section.group for section in sections()}
        keys = [section.key for section in ordered(sections(), keys)]
        group = [each for each in keys if known[each] is known.get(key)]
        if key not in group:
            return keys
        at = group.index(key)
        other = at - 1 if way == "up" else at + 1
        if 0 <= other < len(group):
            a, b = keys.index(key), keys.index(group[other])
            keys[a], keys[b] = keys[b], keys[a]
        return keys


def _order(keys: Value) -> list[str]:
    """Every key, as the tiles stand."""
    return [section.key for section in ordered(sections(), keys)]


def _order_words(keys: Value) -> str:
    return _titles(tuple(_order(keys))) if keys else say("The usual order")


def _arrangers(**more: Any) -> forms.Field:
    choices = [(key, _arranger(key)) for key in ("school", "district")]
    return ChoiceField(widget=forms.RadioSelect, choices=choices, **more)


def _arranger(key: Value) -> str:
    if key == "district":
        return str(settings.DISTRICT.engagement_office.name)
    return say("The school")


def _typed_links(links: Value) -> str:
    return "\n".join(f"{link.name}: {link.href}" for link in links)


def _links(links: Value) -> str:
    """As a person reads them; of the history too, which keeps plain values."""
    plain = [link if isinstance(link, dict) else vars(link) for link in links]
    return "; ".join(f"{each['name']}: {each['href']}" for each in plain) or say("None")


def _answer_days(days: Value) -> str:
    if not days:
        return say("The page does not say it")
    return ngettext("%(n)s school day", "%(n)s school days", days) % {"n": formats.number(days)}


def _phone_or_none(**more: Any) -> forms.Field:
    return PhoneField(required=False, **more)


def _phone_if_any(value: Value) -> str:
    return _phone(value) if value else say("None")


def _offices(offices: Value) -> str:
    """As a person reads them; of the history too, which keeps plain values."""
    return ";\n".join(_office_lines(offices)) or say("None")


def _typed_offices(offices: Value) -> str:
    return "\n".join(f"{office.name}: {formats.phone(office.phone)}" for office in offices)


def _office_lines(offices: Value) -> list[str]:
    plain = [office if isinstance(office, dict) else vars(office) for office in offices]
    unbroken = str.maketrans({" ": "\u00a0", "-": "\u2011"})
    return [formats.whole(f"{each['name']}: {_phone(each['phone']).translate(unbroken)}") for each in plain]


def _number(least: int, most: int, part: bool = False) -> Callable[..., forms.Field]:
    return lambda **more: NumberField(least=least, most=most, part=part, **more)


def _hours(**more: Any) -> forms.Field:
    return HoursField(max_length=20, **_left_to_right(more))


def _hours_or_none(**more: Any) -> forms.Field:
    return _hours(required=False, **more)


def _clock(**more: Any) -> forms.Field:
    return ClockField(max_length=5, **_left_to_right(more))


def _left_to_right(more: dict[str, Any]) -> dict[str, Any]:
    box = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "size": 14})
    return {"widget": box, **more}


def _months(**more: Any) -> forms.Field:
    months = [(str(n), formats.month_name(n)) for n in range(1, 13)]
    return _Whole(choices=months, **more)


class _Whole(ChoicesField):
    """Any of a list of numbers; at least one."""

    def clean(self, value: Any) -> Any:
        return sorted(map(int, super().clean(value)))


def _sections(**more: Any) -> forms.Field:
    return ChoicesField(
        choices=[(section.key, section.title) for section in sections()], required=False, **more
    )


def _titles(keys: tuple[str, ...]) -> str:
    titles = {section.key: str(section.title) for section in sections()}
    return formats.listed(titles.get(key, key) for key in keys) or say("None")


def _yes_no(value: bool) -> str:
    return say("Yes") if value else say("No")


def _more(before: Value, after: Value) -> bool:
    return bool(after > before)


def _less(before: Value, after: Value) -> bool:
    return bool(after < before)


def _fewer(before: Value, after: Value) -> bool:
    return bool(set(before) - set(after))


def _on(before: Value, after: Value) -> bool:
    return bool(after and not before)


def _phone(value: str) -> str:
    return formats.whole(formats.phone(value))


def _bands(district: Any) -> Words:
    attendance = district.attendance
    if attendance.watch_percent >= attendance.much_percent:
        return _(
            "The share for “Keep an eye on it” must be smaller than the share for “Missing a lot of school”."
        )
    return ""


OFFICE, TILES, HOTLINE = (f"staff/previews/{name}.html" for name in ("office", "tiles", "hotline"))
GROUPS = (
    Group(
        _("School office"),
        (
            Adjustable(
                "office_phone", _("School office: phone"),
                _("Where pages say to call the school. What the student information system sends of a school counts first."),
                _phone_or_none, _phone_if_any, preview=OFFICE, from_sis=lambda school: school.phone,
            ),
            Adjustable(
                "office_hours", _("School office: hours"),
                _("Stand on the page of each student. Opening and closing time of a school day, like 7:30–16:30."),
                _hours_or_none, lambda hours: formats.whole(formats.hours(hours)) if hours else say("None"), preview=OFFICE,
            ),
            Adjustable(
                "answer_days", _("School office: days to an answer"),
                _("School days in which the office usually answers a family. With 0 the page does not say it."),
                _number(0, 10), _answer_days, preview=OFFICE,
            ),
            Adjustable(
                "translation_by", _("Who arranges translation of what families write"),
                _("Stands on the page of each student and where a family writes to the school."),
                _arrangers, _arranger, preview=OFFICE,
            ),
            Adjustable(
                "links", _("Links on the page of each student"),
                _("Pages of the school, such as the bell schedule. One in a line: the name, a colon, the address."),
                LinksField, _links, typed=_typed_links, preview=OFFICE,
            ),
        ),
    ),
    Group(
        _("Attendance"),
        (
            Adjustable(
                "attendance_line", _("Attendance line: phone"),
                _("Whom families call about an absence. Without one they call the school office."),
                _phone_or_none, _phone_if_any, preview="staff/previews/absences.html",
            ),
            Adjustable(
                "attendance.taken_by", _("Attendance is taken by"),
                _("Until then the page says that today is not known yet. A time like 10:00."), _clock,
                preview="staff/previews/taken.html",
            ),
        ),
    ),
    Group(
        _("Phones and hours"),
        (
            Adjustable(
                "hotline_phone", _("Family Hotline: phone"),
                _("Stands at the end of every page, in mails and on PIN letters."), PhoneField, _phone, preview=HOTLINE,
            ),
            Adjustable(
                "hotline_hours", _("Family Hotline: hours"),
                _("Stands beside the phone of the hotline. Opening and closing time of a school day, like 7:30–16:30."),
                _hours, lambda hours: formats.whole(formats.hours(hours)), preview=HOTLINE,
            ),
            Adjustable(
                "engagement_office.phone", _("Family engagement office: phone"),
                _("Families without a PIN are sent there, and those whose identity could not be checked."), PhoneField, _phone,
            ),
            Adjustable(
                "records_office.phone", _("Student records office: phone"),
                _("Answers questions about who is a verified parent or guardian."), PhoneField, _phone,
            ),
            Adjustable(
                "meals.office_phone", _("Meals office: phone"),
                _("Stands on the meals page."), PhoneField, _phone,
            ),
            Adjustable(
                "bus.dispatch_phone", _("Bus dispatch: phone"),
                _("Stands on the page of bus routes."), PhoneField, _phone,
            ),
            Adjustable(
                "region_offices", _("Region offices: names and phones"),
                _("Where families ask for a PIN, and where those are sent whose identity could not be checked. One in a line."),
                OfficesField, _offices, typed=_typed_offices, read=lambda district: _offices(district.region_offices),
            ),
            Adjustable(
                "clinics", _("Places with free shots: names and phones"),
                _("Stands on the page of immunizations. One in a line."), OfficesField, _offices, typed=_typed_offices,
                read=lambda district: _offices(district.clinics),
            ),
        ),
    ),
    Group(
        _("What families see"),
        (
            Adjustable(
                "sections_off", _("Sections that are switched off"),
                _("Nobody sees these sections: not families, not staff, not the app. The rows stay."),
                _sections, _titles, widens=_fewer, preview=TILES,
            ),
            Adjustable(
                "tile_order", _("Order of the tiles"),
                _("How the sections follow one another on the page of each student. The groups stay."),
                OrderField, _order_words, typed=_order, preview=TILES,
            ),
            Adjustable(
                "attendance.watch_percent", _("Attendance: “Keep an eye on it” from"),
                _("The share of school days a student has missed, in percent."), _number(1, 30, part=True),
                formats.percent, fault=_bands,
            ),
            Adjustable(
                "attendance.much_percent", _("Attendance: “Missing a lot of school” from"),
                _("The share of school days a student has missed, in percent."), _number(2, 50, part=True),
                formats.percent, fault=_bands,
            ),
            Adjustable(
                "attendance.explain_school_days", _("School days to explain an absence"),
                _("How long a family can send a reason for an absence."), _number(0, 60), formats.number,
            ),
            Adjustable(
                "report_card_days", _("Days until a report card comes out"),
                _("Counted from the end of the reporting period."), _number(0, 60), formats.number, widens=_less,
            ),
            Adjustable(
                "report_card_seen", _("Ask families to say that they saw the report card"),
                _("A button under each report card, once for each adult."), YesNoField, _yes_no,
            ),
            Adjustable(
                "stale_grade_days", _("Days until a grade is called old"),
                _("A class whose grade did not change for so long says so."), _number(1, 90), formats.number,
            ),
            Adjustable(
                "late_feed_hours", _("Hours until information from the school is called late"),
                _("Then pages warn that they may be out of date, and the import monitor says Late."), _number(1, 240), formats.number,
            ),
            Adjustable(
                "meals.free_for_all", _("Breakfast and lunch are free for all students"),
                _("The meals page says so, and that money is for extra items."), YesNoField, _yes_no,
            ),
            Adjustable(
                "parents_after_18", _("Parents keep access after a student turns 18"),
                _("While the student is enrolled and does not object. Without this the record closes to parents on the birthday."),
                YesNoField, _yes_no, widens=_on,
            ),
        ),
    ),
    Group(
        _("Answers to families"),
        (
            Adjustable(
                "privacy.question_days", _("Days to answer why someone looked"),
                _("The day by which families are told to expect an answer."), _number(1, 30), formats.number,
            ),
            Adjustable(
                "privacy.correction_days", _("Days to answer a request for a correction"),
                _("The law allows 30 at most."), _number(1, 30), formats.number,
            ),
            Adjustable(
                "privacy.copy_hours", _("Hours a copy of the record can be fetched"),
                _("After that the file is gone and a new one can be asked for."), _number(1, 168), formats.number, widens=_more,
            ),
            Adjustable(
                "privacy.log_months", _("Months of the list of who looked"),
                _("How far back a family sees who looked at the record."), _number(12, 84), formats.number,
            ),
        ),
    ),
    Group(
        _("PINs and passwords"),
        (
            Adjustable(
                "pin_days", _("Days a PIN is good for"),
                _("Counted from the day it was given. PINs given before keep their day."), _number(7, 180), formats.number, widens=_more,
            ),
            Adjustable(
                "pins_per_issuer_a_day", _("PINs one person may give in a day"),
                _("At the counter. More need a colleague."), _number(5, 300), formats.number, widens=_more,
            ),
            Adjustable(
                "letters_alone", _("PIN letters one person may print at once"),
                _("A larger printing waits until a second person agrees."), _number(1, 5000), formats.number, widens=_more,
            ),
            Adjustable(
                "password_min", _("Shortest password"),
                _("Characters of a family's new password. Passwords that are set stay as they are."), _number(12, 64), formats.number,
                widens=_less,
            ),
        ),
    ),
    Group(
        _("Staff and imports"),
        (
            Adjustable(
                "access_days", _("Days until staff access ends"),
                _("Access given in User Manager ends then, unless someone keeps it."), _number(30, 730), formats.number, widens=_more,
            ),
            Adjustable(
                "access_check_months", _("Months in which all access is checked"),
                _("On the first of these months everyone's access waits for Keep or Remove."), _months,
                lambda months: formats.listed(map(formats.month_name, months)), widens=_fewer,
            ),
            Adjustable(
                "bulk_loss_percent", _("Share of rows an import may end by itself"),
                _("In percent of a file. A set that would end more is held until two people let it in."),
                _number(1, 50, part=True), formats.percent, widens=_more,
            ),
        ),
    ),
)  # fmt: skip
BY_NAME = {setting.name: setting for group in GROUPS for setting in group.settings}
AT_SCHOOLS = tuple(
    Group(group.title, own)
    for group in GROUPS
    if (own := tuple(setting for setting in group.settings if setting.name in settled.SCHOOLS))
)


def words(name: str, value: Value) -> Words | Promise:
    """A value as a person reads it; of a setting this version does not know, as it is stored."""
    known = BY_NAME.get(name)
    if known is None:
        return str(value)
    return known.shown(tuple(value) if isinstance(value, list) else value)
