"""The sprite holds every icon a page asks for, and none that nobody asks for would be missed."""

import re
from pathlib import Path

import portal
from portal.web import menu, sprite

DRAWN = set(re.findall(r'<symbol id="ph-([\w-]+)"', sprite.SPRITE.read_text(encoding="utf-8")))


def asked_for():
    """Every icon named in a template or a menu of any room."""
    names = set()
    for file in Path(portal.__file__).parent.rglob("jinja2/**/*.html"):
        text = file.read_text(encoding="utf-8")
        names |= set(re.findall(r'\bicon\("([\w-]+)"\)', text))
        names |= {f"{name}-{weight}" for name, weight in re.findall(r'\bicon\("([\w-]+)", "(\w+)"\)', text)}
        names |= {
            f"{name}-duotone" for name in re.findall(r'\b(?:tile|attention_row)\([^,]+, "([\w-]+)"', text)
        }
    names |= {entry.icon for entry in (*menu.BAR, *menu.FAMILY, *menu.STAFF)}
    names |= {f"{entry.icon}-fill" for entry in menu.BAR}
    return names


def test_the_sprite_holds_every_icon_a_page_asks_for():
    assert asked_for() - DRAWN == set()


def test_icons_take_the_colour_of_their_words():
    symbols = re.findall(r"<symbol[^>]*>", sprite.SPRITE.read_text(encoding="utf-8"))
    assert symbols
    assert [symbol for symbol in symbols if 'fill="currentColor"' not in symbol] == []


def test_the_icons_bring_their_licence():
    assert "MIT License" in (sprite.SPRITE.parent / "icons.LICENSE.txt").read_text(encoding="utf-8")
