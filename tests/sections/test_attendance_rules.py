"""What a rate of attendance is called, at the edge of each level."""

from decimal import Decimal

import pytest

from portal.sections.attendance import rules


@pytest.mark.parametrize(
    ("missed", "days", "rate", "level"),
    [
        (0, 180, "100.0", "Advanced"),
        (0, 1, "100.0", "Advanced"),
        (1, 180, "99.4", "Proficient"),
        (7, 180, "96.1", "Proficient"),
        (4, 100, "96.0", "Proficient"),
        (8, 180, "95.5", "Basic"),
        (3, 71, "95.7", "Basic"),  # just under the goal, and never rounded up to it
        (41, 1000, "95.9", "Basic"),
        (8, 100, "92.0", "Basic"),
        (15, 180, "91.6", "Below Basic"),
        (13, 100, "87.0", "Below Basic"),
        (24, 180, "86.6", "Far Below Basic"),
        (131, 1000, "86.9", "Far Below Basic"),
        (1, 1, "0.0", "Far Below Basic"),
    ],
)
def test_the_rate_is_cut_off_and_the_level_goes_by_what_was_missed(missed, days, rate, level):
    assert rules.rate(missed, days) == Decimal(rate)
    assert str(rules.level(missed, days)) == level


@pytest.mark.parametrize(
    ("missed", "days", "district", "state"),
    [(8, 100, False, False), (9, 100, True, False), (16, 180, False, False), (17, 180, True, False),
     (99, 1000, True, False), (10, 100, True, True), (17, 171, True, False), (18, 180, True, True)],
)  # fmt: skip
def test_chronic_begins_at_nine_percent_for_the_district_and_ten_for_the_state(missed, days, district, state):
    assert rules.chronic(missed, days, rules.DISTRICT_CHRONIC) is district
    assert rules.chronic(missed, days, rules.STATE_CHRONIC) is state
