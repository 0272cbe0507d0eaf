"""The one writer of CSV files: what a cell holds stays text when a spreadsheet opens it."""

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse

# What makes a spreadsheet take a cell for a formula or a command, in ordinary and in wide letters.
RISKY = tuple("=+-@\t\r\n＝＋－＠")
CSV = "text/csv; charset=utf-8"


def cell(value: object) -> str:
    """The text of one cell; one that a spreadsheet would run gets a leading apostrophe, phones and IDs too."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0\u3000\ufeff").startswith(RISKY) else text


def written(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """A file of comma-separated values with CRLF, the header first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([cell(value) for value in row] for row in (header, *rows))
    return out.getvalue()


def answer(name: str, header: Iterable[object], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """A download.

    name: of the file, in plain letters and of our own making; never a student's.
    """
    response = HttpResponse(
        "\ufeff" + written(header, rows), content_type=CSV
    )  # the mark tells Excel it is UTF-8
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
