"""Who walks through all pages: a visitor, a family with children, one without, a clerk; each with a language."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.crawl import crawl
from tests.journeys.walking import Portal, join, look_up, say_why, sign_in, staff_sign_in

Person = Callable[[Page, Portal, str], list[str]]  # signs in, and tells where a walk through all pages starts


def visitor(page: Page, _portal: Portal, language: str) -> list[str]:
    """Someone who has not signed in, with links that do not work."""
    page.goto(f"/language/?to={language}&next=/")
    return ["/", "/login/", "/register/", "/password/forgot/", "/signed-out/", "/staff/", "/nowhere/",
            "/register/confirm/wrong/", "/password/reset/wrong/", "/email/cancel/wrong/",
            "/login/not-me/wrong/", "/students/add/not-me/wrong/"]  # fmt: skip


def mother(page: Page, _portal: Portal, language: str) -> list[str]:
    """Four children at three schools."""
    sign_in(page, "marisol.reyes@example.org", language)
    return [
        "/home/",
        "/home/?all=1",
        "/students/",
        "/family/assignments/",
        "/family/attendance/",
        "/nowhere/",
    ]


def newcomer(page: Page, portal: Portal, language: str) -> list[str]:
    """An account without a child."""
    last = portal.database.execute("SELECT max(id) FROM people_person").fetchone()
    assert last
    join(page, portal, "Nia", "New", f"nia.{last[0]}@example.org")
    page.goto(f"/language/?to={language}&next=/students/")
    return ["/welcome/1/", "/welcome/2/", "/welcome/3/", "/home/", "/students/", "/students/add/"]


def clerk(page: Page, portal: Portal, language: str) -> list[str]:
    """The office manager of Oak, at Ben's card."""
    portal.database.execute(
        "UPDATE people_person SET language = %s WHERE subject = 'demo:cast-reed'", [language]
    )
    staff_sign_in(page, "Joan Reed")
    look_up(page, "Ben Okafor")
    return ["/staff/home/", "/staff/reason/", "/staff/search/?search_by=student&last_name=okafor&active=on", "/staff/hidden/",
            page.url.removeprefix(portal.url), f"{page.url.removeprefix(portal.url)}pin/"]  # fmt: skip


def principal(page: Page, portal: Portal, language: str) -> list[str]:
    """The principal of Lincoln, who answers families and reads the record of access."""
    portal.database.execute(
        "UPDATE people_person SET language = %s WHERE subject = 'demo:cast-pierce'", [language]
    )
    staff_sign_in(page, "Yolanda Pierce")
    page.goto("/staff/reason/")
    say_why(page)
    page.wait_for_url("**/staff/home/")
    return [
        "/staff/home/",
        "/staff/corrections/",
        "/staff/audit/",
        "/staff/audit/?action=refused",
    ]


PEOPLE: dict[str, Person] = {
    "visitor": visitor,
    "mother": mother,
    "newcomer": newcomer,
    "clerk": clerk,
    "principal": principal,
}
FOUND: dict[str, list[str]] = {}  # there is one portal in a run, so its pages are found once


def pages_of(page: Page, portal: Portal, who: str, language: str = "en") -> list[str]:
    """Signs in; returns an address of every page there is for this person. The first walk looks, later ones know."""
    starts = PEOPLE[who](page, portal, language)
    if who not in FOUND:
        FOUND[who] = crawl(page, starts)
    return FOUND[who]
