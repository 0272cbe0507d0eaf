"""The roster: which column of the OneRoster files and of the people's companion files becomes what.

OneRoster 1.1 and 1.2 differ where users and their roles stand; both are brought to one shape here, in SQL over the
staged files, so that everything after this module knows only one. Source: OneRoster CSV 1.1 and 1.2.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils.timezone import localdate

from portal.family.models import ContactPoint, Guardian, Guardianship
from portal.record import contents
from portal.record.feed import Column, Feed, Kind
from portal.record.gradebook import feed as gradebook
from portal.sis.load import Load, q
from portal.sis.shapes import literal
from portal.students.models import (
    Course,
    Employee,
    Enrollment,
    Job,
    Org,
    SchoolClass,
    SchoolDay,
    Student,
    StudentAlias,
    Teaching,
    Term,
)

EMPLOYEES = (
    "administrator", "aide", "counselor", "districtAdministrator", "principal", "proctor", "siteAdministrator",
    "systemAdministrator", "teacher",
)  # fmt: skip
GUARDIANS = ("guardian", "parent", "relative")
ROLES = ("student", *EMPLOYEES, *GUARDIANS)
YES = {"true": ("true",)}

ORGS = Feed(
    file="orgs.csv",
    into=Org,
    companion=False,
    columns=(
        Column("name", "name", required=True),
        Column("type", "type", Kind.CODE, required=True, codes=("department", "school", "district", "local", "state", "national")),
        Column("identifier", "identifier"),
        Column("parentSourcedId", "parent", Kind.REFERENCE, to=Org),
        Column("metadata.phone", "phone", longest=20),
        Column("address", "address"),  # of metadata.address1, city and postCode
    ),
)  # fmt: skip

SESSIONS = Feed(
    file="academicSessions.csv",
    into=Term,
    companion=False,
    columns=(
        Column("title", "title", required=True),
        Column(
            "type",
            "type",
            Kind.CODE,
            required=True,
            codes=("gradingPeriod", "semester", "schoolYear", "term"),
        ),
        Column("startDate", "begins", Kind.DAY, required=True),
        Column("endDate", "ends", Kind.LAST_DAY, required=True),
        Column("parentSourcedId", "parent", Kind.REFERENCE, to=Term),
        Column("schoolYear", "school_year", Kind.WHOLE, required=True),
    ),
    check=(("begins <= ends", "ends_before_it_begins"),),
)

COURSES = Feed(
    file="courses.csv",
    into=Course,
    companion=False,
    columns=(
        Column("title", "title", required=True),
        Column("courseCode", "code"),
        Column("orgSourcedId", "org", Kind.REFERENCE, required=True, to=Org),
    ),
)

CLASSES = Feed(
    file="classes.csv",
    into=SchoolClass,
    companion=False,
    columns=(
        Column("title", "title", required=True),
        Column("classCode", "code"),
        Column("classType", "type", Kind.CODE, required=True, codes=("homeroom", "scheduled")),
        Column("location", "location"),
        Column("periods", "periods", longest=100),
        Column("courseSourcedId", "course", Kind.REFERENCE, required=True, to=Course),
        Column("schoolSourcedId", "school", Kind.REFERENCE, required=True, to=Org),
        Column("termSourcedIds", "terms", Kind.REFERENCES, required=True, to=Term),
    ),
)

STUDENTS = Feed(
    file="users.csv",
    into=Student,
    companion=False,
    where={"student": ("true",)},
    names="student_id",
    columns=(
        Column("number", "student_id", Kind.UPPER, required=True, longest=40),  # identifier, or the sourcedId
        Column("givenName", "given_name"),
        Column("middleName", "middle_name"),
        Column("familyName", "family_name"),
        Column("grades", "grade", Kind.GRADE),
        Column("school", "school", Kind.REFERENCE, to=Org),
    ),
)

STAFF = Feed(
    file="users.csv",
    into=Employee,
    companion=False,
    where={"employee": ("true",)},
    columns=(
        Column("givenName", "given_name"),
        Column("familyName", "family_name"),
        Column("email", "email", longest=254),
        Column("phone", "phone", longest=20),
    ),
)

ADULTS = Feed(
    file="users.csv",
    into=Guardian,
    companion=False,
    where={"guardian": ("true",)},
    columns=(
        Column("givenName", "given_name"),
        Column("familyName", "family_name"),
        Column("email", "email", longest=254),
        Column("phone", "phone", longest=30),
    ),
)

JOBS = Feed(
    file="roles.csv",
    into=Job,
    companion=False,
    where={"role": EMPLOYEES},
    columns=(
        Column("userSourcedId", "employee", Kind.REFERENCE, required=True, to=Employee),
        Column("role", "role", Kind.CODE, required=True, codes=EMPLOYEES),
        Column("orgSourcedId", "org", Kind.REFERENCE, required=True, to=Org),
        Column("beginDate", "begins", Kind.DAY),
        Column("endDate", "ends", Kind.LAST_DAY),
    ),
)

BIRTH_DATES = Feed(
    file="demographics.csv",
    into=Student,
    companion=False,
    completes=True,
    columns=(Column("birthDate", "birth_date", Kind.DAY),),
)

ENROLLMENTS = Feed(
    file="enrollments.csv",
    into=Enrollment,
    companion=False,
    where={"role": ("student",)},
    columns=(
        Column(
            "userSourcedId", "student", Kind.REFERENCE, required=True, to=Student, among=(Employee, Guardian)
        ),
        Column("classSourcedId", "school_class", Kind.REFERENCE, required=True, to=SchoolClass),
        Column("beginDate", "begins", Kind.DAY),
        Column("endDate", "ends", Kind.LAST_DAY),
    ),
    check=(("begins <= ends", "ends_before_it_begins"),),
)

TEACHING = Feed(
    file="enrollments.csv",
    into=Teaching,
    companion=False,
    where={"role": ("teacher",)},
    columns=(
        Column(
            "userSourcedId", "employee", Kind.REFERENCE, required=True, to=Employee, among=(Student, Guardian)
        ),
        Column("classSourcedId", "school_class", Kind.REFERENCE, required=True, to=SchoolClass),
        Column("primary", "primary", Kind.YES_NO),
        Column("beginDate", "begins", Kind.DAY),
        Column("endDate", "ends", Kind.LAST_DAY),
    ),
    check=(("begins <= ends", "ends_before_it_begins"),),
)

GUARDIANSHIPS = Feed(
    file="guardianships.csv",
    into=Guardianship,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("guardianSourcedId", "guardian", Kind.REFERENCE, required=True, to=Guardian, among=(Student, Employee)),
        Column("relationship", "relationship", Kind.CODE, required=True, codes=Guardianship.Relationship.values),
        Column("educationalRights", "educational_rights", Kind.CODE, required=True,
               codes=Guardianship.Rights.values, otherwise=Guardianship.Rights.NONE),
        Column("accessRestriction", "access_restriction", Kind.CODE, required=True,
               codes=Guardianship.Restriction.values, otherwise=Guardianship.Restriction.NO_RECORDS),
        Column("legalGuardian", "legal_guardian", Kind.YES_NO),
        Column("livesWith", "lives_with", Kind.YES_NO),
        Column("receivesMail", "receives_mail", Kind.YES_NO),
        Column("mayPickUp", "may_pick_up", Kind.YES_NO),
        Column("interpreterNeeded", "interpreter_needed", Kind.YES_NO),
        Column("contactPriority", "contact_priority", Kind.WHOLE),
        Column("basisDocument", "basis_document", longest=20),
        Column("beginDate", "begins", Kind.DAY),
        Column("endDate", "ends", Kind.DAY),
    ),
)  # fmt: skip

LANGUAGES = Feed(
    file="guardianships.csv",
    into=Guardian,
    completes=True,
    columns=(Column("language", "language", longest=10),),
)

CONTACT_POINTS = Feed(
    file="contactPoints.csv",
    into=ContactPoint,
    where={"ofFamily": ("true",)},
    columns=(
        Column("userSourcedId", "guardian", Kind.REFERENCE, required=True, to=Guardian, among=(Student,)),
        Column(
            "studentSourcedId", "student", Kind.REFERENCE, to=Student
        ),  # the same id, unless it is an adult's
        Column("kind", "kind", Kind.CODE, required=True, codes=ContactPoint.Kind.values),
        Column("value", "value", required=True),
        Column("line2", "line2"),
        Column("city", "city", longest=100),
        Column("state", "state", longest=50),
        Column("postalCode", "postal_code", longest=20),
        Column("isPrimary", "is_primary", Kind.YES_NO),
        Column("doNotPublish", "do_not_publish", Kind.YES_NO),
    ),
)

ALIASES = Feed(
    file="studentAliases.csv",
    into=StudentAlias,
    columns=(
        Column("studentSourcedId", "student", Kind.REFERENCE, required=True, to=Student),
        Column("alias", "alias", Kind.UPPER, required=True, longest=40),
    ),
)

CALENDAR = Feed(
    file="calendarDays.csv",
    into=SchoolDay,
    columns=(
        Column("schoolSourcedId", "school", Kind.REFERENCE, required=True, to=Org),
        Column("date", "on", Kind.DAY, required=True),
        Column("kind", "kind", Kind.CODE, required=True, codes=SchoolDay.Kind.values),
        Column("title", "title"),
    ),
)


def feeds() -> tuple[Feed, ...]:
    """Every feed, in the order in which one may refer to another."""
    roster = (
        ORGS,
        SESSIONS,
        COURSES,
        CLASSES,
        STUDENTS,
        STAFF,
        ADULTS,
        JOBS,
        BIRTH_DATES,
        ENROLLMENTS,
        TEACHING,
    )
    people = (GUARDIANSHIPS, LANGUAGES, CONTACT_POINTS, ALIASES, CALENDAR)
    found = [*roster, *gradebook.feeds, *people]
    for section in contents.sections():
        found += [feed for feed in section.feeds if feed not in found]
    return tuple(found)


@dataclass(frozen=True)
class File:
    """What is read of one file.

    columns: those staged, besides the first three.  required: a file without them is refused.
    passed_over: words in a column that picks rows which are right, and of no use here.
    """

    columns: tuple[str, ...]
    required: tuple[str, ...]
    feeds: tuple[Feed, ...]
    passed_over: Mapping[str, tuple[str, ...]]


def files(kind: str, version: str) -> dict[str, File]:
    """What is read of a bundle of this kind and version, in the order it is taken in."""
    found: dict[str, File] = {}
    every = feeds()
    for feed in every:
        if feed.companion != (kind == "companion"):
            continue
        mine = tuple(each for each in every if each.file == feed.file)
        read = _STAGED.get((feed.file, version)) or _STAGED.get((feed.file, ""))
        columns = dict.fromkeys(column.name for each in mine for column in each.columns)
        required = dict.fromkeys(column.name for each in mine for column in each.columns if column.required)
        if read:
            columns, required = dict.fromkeys(read[0]), dict.fromkeys(read[1])
        elif feed.where:
            columns |= dict.fromkeys(feed.where)
            required |= dict.fromkeys(feed.where)
        found.setdefault(
            feed.file,
            File(tuple(columns), ("sourcedId", *required), mine, _PASSED_OVER.get(feed.file, {})),
        )
    return found


_PERSON = (
    "givenName",
    "middleName",
    "familyName",
    "identifier",
    "email",
    "phone",
    "sms",
    "agentSourcedIds",
    "grades",
)
_NAMES = ("givenName", "familyName")

# Files whose staged columns are not those of their feeds, because `shaped` makes the feeds' columns of them.
_STAGED: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ("orgs.csv", ""): (
        ("name", "type", "identifier", "parentSourcedId", "metadata.phone", "metadata.address1", "metadata.city",
         "metadata.postCode"),
        ("name", "type"),
    ),
    ("users.csv", "1.1"): (("role", "orgSourcedIds", *_PERSON), ("role", "orgSourcedIds", *_NAMES)),
    ("users.csv", "1.2"): (("primaryOrgSourcedId", *_PERSON), _NAMES),
    ("roles.csv", "1.2"): (
        ("userSourcedId", "roleType", "role", "orgSourcedId", "beginDate", "endDate"),
        ("userSourcedId", "role", "orgSourcedId"),
    ),
    ("contactPoints.csv", ""): (
        ("userSourcedId", "kind", "value", "line2", "city", "state", "postalCode", "isPrimary", "doNotPublish"),
        ("userSourcedId", "kind", "value"),
    ),
    ("guardianships.csv", ""): (
        (*(column.name for column in GUARDIANSHIPS.columns), "language"),
        tuple(column.name for column in GUARDIANSHIPS.columns if column.required),
    ),
}  # fmt: skip
_PASSED_OVER: dict[str, dict[str, tuple[str, ...]]] = {
    "enrollments.csv": {"role": ("administrator", "proctor", "aide")},
    "roles.csv": {"role": ("student", *GUARDIANS)},
}


def shaped(
    file: str, version: str, table: str, roles: str | None, roles_mode: str
) -> tuple[str, dict[str, str]] | None:
    """SQL that gives a staged file the columns its feeds ask for, with the staged column each of them comes from.

    roles: the staging table of roles.csv.  None for a file that has them already.
    """
    if file == "orgs.csv":
        address = "concat_ws(', ', s.\"metadata.address1\", nullif(concat_ws(' ', s.\"metadata.city\", s.\"metadata.postCode\"), ''))"
        return f"SELECT s.*, nullif({address}, '') AS address FROM {table} s", {
            "address": "metadata.address1"
        }
    if file == "users.csv":
        return (_users_1_1(table) if version == "1.1" else _users_1_2(table, roles, roles_mode)), _USERS
    if file == "contactPoints.csv":
        adult = _exists(Guardian, 's."userSourcedId"')
        child = _exists(Student, 's."userSourcedId"')
        worker = _exists(Employee, 's."userSourcedId"')
        return (
            f"""SELECT s.*, CASE WHEN NOT {adult} THEN s."userSourcedId" END AS "studentSourcedId",
                CASE WHEN {adult} OR {child} OR NOT {worker} THEN 'true' END AS "ofFamily" FROM {table} s""",
            {"ofFamily": "userSourcedId", "studentSourcedId": "userSourcedId"},
        )
    return None


def _exists(model: type[Model], sourced_id: str) -> str:
    return f"EXISTS (SELECT FROM {q(model._meta.db_table)} o WHERE o.source = %(source)s AND o.sourced_id = {sourced_id})"


_USERS = {
    "number": "sourcedId",
    "student": "sourcedId",
    "employee": "sourcedId",
    "guardian": "sourcedId",
    "school": "sourcedId",
}
_NUMBER = 'coalesce(s.identifier, s."sourcedId") AS number'


def _among(expression: str, words: tuple[str, ...]) -> str:
    return f"lower({expression}) IN ({', '.join(literal(word.lower()) for word in words)})"


def _first_school(orgs: str) -> str:
    """The first school of a list of organisations, or the first organisation."""
    return f"""CASE WHEN strpos({orgs}, ',') = 0 THEN {orgs} ELSE (
        SELECT btrim(item) FROM unnest(string_to_array({orgs}, ',')) WITH ORDINALITY list (item, n)
        LEFT JOIN {q(Org._meta.db_table)} o ON o.source = %(source)s AND o.sourced_id = btrim(item)
        ORDER BY (o.type = 'school') DESC NULLS LAST, n LIMIT 1) END"""


def _own_guardian(student: str) -> str:
    """A student of 18 or older who holds their own rights has a guardian's row; see `own_guardians`."""
    return f"""({student} AND {_exists(Guardian, 's."sourcedId"')})"""


