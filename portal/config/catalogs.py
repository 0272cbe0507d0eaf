"""Catalogs of translations: collected from the sources, compiled for the pages, checked for holes."""

import re
from pathlib import Path

import polib

from portal.config.env import ROOT

FOLDER = ROOT / "portal" / "locale"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")
TAG = re.compile(r"</?\w+")
PLURALS = {
    "es": "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;",
    "fa": "nplurals=2; plural=(n > 1);",
}
# One word is written one way. Persian joins a word that ends in a silent he to the next by a small ye above it, as Unicode
# CLDR writes the months of our dates.
OTHER_SPELLINGS = {"fa": re.compile("ه\u200cی(?![\\w\u200c])")}


def files() -> dict[str, Path]:
    """The catalog of each language but English, which is the source."""
    return {
        folder.name: folder / "LC_MESSAGES" / "django.po"
        for folder in sorted(FOLDER.iterdir())
        if folder.is_dir()
    }


def compile_all() -> None:
    """Writes the binary catalogs beside the texts, where one is missing or older than its text."""
    for text in files().values():
        binary = text.with_suffix(".mo")
        if not binary.exists() or binary.stat().st_mtime < text.stat().st_mtime:
            polib.pofile(str(text)).save_as_mofile(str(binary))


def collect() -> polib.POFile:
    """Every string of the sources: Python by Django's keywords, templates by the i18n extension of Jinja2."""
    from babel.messages.extract import extract_from_dir

    keywords = {
        "_": None, "say": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
        "ngettext": (1, 2), "ngettext_lazy": (1, 2),
        "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
    }  # fmt: skip
    found = polib.POFile(wrapwidth=110)
    entries: dict[tuple[str | None, str], polib.POEntry] = {}
    strings = extract_from_dir(
        str(ROOT / "portal"),
        method_map=[("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")],
        options_map={
            "**": {
                "newstyle_gettext": "true",
                "silent": "false",
                "extensions": "jinja2.ext.i18n",
                "trimmed": "true",
                "trim_blocks": "true",
                "lstrip_blocks": "true",
            }
        },
        keywords=keywords,
        comment_tags=["Translators:"],
    )
    for file, _line, message, _comments, context in strings:
        single, plural = message if isinstance(message, tuple) else (message, None)
        if not single:
            continue
        entry = entries.setdefault((context, single), polib.POEntry(msgid=single, msgctxt=context))
        if plural:
            entry.msgid_plural = plural
        if (f"portal/{file}", "") not in entry.occurrences:
            entry.occurrences.append((f"portal/{file}", ""))
    found.extend(sorted(entries.values(), key=lambda entry: (sorted(entry.occurrences)[0], entry.msgid)))
    return found


def update() -> None:
    """Brings every catalog up to the sources: new strings empty, strings no longer used gone."""
    strings = collect()
    for language, path in files().items():
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        known = {(entry.msgctxt, entry.msgid): entry for entry in old}
        new = polib.POFile(wrapwidth=110)
        new.metadata = {
            "Language": language,
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": PLURALS[language],
        }
        forms = int(PLURALS[language][len("nplurals=")])
        for entry in strings:
            before = known.get((entry.msgctxt, entry.msgid))
            fresh = polib.POEntry(
                msgid=entry.msgid,
                msgctxt=entry.msgctxt,
                msgid_plural=entry.msgid_plural,
                occurrences=entry.occurrences,
            )
            if entry.msgid_plural:
                kept = before.msgstr_plural if before and before.msgid_plural == entry.msgid_plural else {}
                fresh.msgstr_plural = {n: kept.get(n, "") for n in range(forms)}
            elif before:
                fresh.msgstr = before.msgstr
            new.append(fresh)
        new.save(str(path))


def faults() -> list[str]:
    """What is wrong with the catalogs, in lines for a person: holes, broken placeholders or tags, leftovers."""
    strings = {(entry.msgctxt, entry.msgid): entry for entry in collect()}
    said = []
    for language, path in files().items():
        catalog = polib.pofile(str(path))
        there = {(entry.msgctxt, entry.msgid): entry for entry in catalog}
        said += [f"{language}: missing: {key[1]!r}" for key in strings.keys() - there.keys()]
        said += [f"{language}: no longer used: {key[1]!r}" for key in there.keys() - strings.keys()]
        for entry in catalog:
            texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
            if entry.fuzzy or not all(texts):
                said.append(f"{language}: not translated: {entry.msgid!r}")
                continue
            for text in texts:
                if _marks(text) - _marks(entry.msgid) - _marks(entry.msgid_plural or ""):
                    said.append(f"{language}: unknown placeholder or tag in {text!r}")
                if language in OTHER_SPELLINGS and OTHER_SPELLINGS[language].search(text):
                    said.append(f"{language}: another spelling of the same ending in {text!r}")
            if not entry.msgid_plural and _marks(entry.msgid) != _marks(texts[0]):
                said.append(f"{language}: placeholders or tags differ in {texts[0]!r}")
    return said


def _marks(text: str) -> set[str]:
    return {match.group() for match in PLACEHOLDER.finditer(text)} | set(TAG.findall(text))
