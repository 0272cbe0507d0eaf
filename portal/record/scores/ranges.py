"""Score ranges and labels of tests, by subject and grade, each with the years it holds for and where it comes from."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words

FIRST_YEAR = 2021  # the outer limits were others before; an older score is never out of range


@dataclass(frozen=True)
class Ranges:
    """Where the levels of one test begin, from low to high; the last number is the highest score."""

    begins: tuple[int, ...]
    most: int

    @property
    def bands(self) -> tuple[tuple[int, int], ...]:
        """First and last score of each level."""
        ends = [*(first - 1 for first in self.begins[1:]), self.most]
        return tuple(zip(self.begins, ends, strict=True))

    def level(self, score: int) -> int:
        """1 for the lowest."""
        return max(sum(score >= first for first in self.begins), 1)


# Smarter Balanced, overall scale scores, by subject and grade. In force since 2020-21; the cuts between levels since 2014-15.
# Source: ETS for the California Department of Education, CAASPP Smarter Balanced scale score ranges.
SBAC: dict[tuple[str, str], Ranges] = {
    ("ELA", "03"): Ranges((2115, 2367, 2432, 2490), 2650),
    ("ELA", "04"): Ranges((2140, 2416, 2473, 2533), 2690),
    ("ELA", "05"): Ranges((2200, 2442, 2502, 2582), 2730),
    ("ELA", "06"): Ranges((2230, 2457, 2531, 2618), 2770),
    ("ELA", "07"): Ranges((2260, 2479, 2552, 2649), 2810),
    ("ELA", "08"): Ranges((2290, 2487, 2567, 2668), 2850),
    ("ELA", "11"): Ranges((2300, 2493, 2583, 2682), 2900),
    ("MATH", "03"): Ranges((2190, 2381, 2436, 2501), 2660),
    ("MATH", "04"): Ranges((2205, 2411, 2485, 2549), 2700),
    ("MATH", "05"): Ranges((2220, 2455, 2528, 2579), 2740),
    ("MATH", "06"): Ranges((2235, 2473, 2552, 2610), 2780),
    ("MATH", "07"): Ranges((2250, 2484, 2567, 2635), 2820),
    ("MATH", "08"): Ranges((2265, 2504, 2586, 2653), 2860),
    ("MATH", "11"): Ranges((2280, 2543, 2628, 2718), 2900),
}

# California Science Test. High school is tested once, in grade 10, 11 or 12, on one scale.
# Source: California Department of Education, CAST scale score ranges.
CAST: dict[str, Ranges] = {
    "05": Ranges((150, 179, 214, 231), 250),
    "08": Ranges((350, 378, 415, 433), 450),
    **dict.fromkeys(("10", "11", "12"), Ranges((550, 576, 615, 636), 650)),
}

# Summative ELPAC, overall scale scores, by grade; transitional kindergarten does not take it. In force since 2018-19.
# Source: ETS for the California Department of Education, ELPAC score ranges, 2018-19 forward.
ELPAC_SINCE = 2019  # school year (its last)
ELPAC: dict[str, Ranges] = {
    "KG": Ranges((1150, 1374, 1422, 1474), 1700),
    "01": Ranges((1150, 1411, 1455, 1507), 1700),
    "02": Ranges((1150, 1424, 1471, 1532), 1700),
    "03": Ranges((1150, 1448, 1488, 1535), 1800),
    "04": Ranges((1150, 1459, 1499, 1549), 1800),
    "05": Ranges((1150, 1467, 1514, 1560), 1800),
    "06": Ranges((1150, 1475, 1517, 1567), 1900),
    "07": Ranges((1150, 1481, 1527, 1576), 1900),
    "08": Ranges((1150, 1486, 1534, 1590), 1900),
    **dict.fromkeys(("09", "10"), Ranges((1150, 1493, 1545, 1606), 1950)),
    **dict.fromkeys(("11", "12"), Ranges((1150, 1500, 1555, 1615), 1950)),
}

# Summative Alternate ELPAC, overall scale scores, by grade: each span of grades has a scale of its own, so that a score says
# nothing beside one of another span or of the ELPAC. In force since 2021-22, the first year it was given: from November 1, 2021,
# with ranges that the State Board of Education approved in May 2022.
# Sources: ETS for the California Department of Education, Summative Alternate ELPAC overall scale score ranges
# (https://caaspp-elpac.ets.org/elpac/ScaleScoreRangesALTSA.aspx); the state's letter to districts of June 13, 2023
# (https://www.cde.ca.gov/sp/el/rd/elpacltr.asp).
ALTERNATE_ELPAC_SINCE = 2022  # school year (its last)
_SPANS = (("KG",), ("01",), ("02",), ("03", "04", "05"), ("06", "07", "08"), ("09", "10"), ("11", "12"))
ALTERNATE_ELPAC: dict[str, Ranges] = {
    grade: Ranges((first + 1, first + 44, first + 60), first + 99)
    for first, span in zip(range(200, 900, 100), _SPANS, strict=True)
    for grade in span
}

# Names of the four levels of SBAC and CAST, by the school year (its last year) from which they are printed.
# Source: State Board of Education, item 3, March 2025; before that EC 60642.6 reports since 2015.
LABELS: tuple[tuple[int, tuple[Words, ...]], ...] = (
    (2026, (_("Minimal"), _("Developing"), _("Proficient"), _("Advanced"))),
    (0, (_("Standard Not Met"), _("Standard Nearly Met"), _("Standard Met"), _("Standard Exceeded"))),
)

# Lowest and highest score of tests with one scale for all. Source: College Board, ACT and IB score scales.
WHOLE: dict[str, tuple[int, int]] = {
    "AP": (1, 5),
    "IB": (1, 7),
    "ACT": (1, 36),
    "SAT": (400, 1600),
    "PSAT": (320, 1520),
    "PSAT89": (240, 1440),
}


def of(code: str, subject: str, grade: str) -> Ranges | None:
    """The ranges of a test's levels, where the test has them."""
    if code == "SBAC":
        return SBAC.get((subject.upper(), grade))
    return CAST.get(grade) if code == "CAST" else None


