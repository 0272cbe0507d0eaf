"""The pages of a parent or a clerk who reads another language: no English is left, and mirrored they are as usable."""

import re
from functools import cache

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from portal.config.settings import LANGUAGE_NAMES
from tests.journeys.people import PEOPLE, pages_of
from tests.journeys.walking import NARROW, PHONE, ROOT, Open, Portal, faults, sideways, speaks

LONG = 12  # characters of a sentence that no name or title has by chance
SHORT = 4  # letters of a text that counts as a whole
COURSES = {"Ethnic Studies", "Mathematics"}  # what the state requires, and a course the school named so
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")

# Words of people and of the record stand in the language they were written in, and say so or are isolated.
VISIBLE = """() => {
  const texts = [document.title];
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (all.nextNode()) {
    const near = all.currentNode.parentElement;
    if (near.closest('script, style, noscript, bdi, [lang=en]')) continue;
    texts.push(all.currentNode.data);
  }
  for (const named of document.querySelectorAll('[aria-label], [data-label], [title], [alt]'))
    if (!named.closest('[lang=en]'))
      for (const name of ['aria-label', 'data-label', 'title', 'alt'])
        texts.push(named.getAttribute(name) || '');
  return texts.map(text => text.replace(/\\s+/g, ' ').trim()).filter(text => text);
}"""


@cache
def english(language: str) -> tuple[tuple[str, ...], tuple[re.Pattern[str], ...]]:
    """Of what this language says otherwise: long pieces of our sentences, and short texts as a whole."""
    with (ROOT / "portal" / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalog = read_po(file)
    pieces, wholes = set(), set()
    for message in catalog:
        if message.id in COURSES:
            continue
        ours = message.id if isinstance(message.id, tuple) else (message.id,)
        theirs = message.string if isinstance(message.string, tuple) else (message.string,)
        said = " ".join(theirs)
        for sentence in ours:
            parts = PLACEHOLDER.split(" ".join(sentence.split()))
            pieces |= {
                part.strip() for part in parts if len(part.strip()) > LONG and part.strip() not in said
            }
            if len(re.findall("[A-Za-z]", "".join(parts))) >= SHORT and sentence not in theirs:
                wholes.add(".+".join(map(re.escape, parts)))
    return tuple(pieces), tuple(re.compile(whole) for whole in wholes)


def left_in_english(page: Page, language: str) -> list[str]:
    """Texts on the page that hold a piece of our English."""
    pieces, wholes = english(language)
    texts = {part for text in page.evaluate(VISIBLE) for part in text.split(" · ")}
    texts -= set(LANGUAGE_NAMES.values())  # each language is called what its own speakers call it
    return sorted(
        text
        for text in texts
        if any(piece in text for piece in pieces) or any(whole.fullmatch(text) for whole in wholes)
    )


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("language", ["es", "fa"])
def test_every_page_is_whole_for_a_reader_of_another_language(
    portal: Portal, open_page: Open, who: str, language: str
) -> None:
    page = open_page(PHONE)
    left, found, wide = {}, [], []
    addresses = pages_of(page, portal, who, language)
    for address in addresses:
        page.goto(address)
        assert speaks(page, language), address
        if ours := left_in_english(page, language):
            left[address] = ours
        if language == "fa":
            found += [f"{address} {fault}" for fault in faults(page, colors=False)]
        page.set_viewport_size(NARROW)
        wide += [f"{address} by {more} px" for more in [sideways(page)] if more > 0]
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert len(addresses) >= 5
    assert (left, found, wide) == ({}, [], [])


@pytest.mark.parametrize("language", ["es", "fa"])
def test_a_form_with_mistakes_and_a_refusal_are_in_the_readers_language(
    portal: Portal, open_page: Open, language: str
) -> None:
    page = open_page(PHONE)
    PEOPLE["newcomer"](page, portal, language)
    page.goto("/students/add/")
    page.locator("main form .button.first").click()
    page.locator("#mistakes").wait_for()
    assert left_in_english(page, language) == []
    page.locator("input[name=student_id]").fill("205731X412")
    for name, number in (("month", "3"), ("day", "14"), ("year", "2012")):
        page.locator(f"input[name=birth_{name}]").fill(number)
    page.locator("input[name=pin]").fill("12345678")
    page.locator("input[name=robot]").check()
    with page.expect_navigation():
        page.locator("main form .button.first").click()
    assert left_in_english(page, language) == []
    assert page.locator("#mistakes li").count() == 1
