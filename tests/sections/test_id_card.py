"""The Student ID Card: what stands on it, and that a scanner reads its bars."""

import re
from datetime import date, timedelta

import numpy as np
import pytest
import zxingcpp
from django.urls import reverse
from django.utils import translation

from portal.record.contents import section
from portal.record.section import HomeFact
from portal.sections.id_card.code128 import barcode
from portal.sections.id_card.reading import IdCard, read
from portal.students.models import Student
from tests import cast
from tests.sections.rows import at_a_glance

ID_CARD = section("id-card")


def scanned(markup: str) -> str:
    """What a scanner program reads off the barcode of a page, drawn as a browser draws it."""
    svg = re.search(r'<svg class="barcode" viewBox="0 0 (\d+) 40".*?</svg>', markup, re.DOTALL)
    picture = np.full((60, int(svg[1]) * 3), 255, dtype=np.uint8)
    for at, wide in re.findall(r"M(\d+) 4h(\d+)v32h-\d+z", svg[0]):
        picture[:, int(at) * 3 : (int(at) + int(wide)) * 3] = 0
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def test_the_card_says_who_where_and_until_when(on, admit):
    family = on(date(2026, 10, 5))
    reading = read(admit(family.mother, family.ana, ID_CARD))
    assert reading == IdCard(
        ref=family.ana.ref, name="Ana Reyes", colour=1, school="Oak School", school_phone="+12135550120",
        grade="Grade 9", student_id="204518X327", year="2026–27", barcode=barcode("204518X327"), help_lines=True,
    )  # fmt: skip


@pytest.mark.parametrize("student_id", ["204518X327", "020310F004", "041509M007", "0000000000", "ABC-123 Z"])
def test_a_scanner_reads_the_number_back(family, visit, student_id):
    Student.objects.filter(pk=family.ana.pk).update(student_id=student_id)
    for name in ("id-card", "id-card_big"):
        body = visit(family.mother).get(reverse(name, args=[family.ana.ref])).content.decode()
        assert scanned(body) == student_id
        assert f'aria-label="{student_id}"' in body


def test_the_bars_have_their_quiet_zones():
    bars = barcode("204518X327")
    assert bars.bars[0][0] == 10
    assert bars.width - sum(bars.bars[-1]) == 10


@pytest.mark.parametrize("text", ["", "ÄÖ", "line\nbreak"])
def test_what_code_128_cannot_say_has_no_bars(text):
    assert barcode(text) is None


@pytest.mark.parametrize(("grade", "there"), [("06", False), ("07", True), ("12", True), ("KG", False)])
def test_help_lines_stand_on_cards_from_grade_7(family, visit, grade, there):
    Student.objects.filter(pk=family.ana.pk).update(grade=grade)
    body = visit(family.mother).get(reverse("id-card", args=[family.ana.ref])).content.decode()
    assert ("988 Suicide and Crisis Lifeline" in body) is there


def test_all_childrens_cards_stand_on_one_page(family, visit):
    cast.link(family.mother, cast.guardianship(family.ben, family.mothers_right.guardian))
    body = visit(family.mother).get("/id-cards/").content.decode()
    assert re.findall(r'class="barcode".*?aria-label="(\w+)"', body) == ["204518X327", "204519X328"]


def test_a_child_without_a_number_has_no_card_yet(family, visit):
    Student.objects.filter(pk=family.ana.pk).update(student_id="")
    body = visit(family.mother).get(reverse("id-card", args=[family.ana.ref])).content.decode()
    assert "No ID card yet." in body


def test_a_child_who_left_has_no_card(on, visit):
    family = on(date(2026, 10, 5))
    Student.objects.filter(pk=family.ana.pk).update(left_on=date(2026, 10, 5) - timedelta(days=1))
    assert visit(family.mother).get(reverse("id-card", args=[family.ana.ref])).status_code == 403


def test_classic_mode_says_the_number_as_text(family, visit):
    family.mother.classic = True
    family.mother.save()
    for address in ("/id-cards/", reverse("id-card", args=[family.ana.ref])):
        body = visit(family.mother).get(address).content.decode()
        assert "204518X327" in body
        assert "<svg" not in body


def test_the_tile_shows_the_last_letters(family, admit):
    assert at_a_glance(ID_CARD, [admit(family.mother, family.ana, ID_CARD)]) == {
        family.ana.pk: HomeFact(tile="ID ••••X327")
    }


def test_the_last_letters_stand_in_their_order_in_a_line_from_right_to_left(family, admit):
    with translation.override("fa"):
        tile = at_a_glance(ID_CARD, [admit(family.mother, family.ana, ID_CARD)])[family.ana.pk].tile
    assert "\u2066••••X327\u2069" in tile
