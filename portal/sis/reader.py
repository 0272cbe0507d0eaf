"""One pass over a file: bytes of any make become clean rows of text in a staging table, with their line numbers.

Memory does not grow with the file: it is read, put right and copied into the database a block at a time. Columns
nobody asked for, passwords above all, go no further than this module.
"""

import codecs
import csv
import difflib
import hashlib
import io
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import IO

from portal.sis.bundle import Member, Refused
from portal.sis.sentences import gettext as _

BLOCK = 2**20  # bytes read at a time
LONGEST_RECORD = 2**20  # characters; a quotation mark open for longer is one that was forgotten
EXAMPLES = 3  # lines named for each repair
HEAD = ("sourcedId", "status", "dateLastModified")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
NO_CONTROL = bytes(b for b in range(256) if (b >= 32 and b != 127) or b in b"\t\n")
LOST = "\ufffd"  # stands for a byte that is no letter

csv.field_size_limit(2 * LONGEST_RECORD)


@dataclass
class Found:
    """Something met in several rows of a file: how often, and where first."""

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def at(self, line: int, times: int = 1) -> None:
        self.count += times
        if len(self.lines) < EXAMPLES:
            self.lines.append(line)


@dataclass
class Staged:
    """A file in its staging table.

    columns: those of the wanted ones that the header has.  repairs: by column and code.
    refused: (line, column, reason, sourcedId) of rows that did not reach the table.
    """

    file: str
    mode: str
    table: str
    rows: int = 0
    columns: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    repairs: dict[tuple[str, str], Found] = field(default_factory=lambda: defaultdict(Found))
    refused: list[tuple[int, str, str, str]] = field(default_factory=list)
    said: dict[int, str] = field(default_factory=dict)  # by line of these rows: what it said, as a hash


Write = Callable[[str], None]


def read(
    member: Member,
    table: str,
    wanted: Mapping[str, str],
    required: Iterable[str],
    write: Callable[[Staged], "Write"],
    progress: Callable[[int], None],
) -> Staged:
    """Reads a file and hands its rows on as CSV text: line, then the wanted columns.

    wanted: the name each column of the file goes by here, its own name in the standard or an earlier one.
    write: called once with the header known; gives the function that takes CSV text.
    progress: told how many bytes more were read.
    Raises Refused in words when the file as a whole cannot be read.
    """
    staged = Staged(member.name, member.mode, table)
    try:
        with member.open() as stream:
            texts = _texts(stream, staged, progress)
            records = _records(texts, member.name)
            first_line, text = next(records, (1, ""))
            header, rest = _first_record(text)
            if not header:
                raise Refused(_("%(file)s has no header row.") % {"file": member.name})
            places = _places(header, wanted, required, staged)
            out = write(staged)
            lines = text[: len(text) - len(rest)].count("\n")
            _copy(rest, first_line + lines, len(header), places, staged, out)
            for line, block in records:
                _copy(block, line, len(header), places, staged, out)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise Refused(
            _("%(file)s is damaged inside the ZIP. Export the bundle again and send the whole file.")
            % {"file": member.name}
        ) from error
    return staged


def _texts(stream: IO[bytes], staged: Staged, progress: Callable[[int], None]) -> Iterator[tuple[int, str]]:
    """Whole lines of text, a block at a time, each with the number of its first line."""
    line, carried = 1, b""
    for block in _blocks(stream, staged.file, progress):
        cut = block.rfind(b"\n") + 1
        if cut:
            text = _decoded(carried + block[:cut], line, staged)
            carried = block[cut:]
            yield line, text
            line += text.count("\n")
        else:
            carried += block
            if len(carried) > 4 * LONGEST_RECORD:
                raise Refused(_("%(file)s has no line ends; it is no CSV file.") % {"file": staged.file})
    if carried:
        yield line, _decoded(carried, line, staged)


