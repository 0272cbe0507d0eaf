"""Parts of the portal are killed while parents save; what was answered as saved is never lost or doubled."""

import json
import os
import secrets
import subprocess
import sys

from portal.config.env import ROOT

ROUNDS = 4  # `make bench-full` does 50


def test_no_change_is_lost_or_doubled_when_web_worker_and_database_are_killed():
    seed = os.environ.get("KILLS_SEED") or str(secrets.randbelow(1_000_000))
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATA_DIR", "PORTAL_MODE", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.kills", str(ROUNDS), seed],
        cwd=ROOT,
        env=inherited,
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
    )
    print(done.stdout)
    verdict = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, verdict["faults"]) == (0, []), f"again with KILLS_SEED={seed}"
    assert verdict["acknowledged"] > 0
    assert sum(verdict["killed"].values()) == ROUNDS
