"""A staged file against what is there: rows checked all at once, the bad ones put aside, only differences written.

Nothing is ever deleted. A row that is gone, or missing from a complete file, ends: it stays, with the time and the run.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, connection, models
from psycopg.errors import UniqueViolation

from portal.family.models import DESK_SOURCE, ContactPoint, Guardian, Guardianship
from portal.people.models import reference
from portal.record.feed import Column, Feed, Kind
from portal.sis import shapes
from portal.sis.bare import bare, worth_it
from portal.sis.load import Load, q
from portal.sis.reader import Found, Staged
from portal.sis.rights import RESTRICTIONS, RIGHTS, narrower, rank
from portal.students.models import Student

REFERENCES = (Kind.REFERENCE, Kind.REFERENCES)
GUARDED = (
    Student,
    Guardian,
    ContactPoint,
    Guardianship,
)  # what guards.py asks of them it asks of changes too
LETTERS = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"  # those of people.models.reference


@dataclass
class Counts:
    """What one feed did. before: active rows of this source there were."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    before: int = 0
    wider: int = 0  # rights that open more than before
    narrower: int = 0  # rights that open less
    moved: int = 0  # rows in which an email or a number is another than before
    renamed: int = 0  # rows whose Student ID, or the like, was another's until now


def prepare(load: Load) -> None:
    """The tables of the run in which rows put aside and rows that wait are gathered."""
    load.do("SET LOCAL work_mem = '64MB'")
    load.do("SET LOCAL cursor_tuple_fraction = 1")  # what is told is read to the end
    load.do(shapes.CALENDAR)
    load.do("ANALYZE calendar")
    load.do("DROP TABLE IF EXISTS pg_temp.aside, pg_temp.waits")
    load.do(
        'CREATE TEMP TABLE aside (file text, line int, "column" text, reason text, sourced_id text, said text)'
    )
    load.do('CREATE TEMP TABLE waits (file text, sourced_id text, "column" text, refers_to text)')


def plan_for(load: Load, staged: Staged) -> None:
    """Few changes are looked up one by one, so that they cost what changed; a whole file is laid beside the whole table.

    Prices are those of the planner, as against its price of looking at a row. The few pages of a set of changes are in memory
    from the first of the seven times they are looked at.
    """
    page = ("0.1", "0.1") if staged.mode == "delta" else ("1", "4")
    load.do(f"SET LOCAL seq_page_cost = {page[0]}")
    load.do(f"SET LOCAL random_page_cost = {page[1]}")


def said(row: str) -> str:
    """A hash of what a staged row says; where it stands and when it was touched do not count. row: its alias."""
    told = f"to_jsonb({row}) - 'line' - 'dateLastModified'"
    return f"encode(sha256(convert_to(({told})::text, 'UTF8')), 'hex')"


def put_aside_doubles(load: Load, staged: Staged, table: str) -> None:
    """Rows with the same sourcedId: the same row twice counts once, different ones are all put aside."""
    load.do("DROP TABLE IF EXISTS pg_temp.twice")
    twice = load.do(
        f"""CREATE TEMP TABLE twice AS SELECT "sourcedId" AS sourced_id FROM {table}
            WHERE "sourcedId" IS NOT NULL GROUP BY 1 HAVING count(*) > 1"""
    )
    if not twice:
        return
    load.do(
        f"""INSERT INTO aside SELECT %(file)s, line, 'sourcedId', 'duplicate', s."sourcedId", {said("s")}
            FROM {table} s JOIN (
              SELECT "sourcedId" FROM {table} t JOIN twice ON sourced_id = "sourcedId"
              GROUP BY 1 HAVING count(DISTINCT to_jsonb(t) - 'line') > 1
            ) d USING ("sourcedId")""",
        file=staged.file,
    )
    repeated = load.ask(
        f"""DELETE FROM {table} s USING twice WHERE twice.sourced_id = s."sourcedId" AND (
              s."sourcedId" IN (SELECT sourced_id FROM aside WHERE file = %(file)s AND reason = 'duplicate')
              OR s.line > (SELECT min(line) FROM {table} o WHERE o."sourcedId" = s."sourcedId"))
            RETURNING s.line, s."sourcedId" IN (SELECT sourced_id FROM aside WHERE file = %(file)s)""",
        file=staged.file,
    )
    for line, different in sorted(repeated):
        if not different:
            staged.repairs["sourcedId", "repeated_row"].at(line)


class Twice(Exception):
    """The file says something twice, so it has to be read with more care."""


