"""A made-up school district, written as the two bundles a real one would send: OneRoster and companion files.

Everything is invented. The same arguments give the same bytes; memory stays that of one neighbourhood of schools.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from portal.demo.district import (
    attendance,
    care,
    cast,
    companion,
    daily,
    emergency,
    learn,
    marks,
    oneroster,
    population,
    work,
)
from portal.demo.district.bundle import Bundle, Row, zip_bundle
from portal.demo.district.courses import all_courses
from portal.demo.district.people import LEVELS, Address, Adult, School, Staff, Student, Tie
from portal.demo.district.population import REGIONS
from portal.demo.district.teaching import Clock, Group, groups
from portal.demo.district.year import school_year

__all__ = ["Version", "Written", "generate", "zip_bundle"]

Version = Literal["1.1", "1.2"]
DISTRICT = "district"
DISTRICT_NAME = "Sample Unified School District"


@dataclass(frozen=True)
class Written:
    oneroster: Path
    companion: Path
    rows: dict[str, int]  # by file name without .csv


def generate(folder: Path, students: int, seed: int, today: date, version: Version = "1.2") -> Written:
    """Write `<folder>/oneroster/` and `<folder>/companion/` for the school year of `today`.

    students: how many; never fewer than the cast, which is in every bundle.
    today: records run up to this day. In summer the bundle is for the coming year and holds none yet.
    """
    year = school_year(today)
    clock = Clock(year, today, year.taught_by(today))
    columns = oneroster.COLUMNS[version]
    modes = dict.fromkeys(columns, "bulk")
    with (
        Bundle(folder / "oneroster", columns, oneroster.manifest(version, modes)) as roster,
        Bundle(folder / "companion", companion.COLUMNS, companion.manifest()) as extra,
    ):
        _write_district(roster, clock)
        _write_staff(roster, (cast.AVETISYAN,), version)
        for place in population.neighbourhoods(students, seed, year, today):
            _write_schools(roster, extra, place.schools, clock)
            _write_staff(roster, place.staff, version)
            _write_families(roster, extra, place.students, version)
            learn.write(extra, place.students, clock)
            daily.write(extra, place.schools, place.students, clock, seed)
            care.write(extra, place.students, clock)
            for school in place.schools:
                mine = [student for student in place.students if student.school == school.id]
                for group in groups(school, mine, clock, seed):
                    _write_staff(roster, group.teachers, version)
                    _write_classes(roster, group, clock)
                    attendance.write(extra, group, clock, seed)
                    for each in group.all_classes:
                        earned = work.write(roster, each, group, clock, seed)
                        marks.write_so_far(extra, each, group, earned, clock, seed)
                    marks.write_reports(extra, group, clock, seed)
        return Written(roster.folder, extra.folder, roster.rows | extra.rows)


def _write_district(roster: Bundle, clock: Clock) -> None:
    year = clock.year
    roster.write("orgs", [(DISTRICT, DISTRICT_NAME, "district", "0001", "")])
    roster.write(
        "orgs",
        [
            (_region(name), f"Region {name}", "local", f"{number:04d}", DISTRICT)
            for number, name in enumerate(REGIONS, 2)
        ],
    )
    whole = f"{year.ends}-year"
    sessions: list[Row] = [
        (whole, f"School year {year.name}", "schoolYear", year.days[0], year.days[-1], "", year.ends)
    ]
    for days, ends, term, title in zip(
        year.semesters,
        year.marking_periods,
        ("fall", "spring"),
        ("Fall semester", "Spring semester"),
        strict=True,
    ):
        sessions.append(
            (f"{year.ends}-{term}", f"{title} {year.name}", "semester", days[0], days[-1], whole, year.ends)
        )
        first = days[0]
        for number, (end, weeks) in enumerate(zip(ends, (5, 10, 15, 20), strict=True), 1):
            name = f"week {weeks}"
            sessions.append(
                (f"{year.ends}-{term}-{number}", f"{title} {year.name}, {name}", "gradingPeriod", first, end,
                 f"{year.ends}-{term}", year.ends)
            )  # fmt: skip
            first = min((day for day in year.days if day > end), default=end)
    first = year.days[0]
    for number, end in enumerate(year.trimesters, 1):
        sessions.append(
            (
                f"{year.ends}-t{number}",
                f"Trimester {number} {year.name}",
                "term",
                first,
                end,
                whole,
                year.ends,
            )
        )
        first = min((day for day in year.days if day > end), default=end)
    roster.write("academicSessions", sessions)
    for level in LEVELS:
        roster.write(
            "courses",
            [
                (f"course-{number}{half}", whole, f"{course.title}{title}", f"{int(number) + step}", ",".join(grades),
                 DISTRICT, course.subject, "")
                for number, (course, grades) in all_courses(level).items()
                for half, title, step in ((("", "", 0),) if level == "elementary" else (("A", " A", 0), ("B", " B", 1)))
            ],
        )  # fmt: skip


def _region(name: str) -> str:
    return f"region-{name.lower()}"


def _write_schools(roster: Bundle, extra: Bundle, schools: tuple[School, ...], clock: Clock) -> None:
    roster.write(
        "orgs",
        [(school.id, school.name, "school", school.code, _region(school.region)) for school in schools],
    )
    year = clock.year
    weekdays = sorted((*year.days, *(day for day in year.closed if day <= year.days[-1])))
    for school in schools:
        early = (
            year.minimum_days
            if school.level == "elementary"
            else {days[-1]: "Last day of the semester" for days in year.semesters}
        )
        extra.write(
            "calendarDays",
            [
                (f"{school.code}.{day}", school.id, day,
                 "noSchool" if day in year.closed else "minimumDay" if day in early else "instruction",
                 year.closed.get(day) or early.get(day, ""))
                for day in weekdays
            ],
        )  # fmt: skip


def _write_staff(roster: Bundle, staff: tuple[Staff, ...], version: Version) -> None:
    roster.write(
        "users",
        [
            _user(version, person.id, (person.school,), "teacher" if person.role == "teacher" else "administrator",
                  person.given, person.family, number=person.number, email=person.email)
            for person in staff
        ],
    )  # fmt: skip
    if version == "1.2":
        roster.write(
            "roles",
            [
                (f"role-{person.id}", person.id, "primary", person.role, "", "", person.school)
                for person in staff
            ],
        )


def _write_families(roster: Bundle, extra: Bundle, students: tuple[Student, ...], version: Version) -> None:
    adults: dict[str, Adult] = {}
    children: dict[str, list[tuple[Student, Tie]]] = {}
    for student in students:
        for tie in student.ties:
            adults[tie.adult.id] = tie.adult
            children.setdefault(tie.adult.id, []).append((student, tie))
    # Links are listed at one end only, and systems differ at which: here now one, now the other.
    by_parent = {adult for place, adult in enumerate(adults) if place % 5 == 4}
    users, roles, born, ties = [], [], [], []
    for student in students:
        agents = [tie.adult.id for tie in student.ties if tie.adult.id not in by_parent]
        users.append(
            _user(version, student.id, (student.school,), "student", student.given, student.family, student.middle,
                  student.student_id, agents=agents, grade=student.grade, preferred=student.preferred)
        )  # fmt: skip
        roles.append((f"role-{student.id}", student.id, "primary", "student", "", "", student.school))
        born.append((student.id, student.born))
        ties += [_guardianship(student, tie) for tie in student.ties]
        if student.rights_at_18:
            ties.append(
                (
                    f"{student.id}.self",
                    student.id,
                    student.id,
                    "selfAdult",
                    "full",
                    "none",
                    "true",
                    "true",
                    "",
                    "",
                    "",
                    1,
                )
            )
    for adult in adults.values():
        mine = children[adult.id]
        where = tuple(dict.fromkeys(student.school for student, _ in mine))
        role = {"mother": "parent", "father": "parent", "stepParent": "parent", "relative": "relative"}.get(
            mine[0][1].relationship, "guardian"
        )
        users.append(
            _user(version, adult.id, where, role, adult.given, adult.family, email=adult.email, sms=_as_dialed(adult.mobile),
                  phone=_as_dialed(adult.home or adult.mobile),
                  agents=[student.id for student, _ in mine] if adult.id in by_parent else [])
        )  # fmt: skip
        roles += [
            (
                f"role-{adult.id}-{number}",
                adult.id,
                "secondary" if number else "primary",
                role,
                "",
                "",
                school,
            )
            for number, school in enumerate(where)
        ]
        extra.write("contactPoints", _contact_points(adult))
    roster.write("users", users)
    if version == "1.2":
        roster.write("roles", roles)
    roster.write("demographics", born)
    extra.write("guardianships", ties)
    emergency.write(extra, students)
    extra.write(
        "studentAliases",
        [
            (f"{student.id}.alias", student.id, student.former_id, "Corrected")
            for student in students
            if student.former_id
        ],
    )


def _user(
    version: Version,
    sourced_id: str,
    orgs: tuple[str, ...],
    role: str,
    given: str,
    family: str,
    middle: str = "",
    number: str = "",
    email: str = "",
    sms: str = "",
    phone: str = "",
    agents: list[str] | None = None,
    grade: str = "",
    preferred: str = "",
) -> Row:
    person = (
        sourced_id,
        "",
        given,
        family,
        middle,
        number,
        email,
        sms,
        phone,
        ",".join(agents or ()),
        grade,
        "",
    )
    if version == "1.1":
        return (sourced_id, "true", ",".join(orgs), role, *person)
    return (sourced_id, "true", *person, "", preferred, "", "", orgs[0], "")


def _guardianship(student: Student, tie: Tie) -> Row:
    has_rights = tie.rights != "none"
    return (
        f"{student.id}.{tie.adult.id}", student.id, tie.adult.id, tie.relationship, tie.rights, tie.restriction,
        _bool(tie.relationship in ("mother", "father", "legalGuardian") and tie.rights == "full"),
        _bool(tie.lives_with), _bool(has_rights), _bool(tie.restriction == "none"), _bool(tie.interpreter),
        tie.priority, tie.adult.language, tie.basis,
    )  # fmt: skip


def _contact_points(adult: Adult) -> list[Row]:
    hidden = _bool(adult.do_not_publish)
    rows: list[Row] = []

    def place(kind: str, address: Address) -> None:
        rows.append(
            (f"{adult.id}.{kind}", adult.id, kind, address.street, address.unit, address.city, address.state,
             address.postal_code, _bool(kind == "homeAddress" or adult.address is None), hidden)
        )  # fmt: skip

    if adult.address:
        place("homeAddress", adult.address)
    if adult.mail:
        place("mailAddress", adult.mail)
    for kind, value in (
        ("mobile", adult.mobile),
        ("home", adult.home),
        ("work", adult.work),
        ("email", adult.email),
    ):
        if value:
            rows.append(
                (
                    f"{adult.id}.{kind}",
                    adult.id,
                    kind,
                    value,
                    "",
                    "",
                    "",
                    "",
                    _bool(kind in ("mobile", "email")),
                    hidden,
                )
            )
    return rows


def _write_classes(roster: Bundle, group: Group, clock: Clock) -> None:
    year = clock.year
    homeroom = (group.homeroom,) if group.homeroom else ()
    for each in (*homeroom, *group.all_classes):
        half = "" if group.is_elementary else "AB"[each.half]
        terms = ",".join(f"{year.ends}-{term}" for term in each.terms)
        roster.write(
            "classes",
            [
                (each.id, each.title, group.grade, f"course-{each.course.number}{half}",
                 f"{int(each.course.number) + each.half}-{group.number + 1}",
                 "homeroom" if each is group.homeroom else "scheduled", each.room, group.school.id, terms,
                 each.course.subject, "", each.period or "")
            ],
        )  # fmt: skip
        first, last = year.days.index(each.days[0]), year.days.index(each.days[-1])
        members: list[Row] = [
            (f"{each.id}.{each.teacher.id}", each.id, group.school.id, each.teacher.id, "teacher", "true",
             each.days[0], each.days[-1])
        ]  # fmt: skip
        for student in group.students:
            begins = max(first, student.joins)
            # Who has left by the bundle's day stopped on the day before.
            left = student.leaves is not None and student.leaves < clock.taught
            ends = min(last, student.leaves - 1) if left and student.leaves is not None else last
            if begins <= ends:
                members.append(
                    (f"{each.id}.{student.id}", each.id, group.school.id, student.id, "student", "false",
                     year.days[begins], year.days[ends])
                )  # fmt: skip
        roster.write("enrollments", members)


def _as_dialed(number: str) -> str:
    """`+12135550142` as `(213) 555-0142`."""
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"


def _bool(value: bool) -> str:
    return "true" if value else "false"
