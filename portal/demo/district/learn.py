"""What the cast's schools know of learning beside marks: tests, credits and the way to graduation.

Nothing depends on the seed: scores and marks follow from a child's ability, so that each child shows the same picture
whenever the bundle is made. What would come after the bundle's day is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from portal.demo.district.bundle import Bundle, Row
from portal.demo.district.courses import Course, courses_of
from portal.demo.district.people import Student
from portal.demo.district.teaching import Clock

# Scale of the state tests in each grade: lowest score, first score of levels 2, 3 and 4, highest. Made for the sample
# from the state's published ranges.
ELA = {
    3: (2115, 2367, 2432, 2490, 2650), 4: (2140, 2416, 2473, 2533, 2690), 5: (2200, 2442, 2502, 2582, 2730),
    6: (2230, 2457, 2531, 2618, 2770), 7: (2260, 2479, 2552, 2649, 2810), 8: (2290, 2487, 2567, 2668, 2850),
    11: (2300, 2493, 2583, 2682, 2900),
}  # fmt: skip
MATH = {
    3: (2190, 2381, 2436, 2501, 2660), 4: (2205, 2411, 2485, 2549, 2700), 5: (2220, 2455, 2528, 2579, 2740),
    6: (2235, 2473, 2552, 2610, 2780), 7: (2250, 2484, 2567, 2635, 2820), 8: (2265, 2504, 2586, 2653, 2860),
    11: (2280, 2543, 2628, 2718, 2900),
}  # fmt: skip
CAST = {5: (150, 179, 214, 231, 250), 8: (350, 378, 415, 433, 450), 11: (550, 576, 615, 636, 650)}
OLD = ("Standard Not Met", "Standard Nearly Met", "Standard Met", "Standard Exceeded")
NEW = ("Minimal", "Developing", "Proficient", "Advanced")
NEW_SINCE = 2026  # the school year (its last) from which the new names are printed
AREAS = {
    "ELA": ("Reading", "Writing", "Listening", "Research"),
    "Math": ("Concepts and procedures", "Problem solving"),
}
AREA_WORDS = ("Below standard", "Near standard", "Above standard")
DIBELS = ("Well Below Benchmark", "Below Benchmark", "At Benchmark", "Above Benchmark")

# Requirements for graduation: code, name, credits. 210 in all.
REQUIREMENTS = (
    ("A", "History and social science", 20), ("B", "English", 40), ("C", "Mathematics", 30), ("D", "Laboratory science", 20),
    ("E", "Language other than English", 20), ("F", "Visual and performing arts", 10), ("G", "College-prep elective", 10),
    ("DEM", "Principles of American Democracy", 5), ("ECON", "Economics", 5), ("PE", "Physical education", 20),
    ("HEALTH", "Health", 5), ("ETHNIC", "Ethnic Studies", 5), ("ELECT", "Electives", 20),
)  # fmt: skip
AREA_OF = {"History": "a", "English": "b", "Mathematics": "c", "Science": "d"}
LANGUAGES, ARTS = ("Spanish", "Korean", "Armenian"), ("Drawing", "Theatre")
# Classes that build on each other: the sequence and the first semester of each in it.
SEQUENCES = {
    "Algebra 1": ("Math", 1), "Geometry": ("Math", 3), "Algebra 2": ("Math", 5), "Precalculus": ("Math", 7),
    "AP Calculus AB": ("Math", 9), "Spanish 1": ("Spanish", 1), "Spanish 2": ("Spanish", 3), "Korean 1": ("Korean", 1),
    "Armenian 1": ("Armenian", 1), "Chemistry": ("Chemistry", 1),
}  # fmt: skip
PATHWAY = ("Design, Visual and Media Arts", "arts")


def write(bundle: Bundle, students: Iterable[Student], clock: Clock) -> None:
    """Append the rows of the cast's children among these students."""
    for student in students:
        if student.record is None:
            continue
        bundle.write("testScores", _scores(student, clock))
        if student.grade.isdigit() and int(student.grade) >= 9:
            past = list(_past(student, clock))
            bundle.write("transcriptCourses", [row for row, _course, _credits in past])
            bundle.write("graduationProgress", _progress(student, past, clock))
            bundle.write("collegePlans", [_plan(student, clock)])