def merge(
    load: Load,
    feed: Feed,
    staged: Staged,
    table: str,
    present: set[str],
    *,
    listened: bool,
    unlooked: bool = False,
) -> Counts:
    """Brings one feed's table to what the staged file says.

    table: the staged file, or a view of it.  present: columns the file has; a column it lacks says nothing.
    listened: keep the rows as they were, in the temporary table `before`, for the timeline; of a set of changes also,
    in `touched`, which rows were changed and whether each was there before.
    unlooked: nobody looked for doubles; the unique indexes of a bare table do, and Twice is raised.
    """
    fresh = not load.count(f"SELECT count(*) FROM (SELECT FROM {_live(feed)} LIMIT 1) any_row")
    counts = Counts()
    if not fresh and (staged.mode == "bulk" or feed.into in GUARDED):
        counts.before = load.count(f"SELECT count(*) FROM {_live(feed)} WHERE source = %(source)s AND active")
    columns = list({column.into: column for column in feed.columns if column.name in present}.values())
    own = [column for column in columns if not _later(feed, column)]
    _check(load, feed, staged, table, own, fresh=fresh, all_rows=unlooked)
    seen = _seen(load)
    _put_aside(load, staged, own, seen)
    if not fresh and staged.mode == "bulk" and not feed.completes:
        counts.ended += _end_missing(load, feed, staged, table)
    if seen.gone:
        counts.ended += load.do(
            f"""UPDATE {_live(feed)} l SET active = false, ended_at = %(at)s, run_id = %(run)s
                FROM checked c WHERE c.live_id = l.id AND c.gone AND l.active AND c.faults = ''"""
        )
    if unlooked and seen.odd:
        _look_at_the_odd(load)
    if seen.new or seen.known:
        _keep_apart(load, feed, staged, fresh=fresh, unlooked=unlooked)
    if seen.known:
        counts.renamed = _renamed(load, feed)
        _measure(load, feed, own, counts)
    if listened:
        load.do("DROP TABLE IF EXISTS pg_temp.before")
        load.do(
            f"CREATE TEMP TABLE before AS SELECT l.* FROM {_live(feed)} l JOIN checked c ON c.live_id = l.id WHERE {READY}"
        )
    if seen.new and not feed.completes:
        counts.added = _insert(load, feed, own, staged.rows, fresh=fresh, unlooked=unlooked)
    if seen.known:
        counts.changed = _update(load, feed, own)
    if counts.added > max(
        counts.before / 10, 1000
    ):  # the files to come are joined to it; only its owner may measure it
        load.do("SELECT portal_measured(%(table)s::regclass)", table=_live(feed))
    if listened and staged.mode == "delta":
        _keep_touched(load, feed)
    if feed.into is Guardianship:
        follow_rights(load)
    if feed.into is ContactPoint:
        _keep_hidden(load)
    for column in columns:
        if _later(feed, column):
            tie = _tie_many if column.kind == Kind.REFERENCES else _tie_own
            counts.changed += tie(load, feed, staged, table, column)
    if seen.repaired:
        _add_repairs(load, staged)
    return counts


SAMPLES = 5


def samples(load: Load, feed: Feed) -> list[str]:
    """The sourcedIds of the first few rows that this run ended, for the person who looks at a held set."""
    ended = (
        f"SELECT sourced_id FROM {_live(feed)} WHERE source = %(source)s AND run_id = %(run)s AND NOT active"
    )
    return [row[0] for row in load.ask(f"{ended} ORDER BY sourced_id LIMIT {SAMPLES}")]


READY = "c.faults = '' AND NOT c.stuck AND NOT c.gone AND c.differs"


def _live(feed: Feed) -> str:
    return q(feed.into._meta.db_table)


def _field(feed: Feed, column: Column) -> models.Field:
    return feed.into._meta.get_field(column.into)  # type: ignore[return-value]


def _name(feed: Feed, column: Column) -> str:
    """The column's column: its name in the live table."""
    name = _field(feed, column).column
    assert name is not None
    return name


def _later(feed: Feed, column: Column) -> bool:
    """References that can only be tied when the rows of this very file are there."""
    return column.kind == Kind.REFERENCES or column.to is feed.into


def picks(feed: Feed) -> str:
    """The rows of the file, known as s, that this feed takes."""
    conditions = [
        f"lower(s.{q(name)}) IN ({', '.join(shapes.literal(value.lower()) for value in values)})"
        for name, values in feed.where.items()
    ]
    return " AND ".join(conditions) or "true"


