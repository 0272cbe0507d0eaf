"""`python -m simulators.sis --port 8201 --data folder [--bundle FOLDER_OR_ZIP …]`: runs until it is stopped.

The secret that signs changes is SIS_SECRET of the environment.
"""

import argparse
import os
import signal
import threading
from pathlib import Path

from simulators.sis.server import Simulator
from simulators.sis.store import Store


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="simulators.sis", description="A simulator of a student information system"
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, help="folder of its database; without one it forgets everything")
    parser.add_argument("--bundle", type=Path, action="append", default=[], help="fills an empty database")
    parser.add_argument("--slow-ms", type=int, default=0)
    options = parser.parse_args()
    if options.data:
        options.data.mkdir(parents=True, exist_ok=True)
    store = Store(options.data / "sis.sqlite3" if options.data else None)
    store.load(*options.bundle)
    simulator = Simulator(options.port, store, os.environ.get("SIS_SECRET", "simulator"))
    simulator.faults.slow_ms = options.slow_ms
    threading.Thread(target=simulator.serve_forever, daemon=True).start()
    print(simulator.url, flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    simulator.shutdown()


if __name__ == "__main__":
    main()
