"""Groups of students who share a day, and the classes and teachers they have.

In elementary school a group is a homeroom with one teacher. In secondary school it moves through six periods; each
next group of a school meets its subjects one period later, so a teacher has up to five of them without a clash.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

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

    def session(self, each: "Class", day: date) -> str:
        """The marking period of a secondary class, or the trimester of an elementary one, that holds `day`."""
        if each.terms == TERMS:
            return f"{self.year.ends}-t{1 + sum(day > end for end in self.year.trimesters)}"
        return f"{self.year.ends}-{each.terms[0]}-{1 + sum(day > end for end in self.year.marking_periods[each.half])}"


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

    @property
    def all_classes(self) -> tuple[Class, ...]:
        """The classes in which work is done: not the homeroom."""
        return tuple(each for half in self.classes for each in half)


class _Staffroom:
    """The teachers of one school, each made when first needed."""

    def __init__(self, school: School, seed: int) -> None:
        self.school = school
        self.draw = draw_for(seed, "teaching", school.id)
        self.numbers = count(int(school.code) * 1000)
        self.teachers: dict[tuple[str, int], Staff] = {}

    def teacher(self, subject: str, number: int) -> Staff:
        key = (subject, number)
        if key not in self.teachers:
            is_ortiz = self.school == cast.LINCOLN and key == ("Mathematics", 0)
            self.teachers[key] = (
                cast.ORTIZ if is_ortiz else new_staff("teacher", self.school, self.numbers, self.draw)
            )
        return self.teachers[key]


def groups(school: School, students: list[Student], clock: Clock, seed: int) -> Iterator[Group]:
    """The groups of one school. The first student of a grade is in its first group."""
    is_elementary = school.level == "elementary"
    size = HOMEROOM_SIZE if is_elementary else GROUP_SIZE
    staffroom = _Staffroom(school, seed)
    number = 0
    for grade in LEVELS[school.level]:
        members = [student for student in students if student.grade == grade]
        shares = -(-len(members) // size)
        for share in range(shares):
            before = len(staffroom.teachers)
            homeroom: Class | None = None
            classes: tuple[tuple[Class, ...], ...]
            if is_elementary:
                homeroom, *subjects = _day_in_one_room(staffroom, grade, number, clock)
                classes = (tuple(subjects),)
            else:
                classes = _day_of_periods(staffroom, grade, number, share, clock)
            new_teachers = tuple(staffroom.teachers.values())[before:]
            yield Group(school, grade, number, tuple(members[share::shares]), new_teachers, homeroom, classes)
            number += 1


def _day_in_one_room(staffroom: _Staffroom, grade: str, number: int, clock: Clock) -> tuple[Class, ...]:
    """The homeroom first, then a class for each subject."""
    teacher, room = staffroom.teacher("homeroom", number), f"{number + 1}"
    courses = courses_of(grade)
    titles = [(f"Room {room}", courses[0]), *((course.subject, course) for course in courses)]
    return tuple(
        Class(
            f"class-{staffroom.school.code}-{number}-{place}", title, course, 0, None, room, teacher, TERMS,
            clock.year.days, ELEMENTARY_WEIGHTS,
        )
        for place, (title, course) in enumerate(titles)
    )  # fmt: skip


def _day_of_periods(
    staffroom: _Staffroom, grade: str, number: int, share: int, clock: Clock
) -> tuple[tuple[Class, ...], ...]:
    teachers = [staffroom.teacher(subject, number // 5) for subject in SUBJECTS]
    weights = [staffroom.draw.choice(WEIGHTS) for _ in SUBJECTS]
    return tuple(
        tuple(
            Class(
                f"class-{staffroom.school.code}-{number}-{place}-{'AB'[half]}",
                course.title,
                course,
                half,
                (place + number) % len(PERIODS) + 1,
                f"{100 + place * 20 + number // 5}",
                teachers[place],
                (("fall", "spring")[half],),
                clock.year.semesters[half],
                weights[place],
            )
            for place, course in enumerate(courses_of(grade, share))
        )
        for half in range(clock.semesters)
    )
