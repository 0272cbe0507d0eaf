"""The second wall: which rows PostgreSQL shows to which role, whatever a query forgot to ask.

Every model is behind it. A model says in `wall` which role may do what with its rows:

    wall = {"family": "r", "importer": "raud", "staff": {"r": "{place}", "a": "{mine}"}}

The letters are r read, a add, u update, d delete, l lock; `u(ended_at)` names the only columns that may change. The
rows are those of the role's children, places or person, unless a condition says otherwise. `{"everyone": "r"}` is for
tables without a word about a student or guardian. A model that says nothing gets its wall by its shape: a table of the
record, of a student, of a person, or one that follows a single row of such a table. Any other is refused.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction

from portal.access.gate import Ruled
from portal.access.rules import Rule, name
from portal.people.asking import KINDS, role

WALL = dict[str, "str | dict[str, str]"]
COMMANDS = {"r": "SELECT", "a": "INSERT", "u": "UPDATE", "l": "UPDATE", "d": "DELETE"}
EVERYONE = "everyone"
APP = "portal_app"  # the application with nobody asking
LIBRARIES = {  # tables that are not ours: no word about a student or guardian, job arguments are keys of rows
    "django_migrations": "r",
    "django_content_type": "r",
    "procrastinate_": "raud",
}

# What each rule of rules.py says, once more and in the words of the database. g: guardianship, s: student.
OF_A_CHILD = {
    "linked": "true",
    "guardian": "(SELECT portal_stands(g, l.verify_by))",
    "guardian_with_full_rights": "(SELECT portal_stands(g, l.verify_by)) AND g.educational_rights = 'full'",
    "guardian_of_an_enrolled_student": "(SELECT portal_stands(g, l.verify_by)) AND (s.left_on IS NULL OR s.left_on >= portal_today())",
}
READERS = (
    "p.role IN ('office_manager', 'principal', 'assistant_principal', 'counselor', 'registrar',"
    " 'region_family_office',"
    " 'family_hotline', 'district_administrator')"
)
OF_A_POST = {
    "staff_at_the_school": READERS,
    "staff_granted_sensitive_records": f"{READERS} AND (p.role IN ('principal', 'assistant_principal') OR p.sees_sensitive)",
    "keeps_emergency_cards": "p.role IN ('principal', 'office_manager')",
    "keeps_guardianship": "p.role = 'registrar'",
    "agrees_about_guardianship": "p.role IN ('registrar', 'principal')",
    "runs_the_portal": "p.role = 'district_administrator'",
    "gives_pins": "p.gives_pins",
    "prints_letters": "p.gives_pins",
    "gives_access": "p.role IN ('principal', 'region_family_office', 'district_administrator')",
    "answers_for_the_school": "p.role IN ('principal', 'assistant_principal', 'district_administrator')",
    "reads_the_record_of_access": "p.role IN ('auditor', 'principal', 'district_administrator')",
}
CARD = (
    "staff_at_the_school",
    "gives_pins",
    "answers_for_the_school",
    "reads_the_record_of_access",
)  # whom a member of staff may find at all
DESK = ("agrees_about_guardianship",)  # whose guardianship a member of staff keeps, or agrees to

RECORD: WALL = {"family": "r", "staff": "r", "importer": "raud"}
# The portal's own tables about a student, of an account, or below either.
OF_STUDENT: WALL = {"family": "rau", "staff": "rau", "worker": "raud"}
OF_PERSON: WALL = {"family": "raud", "staff": "raud", "door": "raud", "worker": "raud"}
FOLLOWS: WALL = {"family": "rau", "staff": "rau", "worker": "raud"}


class NoWall(SystemExit):
    """A table stands outside the wall; the message names it and what it should say."""


@dataclass(frozen=True)
class Policy:
    """Who may do what with which rows of one table."""

    table: str
    kind: str
    letter: str
    rows: str  # condition
    columns: tuple[str, ...] = ()  # the only ones, for u

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.letter}"

    @property
    def sql(self) -> str:
        command = COMMANDS[self.letter]
        using = "" if command == "INSERT" else f" USING ({self.rows})"
        check = f" WITH CHECK ({self.rows})" if command in ("INSERT", "UPDATE") else ""
        if self.letter == "l":  # a lock writes nothing, even where another policy lets some write
            check = " WITH CHECK (false)"
        return (
            f"CREATE POLICY {self.name} ON {q(self.table)} FOR {command} TO {role(self.kind)}{using}{check}"
        )

    @property
    def grant(self) -> str:
        told = self.columns or (("id",) if self.letter == "l" else ())
        only = f" ({', '.join(map(q, told))})" if told else ""
        return f"GRANT {COMMANDS[self.letter]}{only} ON {q(self.table)} TO {role(self.kind)}"


@dataclass
class Table:
    """One table and its policies; open ones hold no word about a student or guardian and have none."""

    name: str
    open: bool = False
    asked_of_a_person: tuple[str, ...] = ()  # commands that Django gives it when an account is deleted
    policies: list[Policy] = field(default_factory=list)


def q(word: str | None) -> str:
    return f'"{word}"'


def tables() -> list[Table]:
    """Every table of ours with its wall. Raises NoWall, naming those that have none."""
    said, faults = [], []
    for model in sorted(_models(), key=lambda model: model._meta.db_table):
        try:
            said.append(_table(model))
        except NoWall as fault:
            faults.append(str(fault))
    if faults:
        raise NoWall("The second wall has gaps:\n" + "\n".join(faults))
    return said


def _models() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("portal.") and model._meta.managed and not model._meta.proxy:
            yield model


def _table(model: type[models.Model]) -> Table:
    table = Table(model._meta.db_table)
    table.asked_of_a_person = tuple(
        "DELETE" if fld.remote_field.on_delete is models.CASCADE else f"UPDATE ({q(fld.column)})"  # type: ignore[union-attr]
        for fld in model._meta.concrete_fields
        if fld.is_relation
        and fld.related_model._meta.label == "people.Person"  # type: ignore[union-attr]
        and fld.remote_field.on_delete in (models.CASCADE, models.SET_NULL)  # type: ignore[union-attr, operator]
    )
    said = _said(model)
    if EVERYONE in said:
        table.open = True
        letters = str(said[EVERYONE])
        for kind in KINDS:
            own = said.get(kind, "raud" if kind in ("importer", "demo") else "")
            table.policies += [
                Policy(table.name, kind, letter, "true") for letter in dict.fromkeys(letters + str(own))
            ]
        return table
    if settings.MODE != "production":
        said = said | {"demo": "raud"}
    for kind, rights in said.items():
        if kind not in KINDS:
            raise NoWall(f"{table.name}: nobody is called {kind!r}")
        rights = rights if isinstance(rights, dict) else {rights: ""}
        for letters, condition in rights.items():
            rows = _filled(condition, model, kind) if condition else _rows(model, kind)
            for letter, columns in _letters(letters, table.name):
                table.policies.append(Policy(table.name, kind, letter, rows, columns))
    return table


def _letters(letters: str, table: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for letter, columns in re.findall(r"([a-z])(?:\(([^)]*)\))?", letters):
        if letter not in COMMANDS:
            raise NoWall(f"{table}: {letter!r} is none of r, a, u, d, l")
        yield letter, tuple(re.findall(r"\w+", columns))


def _said(model: type[models.Model]) -> WALL:
    """What the model says, or what its shape says for it."""
    if model._meta.auto_created:
        parents = [_said(parent) for parent in _parents(model)]
        return {EVERYONE: "r"} if all(EVERYONE in parent for parent in parents) else _by_shape(model)
    said = getattr(model, "wall", None)
    return said if said is not None else _by_shape(model)


def _by_shape(model: type[models.Model]) -> WALL:
    names = {field.name for field in model._meta.concrete_fields}
    rostered: WALL = {"importer": "raud"} if "sourced_id" in names else {}
    if "student" in names:
        return RECORD if rostered else OF_STUDENT
    if "person" in names:
        return OF_PERSON
    if len(_followed(model)) == 1:
        return FOLLOWS | rostered
    raise NoWall(
        f"{model._meta.db_table}: say in `wall` on {model.__qualname__} who may do what with its rows, "
        'or {"everyone": "r"} when it holds no word about a student or guardian'
    )


def _parents(model: type[models.Model]) -> list[type[models.Model]]:
    return [field.related_model for field in model._meta.concrete_fields if field.is_relation]  # type: ignore[misc]


def _followed(model: type[models.Model]) -> list[models.Field]:
    """The references to rows that are themselves behind the wall."""
    return [
        fld
        for fld in model._meta.concrete_fields
        if fld.is_relation
        and fld.related_model is not model
        and fld.related_model.__module__.startswith("portal.")  # type: ignore[union-attr]
        and EVERYONE not in _said(fld.related_model)  # type: ignore[arg-type]
    ]


def _rows(model: type[models.Model], kind: str) -> str:
    """The rows of this table that are a kind's own."""
    if kind not in ("family", "staff", "linking"):
        return "true"
    names = {field.name for field in model._meta.concrete_fields}
    if "student" in names or model._meta.label == "students.Student":
        return _filled({"family": "{child}", "staff": "{place}", "linking": "{about}"}[kind], model, kind)
    if "person" in names or model._meta.label == "people.Person":
        return _filled("{mine}", model, kind)
    followed = _followed(model)
    if len(followed) != 1:
        raise NoWall(f"{model._meta.db_table}: say which rows are the {kind}'s own")
    (fld,) = followed
    parent = q(fld.related_model._meta.db_table)  # type: ignore[union-attr]
    return f"EXISTS (SELECT FROM {parent} x WHERE x.id = {q(model._meta.db_table)}.{q(fld.column)})"


