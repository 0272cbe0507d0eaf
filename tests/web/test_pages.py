"""The base pages: for a family, a visitor and a clerk, in every language, plain and classic."""

import re

import brotli
import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.template.loader import render_to_string
from django.utils import translation

from portal.web import errors, menu
from portal.web.gallery import gallery

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("query", ["", "?wrong"])
@pytest.mark.parametrize("classic", [False, True])
def test_every_component_can_be_drawn(ask, language, query, classic):
    with translation.override(language):
        shown = gallery(ask(query, person="family", classic=classic)).content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in shown
    assert not re.search(r"""\s(?:style|on\w+)=""", shown)  # the policy forbids them
    assert len(re.findall("<h1>", shown)) == 1
    ids = re.findall(r'\sid="([^"]+)"', shown)
    assert sorted(ids) == sorted(set(ids))


def test_classic_pages_have_no_drawings_no_script_and_open_details(ask):
    shown = gallery(ask(person="family", classic=True)).content.decode()
    assert not re.search("<svg|<script|<details(?! open)", shown)
    assert "Viewing in Classic Mode." in shown


def test_a_page_with_mistakes_says_so_in_its_title(ask):
    with translation.override("en"):
        wrong, right = (gallery(ask(query, person="family")).content.decode() for query in ("?wrong", ""))
    assert "<title>Error: Good morning, Marisol – " in wrong
    assert "<title>Good morning, Marisol – " in right


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_front_door_is_light(page, language):
    shown = page("web/landing.html", language=language)
    assert len(brotli.compress(shown.encode())) <= 9000
    assert all(f'hreflang="{code}"' in shown for code in LANGUAGES)


def test_a_menu_never_leads_to_a_page_that_is_not_there(page, settings):
    settings.ROOT_URLCONF = "tests.web.few_addresses"
    menu.entries.cache_clear()
    menu.has_page.cache_clear()
    assert [entry.page for entry in menu.entries("bar")] == ["home"]
    shown = page("web/menu.html", person="family")
    assert set(re.findall(r'href="(/[^"]*)"', shown)) - {"/home/"} == set(
        re.findall(r'href="(/static/[^"]*)"', shown)
    )


@pytest.mark.parametrize("person", ["", "family", "staff"])
@pytest.mark.parametrize("status", [400, 403, 404, 413, 500, 503])
def test_a_page_that_cannot_be_shown_says_what_to_do(ask, status, person):
    answer = errors._page(ask(person=person), status)
    assert (answer.status_code, answer.content.count(b"<h1>")) == (status, 1)


def test_a_form_left_open_too_long_is_answered_in_words(ask):
    with translation.override("en"):
        answer = errors.stale_form(ask(person="family"))
    assert (answer.status_code, b"This page was open for a long time." in answer.content) == (403, True)


def test_too_much_at_once_is_answered_in_words(ask):
    assert errors.bad_request(ask(), RequestDataTooBig()).status_code == 413


def test_a_fault_of_ours_gives_a_reference_that_is_in_the_log(ask, caplog):
    with translation.override("en"):
        shown = errors.server_error(ask()).content.decode()
    reference = re.search(r'<bdi class="code" dir="ltr">(\w{8})</bdi>', shown)
    assert reference
    assert reference[1] in caplog.text


def test_an_error_before_anyone_is_known_is_still_a_page(rf):
    assert errors.not_found(rf.get("/nowhere/"), Exception()).status_code == 404


@pytest.mark.parametrize("ending", ["html", "txt"])
def test_a_mail_names_the_district_and_the_hotline(ending):
    with translation.override("en"):
        shown = render_to_string(f"web/mail.{ending}")
    assert settings.DISTRICT.name in shown
    assert "Need help? Family Hotline" in shown


def test_a_page_that_takes_a_reference_is_there_too(settings):
    settings.ROOT_URLCONF = "portal.config.urls"
    menu.has_page.cache_clear()
    assert menu.has_page("home")
    assert menu.has_page("verify_pin")
    assert not menu.has_page("support_new")
