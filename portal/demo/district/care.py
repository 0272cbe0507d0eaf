"""What the cast's schools keep with care: shots, English, GATE, discipline and special education.

Nothing depends on the seed. Days are counted from a child's birth or from days of the school year, so that each child
shows the same state whenever the bundle is made; what would lie after the bundle's day is left out.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from portal.demo.district import cast
from portal.demo.district.bundle import Bundle, Row
from portal.demo.district.cast import (
    ANA,
    AVETISYAN,
    BEN,
    CHLOE,
    CONCEPCION,
    JORDAN,
    KIAN,
    LEO,
    MATEO,
    MIA,
    MIN_JUN,
    MINH_ANH,
    NILOUFAR,
    TOMAS,
    ZOE,
)
from portal.demo.district.people import Student
from portal.demo.district.teaching import Clock

DAYS_A_MONTH = 30.44

# Vaccine and age in months at each dose, as a child's doctor usually gives them.
USUAL = {
    "DTaP": (2, 4, 6, 15, 49),
    "IPV": (2, 4, 6, 49),
    "HepB": (0.1, 1, 6),
    "MMR": (12.5, 49),
    "VAR": (12.5, 49),
    "Hib": (2, 4, 12.5),
    "PCV": (2, 4, 6, 12.5),
    "Tdap": (133,),
    "HPV": (133, 140),
}
# Doses that never came to the school: by child, the vaccines and how many doses of each are on file.
ON_FILE: dict[str, dict[str, int]] = {
    LEO.id: {"Tdap": 0, "HPV": 0},
    KIAN.id: {"Tdap": 0},
    TOMAS.id: {"HepB": 2, "DTaP": 5, "IPV": 4},
    MINH_ANH.id: {"VAR": 0},
    CONCEPCION.id: dict.fromkeys(USUAL, 0),
}


def write(bundle: Bundle, students: Iterable[Student], clock: Clock) -> None:
    """Append the rows of the cast's children among these students."""
    for student in students:
        if student.record is None:
            continue
        for name, rows in (
            ("immunizations", _doses(student, clock)),
            ("immunizationStatus", _requirements(student, clock)),
            ("englishLearner", _english(student, clock)),
            ("elCriteria", _criteria(student, clock)),
            ("testScores", _elpac(student, clock)),
            ("giftedTalented", _gate(student, clock)),
            ("disciplineIncidents", _incidents(student, clock)),
            ("disciplineActions", _actions(student, clock)),
            ("specialEducationPlans", _plans(student, clock)),
            ("specialEducationServices", _services(student, clock)),
            ("accommodations", _accommodations(student)),
        ):
            bundle.write(name, rows)


def _doses(student: Student, clock: Clock) -> Iterator[Row]:
    born = cast.born(student, clock.today)
    kept = ON_FILE.get(student.id, {})
    until = clock.today
    if student.leaves is not None and student.leaves < clock.taught:
        until = clock.year.days[student.leaves - 1]  # nobody tells the district of a shot after that
    for vaccine, ages in USUAL.items():
        for number, months in enumerate(ages[: kept.get(vaccine, len(ages))], 1):
            on = born + timedelta(days=round(months * DAYS_A_MONTH))
            if student.id == TOMAS.id and vaccine == "HepB" and number == 2:
                on = born + timedelta(days=round(48 * DAYS_A_MONTH))  # he began late
            if on <= until:
                origin = "registry" if vaccine in ("Tdap", "HPV") else "record"
                yield (f"{student.id}.{vaccine}.{number}", student.id, vaccine, "", number, on, origin)


def _requirements(student: Student, clock: Clock) -> Iterator[Row]:
    year = clock.year
    said = {
        LEO.id: ("grade7", "Tdap", "conditional", date(year.ends, 8, 12), ""),
        KIAN.id: ("grade7", "Tdap", "overdue", year.days[100], "A doctor, clinic or pharmacy can give it."),
        TOMAS.id: ("tkEntry", "HepB", "conditional", year.days[120], ""),
        MINH_ANH.id: ("k12Admission", "VAR", "exemptMedical", "", ""),
    }
    if student.id in said:
        yield (f"{student.id}.{said[student.id][1]}", student.id, *said[student.id])