def _filled(condition: str, model: type[models.Model], kind: str) -> str:
    """A condition with its words put in: {child}, {place}, {desk}, {about}, {mine}, {runs}, {actor}."""
    student = "id" if model._meta.label == "students.Student" else "student_id"
    person = "id" if model._meta.label == "people.Person" else "person_id"
    actor = "NULLIF(current_setting('app.actor', true), '')::bigint"
    children = _children(_rules(model, OF_A_CHILD, ("guardian",)))
    words = {
        "{child}": f"{student} = ANY {children}",
        "{linked}": f"{student} = ANY {_children(('linked',))}",
        "{about}": f"{student} = ANY ((SELECT portal_about())::bigint[])",
        "{adult}": "ANY ((SELECT portal_adults())::bigint[])",
        "{place}": _place(model, student),
        "{everywhere}": _everywhere(CARD),
        "{schools}": f"ANY {_schools(CARD)}",
        "{audited}": f"ANY {_schools(('reads_the_record_of_access',))}",
        "{given}": f"ANY {_schools(('gives_access',))}",
        "{answers}": f"ANY {_schools(('answers_for_the_school',))}",
        "{runs}": f"cardinality({_schools(('runs_the_portal',))}) > 0",
        "{pins}": f"ANY {_schools(('gives_pins',))}",
        "{desk}": _at_the_schools(model, student, DESK),
        "{desks}": f"ANY {_schools(DESK)}",
        "{mine}": f"{person} = {actor}",
        "{actor}": actor,
    }
    for word, sql in words.items():
        condition = condition.replace(word, sql)
    return condition