def _check(
    load: Load,
    feed: Feed,
    staged: Staged,
    table: str,
    columns: list[Column],
    *,
    fresh: bool = False,
    all_rows: bool = False,
) -> None:
    """Makes the table `checked`: rows that differ from what is there, are at fault, or were repaired.

    faults, repairs: `column:code`, separated by blanks.  unknown: columns that refer to an id not seen yet.
    claims: the row says of itself what no two rows may, and its live row does not say it yet.
    stuck: an unknown reference keeps the whole row out.  fresh: nothing is there.
    all_rows: those as well that end what is not there.
    """
    values: list[str] = []
    joins: list[str] = []
    faults, repairs, unknown, stuck, lost_any = [], [], [], [], []
    for n, column in enumerate(columns):
        fld, raw = _field(feed, column), f"s.{q(column.name)}"
        said = f"v.raw{n}"
        values.append(f"{raw} AS raw{n}")
        name = q(_name(feed, column))
        if column.required:
            faults.append(f"CASE WHEN {said} IS NULL THEN '{column.name}:missing' END")
        if column.kind == Kind.REFERENCE:
            assert column.to is not None
            joins.append(_join(f"t{n}", column.to, raw))
            joins += [_join(f"t{n}_{m}", other, raw) for m, other in enumerate(column.among)]
            taken = q(column.to._meta.get_field(column.of).column) if column.of else "id"  # type: ignore[union-attr]
            values.append(f"t{n}.{taken} AS {name}")
            elsewhere = (
                " OR ".join(f"t{n}_{m}.id IS NOT NULL" for m, _other in enumerate(column.among)) or "false"
            )
            values.append(f"({elsewhere}) AS other{n}")
            lost = f"{said} IS NOT NULL AND v.{name} IS NULL AND NOT v.other{n}"
            unknown.append(f"CASE WHEN {lost} THEN '{column.name}' END")
            lost_any.append(f"({lost})")
            if column.required:
                stuck.append(lost)
            if not fld.null:
                stuck.append(f"v.{name} IS NULL")
                if column.among:
                    repairs.append(
                        f"CASE WHEN v.other{n} AND v.{name} IS NULL THEN '{column.name}:other_kind' END"
                    )
        else:
            shape = shapes.shape(column, fld, raw, f"v.{name}", f"k{n}")
            joins += [shape.join] if shape.join else []
            values.append(f"{_or_default(shape.value, column, fld)} AS {name}")
            judged = shapes.shape(column, fld, said, f"v.{name}")
            for found, code in ((faults, judged.fault), (repairs, judged.repair)):
                if code != "NULL":
                    found.append(f"'{column.name}:' || {code}")
    names = [q(_name(feed, column)) for column in columns]
    told = {column.into for column in columns}
    for column in feed.columns:  # a check or a key may speak of fields whose column the file does not have
        if column.into not in told and not _later(feed, column):
            fld = _field(feed, column)
            default = "NULL" if fld.null or not fld.empty_strings_allowed else "''"
            names.append(q(_name(feed, column)))
            values.append(f"{default}::{fld.db_type(connection)} AS {names[-1]}")
            told.add(column.into)
    waiting = f"({' OR '.join(lost_any) or 'false'})"
    for condition, reason in feed.check:  # which a reference that is still to come may yet meet
        faults.append(f"CASE WHEN NOT {waiting} AND NOT ({condition}) THEN ':{reason}' END")
        stuck.append(f"({waiting} AND NOT ({condition}))")
    compared = [q(_name(feed, column)) for column in columns]
    differs = (
        f"(l.{', l.'.join(compared)}) IS DISTINCT FROM (c.{', c.'.join(compared)})" if compared else "false"
    )
    if len(compared) == 1:
        differs = f"l.{compared[0]} IS DISTINCT FROM c.{compared[0]}"
    if not feed.completes:
        differs = f"l.id IS NULL OR NOT l.active OR {differs}"
    known = f"LEFT JOIN {_live(feed)} l ON l.source = %(source)s AND l.sourced_id = c.sourced_id"
    there, changed = "l.id", f"CASE WHEN c.gone THEN l.active IS TRUE ELSE {differs} END"
    alone = {name for key, reason, _where in _keys(feed) if reason == "same_key" for name in key}
    parts = [f"l.{name} IS DISTINCT FROM c.{name}" for name in compared if name in set(map(q, alone))]
    claims = " OR ".join(["l.active IS NOT TRUE", *parts])
    if fresh:
        known, there, changed, claims = "", "NULL::bigint", "NOT c.gone", "true"
    cells = [f"c.{name}" for name in names]
    for n, column in enumerate(columns):  # what was written is only needed of a reference to nobody
        if column.kind in REFERENCES:
            cells.append(f"CASE WHEN c.unknown <> '' THEN c.raw{n} END AS raw{n}")
    load.do("DROP TABLE IF EXISTS pg_temp.checked")
    load.do(
        f"""CREATE TEMP TABLE checked AS
            SELECT c.line, c.sourced_id, c.gone, c.faults, c.repairs, c.unknown, c.stuck, {" ".join(f"{cell}," for cell in cells)}
              {there} AS live_id, {changed} AS differs, {claims} AS claims
            FROM (
              SELECT v.*,
                CASE WHEN v.sourced_id IS NULL THEN 'sourcedId:missing'
                     WHEN length(v.sourced_id) > 255 THEN 'sourcedId:too_long'
                     WHEN v.gone IS NULL THEN 'status:bad_status'
                     WHEN v.gone THEN '' ELSE {_words(faults)} END AS faults,
                CASE WHEN v.gone THEN '' ELSE {_words([_status_repair(staged.mode), *repairs])} END AS repairs,
                CASE WHEN v.gone THEN '' ELSE {_words(unknown)} END AS unknown,
                {" OR ".join(stuck) or "false"} AS stuck
              FROM (
                SELECT s.line, s."sourcedId" AS sourced_id, s.status AS said_status,
                  CASE WHEN s.status IS NULL OR lower(s.status) = 'active' THEN false
                       WHEN lower(s.status) IN ('tobedeleted', 'inactive') THEN true END AS gone,
                  {", ".join(values) or "NULL"}
                FROM {table} s {" ".join(joins)}
                WHERE {picks(feed)} OFFSET 0
              ) v OFFSET 0
            ) c {known}
            WHERE {all_rows} OR c.faults <> '' OR c.repairs <> '' OR c.unknown <> '' OR {changed}"""
    )
    if not fresh and is_kept(feed):
        _keep_the_desks(load, feed, table, columns)
    load.do("ANALYZE checked")
    kept = {name for key, _reason, where in _keys(feed) for name in (*key, where) if name} - {
        _name(feed, column) for column in columns
    }
    for name in kept:
        load.do(f"UPDATE checked c SET {q(name)} = l.{q(name)} FROM {_live(feed)} l WHERE l.id = c.live_id")