def _english(student: Student, clock: Clock) -> Iterator[Row]:
    fall = clock.year.days[0]
    said: dict[str, tuple[str, date, str, str, object, str, object, object]] = {
        MIA.id: ("EL", _years(fall, 2), "es", "301", 2.2, "none", "", fall),
        MATEO.id: ("EL", _years(fall, 5), "es", "none", 5.1, "atRisk", "", fall),
        KIAN.id: ("EL", _years(fall, 2), "fa", "none", 2.2, "none", "", fall),
        ANA.id: ("RFEP", date(clock.year.starts - 3, 3, 20), "es", "", "", "", 4, ""),
        NILOUFAR.id: ("RFEP", date(clock.year.starts - 1, 4, 9), "fa", "", "", "", 2, ""),
        MINH_ANH.id: ("RFEP", date(clock.year.starts - 6, 5, 12), "vi", "", "", "", "", ""),
        MIN_JUN.id: ("IFEP", _years(fall, 11), "ko", "", "", "", "", ""),
        LEO.id: ("IFEP", _years(fall, 5), "es", "", "", "", "", ""),
        JORDAN.id: ("EO", _years(fall, 7), "en", "", "", "", "", ""),
    }
    if student.id in said:
        yield (f"{student.id}.english", student.id, *said[student.id])


def _criteria(student: Student, clock: Clock) -> Iterator[Row]:
    spring = date(clock.year.starts, 5, 28)
    said = {
        MIA.id: (("assessment", False, "Level 2"), ("teacherEvaluation", True, "3"), ("basicSkills", False, "Below grade level")),
        MATEO.id: (("assessment", True, "Level 4"), ("teacherEvaluation", True, "3"), ("basicSkills", False, "Near grade level"),
                   ("parentConsultation", False, "")),
        KIAN.id: (("assessment", False, "Level 3"), ("teacherEvaluation", False, "D"), ("basicSkills", False, "Below grade level")),
    }  # fmt: skip
    for criterion, met, value in said.get(student.id, ()):
        yield (f"{student.id}.{criterion}", student.id, criterion, str(met).lower(), value, "", spring)


AREAS = ("Listening", "Speaking", "Reading", "Writing")
STEPS = ("Beginning", "Somewhat/Moderately", "Well Developed")
LEVELS = ("Beginning to Develop", "Somewhat Developed", "Moderately Developed", "Well Developed")


def _elpac(student: Student, clock: Clock) -> Iterator[Row]:
    """The state test of English of last spring and the one before: grade, score, level and the steps of the areas."""
    starts = clock.year.starts
    said = {
        MIA.id: ((starts, "01", 1448, 2, (2, 2, 1, 1)), (starts - 1, "KG", 1369, 1, (1, 2, 1, 1))),
        MATEO.id: ((starts, "04", 1556, 4, (3, 3, 2, 3)), (starts - 1, "03", 1502, 3, (2, 3, 2, 2))),
        KIAN.id: ((starts, "07", 1548, 3, (2, 3, 2, 2)), (starts - 1, "06", 1489, 2, (2, 2, 1, 2))),
        ANA.id: ((starts - 3, "05", 1571, 4, (3, 3, 3, 3)),),
        NILOUFAR.id: ((starts - 1, "08", 1612, 4, (3, 3, 3, 3)),),
    }
    for year, grade, score, level, steps in said.get(student.id, ()):
        on, whole = date(year, 3, 10), f"{student.id}.elpac.{year}"
        released = f"{date(year, 6, 12)}T16:00:00.000Z"
        yield (
            whole, student.id, "ELPAC", "Summative ELPAC", "", on, year, grade, "", "scale", score, 1150, 1950, level,
            4, LEVELS[level - 1], released,
        )  # fmt: skip
        for area, step in zip(AREAS, steps, strict=True):
            yield (
                f"{whole}.{area.lower()}", student.id, "ELPAC", "Summative ELPAC", area, on, year, grade, whole,
                "level", step, "", "", step, 3, STEPS[step - 1], released,
            )  # fmt: skip


def _gate(student: Student, clock: Clock) -> Iterator[Row]:
    year, fall = clock.year.starts, clock.year.days[0]
    said = {
        ANA.id: (("highAchievement", "eligible", date(year - 3, 9, 14)), ("specificAcademic", "eligible", date(year - 1, 10, 2))),
        NILOUFAR.id: (("intellectual", "eligible", date(year - 4, 2, 11)),),
        LEO.id: (("visualArts", "referred", fall),),
        ZOE.id: (("intellectual", "assessed", date(year, 5, 18)),),
        CHLOE.id: (("intellectual", "notEligible", date(year, 5, 18)),),
    }  # fmt: skip
    for category, state, on in said.get(student.id, ()):
        # A school of earlier years is not known here.
        school = student.school if on >= fall or not student.grade.isdigit() or int(student.grade) < 6 else ""
        yield (f"{student.id}.{category}", student.id, category, state, on, school, "")


