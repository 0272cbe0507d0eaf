"""Takes a bundle in: all files staged, checked and merged in one transaction, then applied, held or refused whole.

Readers see the record as it was until the last file is in. A held set changes nothing, but ends rights at once.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max
from django.utils.timezone import localdate, localtime, now

from portal.access import context
from portal.family import ending, finding
from portal.family.models import DESK_SOURCE
from portal.people import seals
from portal.record.models import Arrival
from portal.sis import bare, guards, keeping, merge, narrowing, reader, roster, sentences, timeline
from portal.sis import bundle as bundles
from portal.sis.bundle import Bundle, Member, Refused
from portal.sis.load import Load, q
from portal.sis.models import Pending, Quarantined, Run
from portal.sis.reader import HEAD, Staged
from portal.sis.report import Aside, FileReport, Report
from portal.sis.sentences import gettext as _
from portal.sis.sentences import ngettext
from portal.sis.showing import Progress, Showing
from portal.students import names
from portal.students.models import Org

LOG = logging.getLogger("portal.sis")
KEPT = 10_000  # rows put aside that a run remembers
WAIT = timedelta(days=7)  # for an id that was referred to
AHEAD = timedelta(days=1)  # a clock and a time zone may be off; more is wrong
LONGEST_SOURCE = 40  # characters


class Held(Exception):
    """The set waits for a person; what it did is undone."""


class OnlyTried(Exception):
    """A dry run is over; what it did is undone."""


def take_in(
    path: Path,
    source: str | None,
    *,
    dry_run: bool,
    progress: Progress,
    again: Run | None = None,
    released: bool = False,
) -> Report:
    """Takes the bundle at a path in and reports. Nothing is changed unless the verdict is `applied`.

    source: name of the sending system; None for what the bundle says.  again: the run whose kept set this is.
    released: two people let it in, so that no guard holds it.
    """
    report = Report(bundle=again.name if again else path.name, dry_run=dry_run)
    run = Run(source=(source or "")[:LONGEST_SOURCE], bundle="", name=report.bundle[:255], again=again)
    try:
        with bundles.opened(path) as bundle:
            report.kind, report.version, report.notes = bundle.kind, bundle.version, list(bundle.notes)
            report.source = run.source = _source(bundle, source)
            run.bundle, run.version, run.made_at = bundle.kind, bundle.version, bundle.made_at
            if not dry_run:
                with context.opened("importer", purpose="import"):
                    run.save()
            with nullcontext() if dry_run else keeping.copying(bundle, run) as copying:
                with context.opened("importer", purpose="import"):
                    load = Load(connection.cursor(), report.source, run.pk or 0)
                    showing = Showing(run.pk, sum(each.size for each in bundle.members.values()), progress)
                    _take(bundle, load, report, showing, released=released)
                if copying:
                    _keep(copying, run, report)
    except Refused as refusal:
        report.verdict, report.because = Run.Verdict.REFUSED, list(refusal.args)
    except Exception:
        report.verdict = Run.Verdict.REFUSED
        report.because = [_("Something went wrong here. Nothing was changed.")]
        raise
    finally:
        if not dry_run:
            with context.opened("importer", purpose="import"):
                _remember(run, report)
    return report


def _keep(copying: keeping.Copying, run: Run, report: Report) -> None:
    """The set stays on the disk: to let it in, to try its bad rows again. It went in, or waits, whether or not this works."""
    try:
        copying.keep()
        run.kept = report.kept = True
    except OSError as error:
        report.notes.append(
            _("The set could not be kept: %(why)s. Send it again to release it.") % {"why": error.strerror}
        )


def _source(bundle: Bundle, given: str | None) -> str:
    """The sending system: as given, as the bundle says, or for a companion the one there is."""
    if (given or bundle.says) == DESK_SOURCE:
        raise Refused(_("No source can be called “desk”: that is the registrar's."))
    if given:
        if len(given) > LONGEST_SOURCE:
            raise Refused(
                _("The name of the source is longer than %(most)s characters.") % {"most": LONGEST_SOURCE}
            )
        return given
    says = bundle.says[:LONGEST_SOURCE] or "sis"
    if bundle.kind == "oneroster":
        return says
    there = set(Org.objects.values_list("source", flat=True).distinct())
    if len(there) == 1:
        return there.pop()
    if says in there or not there:
        return says
    raise Refused(
        _("Several systems have sent a roster: %(sources)s. Say whose companion this is with --source.")
        % {"sources": ", ".join(sorted(there))}
    )


def _take(bundle: Bundle, load: Load, report: Report, showing: Showing, *, released: bool) -> None:
    load.do("SELECT pg_advisory_xact_lock(hashtext('portal import'))")
    interrupted = _("It was interrupted. Nothing was changed.")
    Run.objects.filter(
        verdict=Run.Verdict.RUNNING, pk__lt=load.run_id
    ).update(  # one at a time: those are dead
        verdict=Run.Verdict.REFUSED,
        reason=interrupted,
        because=sentences.kept([interrupted]),
        ended_at=load.at,
    )
    _in_order(bundle, load)
    merge.prepare(load)
    files = roster.files(bundle.kind, bundle.version)
    staged = _stage(bundle, load, files, report, showing)
    try:
        with transaction.atomic():
            _merge(bundle, load, files, staged, report, showing)
            _gather_aside(load, report, staged)
            if report.held_because and not released:
                raise Held
            _finish(bundle, load, report)
            if report.dry_run:
                raise OnlyTried
        report.verdict = Run.Verdict.APPLIED
        report.notes += report.held_because  # what two people looked at before they let it in
        _forget_samples(report)
    except OnlyTried:
        report.verdict = Run.Verdict.APPLIED
    except Held:
        report.verdict, report.because = Run.Verdict.HELD, list(report.held_because)
        if not report.dry_run:
            narrowing.narrow(load, staged.get("guardianships.csv"), report)
            _mark_held(bundle, load)
            LOG.error("alarm: a set is held", extra={"run": load.run_id, "source": load.source})


def _forget_samples(report: Report) -> None:
    for file in report.files.values():
        file.samples = []


def _in_order(bundle: Bundle, load: Load) -> None:
    """Raises Refused for a set made before the last one that went in, or tomorrow."""
    if bundle.made_at is None:
        return
    zone = {"made": f"{localtime(bundle.made_at):%Y-%m-%d %H:%M:%S}"}
    if bundle.made_at > load.at + AHEAD:
        raise Refused(
            _(
                "This set says it was made on %(made)s, which is still to come. Set the clock of the export right."
            )
            % zone
        )
    last = (
        Run.objects.filter(source=load.source, bundle=bundle.kind, verdict=Run.Verdict.APPLIED)
        .exclude(made_at=None)
        .aggregate(last=Max("made_at"))["last"]
    )
    if last and bundle.made_at < last:
        raise Refused(
            _(
                "This set was made on %(made)s, before the last one that went in (%(last)s). Send a new export."
            )
            % {**zone, "last": f"{localtime(last):%Y-%m-%d %H:%M:%S}"}
        )


def _stage(
    bundle: Bundle, load: Load, files: dict[str, roster.File], report: Report, progress: Progress
) -> dict[str, Staged]:
    """Every file of the bundle that is read, in a staging table of its own. Raises Refused after looking at them all."""
    staged: dict[str, Staged] = {}
    refusals: list[str] = []
    for name in bundle.members:
        if name not in files:
            report.notes.append(_("%(file)s has no place in this version. It was not read.") % {"file": name})
    for name, file in files.items():
        member = bundle.members.get(name)
        if member is None:
            continue
        about = report.files[name] = FileReport(name, member.mode)
        try:
            with transaction.atomic():
                staged[name] = _stage_one(member, load, file, progress)
        except Refused as refusal:
            refusals += refusal.args
            about.outcome, about.notes = "refused", list(refusal.args)
            continue
        about.rows, about.notes, about.repaired = staged[name].rows, staged[name].notes, staged[name].repairs
        if member.mode == "delta":
            about.newest = load.ask(
                f"SELECT coalesce(max(\"dateLastModified\"), '') FROM {staged[name].table}"
            )[0][0][:40]
    if refusals:
        for name in _blocked(
            {name for name, about in report.files.items() if about.outcome == "refused"}, files
        ):
            if name in report.files:
                report.files[name].outcome = "blocked"
        raise Refused(*refusals)
    return staged


def _blocked(refused: set[str], files: dict[str, roster.File]) -> set[str]:
    """Files that refer to rows of a refused one, or of one so blocked."""
    blocked: set[str] = set()
    for name, file in files.items():
        filled = {
            feed.into for other in refused | blocked for feed in files[other].feeds if not feed.completes
        }
        asks = {column.to for feed in file.feeds for column in feed.columns}
        asks |= {feed.into for feed in file.feeds if feed.completes}
        if name not in refused and asks & filled:
            blocked.add(name)
    return blocked


def _stage_one(member: Member, load: Load, file: roster.File, progress: Progress) -> Staged:
    table = _new_table(load, member.name, file)
    wanted = {name: name for name in (*HEAD, *file.columns)}
    with ExitStack() as stack:

        def write(staged: Staged) -> Callable[[str], None]:
            names = ", ".join(map(q, ("line", *staged.columns)))
            copy = stack.enter_context(load.cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)"))
            return copy.write

        staged = reader.read(
            member, table, wanted, file.required, write, lambda done: progress(member.name, member.size, done)
        )
    load.do(f"ANALYZE {table}")
    if staged.refused:
        load.cursor.executemany(
            "INSERT INTO aside VALUES (%s, %s, %s, %s, %s, %s)",
            [(staged.file, *refused, staged.said[refused[0]]) for refused in staged.refused],
        )
    return staged


def _new_table(load: Load, name: str, file: roster.File) -> str:
    table = q("in_" + name.removesuffix(".csv"))
    columns = ", ".join(f"{q(column)} text" for column in (*HEAD, *file.columns))
    load.do(f"DROP TABLE IF EXISTS pg_temp.{table}")
    load.do(f"CREATE TEMP TABLE {table} (line int NOT NULL, {columns})")
    return table


def _merge(
    bundle: Bundle,
    load: Load,
    files: dict[str, roster.File],
    staged: dict[str, Staged],
    report: Report,
    showing: Showing,
) -> None:
    if bundle.kind == "oneroster":
        if bundle.version == "1.1":
            files = _with_roles(files, roster.files("oneroster", "1.2")["roles.csv"])
        files = files | roster.files("companion", "1.0")  # rows that waited for this roster
    modes = {name: member.mode for name, member in bundle.members.items()}
    report.held_because += guards.guard_missing(load.source, bundle.kind, modes)
    for each in staged.values():
        report.held_because += guards.guard_letters(each)
    before = guards.students_by_school(load) if bundle.kind == "oneroster" else {}
    newest = _applied_before(load)
    for place, (name, file) in enumerate(files.items(), 1):
        if name in staged and "" < report.files[name].newest < newest.get(name, ""):
            report.files[name].outcome = "older"  # such a set of changes has no effect
            continue
        showing.taking(name, place, len(files))
        _merge_file(bundle, load, name, file, staged, report)
    if bundle.kind == "oneroster":
        roster.settle_students(load, all_of_them="bulk" in modes.values())
        report.held_because += guards.guard_schools(load, before)


def _with_roles(files: dict[str, roster.File], roles: roster.File) -> dict[str, roster.File]:
    """In 1.1 the roles stand in users.csv; they are taken in right after it."""
    ordered: dict[str, roster.File] = {}
    for name, file in files.items():
        if name != "roles.csv":
            ordered[name] = file
        if name == "users.csv":
            ordered["roles.csv"] = roles
    return ordered


def _applied_before(load: Load) -> dict[str, str]:
    """The newest change, as it was written, that the last set of changes of each file brought."""
    newest: dict[str, str] = {}
    runs = Run.objects.filter(source=load.source, verdict=Run.Verdict.APPLIED).order_by("-pk")
    for files in runs.values_list("files", flat=True)[:100]:
        for file in files:
            if file.get("newest") and file["outcome"] == "ready":
                newest.setdefault(file["file"], file["newest"])
    return newest


def _merge_file(
    bundle: Bundle, load: Load, name: str, file: roster.File, staged: dict[str, Staged], report: Report
) -> None:
    raw = staged.get(name)
    if raw is None and name == "roles.csv" and bundle.version == "1.1" and "users.csv" in staged:
        users = staged["users.csv"]
        raw = Staged(
            name, users.mode, _new_table(load, name, file), columns=("sourcedId", *file.required[1:])
        )
        raw.rows = load.do(
            f'INSERT INTO {raw.table} (line, "sourcedId", status, "userSourcedId", role, "orgSourcedId", "beginDate", "endDate") {roster.jobs_1_1(users.table)}'
        )
    if not (raw := _add_waiting(load, name, file, raw)):
        return
    report.files.setdefault(name, FileReport(name, raw.mode, rows=raw.rows))
    merge.plan_for(load, raw)
    (feed, *others) = file.feeds
    if not others and not feed.where and not feed.completes and bare.worth_it(load, feed.into, raw.rows):
        try:
            with transaction.atomic():
                _merge_staged(bundle, load, file, raw, staged, report, unlooked=True)
        except merge.Twice:
            pass  # once more, with care
        else:
            return
    merge.put_aside_doubles(load, raw, raw.table)
    _merge_staged(bundle, load, file, raw, staged, report)


def _merge_staged(
    bundle: Bundle,
    load: Load,
    file: roster.File,
    raw: Staged,
    staged: dict[str, Staged],
    report: Report,
    *,
    unlooked: bool = False,
) -> None:
    """unlooked: the file is the first of its table, and its unique indexes find doubles; see merge.merge."""
    name, about = raw.file, report.files[raw.file]
    _put_aside_strangers(load, bundle, raw, file)
    roles = staged.get("roles.csv")
    shaped = roster.shaped(
        name, bundle.version, raw.table, roles.table if roles else None, roles.mode if roles else "absent"
    )
    table, present = raw.table, set(raw.columns)
    if shaped:
        sql, derived = shaped
        table = q("of_" + name.removesuffix(".csv"))
        load.do(f"DROP TABLE IF EXISTS pg_temp.{table}")
        load.do(f"CREATE TEMP TABLE {table} AS {sql}")
        load.do(f"ANALYZE {table}")
        present |= {column for column, of in derived.items() if of in present}
    if name == "guardianships.csv":
        about.added += roster.own_guardians(load, table)
    for feed in file.feeds:
        listeners = timeline.listeners(feed)
        of = table
        if feed is roster.LANGUAGES:
            of = f"({roster.language_rows(table)})"
        counts = merge.merge(load, feed, raw, of, present, listened=bool(listeners), unlooked=unlooked)
        about.added += counts.added
        about.changed += counts.changed
        about.ended += counts.ended
        if counts.ended:
            about.samples += merge.samples(load, feed)
        report.held_because += guards.guard(load, feed, raw, counts)
        if feed is roster.BIRTH_DATES:
            roster.await_people(load, name)
        if listeners:
            timeline.tell(load, listeners, feed, raw, many=unlooked)
    if name == "users.csv" and "agentSourcedIds" in present:
        about.changed += roster.tie_agents(
            load, table, raw.mode, lambda column, code, line: raw.repairs[column, code].at(line)
        )
    _keep_waiting(load, raw)
    about.repaired = raw.repairs


def _put_aside_strangers(load: Load, bundle: Bundle, staged: Staged, file: roster.File) -> None:
    """Rows whose role, or the like, no list knows."""
    column = {"users.csv": "role"}.get(staged.file) if bundle.version == "1.1" else None
    known: set[str] = set(roster.ROLES)
    if column is None:
        columns = {name for feed in file.feeds for name in feed.where if name in staged.columns}
        if not columns:
            return
        (column,) = columns
        known = {value for feed in file.feeds for value in feed.where.get(column, ())} | set(
            file.passed_over.get(column, ())
        )
    load.do(
        f"""INSERT INTO aside SELECT %(file)s, line, %(column)s, CASE WHEN {q(column)} IS NULL THEN 'missing' ELSE 'unknown_code' END,
              coalesce(left("sourcedId", 255), '')
            FROM {staged.table} WHERE lower({q(column)}) IS NULL OR NOT lower({q(column)}) = ANY(%(known)s)""",
        file=staged.file,
        column=column,
        known=[value.lower() for value in known],
    )


def _add_waiting(load: Load, name: str, file: roster.File, staged: Staged | None) -> Staged | None:
    """The staged file with the rows of earlier runs that still wait for an id; None for neither."""
    if staged is not None and staged.mode == "bulk":
        return staged
    waiting = Pending.objects.filter(source=load.source, file=name)
    if not waiting.exists():
        return staged
    if staged is None:
        staged = Staged(name, "delta", _new_table(load, name, file), columns=(*HEAD, *file.columns))
    names = (*HEAD, *file.columns)
    load.do(
        f"""INSERT INTO {staged.table} (line, {", ".join(map(q, names))})
            SELECT DISTINCT ON (p.sourced_id) 0, {", ".join(f"p.row ->> '{column}'" for column in names)}
            FROM {q(Pending._meta.db_table)} p WHERE p.source = %(source)s AND p.file = %(file)s
              AND NOT EXISTS (SELECT FROM {staged.table} s WHERE s."sourcedId" = p.sourced_id)""",
        file=name,
    )
    return staged


def _keep_waiting(load: Load, staged: Staged) -> None:
    """Remembers which rows wait for an id, since when; forgets those that no longer do."""
    table = q(Pending._meta.db_table)
    told = (
        "true"
        if staged.mode == "bulk"
        else f'EXISTS (SELECT FROM {staged.table} s WHERE s."sourcedId" = p.sourced_id)'
    )
    load.do(
        f"""DELETE FROM {table} p WHERE p.source = %(source)s AND p.file = %(file)s AND {told}
              AND NOT EXISTS (SELECT FROM waits w WHERE w.file = p.file AND w.sourced_id = p.sourced_id
                AND w."column" = p."column" AND w.refers_to = p.refers_to)""",
        file=staged.file,
    )
    load.do(
        f"""INSERT INTO {table} AS p (source, file, sourced_id, "column", refers_to, first_seen, row)
            SELECT DISTINCT ON (w.sourced_id, w."column") %(source)s, w.file, w.sourced_id, w."column", w.refers_to, %(at)s,
              to_jsonb(s) - 'line'
            FROM waits w JOIN {staged.table} s ON s."sourcedId" = w.sourced_id WHERE w.file = %(file)s
            ON CONFLICT (source, file, sourced_id, "column") DO UPDATE SET row = excluded.row WHERE p.row <> excluded.row""",
        file=staged.file,
    )


def _gather_aside(load: Load, report: Report, staged: dict[str, Staged]) -> None:
    """Counts and keeps the rows put aside, and those that waited for too long."""
    for file, count in load.ask("SELECT file, count(*) FROM aside GROUP BY file"):
        about = report.files[file]
        about.quarantined = count
        if guards.too_many_bad(about.rows, count):
            report.held_because.append(
                ngettext(
                    "%(file)s has %(count)s bad row in %(rows)s.",
                    "%(file)s has %(count)s bad rows in %(rows)s.",
                    count,
                )
                % {"file": file, "count": count, "rows": about.rows}
            )
    for file, count in load.ask("SELECT file, count(DISTINCT sourced_id) FROM waits GROUP BY file"):
        report.files[file].waiting = count
    _read_what_they_said(load)
    report.aside = [
        Aside(*row)
        for row in load.ask(
            "SELECT file, line, \"column\", reason, sourced_id, coalesce(said, '') FROM aside ORDER BY file, line LIMIT %(kept)s",
            kept=KEPT,
        )
    ]
    tired = Pending.objects.filter(source=load.source, first_seen__lt=load.at - WAIT)
    report.aside += [
        Aside(row.file, 0, row.column, "unknown_reference", row.sourced_id, row.refers_to)
        for row in tired.order_by("file", "pk")[:KEPT]
    ]
    tired.delete()


def _read_what_they_said(load: Load) -> None:
    """For rows put aside after they were staged: what they say, so that the same row is known when it comes again."""
    for (file,) in load.ask("SELECT DISTINCT file FROM aside WHERE said IS NULL ORDER BY file"):
        table = q("in_" + file.removesuffix(".csv"))
        if load.count("SELECT count(to_regclass(%(table)s))", table=f"pg_temp.{table}"):
            load.do(
                f"""UPDATE aside a SET said = {merge.said("s")} FROM {table} s
                    WHERE a.said IS NULL AND a.file = %(file)s AND s.line = a.line
                      AND coalesce(left(s."sourcedId", 255), '') = a.sourced_id""",
                file=file,
            )


def _mark(source: str, row: Aside) -> str:
    """The same for the same row with the same fault, whenever it comes; empty for a row that cannot be told."""
    if not row.said:
        return ""
    parts = (source, row.file, row.sourced_id, row.column, row.reason, row.said)
    return seals.keyed("\n".join(parts), "row put aside")


def _finish(bundle: Bundle, load: Load, report: Report) -> None:
    """What follows from new rows: dates of arrival, names to search by, accounts whose right has ended."""
    for name in bundle.members:
        if name in report.files and report.files[name].outcome == "ready":
            Arrival.objects.update_or_create(
                source=load.source,
                file=name,
                defaults={"as_of": load.at, "run_id": load.run_id, "held_since": None},
            )
    names.refresh(load.run_id)
    finding.refresh(load.run_id)
    ending.close_unverified(localdate(load.at))


def _mark_held(bundle: Bundle, load: Load) -> None:
    Arrival.objects.filter(source=load.source, file__in=bundle.members, held_since=None).update(
        held_since=load.at
    )


def _remember(run: Run, report: Report) -> None:
    run.verdict, run.reason, run.ended_at = report.verdict, report.reason, now()
    run.because = sentences.kept(report.because)
    run.progress = {}
    run.files = [file.plain() | {"notes": sentences.kept(file.notes)} for file in report.files.values()]
    run.save()
    Quarantined.objects.bulk_create(
        (
            Quarantined(
                run=run,
                file=row.file,
                line=row.line,
                column=row.column,
                reason=row.reason,
                sourced_id=row.sourced_id,
                mark=_mark(run.source, row),
            )
            for row in report.aside
        ),
        batch_size=2000,
    )
