"""The work of a class, what each student made of it, the grade so far, and the marks of the report cards."""

from datetime import date, timedelta
from random import Random

from portal.demo.district.bundle import Bundle, Row
from portal.demo.district.courses import (
    COMMENTS,
    ELEMENTARY_SUBJECTS,
    STANDARD_WORDS,
    STANDARDS,
    TOPICS,
    Category,
)
from portal.demo.district.draw import draw_for
from portal.demo.district.people import Student
from portal.demo.district.teaching import Class, Clock, Group

# An assignment a week in secondary school, one in two weeks in elementary school: days of instruction.
PACE, ELEMENTARY_PACE = 5, 10
# The first report of elementary marks comes after so many days of instruction.
FIRST_MARKS = 20
_NOTES = (
    "Show your steps.",
    "Clear and complete.",
    "See me about question 3.",
    "Good use of evidence.",
    "Check units.",
)
_LETTERS = ((0.97, "A+"), (0.93, "A"), (0.9, "A-"), (0.87, "B+"), (0.83, "B"), (0.8, "B-"), (0.77, "C+"), (0.73, "C"),
            (0.7, "C-"), (0.67, "D+"), (0.63, "D"), (0.6, "D-"), (0.0, "F"))  # fmt: skip


def write(oneroster: Bundle, companion: Bundle, group: Group, clock: Clock, seed: int) -> None:
    """Append the work, scores, grades so far and report marks of one group."""
    for half in group.classes:
        for each in half:
            _write_class(oneroster, companion, each, group, clock, draw_for(seed, "work", each.id))
    draw = draw_for(seed, "marks", group.school.id, group.number)
    if group.is_elementary:
        companion.write("reportCardMarks", _standards(group, clock, draw))
    else:
        companion.write("reportCardMarks", _marks(group, clock, draw))


def _write_class(
    oneroster: Bundle, companion: Bundle, each: Class, group: Group, clock: Clock, draw: Random
) -> None:
    done = sum(day <= clock.today for day in each.days)
    oneroster.write(
        "categories", [(f"{each.id}.{kind.title}", kind.title, kind.weight) for kind in each.categories]
    )
    if not done or group.grade == "TK":
        return
    earned: dict[str, dict[str, list[float]]] = {student.id: {} for student in group.students}
    ungraded = any(
        student.record and each.course.subject in student.record.no_grade_in for student in group.students
    )
    if not group.is_elementary or (group.grade != "KG" and each.course.subject in ELEMENTARY_SUBJECTS[:2]):
        _work(oneroster, each, group, clock, done, ungraded, earned, draw)
    if ungraded:
        return
    if not group.is_elementary:
        _grades_so_far(companion, each, group, clock, earned, draw)
    elif done >= FIRST_MARKS:
        _levels_so_far(companion, each, group, clock, draw)


def _work(
    oneroster: Bundle,
    each: Class,
    group: Group,
    clock: Clock,
    done: int,
    ungraded: bool,
    earned: dict[str, dict[str, list[float]]],
    draw: Random,
) -> None:
    """Assignments up to the last one handed out, each with a result for whoever has one.

    earned: filled with points earned and possible, by student and category.
    """
    pace = ELEMENTARY_PACE if group.is_elementary else PACE
    first_due = 4 + draw.randrange(5)
    topics = TOPICS[each.course.subject]
    past = [number for number, due in enumerate(range(first_due, len(each.days), pace), 1) if due < done - 1]
    start = clock.year.days.index(each.days[0])
    for number, due in enumerate(range(first_due, len(each.days), pace), 1):
        if due - 4 >= done:
            break
        age = done - 1 - due  # days of instruction since it was due
        if ungraded and age > 8:
            continue  # a teacher who has graded nothing has not asked for much either
        kind = [kind for kind in each.categories if number % kind.every == 0][-1]
        item, due_on = f"{each.id}.{number}", each.days[due]
        oneroster.write(
            "lineItems",
            [
                (
                    item, f"Unit {1 + number // 3} {kind.title.lower()}: {topics[number % len(topics)]}", "",
                    each.days[due - 4], due_on, each.id, f"{each.id}.{kind.title}", _session(each, due_on, clock),
                    0, kind.points, group.school.id,
                )
            ],
        )  # fmt: skip
        scored_on = each.days[min(due + 1, done - 1)] if age > 0 else min(due_on, clock.today)
        rows: list[Row] = []
        for place, student in enumerate(group.students):
            if start + due < student.joins or (student.leaves is not None and start + due >= student.leaves):
                continue
            if ungraded:
                status = "waiting" if age >= 0 else ""
            elif student.record:
                status = _fixed(student, each, number, past, age)
            else:
                status = _status(student, age, draw)
            if not status:
                continue
            lost = (1 - student.ability) * 0.25
            share = min(1.0, (student.ability + lost) + (draw.random() - 0.5) * 0.16)
            rows.append(
                _result(f"{item}.{place}", item, student, each, kind, status, share, scored_on, age, draw)
            )
            if status in _COUNTED:
                points = 0.0 if status in ("missing", "zero") else float(str(rows[-1][4]) or 0)
                sums = earned[student.id].setdefault(kind.title, [0.0, 0.0])
                sums[0] += points
                sums[1] += kind.points
        oneroster.write("results", rows)