def _users_1_1(table: str) -> str:
    return f"""SELECT s.*, {_NUMBER}, {_first_school('s."orgSourcedIds"')} AS school,
        ({_among("s.role", ("student",))})::text AS student,
        ({_among("s.role", EMPLOYEES)})::text AS employee,
        ({_among("s.role", GUARDIANS)} OR {_own_guardian(_among("s.role", ("student",)))})::text AS guardian
        FROM {table} s"""


def _users_1_2(table: str, roles: str | None, roles_mode: str) -> str:
    """In a file of changes, or without roles.csv, a user is also what they were before."""

    def before(model: type[Model]) -> str:
        return "false" if roles_mode == "bulk" else _exists(model, 's."sourcedId"')

    was = f"""(SELECT o.sourced_id FROM {q(Student._meta.db_table)} st JOIN {q(Org._meta.db_table)} o ON o.id = st.school_id
               WHERE st.source = %(source)s AND st.sourced_id = s."sourcedId")"""
    school = f's."primaryOrgSourcedId", {was}' if roles_mode != "bulk" else 's."primaryOrgSourcedId"'
    if roles is None:
        return f"""SELECT s.*, {_NUMBER}, coalesce({school}) AS school, ({before(Student)})::text AS student,
            ({before(Employee)})::text AS employee, ({before(Guardian)})::text AS guardian FROM {table} s"""
    return f"""SELECT s.*, {_NUMBER}, coalesce(r.school, {school}) AS school,
        (coalesce(r.student, false) OR {before(Student)})::text AS student,
        (coalesce(r.employee, false) OR {before(Employee)})::text AS employee,
        (coalesce(r.guardian, false) OR {before(Guardian)} OR {_own_guardian("coalesce(r.student, false)")})::text AS guardian
        FROM {table} s LEFT JOIN (
          SELECT r."userSourcedId" AS who, bool_or({_among("r.role", ("student",))}) AS student,
            bool_or({_among("r.role", EMPLOYEES)}) AS employee, bool_or({_among("r.role", GUARDIANS)}) AS guardian,
            (array_agg(r."orgSourcedId" ORDER BY (lower(r."roleType") = 'primary') DESC NULLS LAST, r.line)
              FILTER (WHERE {_among("r.role", ("student",))}))[1] AS school
          FROM {roles} r WHERE coalesce(lower(r.status), 'active') = 'active' GROUP BY 1
        ) r ON r.who = s."sourcedId" """


