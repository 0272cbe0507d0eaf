"""One portal for all journeys, started as `make run` starts it, and browsers of every size to walk through it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.config import embedded
from portal.demo.accounts import PASSWORD
from tests import browser_for_tests

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / ".cache" / "journeys"
PHONE, DESKTOP = (360, 740), (1280, 900)
AXE = (ROOT / "tests" / "axe" / "axe.min.js").read_text()


@dataclass(frozen=True)
class Portal:
    """The running portal and the way behind its counter."""

    url: str
    database: psycopg.Connection[Any]

    def mail_to(self, address: str) -> list[dict[str, Any]]:
        """Mail for one address, newest first."""
        mails = httpx.get(f"{self.url}/demo/mail.json", timeout=10).json()
        return [mail for mail in mails if mail["to"] == address]

    def link_to(self, address: str, part: str) -> str:
        """The newest link mailed to an address whose path holds `part`."""
        return next(link for mail in self.mail_to(address) for link in mail["links"] if part in link)

    def letter(self, guardian: str, student: str) -> tuple[str, tuple[int, int, int], str]:
        """Student ID, birth date (month, day, year) and PIN, as the demo's page shows the family's letter."""
        text = httpx.get(f"{self.url}/demo/", timeout=10).text
        found = re.search(
            rf'data-letter="{guardian}:{student}"[^>]*data-id="(\w+)"[^>]*data-born="(\d+)-(\d+)-(\d+)"[^>]*data-pin="(\d+)"',
            text,
        )
        assert found, f"no letter of {guardian} for {student} on the demo page"
        student_id, year, month, day, pin = found.groups()
        return student_id, (int(month), int(day), int(year)), pin


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The portal with the sample district, on a free port, from an empty data folder."""
    subprocess.run(["rm", "-rf", str(DATA)], check=True)
    port = _free_port()
    clean = {k: v for k, v in os.environ.items() if k not in ("PORTAL_MODE", "DATABASE_URL", "DATA_DIR")}
    log = (ROOT / ".cache" / "journeys.log").open("w+")
    running = subprocess.Popen(
        [sys.executable, "-m", "portal", "run"],
        env={**clean, "DATA_DIR": str(DATA), "PORT": str(port)},
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
    )
    try:
        _until_running(running, Path(log.name))
        with psycopg.connect(embedded.url(DATA), autocommit=True) as database:
            yield Portal(f"http://127.0.0.1:{port}", database)
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _until_running(running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        said = log.read_text()
        if "Parent Portal is running at" in said:
            return
        if running.poll() is not None:
            break
        time.sleep(0.2)
    raise AssertionError(f"the portal did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(autouse=True)
def fresh_limits(request: pytest.FixtureRequest) -> None:
    """All journeys come from one address; what one counted must not slow down the next."""
    if "portal" in request.fixturenames:
        request.getfixturevalue("portal").database.execute("TRUNCATE people_count")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser."""
    os.environ.update(browser_for_tests.environment())
    with sync_playwright() as driver:
        quiet = [
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ]
        found = driver.chromium.launch(
            executable_path=browser_for_tests.path(),
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet],
        )
        yield found
        found.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(portal: Portal, browser: Browser) -> Iterator[Open]:
    """A fresh browser as one person would hold it: open_page(size=PHONE, script=False, scheme="dark")."""
    contexts: list[BrowserContext] = []

    def open_(
        size: tuple[int, int] = PHONE, *, script: bool = True, scheme: str = "light", **more: Any
    ) -> Page:
        context = browser.new_context(
            base_url=portal.url,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=script,
            color_scheme=scheme,
            bypass_csp=False,
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield open_
    for context in contexts:
        context.close()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Through the login page, as a family does."""
    page.goto("/login/")
    page.locator("input[name=username]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/home/")


def faults(page: Page) -> list[str]:
    """What axe finds on the page, in lines. It enters by the debugger's door; our policy lets no script in."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("Runtime.evaluate", {"expression": AXE})
    answer = debugger.send(
        "Runtime.evaluate", {"expression": "axe.run(document)", "awaitPromise": True, "returnByValue": True}
    )
    debugger.detach()
    return [
        f"{fault['id']}: {node['html'][:160]}  {node['failureSummary'][:200]}"
        for fault in answer["result"]["value"]["violations"]
        for node in fault["nodes"]
    ]
