"""Dates, times, numbers and phones as each language writes them: Unicode CLDR through Babel, in this one place.

Digits are Latin in every language, because IDs, PINs and phones on paper are. Moments are shown in the
school's time zone, settings.TIME_ZONE.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache, lru_cache, wraps
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from markupsafe import Markup, escape

CLDR = {"es": "es_US", "zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}

# CLDR has no pattern for a weekday and a long date without the year; these are its full dates less the year.
WEEKDAY = {
    "en": "EEEE, MMMM d",
    "es": "EEEE, d 'de' MMMM",
    "it": "EEEE d MMMM",
    "fa": "EEEE d MMMM",
    "ko": "MMMM d일 EEEE",
    "hy": "dd MMMM, EEEE",
    "ru": "EEEE, d MMMM",
    "fil": "EEEE, MMMM d",
    "vi": "EEEE, d MMMM",
    "zh-hans": "M月d日EEEE",
    "zh-hant": "M月d日 EEEE",
}
# Where the medium date less its year is shorter than CLDR's month-and-day, and where CLDR's clock names parts
# of the day that a bell schedule does not need.
SHORT = {"ko": "M. d.", "hy": "dd MMM"}
COMMAS = {"fa": "، ", "zh-hant": "、", "zh-hans": "、"}
CLOCK = {"zh-hant": "HH:mm"}
PERCENT = {
    "ru": "#,##0.###%",  # one word, so that a figure in a narrow column stays whole
    "fa": "\u200e#,##0.###%",  # the sign stays where it is, whatever letters stand before it
}

NEAR = dt.timedelta(days=14)


def _language() -> str:
    """The language in force, one of the keys above; English for one we do not know."""
    code = get_language() or settings.LANGUAGE_CODE
    return code if code in WEEKDAY else "en"


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(CLDR.get(language, language))


@cache
def _school_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _wide(text: str) -> str:
    """The same with ordinary no-break spaces: the narrow ones of CLDR are missing in many phones' fonts."""
    return text.replace("\u202f", "\u00a0")


def written_once(write: Callable[[Any, str], str]) -> Callable[[Any], str]:
    """write(value, language), kept for the values written most; CLDR says the same of a value every time."""
    written = lru_cache(maxsize=10_000, typed=True)(write)
    return wraps(write)(lambda value: written(value, _language()))


def school_day(value: dt.date | dt.datetime) -> dt.date:
    """The school's calendar day of a date or of an aware moment."""
    return value.astimezone(_school_zone()).date() if isinstance(value, dt.datetime) else value


def today() -> dt.date:
    """The school's calendar day now."""
    return school_day(timezone.now())


@written_once
def long_date(value: dt.date | dt.datetime, language: str) -> str:
    """October 5, 2026."""
    return _wide(dates.format_date(school_day(value), "long", locale=_locale(language)))


@written_once
def short_date(value: dt.date | dt.datetime, language: str) -> str:
    """Oct 5, for columns that lie within one school year."""
    pattern = SHORT.get(language) or _locale(language).datetime_skeletons["MMMd"].pattern
    return dates.format_date(school_day(value), pattern, locale=_locale(language))


def day(value: dt.date | dt.datetime) -> str:
    """The long form for running text: Monday, October 5 within 14 days of today, else October 5, 2026."""
    on = school_day(value)
    return long_date(on) if abs(on - today()) > NEAR else _near(on)


@written_once
def _near(on: dt.date, language: str) -> str:
    return dates.format_date(on, WEEKDAY[language], locale=_locale(language))


@written_once
def weekday(value: dt.date | dt.datetime, language: str) -> str:
    """Monday."""
    return dates.format_date(school_day(value), "EEEE", locale=_locale(language))


@written_once
def short_weekday(value: dt.date | dt.datetime, language: str) -> str:
    """Mon."""
    return dates.format_date(school_day(value), "EEE", locale=_locale(language))


@written_once
def short_month(value: dt.date | dt.datetime, language: str) -> str:
    """Oct, without the year."""
    return dates.format_date(school_day(value), "LLL", locale=_locale(language))


def month_name(number: int) -> str:
    """October, of 10."""
    return str(dates.get_month_names("wide", "stand-alone", _locale(_language()))[number])


