"""Takes two bundles in by turns until it is killed; for the rounds of killing."""

import io
import sys
from contextlib import redirect_stdout
from itertools import cycle
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from portal.sis import command

    for bundle in cycle(map(Path, sys.argv[1:])):
        with redirect_stdout(io.StringIO()):
            assert command.take(bundle, source="kills", dry_run=False, as_json=True) == command.APPLIED


if __name__ == "__main__":
    main()
