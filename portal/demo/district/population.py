"""Who lives in the district: neighbourhoods of schools with their staff, students and the adults around them.

A neighbourhood is what is held in memory at once: one high school, one middle school and the elementary schools that
feed them. Families stay inside it, so a district of any size is written with the memory of one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from portal.demo.district import cast, names
from portal.demo.district.draw import draw_for
from portal.demo.district.people import GRADES, LEVELS, Adult, School, Staff, Student, Tie, level_of
from portal.demo.district.year import SchoolYear

REGIONS = ("East", "North", "South", "West")
# 400,000 students make a thousand schools: a high school, a middle school and five elementary schools to each piece.
NEIGHBOURHOOD = 2800  # students
ELEMENTARY_SIZE = 280  # students
_SHARE = (
    {"TK": 40, "KG": 70}
    | dict.fromkeys(GRADES[2:7], 73)
    | dict.fromkeys(GRADES[7:10], 74)
    | dict.fromkeys(GRADES[10:], 80)
)
_SIBLINGS = ((1, 2, 3, 4), (50, 33, 13, 4))
_FEW_SIBLINGS = (
    (1, 2, 3, 4),
    (87, 10, 2, 1),
)  # beyond the cast's neighbourhood: three adults to two students
_ABILITY = (((0.905, 0.99), (0.8, 0.9), (0.7, 0.8), (0.6, 0.7), (0.4, 0.6)), (36, 26, 20, 10, 8))  # A B C D F
_ABSENCE = (((0.0, 0.038), (0.042, 0.08), (0.08, 0.13), (0.13, 0.3)), (50, 25, 15, 10))
_NAME_PARTS = (
    [
        "Acorn",
        "Birch",
        "Canyon",
        "Cedar",
        "Copper",
        "Crescent",
        "Eagle",
        "Fern",
        "Granite",
        "Harbor",
        "Heron",
        "Juniper",
        "Laurel",
        "Meadow",
        "Mesa",
        "Orchard",
        "Pepper",
        "Poppy",
        "Quail",
        "Ridge",
        "Sage",
        "Silver",
        "Spring",
        "Summit",
        "Sunset",
        "Valley",
        "Walnut",
        "Willow",
    ],
    [
        "Avenue",
        "Bend",
        "Bluff",
        "Creek",
        "Gate",
        "Glen",
        "Grove",
        "Heights",
        "Hill",
        "Knoll",
        "Lane",
        "Park",
        "Point",
        "Springs",
        "Street",
        "Terrace",
        "Trail",
        "View",
    ],
)
_FIRST_CODE = {"elementary": 2102, "middle": 8102, "high": 8702}
_KIND = {"elementary": "Elementary", "middle": "Middle", "high": "High"}


@dataclass(frozen=True)
class Neighbourhood:
    schools: tuple[School, ...]
    staff: tuple[Staff, ...]  # principals and offices; teachers come with the classes
    students: tuple[Student, ...]


class _Numbers:
    """Running numbers of the whole district, so that no two people share one."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.student, self.legacy, self.adult, self.staff = count(1), count(), count(1), count(500001)
        self.code = {level: count(first) for level, first in _FIRST_CODE.items()}

    def student_id(self, number: int) -> str:
        """A Student ID of the modern form, beyond those of the cast."""
        serial = 210_000_000 + number * 613 + self.seed % 613
        return f"{serial // 1000:06d}X{serial % 1000:03d}"


