"""What a family asks of the school about the record, and what the school answers; each with a day to answer by."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate, now

from portal.access.grant import Grant
from portal.audit import log
from portal.audit.models import Access
from portal.family.models import Guardianship
from portal.family.standing import verified
from portal.people import mail
from portal.privacy.models import Case, Correction, Question
from portal.record import deeds

MOST_OPEN = 10  # corrections of one adult for one child that wait for an answer


class TooManyOpen(Exception):
    """Enough requests wait for an answer."""


@transaction.atomic
def ask(grant: Grant, access: Access, words: str) -> Question:
    """The family does not know why someone looked; asking twice about one look is asking once."""
    due = localdate() + timedelta(days=settings.DISTRICT.privacy.question_days)
    question, new = Question.objects.get_or_create(
        person=grant.person,
        access=access,
        defaults={
            "student": grant.student,
            "guardianship": _as_whom(grant),
            "words": words,
            "due_on": due,
        },
    )
    if new:
        log.note(grant, "question_asked")
        deeds.did(grant, "privacy_log.asked")
    return question


@transaction.atomic
def correct(grant: Grant, section: str, item: str, wrong: str, should: str) -> Correction:
    """The family asks for a correction. Raises TooManyOpen."""
    if of(grant).filter(state=Correction.State.SENT).count() >= MOST_OPEN:
        raise TooManyOpen
    log.note(grant, "correction_asked")
    deeds.did(grant, "correction.asked")
    return Correction.objects.create(
        student=grant.student,
        person=grant.person,
        guardianship=_as_whom(grant),
        section=section,
        item=item,
        wrong=wrong,
        should=should,
        due_on=localdate() + timedelta(days=settings.DISTRICT.privacy.correction_days),
    )


def of(grant: Grant) -> QuerySet[Correction]:
    """The requests of this adult for this child."""
    return Correction.objects.filter(person=grant.person, student=grant.student)


@transaction.atomic
def ask_for_a_hearing(grant: Grant, correction: Correction) -> None:
    """After a refusal; asking twice is asking once."""
    if correction.contested and correction.hearing_asked_at is None:
        correction.hearing_asked_at = now()
        correction.save(update_fields=["hearing_asked_at"])
        log.note(grant, "hearing_asked")
        deeds.did(grant, "correction.hearing")


@transaction.atomic
def put_note(grant: Grant, correction: Correction, note: str) -> None:
    """The family's own words stay with the record as long as what they speak of."""
    if correction.contested:
        correction.note, correction.noted_at = note, now()
        correction.save(update_fields=["note", "noted_at"])
        log.note(grant, "note_put")
        deeds.did(grant, "correction.noted")


@transaction.atomic
def decide(grant: Grant, correction: Correction, state: str, answer: str, hearing: str) -> bool:
    """The school's answer, once; False when somebody answered in the meantime."""
    kept = Correction.objects.select_for_update().get(pk=correction.pk)
    if kept.answered_at is not None:
        return False
    kept.state, kept.answer = state, answer
    kept.hearing = hearing if kept.contested else ""
    kept.answered_at, kept.answered_by = now(), grant.post
    kept.save(update_fields=["state", "answer", "hearing", "answered_at", "answered_by"])
    _answered(grant, kept, "correction_answered")
    return True


@transaction.atomic
def explain(grant: Grant, question: Question, answer: str) -> bool:
    """The school says why someone looked, once; False when somebody answered in the meantime."""
    kept = Question.objects.select_for_update().get(pk=question.pk)
    if kept.answered_at is not None:
        return False
    kept.answer, kept.answered_at, kept.answered_by = answer, now(), grant.post
    kept.save(update_fields=["answer", "answered_at", "answered_by"])
    _answered(grant, kept, "question_answered")
    return True


def _as_whom(grant: Grant) -> Guardianship:
    assert grant.guardianship is not None, "families ask, staff answer"
    return grant.guardianship


def _answered(grant: Grant, case: Case, action: str) -> None:
    log.note(grant, action, about=case.guardianship_id)
    page = "correction" if isinstance(case, Correction) else "privacy_log"
    deeds.became(case.person, case.student, page, f"{page}.answered")
    right = case.guardianship
    linked = right.links.filter(person=case.person, ended_at=None).exists()
    if not (linked and verified(right, localdate())):
        return  # the record is closed to them now: nothing of this child goes out to them
    # The mail names no child and no page that does.
    mail.post(
        case.person.email,
        case.person.language,
        "privacy/answered",
        link=settings.BASE_URL + reverse("privacy"),
    )
