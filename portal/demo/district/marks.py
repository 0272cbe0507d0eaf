"""The grade so far that teachers publish, and the marks of the report cards."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from portal.demo.district.bundle import Bundle, Row
from portal.demo.district.courses import COMMENTS, ELEMENTARY_SUBJECTS, STANDARD_WORDS, STANDARDS
from portal.demo.district.draw import draw_for
from portal.demo.district.people import Student
from portal.demo.district.teaching import Class, Clock, Group
from portal.demo.district.work import Earned

# Elementary teachers publish first levels after so many days of instruction.
FIRST_LEVELS = 20
# Who came fewer days of instruction before the end of a period has no mark for it.
TOO_NEW = 10
_LETTERS = (
    (0.97, "A+"), (0.93, "A"), (0.9, "A-"), (0.87, "B+"), (0.83, "B"), (0.8, "B-"), (0.77, "C+"), (0.73, "C"),
    (0.7, "C-"), (0.67, "D+"), (0.63, "D"), (0.6, "D-"), (0.0, "F"),
)  # fmt: skip


def write_so_far(bundle: Bundle, each: Class, group: Group, earned: Earned, clock: Clock, seed: int) -> None:
    """Append the published grades of one class: a letter and a percentage, or a level 4 to 1."""
    draw = draw_for(seed, "published", each.id)
    taught = [day for day in each.days if day <= clock.today]
    if group.grade == "TK" or not taught or (group.is_elementary and len(taught) < FIRST_LEVELS):
        return
    # Now and then a teacher has not published for weeks.
    days_ago = draw.choice((1, 1, 1, 2, 2, 3, 5, 16))
    updated = f"{taught[-1 - min(len(taught) - 1, days_ago)]}T23:10:00.000Z"
    rows: list[Row] = []
    for student in group.students:
        if group.is_elementary:
            mark, percent = _level(student, each.course.subject, draw), ""
            session, note = clock.session(each, clock.today), ""
            if student.joins >= clock.taught:
                continue
        else:
            share = _share(earned, student)
            if share is None:
                continue
            mark, percent = next(letter for least, letter in _LETTERS if share >= least), f"{share * 100:.1f}"
            session = f"{clock.year.ends}-{each.terms[0]}"
            note = draw.choice(COMMENTS) if draw.random() < 0.05 else ""
        at = min(updated, _last_day(student, clock))  # nothing is published about who has left
        rows.append((f"grade-{each.id}-{student.id}", student.id, each.id, session, mark, percent, at, note))
    bundle.write("currentGrades", rows)


def _last_day(student: Student, clock: Clock) -> str:
    last = student.leaves - 1 if student.leaves is not None else -1
    return f"{clock.year.days[last]}T23:10:00.000Z"


def write_reports(bundle: Bundle, group: Group, clock: Clock, seed: int) -> None:
    """Append the report card marks of every period that has ended."""
    draw = draw_for(seed, "marks", group.school.id, group.number)
    bundle.write("reportCardMarks", (_standards if group.is_elementary else _letters)(group, clock, draw))


def _share(earned: Earned, student: Student) -> float | None:
    """The weighted share of points earned, over the categories that have any."""
    sums = earned[student.id]
    total = sum(kind.weight for kind in sums)
    return (
        sum(kind.weight * got / possible for kind, (got, possible) in sums.items()) / total if total else None
    )


def _level(student: Student, subject: str, draw: Random) -> str:
    chance = student.ability + (draw.random() - 0.5) * 0.2
    if student.record and student.record.marks:
        return student.record.marks[ELEMENTARY_SUBJECTS.index(subject)]
    return str(1 + (chance > 0.6) + (chance > 0.74) + (chance > 0.94))


def _posted(end: date) -> str:
    """Marks come out a week after the period ends; until then they are on file and not shown."""
    return f"{end + timedelta(days=7)}T23:00:00.000Z"


def _is_marked(student: Student, end: date, clock: Clock) -> bool:
    last = clock.year.days.index(end)
    return student.joins <= last - TOO_NEW and (student.leaves is None or student.leaves > last)


def _letters(group: Group, clock: Clock, draw: Random) -> Iterator[Row]:
    for half, classes in enumerate(group.classes):
        for part, end in enumerate(clock.year.marking_periods[half], 1):
            if end > clock.today:
                break
            is_final = part == 4
            for each in classes:
                for student in group.students:
                    share = student.ability + (draw.random() - 0.5) * 0.06
                    letter = "ABCDF"[sum(share < least for least in (0.9, 0.8, 0.7, 0.6))]
                    habits, cooperation = draw.choices("ESU", (45, 45, 10), k=2)
                    note = draw.choice(COMMENTS) if draw.random() < 0.15 else ""
                    if not _is_marked(student, end, clock):
                        continue
                    if student.record and each.course.subject in student.record.no_grade_in:
                        continue
                    credits = ("5.0", "0.0" if letter == "F" else "5.0") if is_final else ("", "")
                    session = clock.session(each, end)
                    for kind, mark, more in (
                        ("academic", letter, ("", "", note, each.teacher.id, *credits)),
                        ("workHabits", habits, ("", "", "", each.teacher.id, "", "")),
                        ("cooperation", cooperation, ("", "", "", each.teacher.id, "", "")),
                    ):
                        yield (
                            f"{student.id}.{each.id}.{part}.{kind}", student.id, session, each.id, each.title, kind, mark,
                            *more, "true" if is_final else "false", _posted(end),
                        )  # fmt: skip


def _standards(group: Group, clock: Clock, draw: Random) -> Iterator[Row]:
    if group.grade == "TK":
        return
    by_subject = {each.course.subject: each for each in group.classes[0]}
    for part, end in enumerate(clock.year.trimesters, 1):
        for student in group.students:
            is_over = end <= clock.today
            # A child with fixed marks has a progress report before the first report card.
            has_progress = (
                part == 1 and clock.taught >= FIRST_LEVELS and bool(student.record and student.record.marks)
            )
            if not _is_marked(student, end, clock) or not (is_over or has_progress):
                continue
            posted = _posted(end if is_over else clock.year.days[FIRST_LEVELS - 1] - timedelta(days=7))
            for place, (subject, code, line) in enumerate(STANDARDS):
                mark, each = _level(student, subject, draw), by_subject[subject]
                note = draw.choice(COMMENTS) if place == 0 and draw.random() < 0.5 else ""
                yield (
                    f"{student.id}.{clock.year.ends}.{part}.{code}", student.id, f"{clock.year.ends}-t{part}", each.id,
                    line, "standard", mark, STANDARD_WORDS[mark], code, note, each.teacher.id, "", "",
                    "true" if is_over else "false", posted,
                )  # fmt: skip
