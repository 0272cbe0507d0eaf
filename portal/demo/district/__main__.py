"""Writes the made-up district from a command line: `python -m portal.demo.district --students 300 --seed 1 --out DIR`."""

import argparse
import sys
from datetime import date
from pathlib import Path

from portal.demo.district import generate


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="portal.demo.district", description="Write a made-up district as two bundles."
    )
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--today", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD")
    parser.add_argument("--version", choices=("1.1", "1.2"), default="1.2", help="of OneRoster")
    options = parser.parse_args(argv)
    written = generate(
        options.out, options.students, options.seed, options.today or date.today(), options.version
    )
    for name, rows in written.rows.items():
        print(f"{rows:>10,}  {name}.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