def is_kept(feed: Feed) -> bool:
    """Whether the registrar's desk may keep rows of this table; a row says so in `kept_at`."""
    return not feed.completes and any(fld.name == "kept_at" for fld in feed.into._meta.concrete_fields)


def _lesser(name: str, words: tuple[str, ...]) -> str:
    """The narrower word of the row that is there and the row that came."""
    return (
        f"CASE WHEN {rank(f'c.{name}', words)} < {rank(f'l.{name}', words)} THEN c.{name} ELSE l.{name} END"
    )


# What may become less in a row the desk keeps: whether the file (c) now says less than it did (l.said), and the lesser of
# the file's word and the desk's. A row without `said` counts as if the file had said most.
LESSENS: dict[str, tuple[str, str]] = {
    "educational_rights": (
        rank("c.educational_rights", RIGHTS)
        + " < "
        + rank("coalesce(l.said ->> 'educational_rights', 'full')", RIGHTS),
        _lesser("educational_rights", RIGHTS),
    ),
    "access_restriction": (
        rank("c.access_restriction", RESTRICTIONS)
        + " < "
        + rank("coalesce(l.said ->> 'access_restriction', 'none')", RESTRICTIONS),
        _lesser("access_restriction", RESTRICTIONS),
    ),
    "begins": (
        "coalesce(c.begins, '-infinity') > coalesce((l.said ->> 'begins')::date, '-infinity')",
        "greatest(l.begins, c.begins)",
    ),
    "ends": (
        "coalesce(c.ends, 'infinity') < coalesce((l.said ->> 'ends')::date, 'infinity')",
        "least(l.ends, c.ends)",
    ),
    "may_pick_up": ("c.may_pick_up IS FALSE AND l.said ->> 'may_pick_up' IS DISTINCT FROM 'false'", "false"),
    "do_not_publish": ("c.do_not_publish AND l.said ->> 'do_not_publish' IS DISTINCT FROM 'true'", "true"),
}


def _keep_the_desks(load: Load, feed: Feed, table: str, columns: list[Column]) -> None:
    """A row that the registrar's desk keeps stays as it is there; what the file says less of than before counts at once.

    Rights that end or narrow, a confidential address, and a person who may no longer pick the student up. What the file
    said of them is remembered, so that its old word does not undo what two people gave at the desk.
    """
    kept = "l.id = c.live_id AND l.kept_at IS NOT NULL"
    live, names = _live(feed), [_name(feed, column) for column in columns]
    may_lessen = [name for name in names if name in LESSENS]
    # An address the desk only made confidential is still the school system's to change.
    mine = "l" if feed.into is not ContactPoint or "address" in settings.DISTRICT.desk_keeps else "c"
    sets = [f"{q(name)} = {mine}.{q(name)}" for name in names if name not in LESSENS]
    sets += [
        f"{name} = CASE WHEN {LESSENS[name][0]} THEN {LESSENS[name][1]} ELSE l.{name} END"
        for name in may_lessen
    ]
    told = f"(l.{', l.'.join(map(q, names))}) IS DISTINCT FROM (c.{', c.'.join(map(q, names))})"

    def said(row: str) -> str:
        pairs = [f"'{name}', {row}.{name}" for name in may_lessen]
        return f"jsonb_build_object({', '.join(pairs)})"

    load.do("DROP TABLE IF EXISTS pg_temp.words_of_kept")
    load.do(
        f"""CREATE TEMP TABLE words_of_kept AS SELECT l.id, {said("c")} AS said FROM checked c, {live} l
            WHERE {kept} AND NOT c.gone AND c.faults = ''
            UNION ALL SELECT l.id, {said("l")} FROM {live} l
            WHERE l.kept_at IS NOT NULL AND l.source = %(source)s AND NOT EXISTS (SELECT FROM checked c WHERE c.live_id = l.id)
              AND EXISTS (SELECT FROM {table} s WHERE s."sourcedId" = l.sourced_id)"""
    )
    load.do(
        f"UPDATE checked c SET {', '.join(sets)} FROM {live} l WHERE {kept} AND NOT c.gone AND c.faults = ''"
    )
    # A row that ended here does not come back; of what is gone there, only a right ends here.
    ends = "c.gone AND l.active" if feed.into is Guardianship else "false"
    load.do(
        f"""UPDATE checked c SET differs = CASE WHEN c.gone THEN {ends} ELSE l.active AND {told} END,
              gone = c.gone AND {ends} FROM {live} l WHERE {kept} AND c.faults = ''"""
    )
    load.do(
        f"UPDATE {live} l SET said = w.said FROM words_of_kept w WHERE w.id = l.id AND l.said IS DISTINCT FROM w.said"
    )