def _scores(student: Student, clock: Clock) -> Iterator[Row]:
    if not student.grade.isdigit() and student.grade != "KG":
        return
    now = int(student.grade) if student.grade.isdigit() else 0
    for grade in range(3, now):
        year = clock.year.starts - (now - 1 - grade)  # in which that grade ended
        if year < 2021 or grade not in ELA:
            continue
        for subject, scale, lean in (("ELA", ELA, 0.0), ("Math", MATH, -0.04)):
            yield from _state_test(student, f"SBAC-{subject}", subject, grade, year, scale[grade], lean)
        if grade in CAST:
            yield from _state_test(student, "CAST", "", grade, year, CAST[grade], 0.0)
    fall = date(clock.year.starts, 9, 3)
    if now <= 2 and fall <= clock.today:
        level = _step(student.ability, (0.6, 0.75, 0.9))
        yield _score(student, "DIBELS", "DIBELS 8", "", fall, clock.year.ends, now, "level", DIBELS[level], level=level + 1,
                     words=DIBELS[level])  # fmt: skip
    psat = date(clock.year.starts, 10, 14)
    if now in (10, 11) and date(clock.year.starts, 11, 9) <= clock.today:
        yield _score(student, "PSAT", "PSAT/NMSQT", "", psat, clock.year.ends, now, "scale",
                     _round(320 + 1200 * (student.ability - 0.4)), least=320, most=1520)  # fmt: skip
    if now == 12:
        spring = date(clock.year.starts, 3, 11)
        yield _score(student, "SAT", "SAT", "", spring, clock.year.starts, 11, "scale",
                     _round(400 + 1200 * (student.ability - 0.3)), least=400, most=1600)  # fmt: skip
        yield _score(student, "AP", "AP", "U.S. History", date(clock.year.starts, 5, 8), clock.year.starts, 11, "scale",
                     str(_step(student.ability, (0.6, 0.7, 0.8, 0.9)) + 1), least=1, most=5)  # fmt: skip


