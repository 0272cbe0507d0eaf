"""Words of two directions in one page: what the templates have to do so that each stands where its reader looks for it."""

import re
from pathlib import Path

import portal

# The demo's own pages are in English alone.
TEMPLATES = [
    file
    for file in Path(portal.__file__).parent.rglob("jinja2/**/*.html")
    if "demo" not in file.relative_to(Path(portal.__file__).parent).parts
]
SENTENCE = re.compile(r"{%-? *trans\b.*?endtrans *-?%}|{#.*?#}", re.DOTALL)
GLUED = re.compile(r"""(?:}}|</bdi>)[,;] {[{%]|"[,;] " if|join\(", "\)""")


def found(pattern: re.Pattern[str]) -> list[str]:
    """Each place outside a sentence to translate, as file and text."""
    return [
        f"{file.name}: {at[0]}"
        for file in TEMPLATES
        for at in pattern.finditer(SENTENCE.sub("", file.read_text(encoding="utf-8")))
    ]


def test_no_template_puts_a_latin_comma_between_two_values():
    """A comma is the language's own: the filter `listed` knows it."""
    assert found(GLUED) == []


def test_nothing_takes_its_direction_from_an_isolated_text_alone():
    """`dir="auto"` does not look into <bdi>: with nothing else inside, it is left to right in every language."""
    assert found(re.compile(r'dir="auto"[^>]*>\s*<bdi')) == []
