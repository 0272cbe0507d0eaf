"""One portal for all journeys, started as `make run` starts it, and browsers of every size to walk through it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    sync_playwright,
)

from portal.config import embedded
from tests import browser_for_tests
from tests.journeys.walking import PHONE, Open, Portal, surroundings

ROOT = Path(__file__).resolve().parents[2]
WORKER = os.environ.get(
    "PYTEST_XDIST_WORKER", "alone"
)  # tests share the work, each worker has a portal of its own
DATA = ROOT / ".cache" / f"journeys-{WORKER}"


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The portal with the sample district, on a free port, from an empty data folder."""
    subprocess.run(["rm", "-rf", str(DATA)], check=True)
    port = free_port()
    with started(DATA, port), at_work(DATA) as database:
        yield Portal(f"http://127.0.0.1:{port}", DATA, database)


def at_work(data: Path) -> psycopg.Connection[Any]:
    """The database as its owner at work, who sees every row."""
    return psycopg.connect(embedded.owner_url(data), autocommit=True, options="-c app.kind=owner")


@contextmanager
def started(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`portal run` on a data folder, from its running line to Ctrl-C; its words are in `<data>.log`."""
    log = data.with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as words:
        running = subprocess.Popen(
            [sys.executable, "-m", "portal", "run"],
            env=surroundings(data, port),
            stdout=words,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
    try:
        _until_running(running, log)
        yield running
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _until_running(running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if "Parent Portal is running at" in log.read_text():
            return
        try:
            running.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        break
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


@pytest.fixture
def open_page(portal: Portal, browser: Browser) -> Iterator[Open]:
    """A fresh browser as one person would hold it: open_page(size=PHONE, script=False, scheme="dark").

    Afterwards no page may have complained, broken our policy for scripts and styles, or asked another house.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # A page that answers 404 or 422 in words is no complaint.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            complaints.append(f"{message.text} ({message.location['url']})")

    def on_error(error: WebError) -> None:
        # The browser lets a page turn without its fade when the next page has none; that is no fault of ours.
        if "Transition was" not in str(error.error):
            complaints.append(str(error.error))

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and f"{address.scheme}://{address.netloc}" != portal.url:
            complaints.append(f"asked another house: {request.url}")

    def open_(
        size: tuple[int, int] = PHONE, *, script: bool = True, scheme: str = "light", **more: Any
    ) -> Page:
        context = browser.new_context(
            base_url=portal.url,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=script,
            color_scheme=scheme,
            **more,
        )
        contexts.append(context)
        context.on("console", on_console)
        context.on("weberror", on_error)
        context.on("request", on_request)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
