"""The school year a day belongs to."""

from datetime import date


def school_year(on: date) -> tuple[date, date]:
    """First and last day of the school year around a day. Source: California Education Code 37200, July 1 to June 30."""
    begins = date(on.year if on.month >= 7 else on.year - 1, 7, 1)
    return begins, date(begins.year + 1, 6, 30)
