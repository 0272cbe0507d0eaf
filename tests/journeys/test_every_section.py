"""J8, J17, J18, J19 and J20 over every section: one walk through the whole record for each."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page

from portal.record.contents import sections
from tests.journeys.crawl import ELSEWHERE, kind_of
from tests.journeys.test_j17_persian import LATIN, mirrored
from tests.journeys.test_j20_classic import Meter, turn_off, turn_on
from tests.journeys.walking import DESKTOP, PHONE, SIZES, ZOOMED, Open, Portal, sideways, sign_in, speaks

KB = {
    "assignments": 14,
    "grades": 14,
    "timeline": 14,
    "testing": 12,
    "english-learner": 12,
}  # as sent; others 10
MARISOL, PARISA, DANA = (
    f"{name}@example.org" for name in ("marisol.reyes", "parisa.rostami", "dana.whitfield")
)


def children(page: Page) -> dict[str, str]:
    """The pages of the children on the family's home, by first name, in their order."""
    page.goto("/home/")
    cards = page.locator(".child-card").evaluate_all(
        "all => all.map(card => [card.querySelector('h2, h3').innerText, card.querySelector('a.button').getAttribute('href')])"
    )
    return {name.split()[0]: href for name, href in cards}


def pages(child: str) -> Iterator[str]:
    """The page of each section of one child."""
    yield from (f"{child}{section.key}/" for section in sections())


@pytest.mark.parametrize("email", [MARISOL, PARISA, DANA])
def test_no_link_on_any_page_of_the_record_leads_nowhere(open_page: Open, email: str) -> None:
    page = open_page()
    sign_in(page, email)
    waiting = [address for child in children(page).values() for address in (child, *pages(child))]
    seen, wrong = set(waiting), []
    while waiting:
        address = waiting.pop()
        answer = page.request.get(address, max_redirects=0)
        if answer.status not in (200, 301, 302):
            wrong.append((address, answer.status))
        within = re.search(r"<main.*</main>", answer.text(), re.DOTALL) if answer.status == 200 else None
        for link in re.findall(r'href="(/[^"]*|\?[^"]*)"', within[0] if within else ""):
            found = urljoin(address, link.replace("&amp;", "&")).partition("#")[0]
            kind = kind_of(found)
            if kind is None and ELSEWHERE.match(urlsplit(found).path) and not found.endswith(".pdf"):
                continue
            if found not in seen and (kind or found) not in seen:
                seen |= {found, kind or found}
                waiting.append(found)
    assert wrong == []


def test_the_switcher_keeps_the_section_or_says_that_the_other_child_has_none(open_page: Open) -> None:
    page = open_page(PHONE)
    sign_in(page, MARISOL)
    found, lacking = children(page), []
    tomas = found["Tomás"]
    for address in pages(found["Ana"]):
        page.goto(address)
        heading = page.get_by_role("heading", level=1).inner_text()
        page.get_by_role("navigation", name="Students").get_by_role("link", name="Tomás").click()
        page.wait_for_url(f"**{tomas}**")
        if "missing=" in page.url:
            lacking.append(address.split("/")[-2])
            assert "Tomás does not have a" in page.locator("main").inner_text()
        else:
            assert page.get_by_role("heading", level=1).inner_text() == heading
    assert "college-career" in lacking
    assert "attendance" not in lacking


@SIZES
def test_every_section_in_persian_is_mirrored_and_whole(open_page: Open, size: tuple[int, int]) -> None:
    page = open_page(size)
    sign_in(page, PARISA, language="fa")
    wrong = []
    for address in pages(next(iter(children(page).values()))):
        page.goto(address)
        found = (speaks(page, "fa"), mirrored(page), page.evaluate(LATIN), sideways(page))
        if found != (True, True, [], 0):
            wrong.append((address, found))
        bands = page.locator("svg .band").evaluate_all("all => all.map(one => one.getBoundingClientRect().x)")
        if bands[:4] != sorted(bands[:4], reverse=True):
            wrong.append((address, "a chart that does not run from right to left"))
    assert wrong == []


def test_who_listens_hears_the_answer_then_the_month_day_by_day_and_a_chart_as_one_sentence(
    open_page: Open,
) -> None:
    page = open_page(PHONE)
    sign_in(page, PARISA)
    kian = children(page)["Kian"]
    page.goto(f"{kian}attendance/")
    heard = page.locator("main").aria_snapshot()
    order = [r'heading "Attendance" \[level=1\]', r"Kian missed \d+ of \d+ school days", r'table ".+ 20\d\d, \d+ absences?, \d+ late"',
             r'cell "[A-Z][a-z]+ \d+: [^"]+"']  # fmt: skip
    at = [match.start() if (match := re.search(part, heard)) else -1 for part in order]
    assert -1 not in at, heard
    assert at == sorted(at)
    page.goto(f"{kian}testing/")
    heard = page.locator("main").aria_snapshot()
    assert re.search(
        r'img "State test: English \(CAASPP\) Kian scored [\d,]+\. That is in level \d of 4: [A-Z]', heard
    )
    page.get_by_text("Show as a table").first.click()
    assert page.get_by_role("table").first.get_by_role("rowheader").count() == 4


def test_every_section_at_four_hundred_percent_and_in_forced_colors_stays_within_the_window(
    open_page: Open,
) -> None:
    page = open_page(ZOOMED, reduced_motion="reduce", forced_colors="active")
    sign_in(page, PARISA)
    wide = []
    for child in children(page).values():
        for address in (child, *pages(child)):
            page.goto(address)
            wide += [(address, more) for more in [sideways(page)] if more > 0]
    assert wide == []


def test_every_section_in_classic_mode_is_small_and_without_drawings(portal: Portal, open_page: Open) -> None:
    page = open_page(PHONE, script=False)
    sign_in(page, PARISA)
    found = children(page)
    turn_on(page)
    try:
        meter, drawn = Meter(page), []
        for child in found.values():
            for address in (child, *pages(child)):
                page.goto(address)
                drawn += [address] * page.locator("script, svg, img").count()
        for address in ("/id-cards/", f"{found['Kian']}emergency-contacts/change/"):
            page.goto(address)
        assert drawn == []
        assert meter.too_large() == []
        page.goto(f"{found['Kian']}id-card/")  # 9 show the student ID card
        assert re.search(r"\d{6}[A-Z]\d{3}", page.locator("main").inner_text())
        page.goto(f"{found['Kian']}bus/")  # 8 the bus
        assert page.get_by_role("heading", level=1).inner_text() == "Bus Routes"
        turn_off(page)
    finally:
        portal.database.execute("UPDATE people_person SET classic = false")


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_every_section_weighs_no_more_than_its_kind_may(open_page: Open, language: str) -> None:
    page = open_page(PHONE)
    sign_in(page, MARISOL, language)
    heavy = []
    for address in pages(children(page)["Ana"]):
        answer = page.request.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        size = int(answer.headers["content-length"])
        if size > KB.get(address.split("/")[-2], 10) * 1024:
            heavy.append((address, size))
    assert heavy == []


def test_a_page_on_paper_says_whose_it_is_who_printed_it_and_no_menu(open_page: Open) -> None:
    page = open_page(DESKTOP)
    sign_in(page, MARISOL)
    page.goto(f"{children(page)['Ana']}testing/")
    assert not page.locator(".paper-only").first.is_visible()
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    assert "Lincoln High · Ana Reyes" in shown.replace("\n", " ")
    assert "by Marisol Reyes. Contains student information." in shown
    assert not page.locator(".menu, header.top, .bar").locator("visible=true").count()
    assert "Show as a table" not in shown