def jobs_1_1(table: str) -> str:
    """SQL that makes the rows of roles.csv out of the users of 1.1: one for each of their organisations."""
    return f"""SELECT s.line, s."sourcedId" || ':' || btrim(item) AS "sourcedId", s.status, s."sourcedId" AS "userSourcedId",
        s.role, btrim(item) AS "orgSourcedId", NULL::text AS "beginDate", NULL::text AS "endDate"
        FROM {table} s CROSS JOIN LATERAL unnest(string_to_array(s."orgSourcedIds", ',')) item
        WHERE btrim(item) <> '' AND {_among("s.role", ROLES)}"""


def own_guardians(load: Load, table: str) -> int:
    """Students of 18 or older who hold their own rights stand in guardianships.csv as their own guardian."""
    return load.do(
        f"""INSERT INTO {q(Guardian._meta.db_table)}
              (source, sourced_id, active, run_id, given_name, family_name, email, phone, language)
            SELECT DISTINCT ON (s.sourced_id) %(source)s, s.sourced_id, true, %(run)s::bigint, s.given_name, s.family_name, '', '', ''
            FROM {table} g JOIN {q(Student._meta.db_table)} s ON s.source = %(source)s AND s.sourced_id = g."guardianSourcedId"
            WHERE lower(g.relationship) = 'selfadult' AND g."studentSourcedId" = g."guardianSourcedId"
            ON CONFLICT (source, sourced_id) DO NOTHING"""
    )


