"""The checked pages say what the code does."""

from portal.config import pages


def test_the_checked_pages_are_fresh():
    assert pages.stale() == []


def test_a_page_that_differs_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "DOCS", tmp_path)
    assert [line.partition(" ")[0] for line in pages.stale()] == [
        "docs/who_sees_what.md",
        "docs/tables.md",
        "docs/api.json",
    ]
    pages.write()
    assert pages.stale() == []
    (tmp_path / "tables.md").write_text("something else")
    assert [line.partition(" ")[0] for line in pages.stale()] == ["docs/tables.md"]
