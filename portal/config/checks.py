"""What `portal check` looks at beyond the tools: settings, migrations, translations, checked pages, lock files."""

import re
import sys

from portal.config import catalogs, pages
from portal.config.env import ROOT

PUBLIC = {"https://pypi.org", "https://files.pythonhosted.org"}


def check() -> int:
    """0 when nothing is wrong; otherwise says every fault and how to mend it."""
    said = [*_settings(), *catalogs.faults(), *pages.stale(), *_lock()]
    for line in said:
        print(line, file=sys.stderr)
    print("portal check: nothing to mend" if not said else f"portal check: {len(said)} to mend")
    return 1 if said else 0


def translations() -> int:
    """The same for the catalogs alone."""
    said = catalogs.faults()
    for line in said:
        print(line, file=sys.stderr)
    print("translations: complete" if not said else f"translations: {len(said)} to mend")
    return 1 if said else 0


def _settings() -> list[str]:
    from django.apps import apps
    from django.core.checks import run_checks
    from django.db import DEFAULT_DB_ALIAS, connections
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    said = [str(message) for message in run_checks() if not message.is_silenced()]
    loader = MigrationLoader(None)
    said += [
        f"{app}: {', '.join(names)} do not follow one another"
        for app, names in loader.detect_conflicts().items()
    ]
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(
        graph=loader.graph
    )
    connections[DEFAULT_DB_ALIAS].close()
    return said + [f"{app}: the models changed without a migration" for app in changes]


def _lock() -> list[str]:
    hosts = set(re.findall(r"https?://[^/\"]+", (ROOT / "uv.lock").read_text()))
    return [f"uv.lock names {host}; write it with `make lock`" for host in sorted(hosts - PUBLIC)]