def _place(model: type[models.Model], student: str) -> str:
    return _at_the_schools(model, student, _rules(model, OF_A_POST, CARD))


def _at_the_schools(model: type[models.Model], student: str, asked: tuple[str, ...]) -> str:
    """Rows of students at the schools where the asker has a post that one of these rules opens."""
    if model._meta.label == "students.Student":
        return f"({_everywhere(asked)} OR coalesce(school_id, 0) = ANY {_schools(asked)})"
    return (
        f"({_everywhere(asked)} OR EXISTS (SELECT FROM students_student s WHERE s.id = {model._meta.db_table}.{student}"
        f" AND coalesce(s.school_id, 0) = ANY {_schools(asked)}))"
    )


def _children(asked: Iterable[str]) -> str:
    return f"((SELECT portal_children('{_array(asked)}'))::bigint[])"


def _schools(asked: Iterable[str]) -> str:
    return f"((SELECT portal_schools('{_array(asked)}'))::bigint[])"


def _everywhere(asked: Iterable[str]) -> str:
    """A post at the district reaches all; asked first, because a list of a thousand schools is dear to look through."""
    return f"(SELECT portal_everywhere('{_array(asked)}'))"


def _rules(model: type[models.Model], twins: dict[str, str], otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """The rules of the sections that open this table, as far as they have a twin here."""
    asked: list[Rule] = [
        rule
        for section in _sections()
        if section.key in getattr(model, "belongs_to", ())
        for rule in section.may_see
    ]
    unknown = {name(rule) for rule in asked} - OF_A_CHILD.keys() - OF_A_POST.keys()
    if unknown:
        raise NoWall(f"rules without a twin in access/wall.py: {', '.join(sorted(unknown))}")
    return tuple(sorted({name(rule) for rule in asked} & twins.keys())) or otherwise


@cache
def _sections() -> list[Ruled]:
    """Every section; found by name, for this room may not know the rooms that know it."""
    room = settings.SECTIONS
    return [import_module(f"{room}.{each}.section").section for each in import_module(room).contents]


def _array(words: Iterable[str]) -> str:
    return "{" + ",".join(words) + "}"


def functions(schema: str) -> list[str]:
    """The few that look over the wall to say what stands before it: who is whose, and where someone works.

    They run as the owner, with a fixed search path, and answer about the asker alone.
    """
    of_child = " OR ".join(f"('{rule}' = ANY (asked) AND {sql})" for rule, sql in OF_A_CHILD.items())
    of_post = " OR ".join(f"('{rule}' = ANY (asked) AND {sql})" for rule, sql in OF_A_POST.items())
    filed = "true" if settings.DISTRICT_FILE.parents_after_18 else "false"
    parents = (
        "coalesce((SELECT (x.value #>> '{}')::boolean FROM people_setting x WHERE x.name = 'parents_after_18' AND x.school_id IS NULL"
        f" ORDER BY x.id DESC LIMIT 1), {filed})"
    )
    actor = "NULLIF(current_setting('app.actor', true), '')::bigint"
    # Whether a court order in force keeps something of this child from the asker, or from the adult staff look as.
    ordered = (
        "EXISTS (SELECT FROM family_courtorder o WHERE o.student_id = child AND o.{} AND o.lifted_at IS NULL"
        " AND o.begins <= portal_today() AND coalesce(o.ends, portal_today()) >= portal_today()"
        " AND (o.guardianship_id = NULLIF(current_setting('app.seen_as', true), '')::bigint"
        " OR EXISTS (SELECT FROM family_link l WHERE l.guardianship_id = o.guardianship_id"
        f" AND l.person_id = {actor} AND l.ended_at IS NULL)))"
    )
    # The asker's posts that run now, of someone who still works there, as far as the rules asked for open something.
    posts = f"""FROM access_post p JOIN students_org o ON o.id = p.place_id
                  LEFT JOIN students_org above ON above.id = o.parent_id
                WHERE p.person_id = {actor} AND p.begins_at <= clock_timestamp()
                  AND (p.ends_at IS NULL OR p.ends_at > clock_timestamp()) AND ({of_post})
                  AND (p.employee_id IS NULL OR EXISTS (
                    SELECT FROM students_job j JOIN students_employee e ON e.id = j.employee_id
                      JOIN students_org w ON w.id = j.org_id LEFT JOIN students_org v ON v.id = w.parent_id
                    WHERE j.employee_id = p.employee_id AND j.active AND e.active
                      AND (j.begins IS NULL OR j.begins <= portal_today())
                      AND (j.ends IS NULL OR j.ends >= portal_today())
                      AND (p.place_id IN (w.id, w.parent_id, v.parent_id) OR w.id IN (o.parent_id, above.parent_id))))"""

    def made(head: str, returns: str, body: str, language: str = "plpgsql") -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {head} RETURNS {returns} LANGUAGE {language} STABLE SECURITY DEFINER"
            f" SET search_path = {q(schema)}, pg_temp AS $wall$ {body} $wall$"
        )

    def kept(what: str, declared: str, found: str) -> str:
        """The body of a function asked by many policies of a transaction: it looks once for each one who asks."""
        return f"""DECLARE told text := current_setting('app.told', true) || ' ';
              name text := 'app.{what}_' || array_to_string(asked, '_'); said text := current_setting(name, true);
              found bigint[]; {declared} BEGIN
                IF starts_with(said, told) THEN RETURN substr(said, length(told) + 1)::bigint[]; END IF;
                {found}
                IF told <> ' ' THEN PERFORM set_config(name, told || found::text, true); END IF;
                RETURN found; END"""

    return [
        f"""CREATE OR REPLACE FUNCTION portal_today() RETURNS date LANGUAGE sql STABLE AS
            $wall$ SELECT (now() AT TIME ZONE '{settings.TIME_ZONE}')::date $wall$""",
        # Born on February 29, one is 18 on March 1: age() counts so.
        """CREATE OR REPLACE FUNCTION portal_adult(born date, day date) RETURNS boolean LANGUAGE sql IMMUTABLE AS
            $wall$ SELECT coalesce(extract(year FROM age(day, born)) >= 18, false) $wall$""",
        made(
            "portal_stands(g family_guardianship, verify_by date)",
            "boolean",
            f"""DECLARE s students_student; today date := portal_today(); BEGIN
                  IF NOT g.active OR g.educational_rights = 'none' OR g.access_restriction <> 'none'
                     OR (g.closed_from <= today AND coalesce(g.closed_until, today) >= today)
                     OR g.begins > today OR g.ends < today OR verify_by < today THEN RETURN false; END IF;
                  SELECT * INTO s FROM students_student WHERE id = g.student_id;
                  IF NOT portal_adult(s.birth_date, today) OR g.relationship = 'selfAdult' THEN RETURN true; END IF;
                  RETURN NOT s.objects_to_parents AND {parents} AND (
                    (g.begins IS NOT NULL AND portal_adult(s.birth_date, g.begins))
                    OR NOT EXISTS (SELECT FROM family_guardianship x WHERE x.student_id = g.student_id AND x.active
                                   AND x.relationship = 'selfAdult'));
                END""",
        ),
        made(
            "portal_children(asked text[])",
            "bigint[]",
            kept(
                "children",
                "",
                f"""found := ARRAY(
                  SELECT g.student_id FROM family_link l JOIN family_guardianship g ON g.id = l.guardianship_id
                    JOIN students_student s ON s.id = g.student_id
                  WHERE l.person_id = {actor} AND l.ended_at IS NULL AND ({of_child}));""",
            ),
        ),
        made(
            "portal_everywhere(asked text[])",
            "boolean",
            f"BEGIN RETURN coalesce((SELECT bool_or(o.type = 'district') {posts}), false); END",
        ),
        made(
            "portal_schools(asked text[])",
            "bigint[]",
            kept(
                "schools",
                "places bigint[]; everywhere boolean;",
                f"""SELECT array_agg(p.place_id), bool_or(o.type = 'district') INTO places, everywhere {posts};
                  IF everywhere THEN found := ARRAY(SELECT id FROM students_org) || 0::bigint;
                  ELSE found := ARRAY(SELECT o.id FROM students_org o LEFT JOIN students_org a ON a.id = o.parent_id
                    WHERE o.id = ANY (places) OR o.parent_id = ANY (places) OR a.parent_id = ANY (places)); END IF;""",
            ),
        ),
        made(
            "portal_about()",
            "bigint[]",
            """DECLARE about text := current_setting('app.about', true); BEGIN
                 IF about LIKE 'id:%' THEN RETURN ARRAY(
                   SELECT id FROM students_student WHERE student_id = substr(about, 4)
                   UNION SELECT student_id FROM students_studentalias WHERE active AND alias = substr(about, 4)); END IF;
                 IF about LIKE 'link:%' THEN RETURN ARRAY(
                   SELECT g.student_id FROM family_link l JOIN family_guardianship g ON g.id = l.guardianship_id
                   WHERE l.id = substr(about, 6)::bigint); END IF;
                 IF about LIKE 'student:%' THEN RETURN ARRAY[substr(about, 9)::bigint]; END IF;
                 RETURN '{}'; END""",
        ),
        made(
            "portal_adults()",
            "bigint[]",
            f"""BEGIN RETURN ARRAY(
                  SELECT guardian_id FROM family_guardianship WHERE student_id = ANY (portal_about())
                  UNION SELECT g.guardian_id FROM family_link l JOIN family_guardianship g ON g.id = l.guardianship_id
                    WHERE l.person_id = {actor}); END""",
        ),
        made(
            "portal_confidential(child bigint)",
            "boolean",
            # Asked from the child's side each time: with OR between them every address of the district was read.
            f"""BEGIN RETURN EXISTS (SELECT FROM family_contactpoint c
                     WHERE c.student_id = child AND c.active AND c.do_not_publish)
                   OR EXISTS (SELECT FROM family_guardianship g JOIN family_contactpoint c ON c.guardian_id = g.guardian_id
                     WHERE g.student_id = child AND g.active AND c.active AND c.do_not_publish)
                   OR {ordered.format("hide_location")}; END""",
        ),
        made(
            "portal_kept_away(adult bigint, child bigint)",
            "boolean",
            f"""BEGIN RETURN EXISTS (SELECT FROM family_guardianship g WHERE g.guardian_id = adult AND g.student_id = child
                     AND g.active AND (g.access_restriction <> 'none' OR (
                       g.closed_from <= portal_today() AND coalesce(g.closed_until, portal_today()) >= portal_today())))
                   OR EXISTS (SELECT FROM family_contactpoint c WHERE c.guardian_id = adult AND c.active AND c.do_not_publish)
                   OR {ordered.format("hide_adults")};
               END""",
        ),
        made(
            "portal_session(key text, OUT s people_session, OUT p people_person)",
            "SETOF record",
            """BEGIN RETURN QUERY SELECT x, y FROM people_session x LEFT JOIN people_person y ON y.id = x.person_id
                 WHERE x.session_key = key; END""",
        ),
        made(
            "portal_settled()",
            "bigint",
            "BEGIN RETURN coalesce((SELECT max(id) FROM people_setting), 0); END",
        ),
        made(
            "portal_bare(t regclass)",
            "void",
            """DECLARE filled boolean; told jsonb; part jsonb; BEGIN
                 EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t) INTO filled;
                 IF filled OR EXISTS (SELECT FROM family_link) OR NOT has_table_privilege('portal_importer', t, 'INSERT')
                   THEN RAISE 'only an empty table that imports fill, before the first family'; END IF;
                 EXECUTE format('ALTER TABLE %s SET (fillfactor = 95)', t);  -- so that a changed row stays in its page, and no index moves
                 SELECT jsonb_agg(jsonb_build_array(conname, pg_get_constraintdef(oid)) ORDER BY contype DESC, oid) INTO told
                   FROM pg_constraint WHERE conrelid = t AND contype IN ('u', 'f');
                 SELECT jsonb_build_object('keys', coalesce(told, '[]'), 'indexes', coalesce(jsonb_agg(
                   jsonb_build_array(c.relname, pg_get_indexdef(indexrelid)) ORDER BY indexrelid), '[]')) INTO told
                   FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = t AND NOT indisprimary
                     AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid);
                 FOR part IN SELECT jsonb_array_elements(told->'keys') LOOP
                   EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', t, part->>0); END LOOP;
                 FOR part IN SELECT jsonb_array_elements(told->'indexes') LOOP
                   EXECUTE format('DROP INDEX %I', part->>0); END LOOP;
                 EXECUTE format('COMMENT ON TABLE %s IS %L', t, told);  -- where the importer cannot write
               END""",
        ).replace("STABLE", "VOLATILE", 1),
        made(
            "portal_dressed(t regclass)",
            "void",
            """DECLARE told jsonb := obj_description(t, 'pg_class')::jsonb; part jsonb; BEGIN
                 FOR part IN SELECT jsonb_array_elements(told->'indexes') LOOP EXECUTE part->>1; END LOOP;
                 FOR part IN SELECT jsonb_array_elements(told->'keys') LOOP
                   EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', t, part->>0, part->>1); END LOOP;
                 EXECUTE format('COMMENT ON TABLE %s IS NULL', t);
               END""",
        ).replace("STABLE", "VOLATILE", 1),
        made(
            "portal_measured(t regclass)",
            "void",
            """BEGIN
                 IF NOT has_table_privilege('portal_importer', t, 'INSERT') THEN RAISE 'only a table that imports fill'; END IF;
                 EXECUTE format('ANALYZE %s', t);
               END""",
        ).replace("STABLE", "VOLATILE", 1),
    ]


