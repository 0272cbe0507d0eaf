"""What a family may type: fields forgive spaces, dashes and scripts, and answer the rest in words."""

import datetime as dt

import pytest
from django.utils import translation

from portal.web import forms
from portal.web.gallery import Sample

HOSTILE = {
    "nothing": "",
    "a NUL": "Ana\x00",
    "a very long text": "a" * 1_000_000,
    "very many digits": "9" * 1_000_000,
    "emoji": "😀😀",
    "a reversed text": "\u202egnp.ana",
    "a lone surrogate": "\ud800",
    "markup": '"><script>alert(1)</script>',
    "a tab and a bell": "\t\x07",
    "superscripts": "²³",
    "invisible marks": "\u200b\u2060",
}
BOXES = ("first_name", "email", "password", "birth_month", "birth_day", "birth_year", "pin", "phone", "language",
         "reason", "note")  # fmt: skip
BANNED = ("invalid", "error", "failed", "illegal", "required", "forbidden", "unauthorized", "null", "ensure")


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("language", ["en", "es", "fa", "fil"])
def test_whatever_is_typed_is_answered_in_words(typed, language):
    with translation.override(language):
        form = Sample(dict.fromkeys(BOXES, typed))
        shown = form.render()
        words = [mistake.words for mistake in form.mistakes()]
    assert words
    assert not [said for said in words if any(word in said.lower() for word in BANNED)]
    assert "<script>" not in shown


@pytest.mark.parametrize(
    "name", ["Ana María", "O’Neil-Smith", "رضایی", "می‌خواهم", "李", "Ngọc", "ʻOkina", "Dr. J. R."]
)
def test_a_name_is_kept_as_the_person_writes_it(name):
    assert forms.NameField().clean(f"  {name} ") == name


def test_a_name_typed_in_parts_is_one_name():
    assert forms.NameField().clean("Jose\u0301   Luis") == "José Luis"


@pytest.mark.parametrize(
    "typed", ["0123 4567", "0123-4567", "۰۱۲۳۴۵۶۷", "٠١٢٣ ٤٥٦٧", "０１２３４５６７", " 01234567\u200f"]
)
def test_a_pin_forgives_spaces_dashes_and_scripts_and_keeps_its_zero(typed):
    assert forms.DigitsField(digits=8).clean(typed) == "01234567"


@pytest.mark.parametrize(
    "typed", ["(213) 555-0100", "213.555.0100", "+1 213 555 0100", "۲۱۳۵۵۵۰۱۰۰", "1-213-555-0100"]
)
def test_a_phone_becomes_one_number_however_it_is_typed(typed):
    assert forms.PhoneField().clean(typed) == "+12135550100"


@pytest.mark.parametrize("typed", ["555-0100", "113 555 0100", "213 055 0100", "+49 89 123456", "call me"])
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(forms.ValidationError, match="10 digits"):
        forms.PhoneField().clean(typed)


def test_an_email_may_be_typed_with_persian_digits():
    assert forms.EmailField().clean(" maryam۱۲@example.com ") == "maryam12@example.com"


def test_a_password_keeps_its_spaces():
    assert forms.PasswordField().clean("  a short sentence  ") == "  a short sentence  "


class Birth(forms.Form):
    birth = forms.DatePartsField(label="Date of birth", birth=True, earliest=1990, latest=2030)


def born(month, day, year):
    return Birth({"birth_month": month, "birth_day": day, "birth_year": year})


@pytest.mark.parametrize(
    ("language", "month"),
    [("en", "3"), ("en", "03"), ("en", "March"), ("en", "mar."), ("es", "marzo"), ("es", "March"), ("fa", "۳"), ("fa", "مارس"),
     ("zh-hans", "三月"), ("ru", "марта")],
)  # fmt: skip
def test_a_month_may_be_a_number_or_a_name(language, month):
    with translation.override(language):
        form = born(month, "27", "2015")
        assert form.is_valid(), form.errors
    assert form.cleaned_data["birth"] == dt.date(2015, 3, 27)


@pytest.mark.parametrize(
    "parts", [("2", "30", "2015"), ("13", "1", "2015"), ("3", "27", "15"), ("3", "", "2015"), ("Smarch", "1", "2015"),
              ("3", "27", "1989"), ("3", "27", "2031"), ("0", "0", "0")],
)  # fmt: skip
def test_a_date_that_is_none_is_refused_with_an_example(parts):
    with translation.override("en"):
        assert born(*parts).errors == {"birth": ["Enter a real date, like 3 / 27 / 2015."]}


@pytest.mark.parametrize(
    ("language", "order"), [("en", "month day year"), ("es", "day month year"), ("ko", "year month day")]
)
def test_the_three_boxes_stand_in_the_order_of_the_language(language, order):
    with translation.override(language):
        form = Birth()
        shown = form.render()
        places = [shown.index(f'name="birth_{part}"') for part in order.split()]
        link = form["birth"].first_id
    assert places == sorted(places)
    assert link == f"id_birth_{order.split()[0]}"


def test_a_form_with_mistakes_says_them_twice_in_the_same_words_and_keeps_what_was_typed():
    with translation.override("en"):
        form = Sample({"email": "mari", "first_name": "Ana"})
        shown = form.render()
    assert ("#id_email", "Enter an email like name@example.com.") in form.mistakes()
    assert "Enter an email like name@example.com." in shown
    assert 'value="mari"' in shown
    assert 'aria-describedby="id_email_error"' in shown
    assert 'aria-invalid="true"' in shown


def test_every_link_of_the_summary_leads_to_a_box():
    form = Sample({})
    shown = form.render()
    assert [it.href for it in form.mistakes() if f'id="{it.href[1:]}"' not in shown] == []


def test_an_optional_field_says_so_and_a_password_is_never_sent_back():
    with translation.override("en"):
        shown = Sample({"password": "a short sentence"}).render()
    assert shown.count("(optional)") == 2
    assert "a short sentence" not in shown
