"""The child process that sets sheets: no network, no secrets, and no more memory and time than it needs.

Run by sheets.py as a program. It reads from standard input a JSON list of [template, {name: text}] and writes for each
the length of the PDF as eight bytes and the PDF; a length of zero means that the sheet could not be set, and why
stands on standard error without anything of the sheet.
"""

import ctypes
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

PORTAL = Path(__file__).resolve().parents[1]
SECONDS = 20
BYTES = 512_000_000
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)


def shut_in() -> None:
    """Gives up the network where the machine lets us, then limits what is left."""
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    if unshare(NEW_NETWORK) != 0:
        unshare(NEW_USER | NEW_NETWORK)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    sheets = json.load(sys.stdin)
    shut_in()
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(PORTAL / "paper" / "fonts")],
    )

    def set_one(template: str, inputs: dict[str, str], standards: Any) -> bytes:
        path = str(PORTAL / template)
        return typst.compile(
            path, root=str(PORTAL), font_paths=fonts, sys_inputs=inputs, pdf_standards=standards
        )

    for template, inputs in sheets:
        try:
            try:
                pdf = set_one(template, inputs, ["ua-1"])
            except typst.TypstError as fault:
                if "could not be displayed" not in fault.message:
                    raise
                pdf = set_one(
                    template, inputs, []
                )  # a rare character prints as a box; the rest is tagged all the same
        except typst.TypstError as fault:
            print(template, type(fault).__name__, *fault.hints, sep="\n", file=sys.stderr)
            pdf = b""
        sys.stdout.buffer.write(len(pdf).to_bytes(8))
        sys.stdout.buffer.write(pdf)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    os.environ.clear()
    main()
