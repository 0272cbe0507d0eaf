"""A report card on paper: the words of the page, set for printing."""

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.access.grant import Grant
from portal.paper.sheets import Sheet
from portal.sections.report_cards.reading import Course, ReportCard, read_card
from portal.web import formats


def sheet(grant: Grant, term: int, language: str) -> Sheet:
    """The sheet of one report card in one of the district's languages. Raises Http404 for anything else."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        return _sheet(grant, read_card(grant, term), language)


def _sheet(grant: Grant, reading: ReportCard, language: str) -> Sheet:
    student = grant.student
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
            "head": [_("Course"), _("Teacher"), _("Mark"), _("Meaning"), _("Credits")],
            "rows": [row for course in reading.courses for row in _rows(course)],
            "comments_label": _("What teachers wrote"),
            "comments": [
                [course.title, text] for course in reading.courses for text, _language in course.comments
            ],
            "credits": _("Credits earned: %(n)s") % {"n": formats.number(reading.credits_earned)}
            if reading.credits_earned is not None
            else "",
            "foot": _("From the portal of %(district)s. Contains student information.")
            % {"district": settings.DISTRICT.name},
        },
    )


def _rows(course: Course) -> list[list[str]]:
    """One for each mark; course, teacher and credits stand beside the first."""
    rows = []
    for place, mark in enumerate(course.marks):
        earned = course.credits_earned
        rows.append(
            [
                course.title if place == 0 else "",
                course.teacher if place == 0 else "",
                mark.mark,
                f"{mark.label}: {mark.words}" if mark.words else str(mark.label),
                formats.number(earned) if place == 0 and earned is not None else "",
            ]
        )
    return rows