_COUNTED = {"graded", "late", "zero", "missing"}


def _status(student: Student, age: int, draw: Random) -> str:
    """What has become of one piece of work, `age` days of instruction after it was due."""
    chance = draw.random()
    if age < 0:
        return "waiting" if chance < 0.06 else ""
    missing = (1 - student.ability) * 0.25
    if chance < missing:
        return "missing" if age > 0 else "open"
    if age < 3 and chance < 0.55:
        return "waiting"
    for status, part in (
        ("late", 0.03),
        ("exempt", 0.015),
        ("partial", 0.01),
        ("zero", 0.004),
        ("blank", 0.004),
    ):
        if chance > 1 - part:
            return status
        chance += part
    return "graded"


def _fixed(student: Student, each: Class, number: int, past: list[int], age: int) -> str:
    assert student.record
    work, subject = student.record.work, each.course.subject
    if age <= 0:
        return "waiting" if age == 0 else ""
    if (subject, number) in work:
        return work[subject, number]
    if number == past[-1] and (subject, -1) in work:
        return work[subject, -1]
    return "graded"


def _result(
    sourced_id: str,
    item: str,
    student: Student,
    each: Class,
    kind: Category,
    status: str,
    share: float,
    scored_on: date,
    age: int,
    draw: Random,
) -> Row:
    score: object = round(kind.points * share) if kind.points > 4 else max(1, round(kind.points * share))
    words, text, flags = "fully graded", "", ("false", "false", "false", "false")
    if status in ("missing", "open"):
        words, score = "not submitted", ""
        flags = ("false", "false", "false", "true" if status == "missing" else "false")
    elif status == "exempt":
        words, score = "exempt", ""
    elif status == "waiting":
        words, score = "submitted", ""
    elif status == "partial":
        words, flags = "partially graded", ("true", "true", "false", "false")
    elif status == "late":
        flags = ("false", "false", "true", "false")
    elif status == "zero":
        score = 0
    elif status == "blank":
        score, text = "", "Complete"
    note = draw.choice(_NOTES) if words == "fully graded" and draw.random() < 0.06 else ""
    return (sourced_id, item, student.id, words, score, scored_on, note, text, each.id, *flags)


def _session(each: Class, day: date, clock: Clock) -> str:
    """The marking period of a secondary class, the trimester of an elementary one, that holds `day`."""
    if len(each.terms) > 1:
        return f"{clock.year.ends}-t{1 + sum(day > end for end in clock.year.trimesters)}"
    part = 1 + sum(day > end for end in clock.year.marking_periods[each.half])
    return f"{clock.year.ends}-{each.terms[0]}-{part}"


def _grades_so_far(
    companion: Bundle,
    each: Class,
    group: Group,
    clock: Clock,
    earned: dict[str, dict[str, list[float]]],
    draw: Random,
) -> None:
    weights = {kind.title: kind.weight for kind in each.categories}
    updated = _updated(each, clock, draw)
    rows: list[Row] = []
    for student in group.students:
        sums = earned[student.id]
        total = sum(weights[title] for title in sums)
        if not total:
            continue
        share = sum(weights[title] * got / possible for title, (got, possible) in sums.items()) / total
        letter = next(letter for least, letter in _LETTERS if share >= least)
        note = draw.choice(COMMENTS) if draw.random() < 0.05 else ""
        rows.append(
            (
                f"grade-{each.id}-{student.id}", student.id, each.id, f"{clock.year.ends}-{each.terms[0]}", letter,
                f"{share * 100:.1f}", updated, note,
            )
        )  # fmt: skip
    companion.write("currentGrades", rows)


