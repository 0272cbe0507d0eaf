"""docs/asvs.csv names every requirement of the OWASP ASVS 5.0 at levels 1 and 2, and only tests that exist."""

import csv
import re

from portal.config.env import ROOT

# How many requirements of level 1 and 2 each chapter has in 5.0.0; the numbers themselves are in the file.
OF_CHAPTER = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
STATES = {"yes": {"met", "partly", "not yet"}, "no": {""}}


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_requirement_is_there_once():
    numbers = [row["number"] for row in rows()]
    assert len(numbers) == len(set(numbers)) == sum(OF_CHAPTER.values())
    counted: dict[int, int] = {}
    for number in numbers:
        assert re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{1,2}", number), number
        chapter = int(number.partition(".")[0])
        counted[chapter] = counted.get(chapter, 0) + 1
    assert counted == OF_CHAPTER
    assert {row["level"] for row in rows()} == {"1", "2"}


def test_every_row_says_whether_it_applies_how_far_it_is_met_and_how():
    for row in rows():
        assert row["state"] in STATES[row["applies"]], row
        assert row["about"], row
        assert row["how"], row


def test_every_test_that_is_named_exists():
    for row in rows():
        if row["test"]:
            path, _, name = row["test"].partition("::")
            assert (ROOT / path).is_file(), row
            assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), row


def test_a_test_that_does_not_exist_would_be_noticed():
    assert not re.search(
        r"^def test_nothing_of_this_name\(", (ROOT / "tests/house/test_asvs.py").read_text(), re.MULTILINE
    )