def neighbourhoods(students: int, seed: int, year: SchoolYear, today: date) -> Iterator[Neighbourhood]:
    """The district in pieces. The cast lives in the first one, and comes even where `students` is fewer."""
    numbers = _Numbers(seed)
    pieces = max(1, -(-students // NEIGHBOURHOOD))
    for piece in range(pieces):
        size = students // pieces + (piece < students % pieces)
        draw = draw_for(seed, "people", piece)
        if piece == 0:
            known = tuple(replace(student, born=cast.born(student, today)) for student in cast.STUDENTS)
        else:
            known = ()
        grades = _grades(max(0, size - len(known)))
        schools = _schools(piece, grades, numbers, draw)
        staff = [person for person in cast.STAFF if piece == 0 and person.role != "teacher"]
        for school in schools:
            for role in ("principal", "siteAdministrator"):
                if not any(person.school == school.id and person.role == role for person in staff):
                    staff.append(new_staff(role, school, numbers.staff, draw))
        shapes, siblings = ((), _FEW_SIBLINGS) if piece else (names.SHAPES, _SIBLINGS)
        people = _families(grades, schools, year, numbers, draw, shapes, siblings)
        yield Neighbourhood(schools, tuple(staff), (*known, *people))


def new_staff(role: str, school: School, numbers: Iterator[int], draw: Random) -> Staff:
    """An invented employee. `numbers` gives the employee number."""
    culture = draw.choices(names.CULTURES, [culture.share for culture in names.CULTURES])[0]
    given, family, number = (
        draw.choice(culture.girls + culture.boys),
        draw.choice(culture.families),
        next(numbers),
    )
    email = names.mailbox(given, family, number).replace("@example.org", "@schools.example.org")
    return Staff(f"staff-{number}", given, family, role, school.id, email, str(number), role != "teacher")


def _grades(students: int) -> list[str]:
    """The grades of so many students, spread as in a real district."""
    grades: list[str] = []
    total, owed = sum(_SHARE.values()), 0.0
    for grade in GRADES:
        owed += students * _SHARE[grade] / total
        grades += [grade] * (round(owed) - len(grades))
    return grades


def _schools(piece: int, grades: list[str], numbers: _Numbers, draw: Random) -> tuple[School, ...]:
    elementary = sum(grade in LEVELS["elementary"] for grade in grades)
    wanted = {"elementary": max(1, -(-elementary // ELEMENTARY_SIZE)), "middle": 1, "high": 1}
    schools: list[School] = []
    for level, number in wanted.items():
        for place in range(number):
            if piece == 0 and place == 0:
                schools.append(next(school for school in cast.SCHOOLS if school.level == level))
                continue
            code = next(numbers.code[level])
            schools.append(
                School(f"school-{code}", str(code), _school_name(level, code), level, REGIONS[piece % 4])
            )
    return tuple(schools)


def _school_name(level: str, code: int) -> str:
    """A name no other school of the level has, for the first thousand of them."""
    turn, place = divmod(code - _FIRST_CODE[level], len(_NAME_PARTS[0]))
    new, second = divmod(turn, len(_NAME_PARTS[1]))
    return f"{'New ' * new}{_NAME_PARTS[0][place]} {_NAME_PARTS[1][second]} {_KIND[level]}"


def _families(
    grades: list[str],
    schools: tuple[School, ...],
    year: SchoolYear,
    numbers: _Numbers,
    draw: Random,
    shapes: tuple[tuple[str, str, str], ...],
    siblings: tuple[tuple[int, ...], tuple[int, ...]],
) -> Iterator[Student]:
    waiting = list(grades)
    draw.shuffle(waiting)
    by_level = {level: [school for school in schools if school.level == level] for level in LEVELS}
    shaped = iter(shapes)
    # One family of nine, for whoever draws the student switcher.
    sizes = iter((9,) if len(waiting) > 100 and shapes else ())
    weights = [culture.share for culture in names.CULTURES]
    while waiting:
        culture = draw.choices(names.CULTURES, weights)[0]
        shape = next(shaped, None)
        children = 1 if shape else next(sizes, 0) or draw.choices(*siblings)[0]
        family = shape[2] if shape else draw.choice(culture.families)
        girl = draw.random() < 0.5
        given = shape[0] if shape else draw.choice(culture.girls if girl else culture.boys)
        ties = _ties(family, given, culture, numbers, draw)
        elementary = draw.choice(by_level["elementary"])
        twins: dict[str, date] = {}
        for place in range(min(children, len(waiting))):
            if place:
                girl = draw.random() < 0.5
                given = draw.choice(culture.girls if girl else culture.boys)
            grade = waiting.pop()
            level = level_of(grade)
            born, student_id, number = _birth(grade, girl, year, numbers, draw)
            if grade in twins:  # a brother or sister in the same grade
                born, student_id = twins[grade], numbers.student_id(number)
            twins[grade] = born
            yield Student(
                f"student-{number}",
                given,
                family,
                grade,
                student_id,
                born,
                (elementary if level == "elementary" else by_level[level][0]).id,
                ties,
                middle=shape[1] if shape else draw.choice(("", "", *culture.girls[:1], *culture.boys[:1])),
                former_id=f"19{number % 10000:04d}X{number % 1000:03d}" if number % 211 == 0 else "",
                joins=draw.randrange(3, 60) if draw.random() < 0.03 else 0,
                leaves=draw.randrange(61, 175) if draw.random() < 0.01 else None,
                absence_rate=max(0.0, draw.uniform(*draw.choices(*_ABSENCE)[0])),
                ability=draw.uniform(*draw.choices(*_ABILITY)[0]),
            )


def _birth(
    grade: str, girl: bool, year: SchoolYear, numbers: _Numbers, draw: Random
) -> tuple[date, str, int]:
    """Birth date, Student ID and running number of a new student.

    Children of TK are four on 1 September, of kindergarten five, and so on. Who came before 2017 may have a legacy ID,
    `mmddyy`, a letter and a tie-breaker; the running number picks the day, so that no two are alike.
    """
    first = date(year.starts - 5 - GRADES.index(grade), 9, 2)
    number = next(numbers.student)
    if grade in GRADES[11:] and number % 5 < 2:
        legacy = next(numbers.legacy)
        born = first + timedelta(days=legacy * 101 % 360)
        return born, f"{born:%m%d%y}{'F' if girl else 'M'}{10 + legacy // 360:03d}", number
    return first + timedelta(days=draw.randrange(365)), numbers.student_id(number), number


def _ties(
    family: str, child: str, culture: names.Culture, numbers: _Numbers, draw: Random
) -> tuple[Tie, ...]:
    """The adults of one household, or of two."""
    surname = family.removesuffix(" Jr.").removesuffix(" III")
    language = draw.choice(culture.languages)
    home = names.address(draw)
    shape = draw.choices(
        ("together", "mother", "apart", "father", "grandmother", "step", "aunt", "foster", "barred"),
        (52, 18, 12, 4, 4, 4, 3, 2, 1),
    )[0]

    def adult(given: str, surname: str, elsewhere: bool = False) -> Adult:
        number = next(numbers.adult)
        place = names.address(draw) if elsewhere else home
        return Adult(
            f"adult-{number}", given, surname, language, names.mailbox(given, surname, number), names.phone(draw), place,
            home=names.phone(draw) if number % 4 == 0 else "",
            work=names.phone(draw) if number % 5 == 0 else "",
            mail=replace(place, street=f"PO Box {number % 900 + 100}", unit="") if number % 17 == 0 else None,
        )  # fmt: skip

    def woman() -> str:
        return draw.choice(culture.girls)

    interpreter = language != "en"
    mother = Tie(
        adult(woman(), draw.choice((surname, surname, draw.choice(culture.families)))),
        "mother",
        interpreter=interpreter,
    )
    father_given = child if surname != family else draw.choice(culture.boys)
    if shape == "mother":
        return (mother,)
    if shape == "father":
        return (Tie(adult(father_given, surname), "father", interpreter=interpreter),)
    if shape == "grandmother":
        guardian = Tie(adult(woman(), surname), "legalGuardian", basis="courtOrder", interpreter=interpreter)
        return (guardian, replace(mother, rights="limited", lives_with=False, priority=2))
    if shape == "foster":
        return (Tie(adult(woman(), draw.choice(culture.families)), "fosterParent", basis="fosterPlacement"),)
    if shape == "step":
        return (
            mother,
            Tie(
                adult(draw.choice(culture.boys), draw.choice(culture.families)),
                "stepParent",
                "limited",
                priority=2,
            ),
        )
    if shape == "aunt":
        return (mother, Tie(adult(woman(), surname, True), "relative", "none", lives_with=False, priority=2))
    if shape == "barred":
        father = Tie(
            adult(father_given, surname, True), "father", "none", "noRecords", False, 9, "courtOrder"
        )
        return (mother, father)
    father = Tie(
        adult(father_given, surname, shape == "apart"), "father", lives_with=shape == "together", priority=2
    )
    return (mother, father)