def follow_rights(load: Load) -> None:
    """An adult listed at the desk whom the school system lists too: what it says less of counts there as well."""
    live = q(Guardianship._meta.db_table)
    load.do(
        f"""UPDATE {live} l SET active = c.active, ended_at = CASE WHEN NOT c.active THEN %(at)s END, run_id = %(run)s,
              educational_rights = {_lesser("educational_rights", RIGHTS)},
              access_restriction = {_lesser("access_restriction", RESTRICTIONS)}, ends = least(l.ends, c.ends)
            FROM {live} c WHERE l.source = '{DESK_SOURCE}' AND l.active AND c.source = %(source)s AND c.run_id = %(run)s
              AND c.guardian_id = l.guardian_id AND c.student_id = l.student_id
              AND (NOT c.active OR {narrower("c", "l", ends=True)})"""
    )


def _keep_hidden(load: Load) -> None:
    """Who has a confidential address at the desk keeps it so when the file brings another one."""
    live = q(ContactPoint._meta.db_table)
    load.do(
        f"""UPDATE {live} l SET do_not_publish = true FROM {live} k
            WHERE l.run_id = %(run)s AND l.source = %(source)s AND l.active AND NOT l.do_not_publish
              AND l.kind IN ('homeAddress', 'mailAddress') AND k.kept_at IS NOT NULL AND k.do_not_publish AND k.active
              AND (k.guardian_id = l.guardian_id OR k.student_id = l.student_id)"""
    )


def _join(alias: str, model: type[models.Model], raw: str) -> str:
    return f"LEFT JOIN {q(model._meta.db_table)} {alias} ON {alias}.source = %(source)s AND {alias}.sourced_id = {raw}"


def _words(parts: list[str]) -> str:
    """The words there are, with blanks between; in most rows there is none, and that is quick to see."""
    if not parts:
        return "''"
    told = ", ".join(parts)
    return f"CASE WHEN coalesce({told}) IS NULL THEN '' ELSE concat_ws(' ', {told}) END"


def _or_default(value: str, column: Column, fld: models.Field) -> str:
    """What an empty cell becomes in a field that may not be empty; a cell at fault stays NULL to be found."""
    default = column.default
    if default is None and not fld.null:
        if isinstance(fld, (models.CharField, models.TextField)):
            default = ""
        elif isinstance(fld, models.BooleanField):
            default = False
    if default is None:
        return value
    return f"CASE WHEN s.{q(column.name)} IS NULL THEN {shapes.literal(default)} ELSE {value} END"


def _status_repair(mode: str) -> str:
    given = "WHEN v.said_status IS NOT NULL THEN 'status:status_in_bulk'"
    missing = "WHEN v.said_status IS NULL AND v.line > 0 THEN 'status:status_missing'"
    odd = "WHEN v.said_status NOT IN ('active', 'tobedeleted') THEN 'status:status_repaired'"
    return f"CASE {given if mode == 'bulk' else f'{missing} {odd}'} END"


class Seen(NamedTuple):
    """How many rows of `checked` are what, so that nothing is done for none."""

    new: int  # ready, and nothing is there
    known: int  # ready, and another is there
    gone: int
    faulty: int
    unknown: int  # refer to an id not seen yet
    repaired: int
    odd: int  # not ready


def _seen(load: Load) -> Seen:
    ((new, known, *others),) = load.ask(
        f"""SELECT count(*) FILTER (WHERE {READY} AND live_id IS NULL), count(*) FILTER (WHERE {READY} AND live_id IS NOT NULL),
              count(*) FILTER (WHERE gone), count(*) FILTER (WHERE faults <> ''), count(*) FILTER (WHERE unknown <> ''),
              count(*) FILTER (WHERE repairs <> ''), count(*) FILTER (WHERE NOT ({READY}))
            FROM checked c"""
    )
    return Seen(new, known, *others)


