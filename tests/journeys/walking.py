"""What people do on every walk: sign in, register, read their mail, take a PIN at the counter."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest
from playwright.sync_api import Page

from portal.demo.accounts import PASSWORD
from portal.demo.district.year import school_year

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests" / "axe" / "axe.min.js").read_text()
PHONE, DESKTOP, ZOOMED = (360, 740), (1280, 900), (320, 256)  # ZOOMED: 1280 by 1024 at 400 %
NARROW = {"width": 320, "height": 700}
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
OWN_PASSWORD = "two buses and a long bridge"

Open = Callable[..., Page]


@dataclass(frozen=True)
class Letter:
    """What the school's PIN letter says."""

    student_id: str
    born: tuple[int, int, int]  # month, day, year
    pin: str  # 8 digits


# A fresh letter by the product's own verbs; whoever used the last one lets the child go first.
NEW_LETTER = """
import json, sys
import django
django.setup()
from portal.people.asking import opened
from portal.family import linking, pins
from portal.family.models import Guardianship, Link
guardian, student, starts = sys.argv[1:]
with opened("demo"):
    right = Guardianship.objects.select_related("student").get(
        guardian__sourced_id=guardian, student__sourced_id=student
    )
    for link in Link.objects.filter(guardianship__guardian=right.guardian, ended_at=None):
        linking.remove(link)
    digits = ""
    while not (digits and digits.startswith(starts)):
        _pin, digits = pins.give(right, by="Main office", new=True)
born = right.student.birth_date
print(json.dumps([right.student.student_id, [born.month, born.day, born.year], digits]))
"""


@dataclass(frozen=True)
class Portal:
    """The running portal and the way behind its counter."""

    url: str
    data: Path
    database: psycopg.Connection[Any]

    def mail_to(self, address: str) -> list[dict[str, Any]]:
        """Mail for one address, newest first."""
        mails = httpx.get(f"{self.url}/demo/mail.json", timeout=10).json()
        return [mail for mail in mails if mail["to"] == address]

    def link_to(self, address: str, part: str) -> str:
        """The newest link mailed to an address whose path holds `part`."""
        return next(link for mail in self.mail_to(address) for link in mail["links"] if part in link)

    def letter(self, guardian: str, student: str, starts: str = "") -> Letter:
        """A new PIN letter; nobody else is linked by this guardian's letters any more. Ids are the cast's."""
        said = self.run("-c", NEW_LETTER, guardian, student, starts)
        student_id, born, pin = json.loads(said.splitlines()[-1])
        return Letter(student_id, tuple(born), pin)

    def run(self, *arguments: str) -> str:
        """What Python says that runs beside the portal, on the same data."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """Of processes that work on this portal's data."""
        return surroundings(self.data)


def surroundings(data: Path, port: int = 0) -> dict[str, str]:
    """The environment of a portal with this data folder, whatever the developer's own says."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PORTAL_MODE", "DATABASE_URL", "PORT")}
    return {
        **clean,
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        **({"PORT": str(port)} if port else {}),
    }


def sign_in(page: Page, email: str, language: str = "en") -> None:
    """One of the cast, through the login page, as a family does; the account speaks `language` from then on."""
    page.goto("/login/")
    page.locator("input[name=username]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/home/")
    page.goto(f"/language/?to={language}&next=/home/")


def sign_out(page: Page) -> None:
    """By the last line of the menu."""
    form = page.locator(".menu form[action='/logout/']")
    if not form.is_visible():
        page.locator(".menu-open").click()
    form.get_by_role("button").click()
    page.wait_for_url("**/signed-out/")


def register(page: Page, first: str, last: str, email: str) -> None:
    """Fills in Register, in the language of the page, and sends it."""
    for name, value in (("first_name", first), ("last_name", last), ("email", email)):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("input[name=robot]").check()
    page.locator("main form .button.first").click()
    page.wait_for_url("**/register/check-email/")


def join(page: Page, portal: Portal, first: str, last: str, email: str) -> None:
    """From nothing to a signed-in family without children."""
    page.goto("/register/")
    register(page, first, last, email)
    page.goto(portal.link_to(email, "/register/confirm/"))
    page.locator("input[name=password]").fill(OWN_PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/welcome/1/")


def add_student(page: Page, letter: Letter) -> None:
    """Types a PIN letter into Add Student and sends it; what comes of it the page says."""
    page.goto("/students/add/")
    type_letter(page, letter)
    page.locator("main form .button.first").click()


def type_letter(page: Page, letter: Letter) -> None:
    """Fills in every field of Add Student."""
    page.locator("input[name=student_id]").fill(letter.student_id)
    for name, number in zip(("month", "day", "year"), letter.born, strict=True):
        page.locator(f"input[name=birth_{name}]").fill(str(number))
    page.locator("input[name=pin]").fill(letter.pin)
    page.locator("input[name=robot]").check()


def staff_sign_in(page: Page, name: str) -> None:
    """By the one button of the staff's door and the demo's stand-in for the district's sign-on."""
    page.goto("/staff/")
    page.locator("main a.button").click()
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/staff/home/")