# The owner sees rows while migrating, which says so, and inside one of the functions above: there somebody else is
# logged in, or the asker's role stands in `role`. A portal that serves as the owner by mistake sees none.
AT_WORK = "current_setting('app.kind', true) = 'owner' OR session_user <> current_user OR current_setting('role') <> 'none'"

NAMES = (
    "portal_children(text[])",
    "portal_everywhere(text[])",
    "portal_schools(text[])",
    "portal_about()",
    "portal_adults()",
    "portal_confidential(bigint)",
    "portal_kept_away(bigint, bigint)",
)


def build(alias: str = "owner") -> None:
    """Makes the database's roles, functions, policies and rights what the models say. Quick when they are."""
    wanted = tables()
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        do = cursor.execute
        do("SELECT pg_advisory_xact_lock(hashtext('portal wall'))")
        do("SELECT current_user, current_setting('server_version_num')::int, current_schema()")
        owner, version, schema = cursor.fetchone()
        login = str(settings.DATABASES["default"]["USER"] or owner)
        _roles(cursor, owner, login, version)
        for function in functions(schema):
            do(function)
        kinds = ", ".join(map(role, KINDS))
        bare = "portal_bare(regclass), portal_dressed(regclass), portal_measured(regclass)"
        do(
            f"REVOKE ALL ON FUNCTION portal_stands(family_guardianship, date), portal_session(text), portal_settled(), {bare}, {', '.join(NAMES)} FROM PUBLIC"
        )
        do(f"GRANT EXECUTE ON FUNCTION {bare} TO {role('importer')}")
        do(f"GRANT EXECUTE ON FUNCTION portal_session(text), portal_settled() TO {APP}, {q(login)}, {kinds}")
        do(f"GRANT EXECUTE ON FUNCTION {', '.join(NAMES)} TO {kinds}")
        _policies(cursor, wanted, owner)
        _grants(cursor, wanted, owner, login, schema)