def _state_test(
    student: Student, key: str, subject: str, grade: int, year: int, scale: tuple[int, ...], lean: float
) -> Iterator[Row]:
    """One result, a little better or worse from year to year, with its areas."""
    share = min(max((student.ability + lean + (grade % 3 - 1) * 0.03 - 0.45) / 0.55, 0.02), 0.98)
    lowest, *firsts, highest = scale
    points = int(lowest + (highest - lowest) * (0.2 + 0.55 * share))
    level = sum(points >= first for first in firsts)
    names = NEW if year >= NEW_SINCE else OLD
    error = max((highest - lowest) // 26, 4)
    on = date(year, 4, 20)
    code = key.partition("-")[0]
    name = "Smarter Balanced" if code == "SBAC" else "California Science Test"
    whole = f"{student.id}.{key}.{year}"
    yield _score(student, code, name, subject, on, year, grade, "scale", str(points), key=whole, level=level + 1,
                 words=names[level], likely=(points - error, points + error))  # fmt: skip
    for place, area in enumerate(AREAS.get(subject, ())):
        step = min(max(level - 1 + (place % 2), 0), 2)
        yield _score(student, code, name, area, on, year, grade, "level", AREA_WORDS[step], key=f"{whole}.{place}",
                     whole=whole, words=AREA_WORDS[step])  # fmt: skip


def _score(
    student: Student,
    code: str,
    name: str,
    subject: str,
    on: date,
    year: int,
    grade: int,
    kind: str,
    score: str,
    *,
    key: str = "",
    whole: str = "",
    level: int | str = "",
    words: str = "",
    least: int | str = "",
    most: int | str = "",
    likely: tuple[int | str, int | str] = ("", ""),
) -> Row:
    released = date(on.year, 7, 9) if on.month < 7 else date(on.year, on.month, 28)
    return (
        key or f"{student.id}.{code}.{year}", student.id, code, name, subject, on, year, f"{grade:02}" if grade else "KG",
        whole, kind, score, least, most, level, 4 if level else "", words, f"{released}T16:00:00.000Z", *likely,
    )  # fmt: skip


def _step(ability: float, limits: tuple[float, ...]) -> int:
    return sum(ability >= limit for limit in limits)


def _round(score: float) -> str:
    return str(int(score // 10 * 10))


def _past(student: Student, clock: Clock) -> Iterator[tuple[Row, Course, float]]:
    """The final marks of the years before this one, with their course and the credits they earned."""
    now = int(student.grade)
    for grade in range(9, now):
        ends = clock.year.starts - (now - 1 - grade)
        for place, course in enumerate(courses_of(f"{grade:02}")):
            for half, term in enumerate(("Fall", "Spring")):
                share = (
                    student.ability
                    - 0.05 * ((place + half + grade) % 4 == 0)
                    - 0.12 * (course.subject == "Science")
                )
                mark = "ABCDF"[sum(share < least for least in (0.9, 0.78, 0.65, 0.5))]
                credits = 0.0 if mark == "F" else 5.0
                advanced = course.title.startswith("AP ")
                yield (
                    (
                        f"{student.id}.{course.number}.{ends}.{term}", student.id, ends, term, course.title, course.number,
                        mark, f"{credits:.1f}", _area(course), "1" if advanced else "",
                        "false" if course.subject == "Physical Education" else "",
                        "ap" if advanced else "cte" if course.title.startswith("CTE") else "", "true" if advanced else "",
                        grade, "", *_sequence(course, half),
                    ),
                    course,
                    credits,
                )  # fmt: skip


def _sequence(course: Course, half: int) -> tuple[str, int | str]:
    """The sequence a class belongs to and its semester in it."""
    name, first = SEQUENCES.get(course.title, ("", 0))
    return name, first + half if name else ""


def _plan(student: Student, clock: Clock) -> Row:
    """The pathway from grade 10 on; in the last year, money for college."""
    grade, filled = int(student.grade), date(clock.year.starts, 10, 20)
    sent = student.ability >= 0.8 and filled <= clock.today
    aid = ("submitted", filled) if sent else ("notStarted", "")
    return (
        f"{student.id}.plan", student.id, *(PATHWAY if grade >= 10 else ("", "")), (grade - 9) * 12 or "",
        "met" if grade >= 11 else "inProgress" if grade == 10 else "notStarted",
        *(aid if grade == 12 else ("", "")), "sent" if grade == 12 and date(clock.year.starts, 10, 1) <= clock.today else "",
        clock.today,
    )  # fmt: skip


def _area(course: Course) -> str:
    """The subject area of UC and CSU; none for physical education."""
    if course.subject == "Physical Education":
        return ""
    if course.subject == "Elective" or course.title.startswith("CTE"):
        return "e" if course.title.startswith(LANGUAGES) else "f" if course.title.startswith(ARTS) else "g"
    if course.title == "Theatre Intro":
        return "f"
    return AREA_OF.get(course.subject, "g")


def _requirement(course: Course) -> str:
    for start, code in (("Ethnic Studies", "ETHNIC"), ("Principles of American", "DEM"), ("CTE", "ELECT")):
        if course.title.startswith(start):
            return code
    return (
        "PE"
        if course.subject == "Physical Education" and "PE" in course.title
        else _area(course).upper() or "ELECT"
    )


def _progress(student: Student, past: Iterable[tuple[Row, Course, float]], clock: Clock) -> Iterator[Row]:
    """Each requirement; what goes beyond one counts as an elective."""
    earned: dict[str, float] = defaultdict(float)
    running: dict[str, float] = defaultdict(float)
    for _row, course, credits in past:
        earned[_requirement(course)] += credits
    for course in courses_of(student.grade):
        running[_requirement(course)] += 10
    needed = {code: credits for code, _name, credits in REQUIREMENTS}
    for counted in (earned, running):
        for code in [*counted]:
            over = counted[code] - needed[code]
            if over > 0 and code != "ELECT":
                counted[code] -= over
                counted["ELECT"] += over
    for code, name, credits in REQUIREMENTS:
        yield (
            f"{student.id}.{code}", student.id, code, name, f"{credits:.1f}", f"{earned[code]:.1f}", f"{running[code]:.1f}",
            "true" if earned[code] >= credits else "false", clock.today,
        )  # fmt: skip
