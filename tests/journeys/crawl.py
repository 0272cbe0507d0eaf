"""Every page that exists, found by its links: one address for each view, of a visitor, a family and a clerk."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

MOST = 80  # pages of one person
# Not pages of ours to look at: they change something, are files, or belong to the demo.
ELSEWHERE = re.compile(
    r"^/(language|staff/language|logout|classic|demo|static|staff/sign-out|.*\.(json|pdf|csv)$)"
)


def crawl(page: Page, starts: Iterable[str]) -> list[str]:
    """Addresses of one page for each view and kind of query, following links from `starts`."""
    waiting, seen, found = list(starts), set(), []
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        page.goto(address)
        landed = urlsplit(page.url)
        if landed.path != urlsplit(address).path:
            waiting.append(landed.path + (f"?{landed.query}" if landed.query else ""))
            continue
        found.append(address)
        links = page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        waiting += [urljoin(address, link) for link in links if not re.match(r"[a-z]+:|#", link)]
    return found


def kind_of(address: str) -> tuple[str, tuple[str, ...]] | None:
    """The view an address leads to and the names in its query; none for what is no page of ours."""
    parts = urlsplit(address)
    if ELSEWHERE.match(parts.path):
        return None
    try:
        route = resolve(parts.path).route
    except Resolver404:
        return parts.path, ()
    return re.sub(r"^(en|es|fa)/", "", route), tuple(sorted(parse_qs(parts.query)))