def _levels_so_far(companion: Bundle, each: Class, group: Group, clock: Clock, draw: Random) -> None:
    """Elementary marks 4 to 1 for each subject."""
    if each.course.subject not in ELEMENTARY_SUBJECTS:
        return
    updated, session = _updated(each, clock, draw), _session(each, clock.today, clock)
    rows: list[Row] = []
    for student in group.students:
        level = _level(student, each.course.subject, draw)
        if level and student.joins < clock.taught:
            rows.append(
                (f"grade-{each.id}-{student.id}", student.id, each.id, session, level, "", updated, "")
            )
    companion.write("currentGrades", rows)


def _level(student: Student, subject: str, draw: Random) -> str:
    chance = student.ability + (draw.random() - 0.5) * 0.2
    if student.record and student.record.no_marks:
        return ""
    if student.record and student.record.marks:
        return student.record.marks[ELEMENTARY_SUBJECTS.index(subject)]
    return str(1 + (chance > 0.6) + (chance > 0.74) + (chance > 0.94))


def _updated(each: Class, clock: Clock, draw: Random) -> str:
    """When the teacher last published grades; now and then weeks ago."""
    days = [day for day in each.days if day <= clock.today]
    return f"{days[-1 - min(len(days) - 1, draw.choice((1, 1, 1, 2, 2, 3, 5, 16)))]}T23:10:00.000Z"


def _posted(end: date) -> str:
    """Report marks come out a week after the period ends; until then they are on file and not shown."""
    return f"{end + timedelta(days=7)}T23:00:00.000Z"


def _marks(group: Group, clock: Clock, draw: Random) -> list[Row]:
    rows: list[Row] = []
    for half, classes in enumerate(group.classes):
        for part, end in enumerate(clock.year.marking_periods[half], 1):
            if end > clock.today:
                break
            session, is_final = f"{clock.year.ends}-{('fall', 'spring')[half]}-{part}", part == 4
            last = clock.year.days.index(end)
            for each in classes:
                for student in group.students:
                    if student.joins > last - 10 or (student.leaves is not None and student.leaves <= last):
                        continue
                    chance = draw.random()
                    share = student.ability + (chance - 0.5) * 0.06
                    letter = "ABCDF"[sum(share < least for least in (0.9, 0.8, 0.7, 0.6))]
                    habits, together, note = draw.choices("ESU", (45, 45, 10), k=2), "", ""
                    if draw.random() < 0.15:
                        note = draw.choice(COMMENTS)
                    if student.record and each.course.subject in student.record.no_grade_in:
                        continue
                    together = f"{student.id}.{each.id}.{part}"
                    credits = ("5.0", "0.0" if letter == "F" else "5.0") if is_final else ("", "")
                    tail = ("true" if is_final else "false", _posted(end))
                    for kind, mark, comment, count in (
                        ("academic", letter, note, credits),
                        ("workHabits", habits[0], "", ("", "")),
                        ("cooperation", habits[1], "", ("", "")),
                    ):
                        rows.append(
                            (
                                f"{together}.{kind}", student.id, session, each.id, each.title, kind, mark, "", "",
                                comment, each.teacher.id, *count, *tail,
                            )
                        )  # fmt: skip
    return rows


def _standards(group: Group, clock: Clock, draw: Random) -> list[Row]:
    assert group.homeroom
    by_subject = {each.course.subject: each for each in group.classes[0]}
    rows: list[Row] = []
    for part, end in enumerate(clock.year.trimesters, 1):
        for student in group.students:
            over = end <= clock.today
            # A child with fixed marks has a progress report before the first report card.
            early = part == 1 and not over and bool(student.record and student.record.marks)
            if not over and not (early and clock.taught >= FIRST_MARKS):
                continue
            last = clock.year.days.index(end)
            if student.joins > last - 10 or (student.leaves is not None and student.leaves <= last):
                continue
            posted = _posted(end) if over else f"{clock.year.days[FIRST_MARKS - 1]}T23:00:00.000Z"
            for place, (subject, code, line) in enumerate(STANDARDS):
                mark = _level(student, subject, draw)
                note = draw.choice(COMMENTS) if place == 0 and draw.random() < 0.5 else ""
                if not mark or group.grade == "TK":
                    continue
                rows.append(
                    (
                        f"{student.id}.{clock.year.ends}.{part}.{code}", student.id, f"{clock.year.ends}-t{part}",
                        by_subject[subject].id, line, "standard", mark, STANDARD_WORDS[mark], code, note,
                        group.homeroom.teacher.id, "", "", "true" if over else "false", posted,
                    )
                )  # fmt: skip
    return rows