def _put_aside(load: Load, staged: Staged, columns: list[Column], seen: Seen) -> None:
    if seen.faulty:
        load.do(
            """INSERT INTO aside
               SELECT %(file)s, line, split_part(split_part(faults, ' ', 1), ':', 1),
                      split_part(split_part(faults, ' ', 1), ':', 2), coalesce(left(sourced_id, 255), '')
               FROM checked WHERE faults <> ''""",
            file=staged.file,
        )
    if seen.unknown:
        cells = " ".join(
            f"WHEN '{column.name}' THEN c.raw{n}"
            for n, column in enumerate(columns)
            if column.kind in REFERENCES
        )
        load.do(
            f"""INSERT INTO waits SELECT DISTINCT %(file)s, c.sourced_id, asked.of, left(CASE asked.of {cells} END, 255)
                FROM checked c, unnest(string_to_array(c.unknown, ' ')) asked (of)
                WHERE c.unknown <> '' AND c.faults = ''""",
            file=staged.file,
        )


def _end_missing(load: Load, feed: Feed, staged: Staged, table: str) -> int:
    """A complete file no longer has the row. A row put aside is not missing: what it was before stays."""
    stays = " AND l.kept_at IS NULL" if is_kept(feed) and feed.into is not Guardianship else ""
    return load.do(
        f"""UPDATE {_live(feed)} l SET active = false, ended_at = %(at)s, run_id = %(run)s
            WHERE l.source = %(source)s AND l.active{stays}
              AND NOT EXISTS (SELECT FROM {table} s WHERE s."sourcedId" = l.sourced_id AND {picks(feed)})
              AND NOT EXISTS (SELECT FROM aside a WHERE a.file = %(file)s AND a.sourced_id = l.sourced_id)""",
        file=staged.file,
    )


