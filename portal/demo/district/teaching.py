"""Groups of students who share a day, and the classes and teachers they have.

In elementary school a group is a homeroom with one teacher. In secondary school it moves through six periods; each
next group of a school meets its subjects one period later, so a teacher has up to five of them without a clash.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.demo.district import cast
from portal.demo.district.courses import ELEMENTARY_WEIGHTS, SUBJECTS, WEIGHTS, Category, Course, courses_of
from portal.demo.district.draw import draw_for
from portal.demo.district.people import LEVELS, School, Staff, Student
from portal.demo.district.population import new_staff
from portal.demo.district.year import SchoolYear

HOMEROOM_SIZE = 26
GROUP_SIZE = 32
PERIODS = tuple(range(1, len(SUBJECTS) + 1))
TERMS = ("t1", "t2", "t3")


@dataclass(frozen=True, slots=True)
class Clock:
    """The bundle's day, seen from its school year."""

    year: SchoolYear
    today: date
    taught: int  # days of instruction begun

    @property
    def is_school_day(self) -> bool:
        return self.today in self.year.days

    @property
    def semesters(self) -> int:
        """How many semesters have schedules: the spring ones come out when the fall has ended."""
        return 1 if self.today <= self.year.semesters[0][-1] else 2


@dataclass(frozen=True, slots=True)
class Class:
    id: str
    title: str
    course: Course
    half: int  # 0 fall or all year, 1 spring
    period: int | None
    room: str
    teacher: Staff
    terms: tuple[str, ...]  # sessions, without the year
    days: tuple[date, ...]
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Group:
    school: School
    grade: str
    number: int  # within the school
    students: tuple[Student, ...]
    teachers: tuple[Staff, ...]  # new with this group, to be written once
    homeroom: Class | None
    classes: tuple[tuple[Class, ...], ...]  # by semester; one entry for an elementary school

    @property
    def is_elementary(self) -> bool:
        return self.homeroom is not None


def groups(school: School, students: list[Student], clock: Clock, seed: int) -> Iterator[Group]:
    """The groups of one school. The first students of a grade stay in its first groups."""
    draw = draw_for(seed, "teaching", school.id)
    size = HOMEROOM_SIZE if school.level == "elementary" else GROUP_SIZE
    number = 0
    staff: dict[tuple[str, int], Staff] = {}
    employee_numbers = (int(school.code) * 1000 + place for place in range(1000))
    for grade in LEVELS[school.level]:
        members = [student for student in students if student.grade == grade]
        shares = -(-len(members) // size)
        for share in range(shares):
            mine = tuple(members[share::shares])
            build = _homeroom if school.level == "elementary" else _periods
            known = set(staff)
            homeroom, classes = build(school, grade, number, share, clock, staff, employee_numbers, draw)
            yield Group(
                school,
                grade,
                number,
                mine,
                tuple(staff[key] for key in staff if key not in known),
                homeroom,
                classes,
            )
            number += 1


def _homeroom(school, grade, number, share, clock, staff, employee_numbers, draw):  # type: ignore[no-untyped-def]
    teacher = staff.setdefault(("homeroom", number), new_staff("teacher", school, employee_numbers, draw))
    room = f"{number + 1}"
    made = tuple(
        Class(
            f"class-{school.code}-{number}-{place}", title, course, 0, None, room, teacher, TERMS, clock.year.days,
            ELEMENTARY_WEIGHTS,
        )
        for place, (title, course) in enumerate(
            [(f"Room {room}", courses_of(grade)[0]), *((course.subject, course) for course in courses_of(grade))]
        )
    )  # fmt: skip
    return made[0], (made[1:],)


def _periods(school, grade, number, share, clock, staff, employee_numbers, draw):  # type: ignore[no-untyped-def]
    teachers = []
    for subject in SUBJECTS:
        key = (subject, number // 5)
        if key not in staff:
            is_ortiz = school is cast.LINCOLN and key == ("Mathematics", 0)
            staff[key] = cast.ORTIZ if is_ortiz else new_staff("teacher", school, employee_numbers, draw)
        teachers.append(staff[key])
    weights = [draw.choice(WEIGHTS) for _ in SUBJECTS]
    classes = tuple(
        tuple(
            Class(
                f"class-{school.code}-{number}-{place}-{'AB'[half]}",
                course.title,
                course,
                half,
                (place + number) % len(PERIODS) + 1,
                str(100 + SUBJECTS.index(course.subject) * 20 + number // 5),
                teachers[place],
                (("fall", "spring")[half],),
                clock.year.semesters[half],
                weights[place],
            )
            for place, course in enumerate(courses_of(grade, share))
        )
        for half in range(clock.semesters)
    )
    return None, classes
