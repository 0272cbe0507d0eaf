"""docs/adding_a_section.md, followed step by step for a section that does not exist: lockers, copied from the library."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.config.env import ROOT

COPIED = ("portal", "tests", "districts", "docs", "pyproject.toml")
NAME, NEAREST = "lockers", "library"
DATA = ROOT / ".cache" / "adding"  # where the database's own user may enter


def run(clone: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in the copy, with a database and settings of its own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "DJANGO", "PORTAL"))
    }
    kept.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=clone,
        env=kept | {"PYTHONPATH": str(clone), "DATA_DIR": str(DATA)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def ask_the_house(clone: Path, asked: str) -> subprocess.CompletedProcess[str]:
    return run(
        clone,
        "pytest",
        "tests/house/test_sections.py",
        "tests/house/test_pages.py",
        "-k",
        asked,
        "-p",
        "no:cacheprovider",
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Steps 1 to 9: a copy of the house in which the folder was copied, renamed and entered in the contents."""
    clone = tmp_path_factory.mktemp("clone")
    for name in COPIED:
        source, to = ROOT / name, clone / name
        if source.is_dir():
            shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__", ".cache"))
        else:
            shutil.copy(source, to)
    section = clone / "portal" / "sections" / NAME
    shutil.copytree(section.with_name(NEAREST), section)
    (section / "jinja2" / NEAREST).rename(section / "jinja2" / NAME)
    for migration in section.glob("migrations/0*.py"):
        migration.unlink()
    for path in (*section.rglob("*.py"), *section.rglob("*.html")):
        text = path.read_text().replace(NEAREST, NAME).replace(NEAREST.title(), NAME.title())
        path.write_text(text)
    contents = section.with_name("__init__.py")
    contents.write_text(contents.read_text().replace(f'"{NEAREST}",', f'"{NEAREST}", "{NAME}",'))
    files = clone / "portal" / "sis" / "bundle.py"
    files.write_text(
        files.read_text().replace('"libraryLoans",', '"libraryLoans", "lockersLoans", "lockersCards",')
    )
    return clone


@pytest.fixture(scope="module")
def added(clone: Path) -> Iterator[Path]:
    """Steps 10 and 11: its migration is written, and the checked pages anew."""
    shutil.rmtree(DATA, ignore_errors=True)
    for command in (("portal", "migrations", NAME), ("portal", "pages")):
        done = run(clone, *command)
        assert done.returncode == 0, done.stderr[-2000:]
    yield clone
    shutil.rmtree(DATA, ignore_errors=True)


def test_the_section_has_page_classic_page_and_json_and_the_house_asks_it_everything(added: Path):
    asked = ask_the_house(added, f"[{NAME}] or fresh")
    assert asked.returncode == 0, asked.stdout[-3000:]
    per_section = (ROOT / "tests" / "house" / "test_sections.py").read_text().count("\n@every_section\n")
    assert f"{per_section + 1} passed" in asked.stdout


def test_the_checked_pages_speak_of_it(added: Path):
    docs = added / "docs"
    assert "| Online Lockers | guardian, staff_at_the_school |" in (docs / "who_sees_what.md").read_text()
    assert "## lockers_loan" in (docs / "tables.md").read_text()
    assert f"/api/v1/students/{{ref}}/{NAME}/" in json.loads((docs / "api.json").read_text())["paths"]


@pytest.mark.parametrize(
    ("part", "named"),
    [
        (
            f"jinja2/{NAME}/classic/page.html",
            f"test_a_section_has_every_template_and_its_classic_twin[{NAME}]",
        ),
        ("section.py:events=events,", "test_a_section_says_what_its_changes_mean"),
        ("section.py:sentences=sentences,", "test_a_section_says_what_its_changes_mean"),
    ],
)
def test_the_tests_name_the_part_still_missing(added: Path, part: str, named: str):
    file, _colon, line = part.partition(":")
    path = added / "portal" / "sections" / NAME / file
    before = path.read_text()
    if line:
        assert line in before
        path.write_text(before.replace(f"    {line}\n", ""))
    else:
        path.unlink()
    try:
        asked = ask_the_house(added, f"[{NAME}] and (twin or changes)")
        assert asked.returncode == 1
        assert f"FAILED tests/house/test_sections.py::{named}" in asked.stdout
    finally:
        path.write_text(before)
