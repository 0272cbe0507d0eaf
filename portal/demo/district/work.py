"""The work of a class: what was asked, and what each student made of it."""

from random import Random

from portal.demo.district.bundle import Bundle, Row
from portal.demo.district.courses import ELEMENTARY_SUBJECTS, TOPICS, Category
from portal.demo.district.draw import draw_for
from portal.demo.district.people import Student
from portal.demo.district.teaching import Class, Clock, Group

# Days of instruction from one assignment to the next, and from handing out to the day it is due.
PACE, ELEMENTARY_PACE, TIME_TO_DO = 5, 10, 4
# A teacher who has graded nothing has not asked for much either: days of instruction back.
UNGRADED_DAYS = 8
NOTES = (
    "Show your steps.",
    "Clear and complete.",
    "See me about question 3.",
    "Good use of evidence.",
    "Check units.",
)

# What may have become of a piece of work: scoreStatus, inProgress, incomplete, late, missing.
_OUTCOMES = {
    "graded": ("fully graded", "false", "false", "false", "false"),
    "late": ("fully graded", "false", "false", "true", "false"),
    "zero": ("fully graded", "false", "false", "false", "false"),
    "blank": ("fully graded", "false", "false", "false", "false"),  # seen by the teacher, no number
    "partial": ("partially graded", "true", "true", "false", "false"),
    "waiting": ("submitted", "false", "false", "false", "false"),
    "exempt": ("exempt", "false", "false", "false", "false"),
    "open": ("not submitted", "false", "false", "false", "false"),  # can still be turned in
    "missing": ("not submitted", "false", "false", "false", "true"),
}
_RARE = (("late", 0.03), ("exempt", 0.015), ("partial", 0.01), ("zero", 0.004), ("blank", 0.004))

# Points earned and possible, by student and category.
Earned = dict[str, dict[Category, list[float]]]


def is_assigned(each: Class, group: Group) -> bool:
    """Whether the school posts work for this class: in elementary school two subjects of grades 1 to 5."""
    if group.is_elementary:
        return group.grade not in ("TK", "KG") and each.course.subject in ELEMENTARY_SUBJECTS[:2]
    return True


def write(bundle: Bundle, each: Class, group: Group, clock: Clock, seed: int) -> Earned:
    """Append a class's categories, the assignments handed out so far, and their results."""
    bundle.write(
        "categories", [(f"{each.id}.{kind.title}", kind.title, kind.weight) for kind in each.categories]
    )
    earned: Earned = {student.id: {} for student in group.students}
    if not is_assigned(each, group):
        return earned
    draw = draw_for(seed, "work", each.id)
    ungraded = any(
        student.record and each.course.subject in student.record.no_grade_in for student in group.students
    )
    done = sum(day <= clock.today for day in each.days)
    before = clock.year.days.index(each.days[0])  # days of instruction before this class began
    first_due = TIME_TO_DO + draw.randrange(5)
    subject = each.course.subject
    topics = TOPICS["Elementary Mathematics" if group.is_elementary and subject == "Mathematics" else subject]
    all_due = range(first_due, len(each.days), ELEMENTARY_PACE if group.is_elementary else PACE)
    last_past = sum(due < done - 1 for due in all_due)
    for number, due in enumerate(all_due, 1):
        age = done - 1 - due  # days of instruction since it was due
        if due - TIME_TO_DO >= done:
            break
        if ungraded and age > UNGRADED_DAYS:
            continue
        kind = [kind for kind in each.categories if number % kind.every == 0][-1]
        item = f"{each.id}.{number}"
        title = f"Unit {1 + number // 3} {kind.title.lower()}: {topics[number % len(topics)]}"
        bundle.write(
            "lineItems",
            [
                (
                    item, title, "", each.days[due - TIME_TO_DO], each.days[due], each.id, f"{each.id}.{kind.title}",
                    clock.session(each, each.days[due]), 0, kind.points, group.school.id,
                )
            ],
        )  # fmt: skip
        scored_on = each.days[max(0, min(due + 1, done - 1))]
        rows: list[Row] = []
        for place, student in enumerate(group.students):
            day = before + due
            if day < student.joins or (student.leaves is not None and day >= student.leaves):
                continue
            if ungraded:
                outcome = "waiting" if age >= 0 else ""
            elif student.record:
                outcome = _fixed(student, each.course.subject, number, number == last_past, age)
            else:
                outcome = _drawn(student, age, draw)
            if not outcome:
                continue
            score = _score(student, kind, outcome, draw)
            status, *flags = _OUTCOMES[outcome]
            note = draw.choice(NOTES) if outcome in ("graded", "late") and draw.random() < 0.06 else ""
            text = "Complete" if outcome == "blank" else ""
            rows.append(
                (f"{item}.{place}", item, student.id, status, score, scored_on, note, text, each.id, *flags)
            )
            if outcome in ("graded", "late", "zero", "missing"):
                sums = earned[student.id].setdefault(kind, [0.0, 0.0])
                sums[0] += score or 0
                sums[1] += kind.points
        bundle.write("results", rows)
    return earned


def _score(student: Student, kind: Category, outcome: str, draw: Random) -> int | None:
    if outcome == "zero":
        return 0
    if outcome not in ("graded", "late", "partial"):
        return None
    # What is missing counts as nothing, so what is there must earn a little more than the student's share; the cast's
    # work is missing where their story says so and nowhere else.
    more = 0 if student.record else _missing_rate(student)
    share = min(1.0, student.ability + more + (draw.random() - 0.5) * 0.16)
    return max(1, round(kind.points * share))


def _missing_rate(student: Student) -> float:
    return (1 - student.ability) * 0.25


def _drawn(student: Student, age: int, draw: Random) -> str:
    chance = draw.random()
    if age < 0:
        return "waiting" if chance < 0.06 else ""
    if chance < _missing_rate(student):
        return "missing" if age else "open"
    if age < 3 and chance < 0.55:
        return "waiting"
    for outcome, share in _RARE:
        if chance > 1 - share:
            return outcome
        chance += share
    return "graded"


def _fixed(student: Student, subject: str, number: int, is_latest: bool, age: int) -> str:
    if age <= 0 or not student.record:
        return "waiting" if age == 0 else ""
    work = student.record.work
    return work.get((subject, number)) or (is_latest and work.get((subject, -1))) or "graded"