def _blocks(stream: IO[bytes], file: str, progress: Callable[[int], None]) -> Iterator[bytes]:
    """The bytes of the file without a byte order mark; UTF-16 as UTF-8."""
    block = stream.read(BLOCK)
    decoder = None
    if block[:2] in (b"\xff\xfe", b"\xfe\xff"):
        decoder = codecs.getincrementaldecoder("utf-16")()
    elif block[:4096].count(0) > len(block[:4096]) // 4:
        raise Refused(_("%(file)s looks like UTF-16 without its mark. Export it as UTF-8.") % {"file": file})
    block = block.removeprefix(codecs.BOM_UTF8)
    try:
        while block:
            progress(len(block))
            yield decoder.decode(block).encode() if decoder else block
            block = stream.read(BLOCK)
        if decoder:
            decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise Refused(_("%(file)s is damaged UTF-16. Export it as UTF-8.") % {"file": file}) from error


def _decoded(raw: bytes, line: int, staged: Staged) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = "\n".join(_each_line(raw, line, staged))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\x0b")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _each_line(raw: bytes, line: int, staged: Staged) -> Iterator[str]:
    """Lines that are no UTF-8 are read as Windows-1252; a byte that is no letter there either is marked as lost."""
    for number, one in enumerate(raw.split(b"\n"), line):
        try:
            yield one.decode()
        except UnicodeDecodeError:
            text = one.decode("cp1252", "replace")
            if LOST not in text:
                staged.repairs["", "windows_1252"].at(number)
            yield text


def _records(texts: Iterable[tuple[int, str]], file: str) -> Iterator[tuple[int, str]]:
    """The same text, cut where a record ends: at a line end with every quotation mark closed."""
    held: list[str] = []
    first, open_quote = 1, False
    for line, text in texts:
        if not held:
            first = line
        held.append(text)
        if text.count('"') % 2:
            open_quote = not open_quote
        if not open_quote:
            yield first, "".join(held)
            held = []
            continue
        if sum(map(len, held)) > BLOCK + LONGEST_RECORD:
            # Cut at the last line end before which the marks are even.
            whole = "".join(held)
            cut = _last_even(whole)
            if cut == 0 or len(whole) - cut > LONGEST_RECORD:
                _whole_quotes(whole[cut:], first + whole[:cut].count("\n"), file)
                raise Refused(_too_wild(file))
            yield first, whole[:cut]
            first += whole[:cut].count("\n")
            held = [whole[cut:]]
    if held:
        whole = "".join(held)
        _whole_quotes(whole, first, file)
        yield first, whole


def _last_even(text: str) -> int:
    """Where the last line ends before which all quotation marks are closed; 0 for nowhere."""
    before = text.count('"')
    place = len(text)
    while place > 0:
        cut = text.rfind("\n", 0, place)
        if cut < 0:
            return 0
        before -= text.count('"', cut, place)
        if before % 2 == 0:
            return cut + 1
        place = cut
    return 0


def _too_wild(file: str) -> str:
    return _("%(file)s has quotation marks that cannot be told apart. Export it again.") % {"file": file}


def _whole_quotes(text: str, line: int, file: str) -> None:
    """Raises Refused, naming the line, when a quotation mark that opens a cell is never closed."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 0
    try:
        for _row in reader:
            start = reader.line_num
    except csv.Error as error:
        raise Refused(
            _("A quotation mark in line %(line)s of %(file)s is never closed. Export it again.")
            % {"line": line + start, "file": file}
        ) from error


def _first_record(text: str) -> tuple[list[str], str]:
    """The header's cells, and the text after it."""
    while text.startswith("\n"):
        text = text[1:]
    stream = io.StringIO(text, newline="")
    header = next(csv.reader(stream), [])
    return header, text[stream.tell() :]


