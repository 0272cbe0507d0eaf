"""The stylesheets: colours that can be read, layouts that mirror, and their weight."""

import re
from pathlib import Path

import brotli
import pytest

import portal.web

FOLDER = Path(portal.web.__file__).parent / "static" / "web"
SHEETS = {
    name: (FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in ("portal", "staff", "classic")
}
PORTAL = SHEETS["portal"]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def ratio(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens(block, theme):
    """The colours of one block of rules in the light (0) or dark (1) theme; var() is followed."""
    found = dict(re.findall(r"--([\w-]+):(light-dark\([^)]*\)|#\w{6}|var\(--[\w-]+\))", block))
    colours = {}
    for name, value in found.items():
        while value.startswith("var("):
            value = found[value[6:-1]]
        pair = re.findall(r"#\w{6}", value)
        colours[name] = pair[theme] if len(pair) == 2 else pair[0]
    return colours


SUPPORTED = PORTAL[PORTAL.index("@supports") : PORTAL.index("[data-theme=contrast]{")]
CONTRAST = PORTAL[PORTAL.index("[data-theme=contrast]{") : PORTAL.index("@media (prefers-contrast")]
FALLBACK = PORTAL[PORTAL.index("--paper") : PORTAL.index("@supports")]
LEAST = {  # text on ground: the least ratio the design allows
    ("ink", "paper"): 14, ("ink", "card"): 13.4, ("ink", "sand"): 11.8, ("ink-2", "paper"): 6.9, ("ink-2", "sand"): 6.2,
    ("brand", "paper"): 7.2, ("brand", "card"): 7.7, ("brand", "brand-tint"): 6.6, ("on-brand", "brand"): 7.7,
    ("brand-hover", "paper"): 9.9, ("on-brand", "brand-hover"): 9.9, ("control", "card"): 5.2, ("control", "sand"): 4.5,
    ("good", "good-tint"): 6.0, ("good", "card"): 6.9, ("info", "info-tint"): 6.7, ("info", "card"): 7.7,
    ("warn", "warn-tint"): 6.5, ("warn", "card"): 7.3, ("bad", "bad-tint"): 6.4, ("bad", "card"): 7.5, ("on-bad", "bad"): 7.5,
    ("new", "new-tint"): 6.3, ("new", "card"): 7.2, ("plum", "plum-tint"): 7.1, ("plum", "card"): 7.8, ("poppy", "paper"): 3.2,
    ("poppy", "card"): 3.5, ("ring", "paper"): 11.4, ("ring-in", "brand"): 3,
}  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pair_of_colours_can_be_read(theme):
    colours = tokens(SUPPORTED, theme)
    weak = {
        pair: round(ratio(colours[pair[0]], colours[pair[1]]), 1)
        for pair, least in LEAST.items()
        if ratio(colours[pair[0]], colours[pair[1]]) < least
    }
    assert weak == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_in_high_contrast_every_text_is_at_least_ten_to_one(theme):
    colours = tokens(CONTRAST, theme)
    texts = ("ink", "ink-2", "brand", "good", "info", "warn", "bad", "new", "plum", "control", "line")
    assert {name for name in texts if ratio(colours[name], colours["paper"]) < 10} == set()


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_initial_of_a_child_can_be_read_on_its_colour(theme):
    on_child = tokens(SUPPORTED, theme)["on-child"]
    colours = re.findall(r"--child:light-dark\((#\w{6}),(#\w{6})\)", PORTAL)
    assert len(colours) == 8
    assert [pair[theme] for pair in colours if ratio(pair[theme], on_child) < 7] == []


def test_a_phone_that_knows_no_light_dark_gets_the_light_colours():
    assert tokens(FALLBACK, 0) == tokens(SUPPORTED, 0)


def test_a_phone_that_asks_for_contrast_gets_the_same_as_the_setting():
    asked = PORTAL[PORTAL.index("@media (prefers-contrast") : PORTAL.index("[data-theme=light]{")]
    assert tokens(asked, 1) == tokens(CONTRAST, 1)


@pytest.mark.parametrize("name", SHEETS)
def test_a_page_can_be_mirrored(name):
    sheet = re.sub(r"/\*.*?\*/", "", SHEETS[name], flags=re.DOTALL)
    assert re.findall(r"[\w-]*(?:left|right)\b[^;{}]*", sheet) == []
    sided = re.findall(
        r"(?:padding|margin|inset|border-radius):([^\s;}]+) ([^\s;}]+) ([^\s;}]+) ([^\s;}]+)[;}]", sheet
    )
    assert [four for four in sided if four[1] != four[3]] == []
    assert re.findall(r"[;{](?:top|bottom|width|height|min-width|max-width):", sheet) == []


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_read_to_its_end(name):
    depth = 0
    for line in SHEETS[name].splitlines():
        assert not (line.startswith("@layer") and depth), line
        depth += line.count("{") - line.count("}")
    assert depth == 0


def test_hidden_things_stay_hidden():
    assert PORTAL.index("[hidden]{display:none!important}") < PORTAL.index("@layer base{")


def test_the_motion_stops_where_it_is_not_wanted():
    moving = PORTAL[PORTAL.index("@media (prefers-reduced-motion:no-preference)") :]
    rest = PORTAL[: PORTAL.index("@media (prefers-reduced-motion:no-preference)")]
    assert "transition" in moving
    assert not re.search(r"transition:|animation:", rest)


def kilobytes(*names):
    return sum(len(brotli.compress((FOLDER / name).read_bytes())) for name in names) / 1000


@pytest.mark.parametrize(
    ("files", "most"),
    [
        (["portal.css"], 14),
        (["portal.css", "staff.css"], 18),
        (["classic.css"], 4),
        (["portal.js"], 6),
        (["icons.svg"], 12),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else f"{value} kB",
)
def test_a_phone_on_a_slow_line_is_not_made_to_wait(files, most):
    assert kilobytes(*files) <= most


@pytest.mark.parametrize(("font", "most"), [("figtree-latin", 17), ("vazirmatn-persian", 29)])
def test_a_font_is_small_and_brings_its_licence(font, most):
    assert (FOLDER / "fonts" / f"{font}.woff2").stat().st_size <= most * 1000
    licence = (FOLDER / "fonts" / f"{font.partition('-')[0]}.LICENSE.txt").read_text(encoding="utf-8")
    assert "SIL Open Font License" in licence