def labels(school_year: int) -> tuple[Words, ...]:
    """The names of the four levels as printed for that school year."""
    return next(words for since, words in LABELS if school_year >= since)


def possible() -> str:
    """SQL over a row of testScores.csv: whether a whole score can be one, as far as the test is known here.

    Scores of years before ours are taken as they come.
    """
    number = "CASE WHEN score ~ '^[0-9]{1,5}(\\.[0-9]+)?$' THEN score::numeric END"
    limits = [
        f"(upper(test) = 'SBAC' AND upper(subject) = '{subject}' AND grade = '{grade}' AND school_year >= {FIRST_YEAR}"
        f" AND {number} NOT BETWEEN {ranges.begins[0]} AND {ranges.most})"
        for (subject, grade), ranges in SBAC.items()
    ]
    limits += [
        f"(upper(test) = 'CAST' AND grade = '{grade}' AND {number} NOT BETWEEN {ranges.begins[0]} AND {ranges.most})"
        for grade, ranges in CAST.items()
    ]
    limits += [
        f"(upper(test) = 'ELPAC' AND subject = '' AND grade = '{grade}' AND school_year >= {ELPAC_SINCE}"
        f" AND {number} NOT BETWEEN {ranges.begins[0]} AND {ranges.most})"
        for grade, ranges in ELPAC.items()
    ]
    limits += [
        f"(upper(test) = 'ALTELPAC' AND subject = '' AND grade = '{grade}' AND school_year >= {ALTERNATE_ELPAC_SINCE}"
        f" AND {number} NOT BETWEEN {ranges.begins[0]} AND {ranges.most})"
        for grade, ranges in ALTERNATE_ELPAC.items()
    ]
    limits += [
        f"(upper(test) = '{code}' AND subject = '' AND {number} NOT BETWEEN {least} AND {most})"
        for code, (least, most) in WHOLE.items()
        if code not in ("AP", "IB")
    ]
    limits += [
        f"(upper(test) = '{code}' AND {number} NOT BETWEEN {WHOLE[code][0]} AND {WHOLE[code][1]})"
        for code in ("AP", "IB")
    ]
    return f"NOT coalesce(type = 'scale' AND ({' OR '.join(limits)}), false)"
