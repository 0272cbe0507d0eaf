"""`python -m bench.lighthouse [STUDENTS]`: what Lighthouse says of five pages on its phone, in a browser with an empty cache.

Lighthouse comes from npm and is asked on one district of `make bench` (300 unless told otherwise), a page after the other,
ROUNDS times. Prints one JSON object and writes it to bench/lighthouse.json: of each page the medians of performance,
accessibility and best practices (0 to 100) and of the KB that went over the wire.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.__main__ import ROOT, ROUNDS, folder, server
from portal.config import embedded
from tests import browser_for_tests

LIGHTHOUSE = "lighthouse@12.8.2"
SCORES = ("performance", "accessibility", "best-practices")
PAGES = {
    "P1 start": "/",
    **dict.fromkeys(("F1 family home", "R0 student home", "R2 attendance", "R4 grades"), ""),
}


def main() -> None:
    npx, browser = shutil.which("npx"), browser_for_tests.path()
    if npx is None or browser is None:
        sys.exit("Lighthouse needs npx (Node.js) and a browser; `make test` brings the browser.")
    data = folder(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
    environment = {**os.environ, "DATA_DIR": str(data), "PORTAL_MODE": "demo", "REQUESTS_TIMES": "1000000"}
    facts = json.loads((data / "pages.json").read_text())
    addresses = PAGES | {name: facts["pages"][name]["path"] for name in PAGES if name in facts["pages"]}
    told: dict[str, dict[str, float]] = {}
    with embedded.running(data), server("portal.config.wsgi:application", environment) as ours:
        for name, path in addresses.items():
            print(f"{name} …", file=sys.stderr, flush=True)
            headers = {} if path == "/" else {"Cookie": f"family={facts['cookie']}"}
            asked = [
                npx,
                "--yes",
                LIGHTHOUSE,
                f"http://127.0.0.1:{ours.port}{path}",
                "--output=json",
                "--quiet",
            ]
            asked += [f"--only-categories={','.join(SCORES)}", f"--extra-headers={json.dumps(headers)}"]
            asked += ["--chrome-flags=--headless --no-sandbox --disable-gpu --disable-background-networking"]
            rounds = [_round(asked, browser, data) for _round_ in range(ROUNDS)]
            told[name] = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
    (ROOT / "bench" / "lighthouse.json").write_text(json.dumps(told, indent=1))
    print(json.dumps(told))


def _round(asked: list[str], browser: str, data: Path) -> dict[str, float]:
    environment = os.environ | browser_for_tests.environment() | {"CHROME_PATH": browser}
    done = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True, env=environment, cwd=data)
    report: dict[str, Any] = json.loads(done.stdout)
    found = {score: round(100 * report["categories"][score]["score"]) for score in SCORES}
    sent = report["audits"]["network-requests"]["details"]["items"]
    return found | {"kb": round(sum(each.get("transferSize", 0) for each in sent) / 1000, 1)}


if __name__ == "__main__":
    main()
