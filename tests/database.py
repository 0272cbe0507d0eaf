"""Loaded before everything else: tests run in their own mode, on an embedded PostgreSQL or the server given.

DATABASE_URL, when set, names a server of yours; the tests then run there.
"""

import os
from contextlib import ExitStack

os.environ["PORTAL_MODE"] = "test"
os.environ.setdefault("DATA_DIR", os.path.join(os.path.dirname(os.path.dirname(__file__)), ".cache", "test"))
os.environ["REQUESTS_TIMES"] = "0"  # hundreds of visits a minute; the tests of limits count them
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs an event loop of its own

_running = ExitStack()


def pytest_configure() -> None:
    from portal.config import catalogs, embedded
    from portal.config.env import env

    catalogs.compile_all()
    (env.data_dir / "static").mkdir(
        parents=True, exist_ok=True
    )  # files are found in the rooms, but it is looked for
    if not env.database_url:
        _running.enter_context(embedded.running(env.data_dir, durable=False))


def pytest_unconfigure() -> None:
    _running.close()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a browser waits as often as it works."""
    return (os.cpu_count() or 1) + 1
