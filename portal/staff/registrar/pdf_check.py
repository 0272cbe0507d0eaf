"""The child process that looks into a PDF: no network, no secrets, and no more memory and time than it needs.

Run by scans.py as a program. It reads the PDF from standard input and writes one word of JSON: what is wrong, or "".
"""

import io
import json
import sys

from portal.paper.press import shut_in

MOST_PAGES = 100
ACTIVE = {"/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/SubmitForm", "/ImportData", "/RichMedia"}  # fmt: skip


def fault(content: bytes) -> str:
    """locked, long, active or unreadable."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DictionaryObject

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        return "locked"
    if len(reader.pages) > MOST_PAGES:
        return "long"
    if not reader.pages:
        return "unreadable"

    def active(value: object, depth: int = 0) -> bool:
        if depth > 50:
            return True
        if isinstance(value, DictionaryObject):
            names = {*value, *(str(each) for each in value.values() if isinstance(each, str))}
            return bool(names & ACTIVE) or any(active(each, depth + 1) for each in value.values())
        return isinstance(value, ArrayObject) and any(active(each, depth + 1) for each in value)

    writer = PdfWriter(clone_from=reader)
    return "active" if any(active(each) for each in writer._objects) else ""


def main() -> None:
    content = sys.stdin.buffer.read()
    shut_in()
    try:
        said = fault(content)
    except Exception:
        said = "unreadable"
    print(json.dumps(said))


if __name__ == "__main__":
    main()