def _keys(feed: Feed) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What no two active rows may share, besides the sourcedId: columns, the reason code, and the column of rows meant."""
    for constraint in feed.into._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            fields = (*constraint.fields, *(part.name for part in constraint.expressions))  # type: ignore[union-attr]
            if "sourced_id" not in fields:
                yield tuple(feed.into._meta.get_field(name).column for name in fields), "same_key", ""  # type: ignore[misc, union-attr]
    if feed.names:
        yield (feed.names,), "name_taken", ""
    for alone in feed.alone:
        yield alone.columns, alone.reason, alone.where


def _look_at_the_odd(load: Load) -> None:
    """Rows that stay out are seen by no unique index. Raises Twice when the file has another row of such an id."""
    if load.count(
        f"""SELECT count(*) FROM (SELECT sourced_id FROM checked c WHERE NOT ({READY})) odd
            JOIN (SELECT sourced_id FROM checked GROUP BY 1 HAVING count(*) > 1) twice USING (sourced_id)"""
    ):
        raise Twice


def _keep_apart(load: Load, feed: Feed, staged: Staged, *, fresh: bool, unlooked: bool) -> None:
    """Puts rows aside that claim what another row stands for, and lets go of what changed rows no longer claim."""
    for key, reason, where in _keys(feed):
        if unlooked and reason == "same_key":
            continue
        mine = alike = " AND ".join(f"x.{q(name)} = c.{q(name)}" for name in key)
        scope = "x.source = %(source)s AND " if reason == "name_taken" else ""
        claims = ", ".join(q(name) for name in key)
        meant = f"c.{q(where)}" if where else "true"
        if where:
            mine += f" AND {meant} AND x.{q(where)}"
        load.do(
            f"""UPDATE checked c SET faults = ':{reason}' FROM (
                  SELECT {claims} FROM checked c WHERE {READY} AND {meant}
                  GROUP BY {claims} HAVING count(*) > 1
                ) x WHERE {alike} AND {meant} AND {READY}"""
        )
        moved = "c.claims" if reason == "same_key" else "true"  # an index keeps the others apart already
        # A row put aside keeps its live twin as it was, which may then stand in the way of a third.
        while not fresh and load.do(
            f"""UPDATE checked c SET faults = ':{reason}' FROM {_live(feed)} x
                WHERE {READY} AND {moved} AND {scope}x.active AND x.id IS DISTINCT FROM c.live_id AND {mine}
                  AND NOT EXISTS (SELECT FROM checked c WHERE c.live_id = x.id AND {READY})"""
        ):
            pass
        load.do(
            f"""INSERT INTO aside SELECT %(file)s, line, '', '{reason}', sourced_id FROM checked
                WHERE faults = ':{reason}'""",
            file=staged.file,
        )
        if reason == "same_key" and not fresh:
            load.do(
                f"""UPDATE {_live(feed)} x SET active = false FROM checked c
                    WHERE c.live_id = x.id AND x.active AND {READY} AND c.claims
                      AND ({claims_of("x", key)}) IS DISTINCT FROM ({claims_of("c", key)})"""
            )


def claims_of(alias: str, key: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{q(name)}" for name in key)


def _renamed(load: Load, feed: Feed) -> int:
    if not feed.names:
        return 0
    name = q(feed.names)
    return load.count(
        f"""SELECT count(*) FROM checked c JOIN {_live(feed)} l ON l.id = c.live_id
            WHERE {READY} AND l.{name} <> c.{name} AND EXISTS (
              SELECT FROM {_live(feed)} o WHERE o.source = %(source)s AND o.id <> l.id AND o.{name} = c.{name})"""
    )


def _measure(load: Load, feed: Feed, columns: list[Column], counts: Counts) -> None:
    """How many rights open more or less than before, and how many people are reached in another way."""
    changed = f"FROM checked c JOIN {_live(feed)} l ON l.id = c.live_id WHERE {READY}"
    if feed.into is Guardianship:
        ends = any(column.into == "ends" for column in columns)
        less, more = narrower("c", "l", ends=ends), narrower("l", "c", ends=ends)
        ((counts.narrower, counts.wider),) = load.ask(
            f"""SELECT count(*) FILTER (WHERE l.active AND {less}), count(*) FILTER (WHERE NOT l.active OR {more})
                {changed}"""
        )
    said = {Guardian: ("email", "phone"), ContactPoint: ("value",)}.get(feed.into, ())  # type: ignore[arg-type]
    told = {column.into for column in columns}
    if not feed.completes and (names := [name for name in said if name in told]):
        moved = " OR ".join(f"(l.{name} <> '' AND l.{name} <> c.{name})" for name in names)
        counts.moved = load.count(f"SELECT count(*) {changed} AND l.active AND ({moved})")


def _insert(load: Load, feed: Feed, columns: list[Column], rows: int, *, fresh: bool, unlooked: bool) -> int:
    """rows: of the whole file."""
    names: list[str] = [_name(feed, column) for column in columns]
    given: dict[str, str] = {
        "source": "%(source)s",
        "sourced_id": "c.sourced_id",
        "active": "true",
        "run_id": "%(run)s",
    }
    given |= {name: f"c.{q(name)}" for name in names}
    for fld in feed.into._meta.concrete_fields:
        if fld.column and fld.column not in given and not fld.primary_key and not fld.null:
            given[fld.column] = _of_its_own(fld)
    insert = f"""INSERT INTO {_live(feed)} ({", ".join(map(q, given))}) SELECT {", ".join(given.values())}
        FROM checked c WHERE {READY} AND c.live_id IS NULL"""
    try:
        with bare(load, feed.into) if fresh and worth_it(load, feed.into, rows) else nullcontext():
            return load.do(insert)
    except IntegrityError as why:
        if unlooked and isinstance(why.__cause__, UniqueViolation):
            raise Twice from why
        raise


def _keep_touched(load: Load, feed: Feed) -> None:
    load.do("DROP TABLE IF EXISTS pg_temp.touched")
    load.do(
        f"""CREATE TEMP TABLE touched AS
            SELECT live_id AS id, true AS was FROM checked c
            WHERE live_id IS NOT NULL AND faults = '' AND differs AND (gone OR NOT stuck)
            UNION ALL
            SELECT l.id, false FROM checked c JOIN {_live(feed)} l ON l.source = %(source)s AND l.sourced_id = c.sourced_id
            WHERE {READY} AND c.live_id IS NULL"""
    )
    load.do("ANALYZE touched")


def _of_its_own(fld: models.Field) -> str:
    """What a new row has in a field no file fills."""
    if fld.default is reference:
        # Ten letters of the strong randomness of a version 4 UUID, whose fixed bits are left out.
        bytes_ = "uuid_send(gen_random_uuid())"
        digits = " || ".join(
            f"substr('{LETTERS}', get_byte(random.bytes, {n}) %% {len(LETTERS)} + 1, 1)"
            for n in (*range(6), *range(10, 14))
        )
        return f"(SELECT {digits} FROM (SELECT {bytes_} AS bytes WHERE c.line IS NOT NULL) random)"
    return shapes.literal(fld.get_default())


def _update(load: Load, feed: Feed, columns: list[Column]) -> int:
    sets = [f"{q(name)} = c.{q(name)}" for name in (_name(feed, column) for column in columns)]
    if not feed.completes:
        sets += ["active = true", "ended_at = NULL"]
    return load.do(
        f"""UPDATE {_live(feed)} l SET {", ".join([*sets, "run_id = %(run)s"])}
            FROM checked c WHERE c.live_id = l.id AND {READY}"""
    )


def _good_rows(load: Load, feed: Feed, staged: Staged, table: str) -> str:
    """The rows of the file that went in or were in already, as s beside their live row l."""
    return f"""{table} s JOIN {_live(feed)} l ON l.source = %(source)s AND l.sourced_id = s."sourcedId" AND l.active
        AND {picks(feed)} AND NOT EXISTS (
          SELECT FROM aside a WHERE a.file = {shapes.literal(staged.file)} AND a.sourced_id = l.sourced_id)"""


def _tie_own(load: Load, feed: Feed, staged: Staged, table: str, column: Column) -> int:
    """A reference to another row of the same file, like the district above a school."""
    fld, raw = q(_name(feed, column)), f"s.{q(column.name)}"
    load.do("DROP TABLE IF EXISTS pg_temp.above")
    load.do(
        f"""CREATE TEMP TABLE above AS
            SELECT l.id, s.line, l.sourced_id, {raw} AS said, t.id AS other, false AS circular
            FROM {_good_rows(load, feed, staged, table)}
            LEFT JOIN {_live(feed)} t ON t.source = %(source)s AND t.sourced_id = {raw}
            WHERE l.{fld} IS DISTINCT FROM t.id OR {raw} IS NOT NULL AND t.id IS NULL"""
    )
    _untie_circles(load, feed, staged, column)
    load.do(
        """INSERT INTO waits SELECT %(file)s, sourced_id, %(column)s, left(said, 255) FROM above
           WHERE said IS NOT NULL AND other IS NULL AND NOT circular""",
        file=staged.file,
        column=column.name,
    )
    tied = load.ask(
        f"""UPDATE {_live(feed)} l SET {fld} = above.other, run_id = %(run)s FROM above, {_live(feed)} was
            WHERE above.id = l.id AND was.id = l.id AND l.{fld} IS DISTINCT FROM above.other RETURNING was.run_id"""
    )
    return sum(run_id != load.run_id for (run_id,) in tied)


LONGEST_WAY_UP = 50  # rows above one another


def _untie_circles(load: Load, feed: Feed, staged: Staged, column: Column) -> None:
    """Rows that would stand above themselves, by whatever way, are put aside and stand under nobody."""
    live, fld = _live(feed), q(_name(feed, column))
    load.do(
        f"""WITH RECURSIVE up AS (
              SELECT id AS start, other AS at, 1 AS steps FROM above WHERE other IS NOT NULL
              UNION ALL
              SELECT up.start, CASE WHEN a.id IS NULL THEN l.{fld} ELSE a.other END, steps + 1
              FROM up JOIN {live} l ON l.id = up.at LEFT JOIN above a ON a.id = l.id
              WHERE up.at <> up.start AND steps < {LONGEST_WAY_UP}
            )
            UPDATE above SET other = NULL, circular = true FROM up WHERE up.start = above.id AND up.at = up.start"""
    )
    load.do(
        """INSERT INTO aside SELECT %(file)s, line, %(column)s, 'circular', sourced_id FROM above WHERE circular""",
        file=staged.file,
        column=column.name,
    )


def _tie_many(load: Load, feed: Feed, staged: Staged, table: str, column: Column) -> int:
    """A list of references, like the terms of a class."""
    fld = feed.into._meta.get_field(column.into)
    through = fld.remote_field.through  # type: ignore[union-attr]
    assert column.to is not None
    one, other = q(fld.m2m_column_name()), q(fld.m2m_reverse_name())  # type: ignore[union-attr]
    good = _good_rows(load, feed, staged, table)
    load.do("DROP TABLE IF EXISTS pg_temp.ties")
    load.do(
        f"""CREATE TEMP TABLE ties AS SELECT DISTINCT l.id AS one, t.id AS other, l.sourced_id, btrim(item) AS item
            FROM {good} CROSS JOIN LATERAL unnest(string_to_array(s.{q(column.name)}, ',')) item
            LEFT JOIN {q(column.to._meta.db_table)} t ON t.source = %(source)s AND t.sourced_id = btrim(item)
            WHERE btrim(item) <> ''"""
    )
    load.do(
        """INSERT INTO waits SELECT DISTINCT ON (sourced_id) %(file)s, sourced_id, %(column)s, left(item, 255)
           FROM ties WHERE other IS NULL""",
        file=staged.file,
        column=column.name,
    )
    link = q(through._meta.db_table)
    load.do("DROP TABLE IF EXISTS pg_temp.retied")
    load.do("CREATE TEMP TABLE retied (one bigint)")
    load.do(
        f"""WITH cut AS (
              DELETE FROM {link} x USING (SELECT l.id FROM {good}) told WHERE told.id = x.{one}
                AND NOT EXISTS (SELECT FROM ties WHERE ties.one = x.{one} AND ties.other = x.{other}) RETURNING x.{one}
            ) INSERT INTO retied SELECT * FROM cut"""
    )
    load.do(
        f"""WITH new AS (
              INSERT INTO {link} ({one}, {other}) SELECT one, other FROM ties WHERE other IS NOT NULL
                AND NOT EXISTS (SELECT FROM {link} x WHERE x.{one} = ties.one AND x.{other} = ties.other) RETURNING {one}
            ) INSERT INTO retied SELECT * FROM new"""
    )
    return load.do(
        f"UPDATE {_live(feed)} l SET run_id = %(run)s FROM (SELECT DISTINCT one FROM retied) r WHERE r.one = l.id AND l.run_id <> %(run)s"
    )


def _add_repairs(load: Load, staged: Staged) -> None:
    for word, count, lines in load.ask(
        """SELECT said.word, count(*), (array_agg(line ORDER BY line))[1:3]
           FROM checked, unnest(string_to_array(repairs, ' ')) said (word) WHERE faults = '' GROUP BY said.word"""
    ):
        column, _colon, code = word.partition(":")
        found = staged.repairs.setdefault((column, code), Found())
        found.count += count
        found.lines = sorted([*found.lines, *lines])[:3]
