"""Starts and stops the whole house: database, web and worker; what `portal run` does."""

import hashlib
import io
import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path

from django.apps import apps

from portal.config import catalogs, embedded
from portal.config.env import ROOT, env

LOG = logging.getLogger("portal.house")
PATIENCE = 60  # seconds for the web server to answer its first request


def run() -> int:
    """Everything from nothing to an answering portal; returns when it is told to stop."""
    with nullcontext() if env.database_url else embedded.running(env.data_dir):
        _prepare()
        with _stop_on_signals() as stopped, _simulator() as further, _children(further) as children:
            if not _answers(children):
                print(
                    "The web server or the worker did not start. Their messages stand above.", file=sys.stderr
                )
                return 1
            print(f"Parent Portal is running at {_address()}", flush=True)
            if env.demo:
                from portal.demo import welcome

                print(welcome.text(_address()), flush=True)
            while not stopped and all(child.poll() is None for child in children):
                time.sleep(0.2)
            return 0 if stopped else 1


def migrate() -> None:
    """Brings the database and its second wall to this version, as its owner; quick when there is nothing to do."""
    from django.core.management import call_command
    from django.db import connections

    from portal.access import wall

    call_command("migrate", verbosity=0, interactive=False, database="owner")
    wall.build()
    connections["owner"].close()


def work() -> int:
    """Runs the jobs until it is told to stop, and seals the record of access beside them."""
    from django.core.management import call_command

    from portal.access import login

    login.check()
    threading.Thread(target=_keep_sealing, daemon=True).start()
    with redirect_stdout(io.StringIO()):  # its greeting is not for families' ears; its log goes to stderr
        call_command("procrastinate", "worker", "--concurrency", "4", verbosity=0)
    return 0


def _keep_sealing() -> None:
    """A seal every few seconds: too often for a job of its own each time."""
    from django.db import connections

    from portal.access.context import opened
    from portal.audit import sealing

    everything = True  # what a stopped worker left behind
    while True:
        try:
            with opened("worker", purpose="seal"):
                sealing.seal(everything)
            everything = False
        except Exception:
            LOG.exception("the record of access could not be sealed")
        finally:
            connections.close_all()
        time.sleep(sealing.EVERY)


def _prepare() -> None:
    import django
    from django.db import connections

    catalogs.compile_all()
    django.setup()
    from portal.access import login, registry  # know the models, which are there only now

    registry.whole()
    migrate()
    login.check()
    collect_files()
    if env.demo:
        from portal.demo import fill

        fill.fill_empty()
    connections.close_all()


def collect_files() -> None:
    """Hashes and compresses the static files, when one of them changed since the last start."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    folders = [Path(config.path) / "static" for config in apps.get_app_configs()]
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    now = hashlib.sha256(b"".join(str(file).encode() + file.read_bytes() for file in files)).hexdigest()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(now)


def _address() -> str:
    return f"http://127.0.0.1:{env.port}/"


@contextmanager
def _simulator() -> Iterator[dict[str, str]]:
    """The demo's school system, a process of its own, and what the portal must be told to write to it.

    It is a simulator and says so. Where it does not start, the registrar desk keeps what parents change.
    """
    if not env.demo or env.sis_url or not (ROOT / "simulators" / "sis").is_dir():
        yield {}
        return
    secret, bundles = secrets.token_urlsafe(48), env.data_dir / "bundles"
    command = [sys.executable, "-m", "simulators.sis", "--data", str(env.data_dir / "simulators" / "sis")]
    for name in ("oneroster", "companion"):
        command += ["--bundle", str(bundles / name)] if (bundles / name).is_dir() else []
    running = subprocess.Popen(  # noqa: S603
        command, env=os.environ | {"SIS_SECRET": secret}, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert running.stdout
    try:
        address = running.stdout.readline().strip()
        yield {"SIS_URL": address, "SIS_SECRET": secret} if address else {}
    finally:
        running.terminate()
        running.wait(timeout=10)


@contextmanager
def _children(further: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The web server and the worker, each a process group of its own, ended when the block ends.

    further: what their environment has besides ours.
    """
    from portal.web.overload import THREADS

    python = Path(sys.executable)
    commands = [
        [
            str(python.with_name("granian")), "--interface", "wsgi", "portal.config.wsgi:application",
            "--host", "127.0.0.1", "--port", str(env.port), "--workers", str(env.web_processes),
            "--blocking-threads", str(THREADS), "--respawn-failed-workers", "--no-ws", "--log-level", "warning",
        ],
        [str(python), "-m", "portal", "worker"],
    ]  # fmt: skip
    # Each of the server's fifty threads would keep memory that it does not need.
    environment = {"MALLOC_ARENA_MAX": "2"} | os.environ | further
    children = [
        subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603
        for command in commands
    ]
    try:
        yield children
    finally:
        for child in children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
        for child in children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def _stop_on_signals() -> Iterator[list[int]]:
    """A list that stays empty until Ctrl-C or a polite kill."""
    received: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: received.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _answers(children: list[subprocess.Popen[bytes]]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        try:
            urllib.request.urlopen(_address(), timeout=5).close()  # noqa: S310 - our own address
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return True
    return False
