"""Sets sheets in a child process, at most two at a time on one machine."""

import fcntl
import hashlib
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.paper import press

PLACES = 2
WAITS = 20.0  # seconds for a place
TOGETHER = 100  # sheets that one child sets

log = logging.getLogger(__name__)


class NotReady(Exception):
    """The sheet could not be set now: no place was free, it took too long, or it cannot be set at all."""


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet.

    template: path below portal/ of a file that begins with `#import "/paper/typst/sheet.typ": *` and `#show: sheet`.
    title: of the document, in the reader's language, without the name of a student.
    values: what the template reads of `data`: text, numbers, lists and dicts of them; words in the reader's language.
    """

    template: str
    title: str
    language: str  # a code of settings.LANGUAGES
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def inputs(self) -> str:
        rtl = self.language in settings.LANGUAGES_BIDI
        data = {**self.values, "title": self.title, "language": self.language, "rtl": rtl}
        return json.dumps(data, ensure_ascii=False, sort_keys=True)

    @property
    def version(self) -> str:
        """Another for whatever would look different; 64 letters."""
        parts = [self.inputs, *(path.read_text() for path in (press.PORTAL / self.template, COMMON))]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


COMMON = press.PORTAL / "paper" / "typst" / "sheet.typ"


def pdf(sheet: Sheet) -> bytes:
    """The sheet as a tagged PDF (PDF/UA-1). Raises NotReady."""
    return pdfs([sheet])[0]


def pdfs(sheets: Sequence[Sheet]) -> list[bytes]:
    """Each sheet as a PDF of its own, faster together than one by one. Raises NotReady.

    Many pages that are printed together, like letters, are better one sheet whose template goes through a list.
    """
    made: list[bytes] = []
    with _place():
        for first in range(0, len(sheets), TOGETHER):
            made += _set(sheets[first : first + TOGETHER])
    return made


def _set(sheets: Sequence[Sheet]) -> list[bytes]:
    wanted = json.dumps([[sheet.template, {"data": sheet.inputs}] for sheet in sheets])
    try:
        child = subprocess.run(  # noqa: S603  # our own program and no shell
            [sys.executable, "-I", press.__file__],
            input=wanted.encode(),
            capture_output=True,
            timeout=press.SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise NotReady("It took too long.") from late
    made = list(_apart(child.stdout))
    if len(made) < len(sheets) or not all(made):
        log.error("sheet not set", extra={"said": child.stderr.decode()[-500:], "status": child.returncode})
        raise NotReady("It could not be set.")
    return made


def _apart(out: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(out):
        length = int.from_bytes(out[at : at + 8])
        yield out[at + 8 : at + 8 + length]
        at += 8 + length


@contextmanager
def _place() -> Iterator[None]:
    """One of the machine's places; two processes of the portal share them."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + WAITS
    while True:
        for number in range(PLACES):
            with (folder / f"paper.{number}.lock").open("w") as place:
                try:
                    fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield
                return
        if time.monotonic() > until:
            raise NotReady("Every place was taken.")
        time.sleep(0.05)
