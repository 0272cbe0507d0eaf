"""A copy of a child's record for one adult: asked for here, made by a job that asks the gate anew, kept encrypted.

Each file has a key of its own. The file lies outside the web root under a random name, its key sealed in the row;
after its hours the file is deleted.
"""

import io
import json
import secrets
import time
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from portal.access import gate
from portal.access.grant import Grant
from portal.audit import log
from portal.paper import sheets
from portal.people import mail, seals
from portal.people.models import Person
from portal.privacy import leaves
from portal.privacy.directory import COPY
from portal.privacy.models import Copy, Correction
from portal.record import faces
from portal.record.contents import sections
from portal.record.section import Section
from portal.web import formats

MAKE = "portal.privacy.jobs.make_copy"
TEMPLATE = "privacy/typst/record.typ"
A_DAY = 5  # copies one adult may ask for
NONCE = 12  # bytes
DATA, PAPER = "record.json", "record.pdf"  # names of the two inside
ORPHANED = timedelta(days=1)  # a file without a row by then is left over from a job that was stopped

REFUSALS = (gate.NotHere, gate.Closed, gate.NotOpen)


class EnoughToday(Exception):
    """The day's copies of this adult are used up."""


@transaction.atomic
def ask(grant: Grant, chosen: Sequence[str]) -> Copy:
    """Puts the making in the queue; while one is being made, that one. Raises EnoughToday."""
    Person.objects.select_for_update(no_key=True).get(pk=grant.person.pk)  # two tabs: one after the other
    mine = Copy.objects.filter(person=grant.person)
    waiting = mine.filter(student=grant.student, state=Copy.State.WAITING).first()
    if waiting is not None:
        return waiting
    if mine.filter(asked_at__gte=now() - timedelta(days=1)).count() >= A_DAY:
        raise EnoughToday
    copy = Copy.objects.create(student=grant.student, person=grant.person, sections=list(chosen))
    log.note(grant, "copy_asked")
    app.configure_task(MAKE).defer(copy_id=copy.pk, person_id=grant.person.pk)
    return copy


def make(copy_id: int) -> None:
    """Makes the file, unless it is made. Safe to run twice; whoever lost the right in the meantime gets none."""
    copy = Copy.objects.select_for_update(of=("self",)).select_related("person").get(pk=copy_id)
    if copy.state != Copy.State.WAITING:
        return
    person = copy.person
    try:
        if not person.is_active:
            raise gate.NotHere
        actor = gate.Actor(person)
        # Only through the account's own list: a child taken off it is not there, for the database neither.
        ref = next((c.student.ref for c in actor.children if c.student.pk == copy.student_id), "")
        grant = gate.admit(actor, ref, COPY)
    except REFUSALS:
        copy.state = Copy.State.NOT_MADE
        copy.save(update_fields=["state"])
        return
    with translation.override(person.language):
        given = [(section, leave) for section in sections() if section.key in copy.sections
                 for leave in _leave(actor, ref, section)]  # fmt: skip
        content = _zipped(_data(grant, given), _paper(actor, grant, given))
    key = AESGCM.generate_key(bit_length=256)
    copy.file = secrets.token_hex(32)
    copy.sealed_key = seals.seal(key, _about(copy))
    _write(copy.file, key, content)
    copy.sections = [section.key for section, _grant in given]
    copy.state, copy.ready_at = Copy.State.READY, now()
    copy.expires_at = copy.ready_at + timedelta(hours=settings.DISTRICT.privacy.copy_hours)
    copy.save()
    log.note_each([leave for _section, leave in given], "copied")
    mail.post(person.email, person.language, "privacy/ready", link=settings.BASE_URL + reverse("privacy"))


def read(grant: Grant, actor: gate.Actor, copy: Copy, part: str) -> bytes:
    """The data file or the PDF of a copy. Raises what the gate raises for a section that has closed since."""
    for section in sections():
        if section.key in copy.sections:
            gate.admit(actor, grant.student.ref, section)
    sealed = (_folder() / copy.file).read_bytes()
    key = seals.unseal(copy.sealed_key, _about(copy))
    opened = AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], copy.file.encode())
    with zipfile.ZipFile(io.BytesIO(opened)) as parts:
        return parts.read(part)


def clear_up() -> None:
    """Deletes files whose hours are over, and those no row knows."""
    for copy in Copy.objects.filter(state=Copy.State.READY, expires_at__lte=now()):
        (_folder() / copy.file).unlink(missing_ok=True)
        copy.state, copy.sealed_key = Copy.State.GONE, b""
        copy.save(update_fields=["state", "sealed_key"])
    known = set(Copy.objects.filter(state=Copy.State.READY).values_list("file", flat=True))
    old = time.time() - ORPHANED.total_seconds()
    for path in _folder().iterdir():
        if path.name not in known and path.stat().st_mtime < old:
            path.unlink(missing_ok=True)


def _leave(actor: gate.Actor, ref: str, section: Section) -> list[Grant]:
    """A grant for the section, or none when it does not open."""
    try:
        return [gate.admit(actor, ref, section)]
    except REFUSALS:
        return []


def _data(grant: Grant, given: Sequence[tuple[Section, Grant]]) -> dict[str, Any]:
    """Everything the pages of these sections show, and the family's own requests and notes."""
    student = grant.student
    asked = Correction.objects.filter(person=grant.person, student=student).order_by("asked_at")
    return {
        "made_on": localdate(),
        "student": {
            "name": student.name,
            "student_id": student.student_id,
            "grade": student.grade_words,
            "school": student.school.name if student.school else None,
        },
        "sections": {
            section.key: {"title": section.title, "record": section.read(leave)} for section, leave in given
        },
        "corrections": [
            {
                "section": one.section,
                "entry": one.item,
                "wrong": one.wrong,
                "should_say": one.should,
                "asked_at": one.asked_at,
                "state": one.state,
                "answer": one.answer,
                "own_note": one.note,
            }
            for one in asked
        ],
    }


def _paper(actor: gate.Actor, grant: Grant, given: Sequence[tuple[Section, Grant]]) -> bytes:
    """The same sections to read and print, as their pages say them; a tagged PDF."""
    student = grant.student
    about = (student.name, student.grade_words, student.school.name if student.school else "")
    when = _("Made on %(date)s.") % {"date": formats.long_date(localdate())}
    shown = [
        {
            "title": str(section.title),
            "blocks": list(leaves.without_heading(leaves.of(actor, leave, section))),
        }
        for section, leave in given
    ]
    values = {"about": ", ".join(filter(None, about)) + ". " + when, "sections": shown, "foot": when}
    return sheets.pdf(sheets.Sheet(TEMPLATE, _("Copy of a school record"), grant.person.language, values))


def _zipped(data: dict[str, Any], paper: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(PAPER, paper)
        parts.writestr(DATA, json.dumps(faces.plain(data), ensure_ascii=False, indent=1))
    return made.getvalue()


def _write(name: str, key: bytes, content: bytes) -> None:
    nonce = secrets.token_bytes(NONCE)
    path = _folder() / name
    path.touch(mode=0o600)
    path.write_bytes(nonce + AESGCM(key).encrypt(nonce, content, name.encode()))


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "copies"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _about(copy: Copy) -> str:
    return f"copy {copy.ref} {copy.file}"
