"""What makes a set wait for two people: it takes too much away, opens too much, or names somebody else by a known number.

A truncated export looks exactly like a mass withdrawal, and a swapped column like a mass of new rights, so people have
to tell them apart. The limits are those of a day in the school year; when a district rolls its year over they are
five times as high, and never off.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.timezone import localdate

from portal.family.models import ContactPoint, Guardian, Guardianship
from portal.record.feed import Feed
from portal.sis.load import Load, q
from portal.sis.merge import Counts
from portal.sis.models import Run
from portal.sis.reader import Staged
from portal.sis.sentences import gettext as _
from portal.sis.sentences import ngettext
from portal.students.models import Org, Student

FEW = 5  # rows that may always end or be bad: a small file would be held by a single one
BAD_PERCENT = 1  # of the rows of a file
UNDECODABLE_PERCENT = 0.1  # of the rows of a file
STUDENTS_PERCENT = 2
SCHOOL_PERCENT = 10  # of the students of any one school
RIGHTS_PERCENT, RIGHTS_MOST = 0.5, 200  # that end or narrow
WIDER_PERCENT = 5  # rights that are new or wider
CONTACTS_PERCENT = 5  # of guardians whose email or numbers are others than before
ROLLOVER = 5  # times the limits, in the weeks a district names
ALWAYS = 3  # a file that came in so many sets in a row is missed in the next one
NAMED = 3  # schools named in one sentence


def guard(load: Load, feed: Feed, staged: Staged, counts: Counts) -> Iterator[str]:
    """Why this file must wait, in sentences; none when it may go in."""
    words = {"file": staged.file, "ended": counts.ended, "before": counts.before}
    if staged.mode == "bulk" and staged.rows == 0 and counts.before and not feed.completes:
        yield _("%(file)s is empty, and %(before)s rows were there.") % words
    elif _loses(load, feed, staged, counts):
        yield _("%(file)s would end %(ended)s of %(before)s rows.") % words
    if counts.renamed:
        yield ngettext(
            "In %(file)s %(count)s Student ID names another person than before.",
            "In %(file)s %(count)s Student IDs name another person than before.",
            counts.renamed,
        ) % {"file": staged.file, "count": counts.renamed}
    if counts.before and feed.into is Guardianship:
        wider = counts.added + counts.wider
        if _over(load, wider, counts.before, WIDER_PERCENT):
            yield _("%(file)s would open or widen %(wider)s rights, where %(before)s were there.") % {
                "file": staged.file,
                "wider": wider,
                "before": counts.before,
            }
        if counts.ended <= FEW and _too_many_rights(load, counts.narrower, counts.before):
            yield _("%(file)s would narrow %(narrower)s of %(before)s rights.") % {
                "file": staged.file,
                "narrower": counts.narrower,
                "before": counts.before,
            }
    if feed.into in (Guardian, ContactPoint) and _over(load, counts.moved, counts.before, CONTACTS_PERCENT):
        yield _("%(file)s would change how %(moved)s of %(before)s people are reached.") % {
            "file": staged.file,
            "moved": counts.moved,
            "before": counts.before,
        }


def _loses(load: Load, feed: Feed, staged: Staged, counts: Counts) -> bool:
    if feed.completes:
        return False
    if feed.into is Student:
        return _over(load, counts.ended, counts.before, STUDENTS_PERCENT)
    if feed.into is Guardianship:
        return _too_many_rights(load, counts.ended, counts.before)
    return staged.mode == "bulk" and _over(
        load, counts.ended, counts.before, settings.DISTRICT.bulk_loss_percent
    )


def _too_many_rights(load: Load, count: int, before: int) -> bool:
    return count > RIGHTS_MOST * factor(load.at) or _over(load, count, before, RIGHTS_PERCENT)


def _over(load: Load, count: int, before: int, percent: float) -> bool:
    return count > FEW and count > before * min(percent * factor(load.at), 100) / 100


def factor(at: datetime) -> int:
    """How many times higher the limits are on that day: 5 while the district rolls its year over, otherwise 1."""
    if not settings.DISTRICT.rollover:
        return 1
    begins, ends = settings.DISTRICT.rollover
    return ROLLOVER if begins <= f"{localdate(at):%m-%d}" <= ends else 1


def students_by_school(load: Load) -> dict[int, int]:
    """Active students of each school, by its key."""
    rows = load.ask(
        f"""SELECT school_id, count(*) FROM {q(Student._meta.db_table)}
            WHERE source = %(source)s AND active AND school_id IS NOT NULL GROUP BY 1"""
    )
    return dict(rows)


def guard_schools(load: Load, before: dict[int, int]) -> Iterator[str]:
    """Why the set must wait for what it does to single schools. before: students_by_school, as it was."""
    closed = set(
        Org.objects.filter(pk__in=before, active=False, run_id=load.run_id).values_list("pk", flat=True)
    )
    after = students_by_school(load)
    gone = {
        school: count - after.get(school, 0)
        for school, count in before.items()
        if school in closed
        or (
            count > FEW
            and (not after.get(school) or _over(load, count - after.get(school, 0), count, SCHOOL_PERCENT))
        )
    }
    worst = sorted(gone, key=lambda school: (school not in closed, -gone[school], school))
    names = dict(Org.objects.filter(pk__in=worst[:NAMED]).values_list("pk", "name"))
    for school in worst[:NAMED]:
        words = {"school": names[school], "gone": gone[school], "before": before[school]}
        if school in closed:
            yield _("%(school)s would be gone, where %(before)s students were.") % words
        else:
            yield _("%(school)s would lose %(gone)s of %(before)s students.") % words
    if len(worst) > NAMED:
        yield ngettext(
            "So would %(count)s more school.", "So would %(count)s more schools.", len(worst) - NAMED
        ) % {"count": len(worst) - NAMED}


def guard_missing(source: str, kind: str, modes: dict[str, str]) -> Iterator[str]:
    """Why a set must wait that lacks what the last sets always had. modes: bulk or delta, of each file it has."""
    if "bulk" not in modes.values():
        return
    last = (
        Run.objects.filter(source=source, bundle=kind, verdict=Run.Verdict.APPLIED)
        .order_by("-pk")
        .values_list("files", flat=True)[:ALWAYS]
    )
    always = [{file["file"] for file in files if file["mode"] == "bulk" and file["rows"]} for files in last]
    if len(always) == ALWAYS:
        for file in sorted(set.intersection(*always) - set(modes) - {"roles.csv"}):
            yield _("%(file)s is missing. It was in every set before.") % {"file": file}


def guard_letters(staged: Staged) -> Iterator[str]:
    """Why a file must wait in which more than a stray row holds bytes that are no letters."""
    lost = sum(reason == "undecodable" for _line, _column, reason, _id in staged.refused)
    if lost > max(1, staged.rows * UNDECODABLE_PERCENT / 100):
        yield _("%(file)s is in an encoding we cannot read. Export it as UTF-8.") % {"file": staged.file}


def too_many_bad(rows: int, bad: int) -> bool:
    """Whether so many rows are bad that the file as a whole must be looked at."""
    return bad > rows * BAD_PERCENT / 100 and (bad > FEW or bad >= rows)