def await_people(load: Load, file: str) -> None:
    """Birth dates of people nobody has told us of yet wait for them."""
    unknown = " AND ".join(f"NOT {_exists(model, 'c.sourced_id')}" for model in (Student, Employee, Guardian))
    load.do(
        f"""INSERT INTO waits SELECT %(file)s, c.sourced_id, 'sourcedId', c.sourced_id FROM checked c
            WHERE c.live_id IS NULL AND c.faults = '' AND NOT c.gone AND {unknown}""",
        file=file,
    )


def language_rows(table: str) -> str:
    """SQL that makes the guardians' languages out of the guardianships: the first one said of each."""
    return f"""SELECT DISTINCT ON (s."guardianSourcedId") s.line, s."guardianSourcedId" AS "sourcedId", NULL::text AS status,
        CASE lower(s.language) WHEN 'tl' THEN 'fil' ELSE lower(s.language) END AS language
        FROM {table} s WHERE length(s.language) <= 10 AND coalesce(lower(s.status), 'active') = 'active'
        ORDER BY s."guardianSourcedId", s."contactPriority", s.line"""


def tie_agents(load: Load, table: str, mode: str, note: Callable[[str, str, int], None]) -> int:
    """Users that name each other as agents become known contacts: one student and one adult. It opens nothing.

    A complete file ends what it no longer says; a file of changes only adds. Returns how many rows changed.
    """
    students, guardians = q(Student._meta.db_table), q(Guardian._meta.db_table)
    load.do("DROP TABLE IF EXISTS pg_temp.agents")
    load.do(
        f"""CREATE TEMP TABLE agents AS
            SELECT line, coalesce(s1.id, s2.id) AS student, CASE WHEN s1.id IS NULL THEN g1.id ELSE g2.id END AS guardian,
              (s1.id IS NULL AND s2.id IS NOT NULL AND g1.id IS NOT NULL)
              OR (s1.id IS NOT NULL AND s2.id IS NULL AND g2.id IS NOT NULL) AS pair
            FROM (SELECT s.line, s."sourcedId" AS said, btrim(item) AS named
                  FROM {table} s CROSS JOIN LATERAL unnest(string_to_array(s."agentSourcedIds", ',')) item
                  WHERE btrim(item) <> '' AND coalesce(lower(s.status), 'active') = 'active') a
            LEFT JOIN {students} s1 ON s1.source = %(source)s AND s1.sourced_id = said AND s1.active
            LEFT JOIN {students} s2 ON s2.source = %(source)s AND s2.sourced_id = named AND s2.active
            LEFT JOIN {guardians} g1 ON g1.source = %(source)s AND g1.sourced_id = said AND g1.active
            LEFT JOIN {guardians} g2 ON g2.source = %(source)s AND g2.sourced_id = named AND g2.active"""
    )
    for (line,) in load.ask("SELECT line FROM agents WHERE NOT pair ORDER BY line"):
        note("agentSourcedIds", "not_a_pair", line)
    changed = load.do(
        """INSERT INTO family_knowncontact (guardian_id, student_id, source, active, run_id)
           SELECT DISTINCT guardian, student, %(source)s, true, %(run)s FROM agents WHERE pair
           ON CONFLICT (guardian_id, student_id) DO UPDATE SET active = true, run_id = %(run)s
           WHERE NOT family_knowncontact.active"""
    )
    unsaid = "NOT EXISTS (SELECT FROM agents a WHERE a.pair AND a.guardian = k.guardian_id AND a.student = k.student_id)"
    over = f"""k.student_id IN (SELECT s.id FROM {students} s WHERE s.run_id = %(run)s AND NOT s.active)
               OR k.guardian_id IN (SELECT g.id FROM {guardians} g WHERE g.run_id = %(run)s AND NOT g.active)"""
    changed += load.do(
        f"""UPDATE family_knowncontact k SET active = false, run_id = %(run)s
            WHERE k.source = %(source)s AND k.active AND ({unsaid if mode == "bulk" else "false"} OR {over})"""
    )
    return changed


