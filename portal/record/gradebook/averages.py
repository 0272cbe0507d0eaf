"""Points of letters and the average over them."""

from decimal import ROUND_HALF_UP, Decimal

# Points of a letter; plus and minus change nothing. Source: the district's bulletin on grade point averages.
POINTS = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}
GOOD = ("A", "B", "C")  # letters to which honors and AP add a point


def letter(mark: str) -> str:
    """A to F of a mark like B+; empty for a mark without points."""
    return mark[:1] if mark.rstrip("+-") in POINTS else ""


def average(marks: list[tuple[str, Decimal, Decimal]]) -> Decimal | None:
    """The grade point average, two places, halves up; None without a mark that has points.

    marks: letter, credits the course is worth, points added for honors and AP (only from C up).
    """
    worth = sum((credits for _letter, credits, _more in marks), Decimal(0))
    if not worth:
        return None
    total = sum((POINTS[name] + (more if name in GOOD else 0)) * credits for name, credits, more in marks)
    return (Decimal(total) / worth).quantize(Decimal("0.01"), ROUND_HALF_UP)
