"""The PIN letter: the parent's language and English on one sheet, with a code that leads to registration."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from pypdf import PdfWriter

import portal.web
from portal.family import pins
from portal.family.models import Guardianship, Pin
from portal.paper import sheets
from portal.web import formats

TEMPLATE = "staff/typst/letters.typ"
TOGETHER = 100  # letters that are set at once
PICTURES = ("globe", "envelope-simple", "lock", "plus", "eye")  # of the five steps


@dataclass(frozen=True)
class Half:
    """The words of the letter in one language."""

    language: str
    direction: str
    greeting: str
    about: str
    student_id: str
    pin: str
    valid: str
    steps: tuple[str, ...]
    yours: str
    help: str


@dataclass(frozen=True)
class Code:
    """A QR code as one SVG path on a grid of `size` modules, its quiet zone included."""

    size: int
    path: str

    @property
    def svg(self) -> str:
        box = f'viewBox="0 0 {self.size} {self.size}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><path d="{self.path}" fill="#000"/></svg>'


def halves(guardianship: Guardianship, expires_at: datetime) -> tuple[Half, ...]:
    """The parent's language first, then English; once when they are the same."""
    spoken = guardianship.guardian.language
    codes = [code for code in (spoken, "en") if code in dict(settings.LANGUAGES)]
    return tuple(_half(code, guardianship, expires_at) for code in dict.fromkeys(codes))


def _half(code: str, guardianship: Guardianship, expires_at: datetime) -> Half:
    with translation.override(code):
        student = guardianship.student.name
        phone = formats.phone(settings.DISTRICT.hotline_phone).replace(" ", "\u00a0")  # in one line
        return Half(
            language=code,
            direction="rtl" if code in settings.LANGUAGES_BIDI else "ltr",
            greeting=_("Dear %(name)s,") % {"name": formats.whole(guardianship.guardian.name)},
            about=_("With this PIN you can see the school record of %(name)s.")
            % {"name": formats.whole(student)},
            student_id=_("Student ID"),
            pin=_("Parent Portal PIN"),
            valid=_("Use it by %(date)s.") % {"date": formats.long_date(expires_at)},
            steps=(
                _("Open %(address)s, or scan the code.") % {"address": formats.whole(register_address())},
                _("Register with your own email."),
                _("Open the email from us and choose a password."),
                _("Press Add Student. Type the Student ID, your child's date of birth and this PIN."),
                _("See your child's school information."),
            ),
            yours=_("This PIN is yours. Do not share it. It is not your child's email PIN."),
            help=_("Need help? Family Hotline %(phone)s, %(hours)s.")
            % {"phone": formats.whole(phone), "hours": formats.hours(settings.DISTRICT.hotline_hours)},
        )


def sheet(guardianship: Guardianship, pin: Pin, address: Sequence[str]) -> dict[str, Any]:
    """What one letter of a printing says. address: the lines below the name, as the window of the envelope shows them."""
    school = guardianship.student.school
    return {
        "school": school.name if school else "",
        "school_address": school.address if school else "",
        "to": [guardianship.guardian.name, *address],
        "student_id": guardianship.student.student_id,
        "pin": pins.grouped(pins.read(pin)),
        "halves": [
            {**asdict(half), "language": half.language.split("-")[0]}
            for half in halves(guardianship, pin.expires_at)
        ],
    }


def pdf(letters: Sequence[dict[str, Any]]) -> bytes:
    """All letters as one PDF, one sheet of paper each. Raises sheets.NotReady."""
    title = str(settings.DISTRICT.portal_name)
    with translation.override("en"):
        common = {
            "portal": title,
            "code": code().svg,
            "code_says": _("A code that opens the registration page"),
            "pictures": [picture(name) for name in PICTURES],
            "confidential": _("Contains student information."),
        }
    parts = [letters[at : at + TOGETHER] for at in range(0, len(letters), TOGETHER)]
    made = [sheets.Sheet(TEMPLATE, title, "en", {**common, "letters": part}) for part in parts]
    return sheets.pdf(made[0]) if len(made) == 1 else joined(sheets.pdfs([each])[0] for each in made)


def joined(parts: Iterable[bytes]) -> bytes:
    """Several PDFs as one."""
    whole = PdfWriter()
    for part in parts:
        whole.append(io.BytesIO(part))
    out = io.BytesIO()
    whole.write(out)
    return out.getvalue()


@cache
def picture(name: str) -> str:
    """One drawing of the portal as an SVG of its own."""
    sprite = (Path(portal.web.__file__).parent / "static" / "web" / "icons.svg").read_text()
    found = re.search(rf'<symbol id="ph-{name}"([^>]*)>(.*?)</symbol>', sprite, re.DOTALL)
    assert found, name
    return f'<svg xmlns="http://www.w3.org/2000/svg"{found[1]}>{found[2]}</svg>'


def register_address() -> str:
    """Where a parent begins; no secret in it."""
    return f"{settings.BASE_URL}/register/"


def code() -> Code:
    """The register address as a QR code."""
    made = segno.make(register_address(), error="m", micro=False)
    rows = tuple(made.matrix_iter(border=4))
    path = "".join(
        f"M{across} {down}h1v1h-1z"
        for down, row in enumerate(rows)
        for across, dark in enumerate(row)
        if dark
    )
    return Code(len(rows), path)
