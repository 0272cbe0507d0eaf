"""Translations are whole: nothing missing, nothing broken, nothing left over."""

import polib
import pytest

from portal.config import catalogs


def test_every_string_is_translated():
    assert catalogs.faults() == []


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (polib.POEntry(msgid="Attendance", msgstr=""), "not translated"),
        (polib.POEntry(msgid="Hello %(name)s", msgstr="Hola %(nombre)s"), "unknown placeholder"),
        (polib.POEntry(msgid="Hello %(name)s", msgstr="Hola"), "placeholders or tags differ"),
        (polib.POEntry(msgid="Read <b>this</b>", msgstr="Lea esto"), "placeholders or tags differ"),
        (polib.POEntry(msgid="Hello", msgstr="Hola", flags=["fuzzy"]), "not translated"),
        (polib.POEntry(msgid="Gone", msgstr="Ida"), "no longer used"),
    ],
)
def test_a_fault_in_a_catalog_is_named(entry, says, monkeypatch, tmp_path):
    catalog = polib.POFile()
    catalog.append(entry)
    catalog.save(str(tmp_path / "es.po"))
    source = polib.POFile()
    if says != "no longer used":
        source.append(polib.POEntry(msgid=entry.msgid))
    monkeypatch.setattr(catalogs, "files", lambda: {"es": tmp_path / "es.po"})
    monkeypatch.setattr(catalogs, "collect", lambda: source)
    assert [said for said in catalogs.faults() if says in said]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("برنامهٔ 504", 0),
        ("برنامه\u200cی 504", 1),
        ("برنامه\u200cای برای شما", 0),
        ("برنامه\u200cهای مدرسه", 0),
    ],
)
def test_a_persian_word_joins_the_next_in_one_spelling(text, faults, monkeypatch, tmp_path):
    catalog = polib.POFile()
    catalog.append(polib.POEntry(msgid="504 plan", msgstr=text))
    catalog.save(str(tmp_path / "fa.po"))
    monkeypatch.setattr(catalogs, "files", lambda: {"fa": tmp_path / "fa.po"})
    monkeypatch.setattr(catalogs, "collect", lambda: catalog)
    assert len([said for said in catalogs.faults() if "another spelling" in said]) == faults