def _places(
    header: list[str], wanted: Mapping[str, str], required: Iterable[str], staged: Staged
) -> list[int]:
    """Where in a row each column stands, in the order of `staged.columns`, which this fills."""
    known = {name.lower(): name for name in wanted}
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = known.get(cell.strip().lower())
        if name is None:
            _report_stranger(cell.strip(), wanted, staged)
        elif wanted[name] in found:
            staged.notes.append(
                _("The column %(column)s stands twice; the first one counts.") % {"column": name}
            )
        else:
            if cell.strip() != name:
                staged.notes.append(
                    _("The column %(wrong)s was read as %(column)s.")
                    % {"wrong": cell.strip()[:60], "column": name}
                )
            found[wanted[name]] = place
    missing = [name for name in required if name not in found]
    if missing:
        raise Refused(
            _("%(file)s has no column %(columns)s, which is required.")
            % {"file": staged.file, "columns": ", ".join(missing)}
        )
    staged.columns = tuple(found)
    return list(found.values())


def _report_stranger(cell: str, wanted: Mapping[str, str], staged: Staged) -> None:
    """A column of the producer's own is nothing to speak of; one that looks misspelled is."""
    if "." in cell:  # metadata.<name>
        return
    near = difflib.get_close_matches(cell.lower(), [name.lower() for name in wanted], n=1, cutoff=0.85)
    if near:
        name = next(name for name in wanted if name.lower() == near[0])
        staged.notes.append(
            _("The column %(wrong)s is not known and was not read. Is it %(column)s?")
            % {"wrong": cell[:60], "column": name}
        )


def _copy(text: str, line: int, width: int, places: list[int], staged: Staged, out: Write) -> None:
    """Hands the records of a text on, those whole and clean; notes the others."""
    if not text:
        return
    lines = text.removesuffix("\n").split("\n")
    commas = width - 1
    pick = (
        None if places == list(range(width)) else itemgetter(*places, places[0])
    )  # two at least, so a tuple
    if _dirty(text) or any(row.count('"') % 2 for row in lines if '"' in row):
        out(_careful(_numbered(text, line), width, places, staged))
        return
    good: list[str] = []
    odd: list[tuple[int, list[str]]] = []
    for number, row in enumerate(lines, line):
        if (
            '"' in row
            or row.count(",") != commas
            or " ," in row
            or ", " in row
            or row.strip() != row
            or "\t" in row
        ):
            odd.append((number, next(csv.reader([row]), [])))
        else:
            good.append(f"{number},{row if pick is None else ','.join(pick(row.split(','))[:-1])}\n")
    staged.rows += len(good)
    out("".join(good))
    if odd:
        out(_careful(odd, width, places, staged))


def _numbered(text: str, line: int) -> Iterator[tuple[int, list[str]]]:
    """The records of a text, each with the number of its first line."""
    end = 0
    for row in (reader := csv.reader(io.StringIO(text, newline=""))):
        yield line + end, row
        end = reader.line_num


def _careful(records: Iterable[tuple[int, list[str]]], width: int, places: list[int], staged: Staged) -> str:
    """The records that are whole and clean, as CSV text; what is wrong with the others is noted."""
    key = places[staged.columns.index("sourcedId")]
    good: list[list[str | int]] = []
    for number, row in records:
        if not row:
            continue
        staged.rows += 1
        if len(row) > width:
            if any(cell.strip() for cell in row[width:]):
                staged.refused.append((number, "", "too_many_cells", row[key][:255]))
                staged.said[number] = _hash(row)
                continue
            staged.repairs["", "long_row"].at(number)
        elif len(row) < width:
            staged.repairs["", "short_row"].at(number)
            row += [""] * (width - len(row))
        cells = [row[place].strip() for place in places]
        if CONTROL.search(whole := "\n".join(cells)):
            reason = "undecodable" if LOST in whole else "control_character"
            at = next(name for name, cell in zip(staged.columns, cells, strict=True) if CONTROL.search(cell))
            staged.refused.append((number, at, reason, CONTROL.sub("", row[key])[:255]))
            staged.said[number] = _hash(row)
            continue
        good.append([number, *cells])
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(good)
    return buffer.getvalue()


def _hash(row: list[str]) -> str:
    return hashlib.sha256("\0".join(row).encode()).hexdigest()


def _dirty(text: str) -> bool:
    """Whether the text holds a control character or a lost byte somewhere."""
    return LOST in text or bool(text.encode().translate(None, NO_CONTROL))
