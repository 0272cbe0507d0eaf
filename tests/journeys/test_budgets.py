"""What a page costs a family's data plan: kilobytes as sent, and requests; and that nothing on it jumps."""

import pytest
from playwright.sync_api import Page

from tests.journeys.walking import DESKTOP, PHONE, Open, Portal, sign_in

KB = 1024
HTML = {"P1": 9, "P2": 9, "P3": 9, "F1": 9, "F2": 9, "R0": 10, "R2": 10, "R3": 14, "R4": 14}  # KB
ADDRESSES = {"P1": "/", "P2": "/login/", "P3": "/register/", "F1": "/home/", "F2": "/students/"}
SECTIONS = {"R2": "attendance", "R3": "assignments", "R4": "grades"}
CSS, FONTS = 14, {"en": 17, "es": 17, "fa": 29}  # KB on a first visit
SCRIPT = {"P": 6, "F": 22, "R": 22}
FIRST, LATER = {"P": 6, "F": 8}, {"P": 1, "F": 2, "R": 2}  # requests
CLASSIC_CSS = 4

COST = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const others = performance.getEntriesByType('resource').map(one => [one.name, one.transferSize, one.encodedBodySize]);
  return {html: page.encodedBodySize, others};
}"""
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const shift of list.getEntries()) sum += shift.value; })
    .observe({type: 'layout-shift', buffered: true});
  scrollTo(0, document.documentElement.scrollHeight);
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => done(sum))));
})"""


def go_to(page: Page, where: str) -> None:
    """Opens a page as a family with four children does."""
    if where in ADDRESSES:
        page.goto(ADDRESSES[where])
    else:
        page.goto("/home/")
        home = page.locator(".child-card .button").first.get_attribute("href")
        page.goto(f"{home}{SECTIONS[where]}/" if where in SECTIONS else f"{home}")
    page.wait_for_load_state("networkidle")


def enter(page: Page, where: str, language: str) -> None:
    if where.startswith("P"):
        page.goto(f"/language/?to={language}&next=/help/")
    else:
        sign_in(page, "marisol.reyes@example.org", language)


@pytest.mark.parametrize("language", ["en", "es", "fa"])
@pytest.mark.parametrize("where", HTML)
def test_a_page_stays_within_its_kilobytes_and_requests(open_page: Open, where: str, language: str) -> None:
    page = open_page(PHONE)
    enter(page, where, language)
    go_to(page, where)
    go_to(page, where)  # what a browser may keep, it has kept now
    cost = page.evaluate(COST)
    sent = [name for name, transferred, _size in cost["others"] if transferred]
    assert cost["html"] <= HTML[where] * KB
    assert 1 + len(sent) <= LATER[where[0]], sent


@pytest.mark.parametrize("where", ["P1", "P3", "F1"])
@pytest.mark.parametrize("language", ["es", "fa"])
def test_a_first_visit_stays_within_its_kilobytes_and_requests(
    open_page: Open, where: str, language: str
) -> None:
    page = open_page(PHONE)
    enter(page, where, language)
    cookies = page.context.cookies()
    fresh = open_page(PHONE)  # nothing in its cache yet
    fresh.context.add_cookies(cookies)
    go_to(fresh, where)
    cost = fresh.evaluate(COST)
    sizes = {"css": 0, "js": 0, "woff2": 0}
    for name, _transferred, size in cost["others"]:
        kind = name.rsplit(".", 1)[-1]
        sizes[kind] = sizes.get(kind, 0) + size
    assert sizes["css"] > 0
    assert sizes["css"] <= CSS * KB
    assert sizes["js"] <= SCRIPT[where[0]] * KB
    assert sizes["woff2"] <= FONTS[language] * KB
    assert 1 + len(cost["others"]) <= FIRST[where[0]], cost["others"]


def test_classic_styles_are_small(portal: Portal, open_page: Open) -> None:
    page = open_page(PHONE)
    page.context.add_cookies([{"name": "classic", "value": "on", "url": portal.url}])
    go_to(page, "P1")
    [[name, _transferred, size]] = page.evaluate(COST)["others"]
    assert name.endswith(".css")
    assert size <= CLASSIC_CSS * KB


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("where", ["F1", "R0", "R2", "R4"])
def test_nothing_on_the_page_jumps(open_page: Open, size: tuple[int, int], where: str) -> None:
    page = open_page(size)
    enter(page, where, "en")
    go_to(page, where)
    assert page.evaluate(SHIFTS) == 0
