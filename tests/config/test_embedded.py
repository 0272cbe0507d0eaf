"""The database a fresh machine gets: it starts, survives a crash, and stops when the last user leaves."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from portal.config import embedded


@pytest.fixture
def data(tmp_path_factory):
    """A folder others may enter: under root the server runs as nobody."""
    folder = tmp_path_factory.mktemp("data")
    for parent in (folder, *folder.parents):
        parent.chmod(0o755)
        if parent.name.startswith("pytest-of-"):  # the folders above are everyone's
            return folder
    raise AssertionError(f"pytest keeps its folders elsewhere: {folder}")


def ask(data: Path, sql: str):
    with psycopg.connect(embedded.owner_url(data), autocommit=True) as connection:
        return connection.execute(sql).fetchone()


def test_data_outlives_a_stop_and_a_crash(data):
    with (
        embedded.running(data, durable=False),
        psycopg.connect(embedded.owner_url(data), autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    assert not embedded._answers(embedded.socket_folder(data))
    with embedded.running(data):
        postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
    with embedded.running(data):
        assert ask(data, "SELECT n FROM kept") == (1,)
        assert ask(data, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == (False,)


def test_the_second_user_neither_starts_nor_stops_it(data):
    script = (
        "import sys; from pathlib import Path; from portal.config import embedded\n"
        "with embedded.running(Path(sys.argv[1]), durable=False): print('in')"
    )
    with embedded.running(data, durable=False):
        subprocess.run([sys.executable, "-c", script, str(data)], check=True, stdout=subprocess.DEVNULL)
        assert ask(data, "SELECT 1") == (1,)
