"""The pages of sections as plain headings, paragraphs and tables: what a copy on paper says is what the pages say."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string

from portal.access import gate
from portal.access.grant import Grant
from portal.record import faces
from portal.record.section import Section
from portal.web.request import Request

MOST_PAGES = 100  # of one section
WHOLE = "show=all&years=all"  # what pages that show a part at first are asked for, to show everything
SILENT = ("nav", "form", "header", "footer", "script", "style", "svg", "title")
BLOCKS = ("h1", "h2", "h3", "p", "li", "dt", "dd", "caption", "summary", "th", "td")

# A phone number or an ID in Persian words keeps its own order, on paper as on the page.
LEFT_TO_RIGHT, AS_BEFORE = "\u2066", "\u2069"

Block = dict[str, Any]  # kind "h" or "p" with text, or "t" with head and rows


def of(actor: gate.Actor, grant: Grant, section: Section) -> list[Block]:
    """What the section's classic page says to this adult, all its pages one after the other."""
    reading = section.read(grant)
    found: list[Block] = []
    for number in range(1, MOST_PAGES + 1):
        request = _asked(actor, number)
        context = faces.around(request, section, grant) | {"reading": reading, "since": None}
        page = Leaf()
        page.feed(render_to_string(f"{section.key}/classic/page.html", context, request))
        # Further pages begin with the words of the first one.
        found += [block for block in page.blocks if number == 1 or block["kind"] == "t"]
        if not page.more:
            break
    return found


def _asked(actor: gate.Actor, page: int) -> Request:
    """A request nobody made, for what the classic shell reads of one."""
    request = Request()
    request.method, request.GET = "GET", QueryDict(f"{WHOLE}&page={page}")
    request.person, request.actor, request.classic = actor.person, actor, True
    return request


class Leaf(HTMLParser):
    """Reads the main part of a classic page."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.more = False  # whether the page leads on to a further one of its own
        self._inside = False
        self._silent: list[str] = []  # open elements whose words are not for paper
        self._words: list[str] = []
        self._apart: list[
            bool
        ] = []  # of open elements that stand apart: whether they read from left to right
        self._address = False  # inside a link that writes an e-mail
        self._table: Block | None = None
        self._row: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "main":
            self._inside = True
        if tag == "a" and said.get("rel") == "next" and str(said.get("href")).startswith("?"):
            self.more = True
        classes = str(said.get("class", "")).split()
        # What one presses does nothing on paper.
        unseen = "unseen" in classes or (tag == "a" and ("rel" in said or "button" in classes))
        if tag == "a":
            self._address = str(said.get("href")).startswith("mailto:")
        if tag in SILENT or unseen or (self._silent and self._silent[-1] == tag):
            self._silent.append(tag)
        elif tag == "br":
            self._words.append(" ")
        elif tag == "bdi" and not self._silent:
            self._apart.append(said.get("dir") == "ltr")
            if self._apart[-1]:
                self._words.append(LEFT_TO_RIGHT)
        elif tag == "wbr":
            self._words.append("\u200b")  # an address may break here on paper too
        elif tag in BLOCKS and self._row is not None and "".join(self._words).strip():
            self._words.append(" · " if tag == "li" else " ")  # lines of one cell do not run together
        elif tag == "table":
            self._flush("p")
            self._table = {"kind": "t", "head": [], "rows": []}
        elif tag == "tr":
            self._row = []
        elif tag in BLOCKS and self._row is None:
            self._flush("p")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._address = False
        if self._silent:
            if self._silent[-1] == tag:
                self._silent.pop()
            return
        if tag == "bdi":
            if self._apart.pop():
                self._words.append(AS_BEFORE)
        elif tag == "main":
            self._flush("p")
            self._inside = False
        elif tag in ("h1", "h2", "h3"):
            self._flush("h")
        elif tag in ("th", "td") and self._row is not None:
            self._row.append(self._said())
        elif tag == "tr" and self._table is not None and self._row is not None:
            kind = "rows" if self._table["head"] else "head"
            self._table[kind] = [*self._table[kind], self._row] if kind == "rows" else self._row
            self._row = None
        elif tag == "table" and self._table is not None:
            width = len(self._table["head"])
            self._table["rows"] = [(row + [""] * width)[:width] for row in self._table["rows"]]
            if width:
                self.blocks.append(self._table)
            self._table = None
        elif tag in BLOCKS and self._row is None:
            self._flush("p")

    def handle_data(self, data: str) -> None:
        if self._inside and not self._silent:
            # An address is longer than a column; the page breaks it where it must, paper where it may.
            self._words.append(data.replace(".", ".\u200b") if self._address else data)

    def _said(self) -> str:
        said = " ".join("".join(self._words).split())
        self._words = []
        return said

    def _flush(self, kind: str) -> None:
        if said := self._said():
            self.blocks.append({"kind": kind, "text": said})


def without_heading(blocks: list[Block]) -> Iterator[Block]:
    """The page's own heading stands on the paper as the section's."""
    first = next((at for at, block in enumerate(blocks) if block["kind"] == "h"), -1)
    return (block for at, block in enumerate(blocks) if at > first)