def _incidents(student: Student, clock: Clock) -> Iterator[Row]:
    """Jordan's day of suspension, and what his school has not told the family yet; Kian's talk of last year."""
    days = clock.year.days
    if student.id == JORDAN.id and clock.taught >= JORDANS_DAY:
        yield (
            f"{student.id}.1", student.id, student.school, days[JORDANS_DAY - 2], "12:20", "ext:48900f",
            "A window of the gym was broken.", "playground", "A ball was thrown at the window on purpose.",
        )  # fmt: skip
        yield (
            f"{student.id}.2", student.id, student.school, days[JORDANS_DAY - 1], "", "schoolViolation",
            "Being looked into.", "hallway", "",
        )  # fmt: skip
    if student.id == KIAN.id:
        yield (
            f"{student.id}.1", student.id, student.school, date(clock.year.starts, 4, 21), "10:05", "codeOfConduct",
            "Words were used that hurt others.", "classroom", "",
        )  # fmt: skip


JORDANS_DAY = 16  # the day of instruction of his suspension; see cast.JORDAN


def _actions(student: Student, clock: Clock) -> Iterator[Row]:
    days = clock.year.days
    if student.id == JORDAN.id and clock.taught >= JORDANS_DAY:
        told = f"{days[JORDANS_DAY - 2]}T21:30:00.000Z"
        out = days[JORDANS_DAY - 1]
        one = f"{student.id}.1"
        yield (f"{one}.talk", one, student.id, "restorative", out, out, "", told)
        yield (f"{one}.out", one, student.id, "outOfSchoolSuspension", out, out, 1, told)
        yield (f"{student.id}.2.talk", f"{student.id}.2", student.id, "conference", "", "", "", "")
    if student.id == KIAN.id:
        on = date(clock.year.starts, 4, 22)
        yield (
            f"{student.id}.1.talk",
            f"{student.id}.1",
            student.id,
            "conference",
            on,
            on,
            "",
            f"{on}T17:00:00.000Z",
        )


def _plans(student: Student, clock: Clock) -> Iterator[Row]:
    starts, ends = clock.year.starts, clock.year.ends
    if student.id == MATEO.id:
        yield (
            f"{student.id}.iep", student.id, "iep", "active", "290", date(ends - 2, 2, 11), date(ends, 2, 11),
            date(ends + 1, 2, 11), date(starts, 2, 11), f"{date(ends, 2, 4)}T23:30:00.000Z", AVETISYAN.id,
            date(starts, 2, 11),
        )  # fmt: skip
    elif student.id == JORDAN.id:
        # Looked at again each year in October, the last time before the bundle's day.
        begun, october = date(starts - 1, 10, 7), date(starts, 10, 7)
        last, again = (october, date(ends, 10, 7)) if october <= clock.today else (begun, october)
        yield (
            f"{student.id}.504", student.id, "section504", "active", "", begun, again, "", last, "", "", last,
        )  # fmt: skip
    elif student.id == BEN.id and clock.taught:
        asked = clock.year.days[0]
        yield (
            f"{student.id}.iep", student.id, "iep", "evaluating", "", asked, "", "", "", "", AVETISYAN.id,
            min(clock.year.days[max(clock.taught - 5, 0)], clock.today),
        )  # fmt: skip


def _services(student: Student, clock: Clock) -> Iterator[Row]:
    if student.id != MATEO.id:
        return
    begins, ends = date(clock.year.starts, 2, 12), date(clock.year.ends, 2, 11)
    plan = f"{student.id}.iep"
    yield (f"{plan}.330", plan, "330", 300, "week", "Resource room", begins, ends, "Ms. Avetisyan")
    yield (f"{plan}.415", plan, "415", 60, "month", "Speech room", begins, ends, "Mr. Bell")


def _accommodations(student: Student) -> Iterator[Row]:
    said = {
        MATEO.id: ("iep", ("Tests", "Half more time"), ("Reading", "Texts read aloud")),
        JORDAN.id: ("504", ("Classroom", "A seat near the teacher"), ("Breaks", "Short breaks to move")),
    }
    if student.id in said:
        kind, *helps = said[student.id]
        for number, (area, text) in enumerate(helps, 1):
            yield (f"{student.id}.{kind}.{number}", f"{student.id}.{kind}", area, text)


def _years(day: date, back: int) -> date:
    return day.replace(year=day.year - back)
