"""Dates, times and numbers in eleven languages, as families read them."""

import datetime as dt

import pytest
from django.utils import translation
from markupsafe import Markup

from portal.web import formats

OCTOBER_5 = dt.date(2026, 10, 5)

WRITTEN = {
    "en": ("October 5, 2026", "Oct 5", "7:45 AM", "92.5%", "1,234.5"),
    "es": ("5 de octubre de 2026", "5 oct", "7:45 a.m.", "92.5%", "1,234.5"),
    "it": ("5 ottobre 2026", "5 ott", "07:45", "92,5%", "1.234,5"),
    "fa": ("5 اکتبر 2026", "5 اکتبر", "7:45", "\u200e92.5%", "1,234.5"),
    "ko": ("2026년 10월 5일", "10. 5.", "AM 7:45", "92.5%", "1,234.5"),
    "hy": ("05 հոկտեմբերի, 2026 թ.", "05 հոկ", "07:45", "92,5%", "1 234,5"),
    "ru": ("5 октября 2026 г.", "5 окт.", "07:45", "92,5%", "1 234,5"),
    "fil": ("Oktubre 5, 2026", "Okt 5", "7:45 AM", "92.5%", "1,234.5"),
    "vi": ("5 tháng 10, 2026", "5 thg 10", "07:45", "92,5%", "1.234,5"),
    "zh-hans": ("2026年10月5日", "10月5日", "07:45", "92.5%", "1,234.5"),
    "zh-hant": ("2026年10月5日", "10月5日", "07:45", "92.5%", "1,234.5"),
}


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("language", WRITTEN)
def test_a_family_reads_dates_and_numbers_in_its_own_way(language):
    with translation.override(language):
        shown = (
            formats.long_date(OCTOBER_5),
            formats.short_date(OCTOBER_5),
            formats.time(dt.time(7, 45)),
            formats.percent(92.5),
            formats.number(1234.5),
        )
    assert tuple(map(plain, shown)) == WRITTEN[language]


def test_a_list_has_the_comma_of_its_language_and_escapes_what_is_no_markup():
    with translation.override("fa"):
        assert formats.listed(["Ana", "Ben"]) == "Ana، Ben"
        assert formats.listed([Markup("<bdi>Ana</bdi>"), "R&B"]) == "<bdi>Ana</bdi>، R&amp;B"


def test_the_two_ways_to_write_chinese_have_two_names():
    assert [formats.language_name(code) for code in ("zh-hant", "zh-hans", "es")] == [
        "Chinese (Traditional)",
        "Chinese (Simplified)",
        "Spanish",
    ]


def test_a_day_that_opens_a_heading_has_a_capital():
    with translation.override("es"):
        assert formats.opening(formats.month(OCTOBER_5)) == "Octubre de 2026"
    with translation.override("fa"):
        assert formats.opening(formats.month(OCTOBER_5)) == formats.month(OCTOBER_5)
    assert formats.opening("") == ""


@pytest.mark.parametrize(
    ("language", "near"),
    [
        ("en", "Monday, October 5"),
        ("es", "lunes, 5 de octubre"),
        ("fa", "دوشنبه 5 اکتبر"),
        ("ko", "10월 5일 월요일"),
    ],
)
def test_a_day_within_two_weeks_has_its_weekday_and_a_farther_one_its_year(language, near, monkeypatch):
    with translation.override(language):
        monkeypatch.setattr(formats, "today", lambda: dt.date(2026, 10, 19))
        assert formats.day(OCTOBER_5) == near
        monkeypatch.setattr(formats, "today", lambda: dt.date(2026, 10, 20))
        assert formats.day(OCTOBER_5) == formats.long_date(OCTOBER_5)


def test_a_moment_is_shown_on_the_schools_clock(settings, monkeypatch):
    monkeypatch.setattr(formats, "today", lambda: dt.date(2026, 10, 6))
    at = dt.datetime(2026, 10, 6, 6, 30, tzinfo=dt.UTC)  # the evening before in California
    with translation.override("en"):
        assert (plain(formats.moment(at)), formats.day(at)) == ("October 5, 11:30 PM", "Monday, October 5")


@pytest.mark.parametrize(
    ("given", "shown"),
    [("+12135550100", "(213) 555-0100"), ("+4989123456", "+4989123456"), ("911", "911")],
)
def test_a_phone_is_grouped_when_it_is_one_of_ours(given, shown):
    assert formats.phone(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"), [("7:30–16:30", "7:30 AM–4:30 PM"), ("ask the school", "ask the school")]
)
def test_office_hours_are_read_on_the_familys_clock(given, shown):
    with translation.override("en"):
        assert plain(formats.hours(given)) == shown


def test_a_language_we_do_not_know_is_read_as_english():
    with translation.override("de"):
        assert formats.long_date(OCTOBER_5) == "October 5, 2026"


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_a_share_has_one_decimal_at_most(language):
    with translation.override(language):
        assert [char for char in formats.percent(3.6) if char.isdecimal()] == ["3", "6"]