def look_up(page: Page, name: str) -> None:
    """Finds a student by full name and opens View; says why, when the session is asked for the first time."""
    first, last = name.rsplit(" ", 1)
    page.goto("/staff/search/")
    page.locator("input[name=first_name]").fill(first)
    page.locator("input[name=last_name]").fill(last)
    page.locator("input[name=last_name]").press("Enter")
    with page.expect_navigation():
        page.get_by_role("row").filter(has_text=name).get_by_role("link").click()
    say_why(page)


def say_why(page: Page) -> None:
    """The reason for looking at records, when the page asks for it: once in a session."""
    if "/staff/reason/" in page.url:
        page.locator("input[name=purpose]").first.check()
        with page.expect_navigation():
            page.locator("main form .button.first").click()


def take_pin(page: Page, guardian: str) -> str:
    """From View through the checklist to the PIN of one guardian; returns its digits."""
    page.get_by_role("row").filter(has_text=guardian).locator("a[href*='/pin/']").click()
    page.get_by_label(guardian).check()
    page.locator("input[name=channel]").first.check()
    for question in ("birth_date", "student_name", "grade", "address", "emergency"):
        page.locator(f"input[name={question}][value=matches]").check()
    for tick in ("photo_id", "face"):
        page.locator(f"input[name={tick}]").check()
    page.locator("button[name=act][value=show]").click()
    return re.sub(r"\D", "", page.locator(".pin").inner_text())


def school_today() -> bool:
    """Whether the sample district has school today; nobody is marked absent on a Sunday."""
    today = datetime.now(ZoneInfo("America/Los_Angeles")).date()
    return today in school_year(today).days


def speaks(page: Page, language: str) -> bool:
    """Whether the page says that it speaks this language, and in which direction."""
    root = page.locator("html")
    said = (root.get_attribute("lang"), root.get_attribute("dir"))
    return said == (language, "rtl" if language == "fa" else "ltr")


def sideways(page: Page) -> int:
    """By how many pixels the page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def faults(page: Page, *rules: str, colors: bool = True) -> list[str]:
    """What axe finds on the page, in lines; by all its rules unless some are named, or all but contrast.

    It enters by the debugger's door; our policy lets no script in.
    """
    all_but = {} if colors else {"rules": {"color-contrast": {"enabled": False}}}
    asked = json.dumps({"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else all_but))
    debugger = page.context.new_cdp_session(page)
    debugger.send("Runtime.evaluate", {"expression": AXE})
    answer = debugger.send(
        "Runtime.evaluate",
        {"expression": f"axe.run(document, {asked})", "awaitPromise": True, "returnByValue": True},
    )
    debugger.detach()
    return [
        f"{fault['id']}: {node['html'][:160]}  {node['failureSummary'][:200]}"
        for fault in answer["result"]["value"]["violations"]
        for node in fault["nodes"]
    ]
