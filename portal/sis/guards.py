"""What makes a set wait for a person: a file that lost too much, or that names somebody else by a known number."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.record.feed import Feed
from portal.sis.merge import Counts
from portal.sis.reader import Staged

FEW = 5  # rows that may always end or be bad: a small file would be held by a single one
BAD_PERCENT = 1  # of the rows of a file


def guard(feed: Feed, staged: Staged, counts: Counts) -> list[str]:
    """Why this file must wait, in sentences; none when it may go in.

    A truncated export looks exactly like a mass withdrawal, so a person has to tell them apart.
    """
    reasons = []
    words = {"file": staged.file, "ended": counts.ended, "before": counts.before}
    if staged.mode == "bulk" and not feed.completes and counts.before:
        if staged.rows == 0:
            reasons.append(_("%(file)s is empty, and %(before)s rows were there.") % words)
        elif counts.ended > FEW and counts.ended > counts.before * settings.DISTRICT.bulk_loss_percent / 100:
            reasons.append(_("%(file)s would end %(ended)s of %(before)s rows.") % words)
    if counts.renamed:
        reasons.append(
            ngettext(
                "In %(file)s %(count)s Student ID names another person than before.",
                "In %(file)s %(count)s Student IDs name another person than before.",
                counts.renamed,
            )
            % {"file": staged.file, "count": counts.renamed}
        )
    return reasons


def too_many_bad(rows: int, bad: int) -> bool:
    """Whether so many rows are bad that the file as a whole must be looked at."""
    return bad > rows * BAD_PERCENT / 100 and (bad > FEW or bad >= rows)
