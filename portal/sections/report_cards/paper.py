"""A report card on paper: the words of the page, set for printing."""

from collections.abc import Iterable

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from portal.access.grant import Grant
from portal.paper.sheets import Sheet
from portal.record.section import Words
from portal.sections.report_cards.reading import Course, ReportCard, read, read_card
from portal.web import formats


def sheet(grant: Grant, term: int, language: str) -> Sheet:
    """The sheet of one report card in one of the district's languages. Raises Http404 for anything else."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        return _sheet(grant, read_card(grant, term), language)


def latest(grant: Grant) -> list[dict[str, object]]:
    """The address of the newest report card, in the language that is spoken now."""
    cards = read(grant).cards
    return [{"term": cards[0].term, "language": get_language()}] if cards else []


def _sheet(grant: Grant, reading: ReportCard, language: str) -> Sheet:
    student = grant.student
    credited = reading.credits_earned is not None
    return Sheet(
        "sections/report_cards/typst/card.typ",
        _("Report Card"),
        language,
        {
            "school": reading.school,
            "name": student.name,
            "about": student.grade_words,
            "id_label": _("Student ID"),
            "id": student.student_id,
            "card": reading.card.title,
            "posted": _("Posted %(date)s") % {"date": formats.long_date(reading.card.posted_at)},
            "head": [
                _("Course"),
                _("Teacher"),
                _("Mark"),
                _("Mark for"),
                *([_("Credits")] if credited else []),
            ],
            "courses": [_course(course) for course in reading.courses],
            "comments_label": _("What teachers wrote"),
            "comments": [
                [formats.whole(course.title), formats.whole(text)]
                for course in reading.courses
                for text, _language in course.comments
            ],
            "facts": [[str(label), str(value)] for label, value in _facts(reading)],
            "key_label": _("Key to marks"),
            "key": [[mark.mark, str(mark.words)] for mark in reading.key],
            "credits": _("Credits earned: %(n)s") % {"n": formats.number(reading.credits_earned or 0)}
            if credited
            else "",
            "foot": _("From the portal of %(district)s. Contains student information.")
            % {"district": settings.DISTRICT.name},
        },
    )


def _facts(reading: ReportCard) -> Iterable[tuple[Words, Words]]:
    yield from reading.facts
    if reading.average is not None:
        yield _("Grade average (GPA)"), formats.two_places(reading.average)


def _course(course: Course) -> dict[str, object]:
    return {
        "title": course.title,
        "teacher": course.teacher,
        "marks": [
            [mark.mark, f"{mark.label}: {mark.words}" if mark.words else str(mark.label)]
            for mark in course.marks
        ],
        "credits": formats.number(course.credits_earned) if course.credits_earned is not None else "",
    }
