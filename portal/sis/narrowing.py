"""Rights that a held set ends or narrows do so at once. Nothing in a held set widens anything."""

import logging

from django.utils.timezone import localdate

from portal.family import ending
from portal.family.models import Guardianship
from portal.sis import merge, roster
from portal.sis.load import Load, q
from portal.sis.merge import READY
from portal.sis.reader import Staged
from portal.sis.report import Report
from portal.sis.rights import RESTRICTIONS, RIGHTS, narrower
from portal.sis.rights import rank as _rank
from portal.sis.sentences import ngettext

LOG = logging.getLogger("portal.sis")
MOST = 200  # rights at once; more wait for the person who looks at the set


def narrow(load: Load, staged: Staged | None, report: Report) -> None:
    """Ends and narrows what the staged guardianships say is over or less than it was.

    Rows missing from a complete file count too, unless this file itself is why the set is held: it may be cut off.
    """
    if staged is None:
        return
    about = report.files[staged.file]
    whole = staged.mode == "bulk" and not any(staged.file in reason for reason in report.held_because)
    live = q(Guardianship._meta.db_table)
    merge._check(load, roster.GUARDIANSHIPS, staged, staged.table, list(_columns(staged)))
    load.do("DROP TABLE IF EXISTS pg_temp.narrower")
    load.do(
        f"""CREATE TEMP TABLE narrower AS
            SELECT l.id, c.line, c.gone AS over, c.educational_rights, c.access_restriction, c.ends
            FROM checked c JOIN {live} l ON l.id = c.live_id WHERE l.active AND c.faults = '' AND (c.gone
              OR ({READY} AND {narrower("c", "l", ends=True)}))"""
    )
    if whole:
        load.do(
            f"""INSERT INTO narrower SELECT l.id, NULL, true, NULL, NULL, NULL FROM {live} l
                WHERE l.source = %(source)s AND l.active
                  AND NOT EXISTS (SELECT FROM {staged.table} s WHERE s."sourcedId" = l.sourced_id)
                  AND NOT EXISTS (SELECT FROM aside a WHERE a.file = %(file)s AND a.sourced_id = l.sourced_id)""",
            file=staged.file,
        )
    found = load.count("SELECT count(*) FROM narrower")
    load.do(
        "DELETE FROM narrower WHERE id NOT IN (SELECT id FROM narrower ORDER BY line NULLS LAST, id LIMIT %(most)s)",
        most=MOST,
    )
    about.narrowed = load.do(
        f"""UPDATE {live} l SET run_id = %(run)s, active = NOT n.over, ended_at = CASE WHEN n.over THEN %(at)s END,
              educational_rights = CASE WHEN {_rank("n.educational_rights", RIGHTS)} < {_rank("l.educational_rights", RIGHTS)}
                THEN n.educational_rights ELSE l.educational_rights END,
              access_restriction = CASE WHEN {_rank("n.access_restriction", RESTRICTIONS)} < {_rank("l.access_restriction", RESTRICTIONS)}
                THEN n.access_restriction ELSE l.access_restriction END,
              ends = least(n.ends, l.ends)
            FROM narrower n WHERE n.id = l.id"""
    )
    if about.narrowed:
        report.because.append(
            ngettext(
                "%(count)s right was ended or narrowed all the same.",
                "%(count)s rights were ended or narrowed all the same.",
                about.narrowed,
            )
            % {"count": about.narrowed}
        )
    if found > MOST:
        LOG.error(
            "alarm: more rights would end than may without a person",
            extra={"run": load.run_id, "rights": found},
        )
        report.because.append(
            ngettext("%(count)s more waits.", "%(count)s more wait.", found - MOST) % {"count": found - MOST}
        )
    merge.follow_rights(load)
    ending.close_unverified(localdate(load.at))


def _columns(staged: Staged) -> list:
    return [column for column in roster.GUARDIANSHIPS.columns if column.name in staged.columns]