@written_once
def month(value: dt.date | dt.datetime, language: str) -> str:
    """October 2026."""
    return _wide(dates.format_skeleton("yMMMM", school_day(value), locale=_locale(language)))


@written_once
def time(value: dt.datetime | dt.time, language: str) -> str:
    """7:45 AM, of an aware moment or of a time on the school's clock."""
    clock = value.astimezone(_school_zone()).time() if isinstance(value, dt.datetime) else value
    return _wide(dates.format_time(clock, CLOCK.get(language, "short"), locale=_locale(language)))


def moment(value: dt.datetime) -> str:
    """October 5, 7:45 AM; with the year when it is not this year."""
    on, locale = school_day(value), _locale(_language())
    if on.year == today().year:
        on_words = dates.format_date(on, locale.datetime_skeletons["MMMMd"].pattern, locale=locale)
    else:
        on_words = long_date(on)
    return locale.datetime_formats["medium"].replace("{0}", time(value)).replace("{1}", on_words)


def hours(value: str) -> str:
    """7:30 AM–4:30 PM, from the 7:30–16:30 of a settings file; other words stay as they are."""
    found = re.fullmatch(r"(\d{1,2}):(\d\d)\s*[–-]\s*(\d{1,2}):(\d\d)", value)
    if not found:
        return value
    opens, shuts, closes, ends = map(int, found.groups())
    return f"{time(dt.time(opens, shuts))}–{time(dt.time(closes, ends))}"


@written_once
def number(value: float | Decimal, language: str) -> str:
    """1,234.5."""
    return numbers.format_decimal(value, locale=_locale(language))


@written_once
def two_places(value: Decimal, language: str) -> str:
    """3.50, for averages that are read beside each other."""
    return numbers.format_decimal(value, format="0.00", locale=_locale(language))


def opening(text: object) -> str:
    """Lunes, of lunes: words that open a heading. Most languages write days and months small inside a sentence."""
    words = str(text)
    return words[:1].upper() + words[1:]


def listed(values: Iterable[object]) -> str:
    """Milk, egg, wheat; with the comma of the language. Markup, when one of the values is."""
    comma, parts = COMMAS.get(_language(), ", "), list(values)
    if any(hasattr(part, "__html__") for part in parts):
        return Markup(comma).join(map(escape, parts))  # noqa: S704 - our own comma
    return comma.join(map(str, parts))


@written_once
def dollars(value: Decimal, language: str) -> str:
    """$1,234.50; what is owed has a minus."""
    return _wide(numbers.format_currency(value, "USD", locale=_locale(language)))


@written_once
def percent(value: float | Decimal, language: str) -> str:
    """92.5%, from 92.5; at most one decimal."""
    return numbers.format_percent(
        Decimal(str(round(float(value), 1))) / 100,  # 3.6 / 100 is 0.036000000000000004
        PERCENT.get(language),
        locale=_locale(language),
        decimal_quantization=False,
    )


def language_name(code: str) -> str:
    """Spanish, from es; the code itself when it names no language we know."""
    try:
        spoken = Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return code
    locale = _locale(_language())
    named = spoken.get_display_name(locale) if spoken.script else spoken.get_language_name(locale)
    return named or code


def phone(value: str) -> str:
    """(213) 555-0100, from +12135550100; a number from elsewhere stays as it is. Put it in <bdi dir="ltr">."""
    found = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", value)
    return "({}) {}-{}".format(*found.groups()) if found else value


def whole(text: str) -> str:
    """Keeps a name or a number whole in the middle of a sentence of either direction; plain text, no markup."""
    return f"\u2068{text}\u2069"


def isolated(text: str) -> str:
    """The same in sentences from right to left; in others the text stays without marks, as it is searched and copied."""
    return whole(text) if get_language_bidi() else text


@cache
def month_numbers(language: str) -> dict[str, int]:
    """Months by every name CLDR gives them in one language, long and short, lower case, without a full stop."""
    return {
        name.lower().rstrip("."): at
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for at, name in dates.get_month_names(width, context, _locale(language)).items()
    }


def date_order() -> tuple[str, str, str]:
    """The order in which this language writes a date, as names of its three parts."""
    pattern = _locale(_language()).date_formats["long"].pattern
    found = sorted(("year", "month", "day"), key=lambda part: pattern.lower().index(part[0]))
    return found[0], found[1], found[2]
