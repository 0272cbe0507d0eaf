"""Pictures of numbers: where things stand, in both directions, and that each is small and spoken."""

import re

import pytest
from django.template import engines
from django.utils import translation

BANDS = [("Not Met", 2300, 2399), ("Nearly Met", 2400, 2499), ("Met", 2500, 2599), ("Exceeded", 2600, 2700)]
CALL = "{% from 'web/components/chart.html' import score_band, bars, week_line, year_line %}{{ "


def drawn(what: str, language: str = "en", **values: object) -> str:
    with translation.override(language):
        return engines["jinja2"].from_string(CALL + what + " }}").render({"bands": BANDS} | values)


def band(score: object, language: str = "en", more: str = "") -> str:
    return drawn(f"score_band('s', 'Test', 'Ana scored.', bands, {score}{more})", language)


@pytest.mark.parametrize(
    ("score", "across"),
    [(2300, 6), (2399, 83), (2400, 83), (2450, 122), (2500, 160), (2700, 314), (2100, 6), (2900, 314)],
)
def test_a_score_stands_in_its_band_and_never_outside_the_picture(score, across):
    assert round(float(re.search(r'class="mark" d="M([\d.]+) ', band(score))[1])) == across


def test_the_scale_runs_from_right_to_left_where_the_page_does():
    ltr, rtl = band(2400), band(2400, "fa")
    assert round(float(re.search(r'class="mark" d="M([\d.]+) ', rtl)[1])) == 320 - 83
    assert [float(x) for x in re.findall(r'class="band b\d" x="([\d.]+)"', rtl)] == [
        float(x) for x in re.findall(r'class="band b\d" x="([\d.]+)"', ltr)
    ][::-1]


def test_the_picture_is_one_sentence_and_a_table_and_weighs_little():
    figure = band(2512, more=", 2490, 2534, 2441")
    svg = re.search(r"<svg.*</svg>", figure, re.DOTALL)[0]
    assert len(svg.encode()) <= 2000
    assert 'role="img" aria-labelledby="s-t s-d"' in svg
    assert "<figcaption>Ana scored. The open triangle is the score before: 2,441.</figcaption>" in figure
    assert "Show as a table" in figure
    assert "2,400 to 2,499" in figure


def test_a_name_too_long_for_two_lines_under_its_band_stands_below_beside_a_number():
    names = ("Did not meet it", "Nearly met the whole of it", "Met", "Exceeded")
    bands = [(name, *ends) for name, (_name, *ends) in zip(names, BANDS, strict=True)]
    figure = drawn("score_band('s', 'Test', 'Ana scored.', bands, 2512)", bands=bands)
    assert re.findall(r"<tspan[^>]*>([^<]*)<", figure) == ["1", "2", "3", "4"]
    assert "2 Nearly met the whole of it" in figure


def test_without_drawings_the_sentence_and_the_table_stay():
    for figure in (
        band(2512, more=", plain=true"),
        drawn(
            "bars('b', 'Credits', 'Leo has 5.', ['Area', 'Credits'], [('English', 0.5, '5 of 10')], plain=true)"
        ),
        drawn(
            "year_line('y', 'Years', 'Up.', ['Year', 'Points'], [('2025', 1, '1'), ('2026', 2, '2')], plain=true)"
        ),
    ):
        assert "<svg" not in figure
        assert "<details" not in figure
        assert "<table" in figure


def test_a_bar_fills_from_the_start_and_never_beyond_its_track():
    assert 'x="0" y="18" width="160.0"' in drawn(
        "bars('b', 'T', 'S', ['A', 'B'], [('English', 0.5, '5 of 10')])"
    )
    assert 'x="160.0" y="18" width="160.0"' in drawn(
        "bars('b', 'T', 'S', ['A', 'B'], [('English', 0.5, '5 of 10')])", "fa"
    )
    assert 'width="320"' in drawn("bars('b', 'T', 'S', ['A', 'B'], [('English', 7, '70 of 10')])")


def test_one_year_or_the_same_each_year_is_a_level_line():
    one = drawn("year_line('y', 'Years', 'One.', ['Year', 'Points'], [('2026', 5, '5')])")
    same = drawn("year_line('y', 'Years', 'Same.', ['Year', 'Points'], [('2025', 5, '5'), ('2026', 5, '5')])")
    assert 'points="24.0,48 "' in one
    assert re.findall(r'cy="([\d.]+)"', same) == ["48", "48"]


def test_names_too_long_for_their_band_stand_in_words_below_it():
    long = [(f"Moderadamente {n}", n * 100, n * 100 + 99) for n in range(1, 5)]
    figure = drawn("score_band('s', 'T', 'Ana scored.', bands, 250)", bands=long)
    assert re.findall(r"<tspan x=\"[\d.]+\">(.*?)</tspan>", figure) == ["1", "2", "3", "4"]
    assert "1 Moderadamente 1 · 2 Moderadamente 2" in figure


def test_a_name_of_three_lines_is_never_cut_under_its_band():
    names = [
        "No alcanzó el estándar",
        "Casi alcanzó el estándar",
        "Alcanzó el estándar",
        "Superó el estándar",
    ]
    bands = [(name, n * 100, n * 100 + 99) for n, name in enumerate(names, 1)]
    figure = drawn("score_band('s', 'T', 'Ana scored.', bands, 250)", bands=bands)
    assert re.findall(r"<tspan x=\"[\d.]+\">(.*?)</tspan>", figure) == ["1", "2", "3", "4"]
    assert "2 Casi alcanzó el estándar · 3 Alcanzó el estándar" in figure


def test_a_long_name_of_a_bar_takes_two_lines_and_the_next_bar_moves_down():
    rows = "[('Optativa de preparación para la universidad', 0.5, '5 of 10'), ('Salud', 0, '0')]"
    figure = drawn(f"bars('b', 'T', 'S', ['A', 'B'], {rows})")
    assert re.findall(r'class="bar-track" x="0" y="(\d+)"', figure) == ["33", "69"]
    assert 'viewBox="0 0 320 87"' in figure


@pytest.mark.parametrize(("language", "first", "last"), [("en", "0", "320"), ("fa", "320", "0")])
def test_the_first_and_the_last_week_stand_inside_the_picture(language, first, last):
    """However long the words of a date are, they grow towards the middle."""
    picture = drawn(
        "week_line('weeks', 'Linked', 'It rose.', ['Week', 'Linked'], points)",
        language,
        points=[("11 September", 3, "3%"), ("18 September", 4, "4%"), ("27 November", 5, "5%")],
    )
    words = re.findall(r'<text[^>]*x="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]+)<', picture)
    assert [(float(x), anchor, text) for x, anchor, text in words] == [
        (float(first), "start", "3%"),
        (float(first), "start", "11 September"),
        (float(last), "end", "5%"),
        (float(last), "end", "27 November"),
    ]