def settle_students(load: Load, *, all_of_them: bool) -> None:
    """When each student came to the school and left the district, as the enrollments tell it.

    Left: the student is gone from the roster, or every place in a class was given up before the class was over.
    all_of_them: otherwise those whose rows, places, classes or terms this run changed.
    """
    students, enrollments = q(Student._meta.db_table), q(Enrollment._meta.db_table)
    classes, terms = q(SchoolClass._meta.db_table), q(Term._meta.db_table)
    terms_of = q(SchoolClass.terms.through._meta.db_table)
    which = "true"
    if not all_of_them:
        load.do("DROP TABLE IF EXISTS pg_temp.unsettled")
        load.do(
            f"""CREATE TEMP TABLE unsettled AS SELECT id FROM {students} WHERE run_id = %(run)s
                UNION SELECT student_id FROM {enrollments} WHERE run_id = %(run)s
                UNION SELECT e.student_id FROM {enrollments} e JOIN {classes} c ON c.id = e.school_class_id
                  WHERE c.run_id = %(run)s
                UNION SELECT e.student_id FROM {enrollments} e JOIN {terms_of} ct ON ct.schoolclass_id = e.school_class_id
                  JOIN {terms} t ON t.id = ct.term_id WHERE t.run_id = %(run)s"""
        )
        load.do("ANALYZE unsettled")
        which = "{} IN (SELECT id FROM unsettled)"
    load.do(
        f"""WITH places AS (
              SELECT e.student_id, e.active, e.begins, c.school_id, max(t.ends) AS over, min(t.begins) AS start,
                least(coalesce(e.ends, max(t.ends)), CASE WHEN e.active THEN NULL ELSE (e.ended_at AT TIME ZONE %(zone)s)::date END) AS until
              FROM {enrollments} e
              JOIN {classes} c ON c.id = e.school_class_id
              LEFT JOIN {terms_of} ct ON ct.schoolclass_id = c.id
              LEFT JOIN {terms} t ON t.id = ct.term_id
              WHERE e.source = %(source)s AND {which.format("e.student_id")} GROUP BY e.id, c.id
            ), told AS (
              SELECT s.id,
                min(coalesce(p.begins, p.start)) FILTER (WHERE p.active AND p.school_id = s.school_id) AS entered,
                CASE WHEN NOT s.active THEN least(max(p.until), (s.ended_at AT TIME ZONE %(zone)s)::date)
                     WHEN count(p.*) > 0 AND NOT bool_or(p.active AND (p.until IS NULL OR p.until >= %(today)s OR p.until >= p.over))
                     THEN max(p.until) END AS gone
              FROM {students} s LEFT JOIN places p ON p.student_id = s.id
              WHERE s.source = %(source)s AND {which.format("s.id")} GROUP BY s.id
            )
            UPDATE {students} s SET entered_on = coalesce(told.entered, s.entered_on), left_on = told.gone,
              run_id = coalesce(nullif(%(run)s, 0), s.run_id)
            FROM told WHERE told.id = s.id
              AND (s.entered_on, s.left_on) IS DISTINCT FROM (coalesce(told.entered, s.entered_on), told.gone)""",
        today=localdate(load.at),
        zone=settings.TIME_ZONE,
    )


def settle_everybody() -> None:
    """A day that passed ends places without a change of any row, so all students are looked at once a day."""
    for source in Student.objects.values_list("source", flat=True).distinct():
        settle_students(Load(connection.cursor(), source, 0), all_of_them=True)
