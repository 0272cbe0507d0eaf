"""What is taught: courses by grade, the topics of their work, and how the work counts."""

from dataclasses import dataclass

from portal.demo.district.people import LEVELS


@dataclass(frozen=True)
class Course:
    """A course. Secondary courses have two halves: `number` is the fall one, the next even number the spring one."""

    number: str
    title: str
    subject: str


@dataclass(frozen=True)
class Category:
    title: str
    weight: int  # percent of the grade
    points: int
    every: int  # an assignment of this kind each `every` assignments


# The order is the order of the periods for the first group of students; every grade has the same six places.
SUBJECTS = ("Mathematics", "English", "Science", "History", "Physical Education", "Elective")
ELEMENTARY_SUBJECTS = ("English Language Arts", "Mathematics", "Science", "History-Social Science")

_TITLES = {
    "06": ("310211 Common Core Math 6", "230001 English 6", "360001 Integrated Science 6", "370001 World History 6", "330001 Physical Education 6", "200001 Art Wheel"),
    "07": ("310213 Common Core Math 7", "230003 English 7", "360003 Integrated Science 7", "370003 World History 7", "330003 Physical Education 7", "460001 Coding Wheel"),
    "08": ("310215 Common Core Math 8", "230005 English 8", "360005 Integrated Science 8", "370005 U.S. History 8", "330005 Physical Education 8", "190001 Drama Wheel"),
    "09": ("310301 Algebra 1", "230107 English 9", "360701 Biology", "370211 Ethnic Studies", "330101 Advanced PE 1", "200501 Drawing"),
    "10": ("310401 Geometry", "230109 English 10", "361401 Chemistry", "370127 World History, Geography & Cultures", "330103 Advanced PE 2", "250101 Spanish 1"),
    "11": ("310303 Algebra 2", "230111 American Lit & Comp", "361405 Physics", "370129 U.S. History & Geography", "190401 Theatre Intro", "250103 Spanish 2"),
    "12": ("310505 Precalculus", "230201 Expository Composition", "360705 AP Biology", "370601 Principles of American Democracy", "750101 CTE: Digital Imaging", "460101 Computer Science Principles"),
}  # fmt: skip
# Every other group of students takes these instead.
_OTHER_TITLES = {
    "10": ("310401 Geometry", "230109 English 10", "361401 Chemistry", "370127 World History, Geography & Cultures", "330103 Advanced PE 2", "251301 Korean 1"),
    "11": ("310505 Precalculus", "230125 AP English Language", "361405 Physics", "370131 AP U.S. History", "190401 Theatre Intro", "250141 Spanish for Spanish Speakers 1"),
    "12": ("310601 AP Calculus AB", "230201 Expository Composition", "361405 Physics", "370601 Principles of American Democracy", "750101 CTE: Digital Imaging", "251501 Armenian 1"),
}  # fmt: skip


def _courses(titles: tuple[str, ...]) -> tuple[Course, ...]:
    return tuple(
        Course(title[:6], title[7:], subject) for title, subject in zip(titles, SUBJECTS, strict=True)
    )


_SECONDARY = {grade: _courses(titles) for grade, titles in _TITLES.items()}
_OTHER_SECONDARY = _SECONDARY | {grade: _courses(titles) for grade, titles in _OTHER_TITLES.items()}
_ELEMENTARY = {
    grade: tuple(
        Course(f"{10 + place}{index:02d}01", f"{subject} {grade}", subject)
        for place, subject in enumerate(ELEMENTARY_SUBJECTS)
    )
    for index, grade in enumerate(LEVELS["elementary"])
}


def courses_of(grade: str, group: int = 0) -> tuple[Course, ...]:
    """The courses a group of students of one grade takes: six in secondary school, four in elementary."""
    if grade in _ELEMENTARY:
        return _ELEMENTARY[grade]
    return (_OTHER_SECONDARY if group % 2 else _SECONDARY)[grade]


def all_courses(level: str) -> dict[str, tuple[Course, tuple[str, ...]]]:
    """Every course of a school level by number, with the grades that take it."""
    found: dict[str, tuple[Course, tuple[str, ...]]] = {}
    for grade in LEVELS[level]:
        for course in dict.fromkeys((*courses_of(grade, 0), *courses_of(grade, 1))):
            _, grades = found.get(course.number, (course, ()))
            found[course.number] = (course, (*grades, grade))
    return found


# Teachers differ in how they weigh work. The last kind that fits an assignment's number is its category.
WEIGHTS = (
    (Category("Homework", 20, 10, 1), Category("Classwork", 15, 10, 2), Category("Quiz", 25, 20, 3), Category("Test", 40, 50, 5)),
    (Category("Classwork", 30, 10, 1), Category("Project", 20, 40, 4), Category("Test", 50, 100, 3)),
    (Category("Participation", 25, 5, 1), Category("Homework", 25, 10, 2), Category("Project", 50, 50, 4)),
)  # fmt: skip
ELEMENTARY_WEIGHTS = (Category("Classwork", 60, 4, 1), Category("Project", 40, 4, 3))

TOPICS = {
    "Mathematics": ("linear functions", "systems of equations", "exponents", "ratios", "slope", "area and volume", "data and chance", "inequalities"),
    "English": ("theme and evidence", "argument essay", "poetry", "short stories", "research notes", "vocabulary", "speech", "revision"),
    "Science": ("cells", "energy transfer", "ecosystems", "forces", "lab safety", "atoms", "weather", "heredity"),
    "History": ("maps and regions", "primary sources", "trade routes", "revolutions", "constitutions", "migration", "civil rights", "economies"),
    "Physical Education": ("endurance", "flexibility", "team play", "fitness log"),
    "Elective": ("first sketch", "practice log", "presentation", "portfolio", "peer review", "final piece"),
    "Elementary Mathematics": ("adding and taking away", "shapes", "measuring", "telling time", "money", "fractions", "data and graphs", "place value"),
    "English Language Arts": ("reading journal", "spelling", "story map", "opinion paragraph"),
    "History-Social Science": ("my community", "maps", "family story", "timelines"),
}  # fmt: skip

# Reporting lines of the elementary report: subject, code, line.
STANDARDS = (
    ("English Language Arts", "ELA.RF", "Reading: foundational skills"), ("English Language Arts", "ELA.RL", "Reading: literature and information"),
    ("English Language Arts", "ELA.W", "Writing"), ("English Language Arts", "ELA.SL", "Speaking and listening"),
    ("Mathematics", "MATH.OA", "Operations and algebraic thinking"), ("Mathematics", "MATH.NBT", "Number and operations"),
    ("Science", "SCI", "Science"), ("History-Social Science", "HSS", "History-social science"),
)  # fmt: skip
STANDARD_WORDS = {
    "4": "Exceeds the grade-level standard", "3": "Meets the grade-level standard",
    "2": "Approaching the grade-level standard", "1": "Beginning to work on the grade-level standard",
}  # fmt: skip
COMMENTS = (
    "Works with care and helps others.", "Please ask for help before the next test.", "A pleasure to have in class.",
    "Missing work lowers this mark.", "Has made strong progress this term.",
)  # fmt: skip
