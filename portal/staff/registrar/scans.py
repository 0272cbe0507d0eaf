"""Scans of court orders: judged by their content, sealed with a key of their own, and handed out as a file to save."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.audit import log
from portal.family.models import CourtOrder, Scan
from portal.people import seals

HOUSE = Path(__file__).resolve().parents[3]  # where the child process finds our package
LARGEST = 10_000_000  # bytes
MOST_SCANS = 5  # of one order
CHECK_SECONDS = 30
PDF = "application/pdf"
KINDS = {PDF: (".pdf",), "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}
STARTS = {b"%PDF-": PDF, b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def keep(grant: Grant, order: CourtOrder, file: UploadedFile) -> Scan:
    """Keeps the scan of an order. Raises ValidationError in words for what is none."""
    if Scan.objects.filter(order=order).count() >= MOST_SCANS:
        raise ValidationError(_("This order has as many scans as it may have."))
    content = _read(file)
    kind = judge(content, file.name or "", file.content_type or "")
    scan = Scan(student=grant.student, order=order, kind=kind, bytes=len(content), kept_by=grant.person)
    scan.sealed = seals.seal(content, _about(scan), key=_about(scan))
    scan.save()
    log.note(grant, "scan_kept", about=order.guardianship_id)
    return scan


def hand_out(grant: Grant, scan: Scan) -> HttpResponse:
    """The file, to save and never to show in the page; that it was opened is written down."""
    log.note(grant, "scan_opened", about=scan.order.guardianship_id)
    content = seals.unseal(scan.sealed, _about(scan), key=_about(scan))
    answer = HttpResponse(content, content_type=scan.kind)
    answer["Content-Disposition"] = f'attachment; filename="court-order-{scan.ref}{KINDS[scan.kind][0]}"'
    return answer


def seal_anew(using: str) -> int:
    """Every scan by the newest key; how many. using: the connection that may."""
    done = 0
    for scan in Scan.objects.using(using).iterator(chunk_size=1):
        content = seals.unseal(scan.sealed, _about(scan), key=_about(scan))
        scan.sealed = seals.seal(content, _about(scan), key=_about(scan))
        scan.save(using=using, update_fields=["sealed"])
        done += 1
    return done


def judge(content: bytes, name: str, said: str) -> str:
    """The media type the content has. Raises ValidationError unless name and browser say the same."""
    kind = next((kind for start, kind in STARTS.items() if content.startswith(start)), "")
    if not kind or kind != said or not name.lower().endswith(KINDS[kind]):
        raise ValidationError(_("Choose a PDF, JPEG or PNG file."))
    if kind == PDF:
        fault = _of_pdf(content)
        if fault == "locked":
            raise ValidationError(
                _("This PDF is locked with a password. Save it without one, or scan the paper again.")
            )
        if fault == "long":
            raise ValidationError(_("This PDF has more than 100 pages. Scan the pages of the order only."))
        if fault == "active":
            raise ValidationError(
                _("This PDF holds scripts or other files. Print it to a new PDF, or scan the paper again.")
            )
        if fault:
            raise ValidationError(_("We could not read this PDF. Scan the paper again."))
    return kind


def _read(file: BinaryIO | UploadedFile) -> bytes:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValidationError(
            _("The file is larger than 10 MB. Scan with fewer dots, or in black and white.")
        )
    if not content:
        raise ValidationError(_("The file is empty. Choose another one."))
    return content


def _of_pdf(content: bytes) -> str:
    """What is wrong with a PDF, found in a process without network or secrets; empty when nothing is."""
    program = [sys.executable, "-m", "portal.staff.registrar.pdf_check"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with nothing of the file on its command line
            program, input=content, capture_output=True, timeout=CHECK_SECONDS, cwd=HOUSE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        return "unreadable"
    found = re.fullmatch(rb'"[a-z]*"\n?', done.stdout)
    return json.loads(done.stdout) if done.returncode == 0 and found else "unreadable"


def _about(scan: Scan) -> str:
    return f"scan {scan.ref}"