def _roles(cursor, owner: str, login: str, version: int) -> None:  # type: ignore[no-untyped-def]
    cursor.execute("SELECT rolname FROM pg_roles")
    there = {row[0] for row in cursor.fetchall()}
    for name_ in (APP, *map(role, KINDS)):
        if name_ not in there:
            # Roles are the whole server's: another database of it may make the same one at this moment.
            cursor.execute(
                f"DO $$ BEGIN CREATE ROLE {name_} NOLOGIN;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
    # Nobody inherits what a kind may do; who wants it has to say so.
    how = " WITH INHERIT FALSE, SET TRUE" if version >= 160000 else ""
    cursor.execute(
        "SELECT r.rolname, m.rolname FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid"
        " JOIN pg_roles m ON m.oid = a.member" + (" WHERE a.set_option" if version >= 160000 else "")
    )
    given = set(cursor.fetchall())
    for name_ in (APP, *map(role, KINDS)):
        for member in {owner, login}:
            if (name_, member) not in given:
                cursor.execute(f"GRANT {name_} TO {q(member)}{how}")


def _policies(cursor, wanted: list[Table], owner: str) -> None:  # type: ignore[no-untyped-def]
    """Policies carry the hash of their text; those that are missing, changed or no longer meant are made anew."""
    cursor.execute(
        """SELECT c.relname, p.polname, obj_description(p.oid, 'pg_policy') FROM pg_policy p
           JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = current_schema()::regnamespace"""
    )
    there = {(table, policy): told for table, policy, told in cursor.fetchall()}
    cursor.execute(
        """SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
           AND relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity"""
    )
    walled = {row[0] for row in cursor.fetchall()}
    meant = {}
    for table in wanted:
        if table.open:
            continue
        if table.name not in walled:
            cursor.execute(f"ALTER TABLE {q(table.name)} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        at_work = f"CREATE POLICY at_work ON {q(table.name)} TO {q(owner)} USING ({AT_WORK})"
        meant[table.name, "at_work"] = at_work
        meant |= {(table.name, policy.name): policy.sql for policy in table.policies}
    for (name_, policy), told in there.items():
        if meant.get((name_, policy)) is None or told != _hash(meant[name_, policy]):
            cursor.execute(f"DROP POLICY {q(policy)} ON {q(name_)}")
            there = {key: value for key, value in there.items() if key != (name_, policy)}
    for (name_, policy), sql in meant.items():
        if (name_, policy) not in there:
            cursor.execute(sql)
            cursor.execute(f"COMMENT ON POLICY {q(policy)} ON {q(name_)} IS '{_hash(sql)}'")
    for name_ in walled & {table.name for table in wanted if table.open}:
        cursor.execute(f"ALTER TABLE {q(name_)} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")


def _grants(cursor, wanted: list[Table], owner: str, login: str, schema: str) -> None:  # type: ignore[no-untyped-def]
    """Rights table by table. Whoever asks may read every table; the policies say which rows, mostly none."""
    kinds = [role(kind) for kind in KINDS]
    nobody = [APP] + ([q(login)] if login != owner else [])
    everybody = ", ".join([*kinds, *nobody])
    narrow = {role(kind) for kind in ("reporter", "auditor")}
    wide = ", ".join(kind for kind in [*kinds, *nobody] if kind not in narrow)
    cursor.execute(f"GRANT USAGE ON SCHEMA {q(schema)} TO {everybody}")
    cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {q(schema)} TO {', '.join(kinds)}")
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
    )
    there = {row[0] for row in cursor.fetchall()}
    for table in wanted:
        if table.name not in there:  # its migration is still to come
            continue
        cursor.execute(f"REVOKE ALL ON {q(table.name)} FROM {everybody}")
        cursor.execute(f"GRANT SELECT ON {q(table.name)} TO {wide}")
        for policy in table.policies:
            cursor.execute(policy.grant)
        for command in table.asked_of_a_person:  # what no policy shows stays, and then the account does too
            cursor.execute(f"GRANT {command} ON {q(table.name)} TO {role('door')}, {role('worker')}")
        if table.open:
            of_all = {
                letter
                for letter in COMMANDS
                if all((kind, letter) in {(p.kind, p.letter) for p in table.policies} for kind in KINDS)
            }
            commands = ", ".join(sorted({COMMANDS[letter] for letter in of_all}))
            cursor.execute(f"GRANT {commands} ON {q(table.name)} TO {', '.join(nobody)}")
    for name_ in sorted(there):
        letters = next((said for start, said in LIBRARIES.items() if name_.startswith(start)), None)
        if letters:
            commands = ", ".join(COMMANDS[letter] for letter in letters)
            cursor.execute(f"GRANT {commands} ON {q(name_)} TO {everybody}")
    cursor.execute(
        """SELECT format('%I', relname) FROM pg_class WHERE relnamespace = current_schema()::regnamespace
           AND relkind = 'S' AND relname LIKE 'procrastinate%'"""
    )
    for (sequence,) in cursor.fetchall():
        cursor.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO {everybody}")


def _hash(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()[:16]
