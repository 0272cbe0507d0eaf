"""Questions asked of every section and every address, so that a new one is covered the day it arrives."""

import ast
import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils.functional import Promise

from portal import sections as room
from portal.config.env import ROOT
from portal.people.models import reference
from portal.record import faces, glances
from portal.record.contents import sections
from portal.record.section import HomeFact

PORTAL = ROOT / "portal"
PARTS = {"month": "2026-10", "on": "2026-10-05", "term": "1", "language": "en"}  # of addresses
ICONS = (PORTAL / "web" / "static" / "web" / "icons.svg").read_text()

every_section = pytest.mark.parametrize("section", sections(), ids=lambda section: section.key)


@every_section
def test_a_section_has_every_template_and_its_classic_twin(section):
    templates = [f"{section.key}/page.html"]
    templates += [each.template for each in (*section.pages, *section.acts)]
    templates += [f"{section.key}/family.html"] if section.family else []
    for template in templates:
        folder, _, name = template.rpartition("/")
        get_template(template)
        get_template(f"{folder}/classic/{name}")


@every_section
def test_a_section_has_its_words_and_its_drawing(section):
    words = [section.title, *section.sentences.values()]
    words += [each for act in section.acts for each in (act.title, act.button, act.done)]
    assert all(isinstance(each, Promise) for each in words), "words are translated when they are shown"
    assert f'id="ph-{section.icon}-duotone"' in ICONS


@every_section
def test_a_section_says_what_its_changes_mean_and_a_sensitive_one_only_that_there_are_some(section):
    assert section.events or not section.feeds
    assert bool(section.sentences) is (section.events is not None and not section.sensitive)
    assert all(kind.startswith(f"{section.key}.") for kind in section.sentences)


@every_section
def test_a_table_opens_for_the_sections_it_feeds(section):
    for feed in section.feeds:
        if hasattr(feed.into, "belongs_to"):
            assert section.key in feed.into.belongs_to


@every_section
def test_a_child_without_any_rows_has_a_page_in_every_form(section, family, visit):
    client = visit(family.mother)
    page = client.get(reverse(section.key, args=[family.ana.ref]))
    assert page.status_code == 200
    answer = client.get(reverse(f"{section.key}_json", args=[family.ana.ref])).json()
    assert (answer["student"], answer["section"]) == (family.ana.ref, section.key)
    assert isinstance(answer["reading"], dict)
    if section.family:
        assert client.get(reverse(section.family_page)).status_code == 200
    family.mother.classic = True
    family.mother.save()
    classic = client.get(reverse(section.key, args=[family.ana.ref]))
    assert classic.status_code == 200
    assert "<svg" not in classic.content.decode()


@every_section
def test_a_reading_is_one_frozen_value(section, family, admit):
    reading = section.read(admit(family.mother, family.ana, section))
    assert dataclasses.is_dataclass(reading)
    assert reading.__dataclass_params__.frozen
    assert faces.plain(reading) == faces.plain(section.read(admit(family.mother, family.ana, section)))


@every_section
def test_the_home_page_hears_of_every_child_and_of_none(section, family, admit):
    facts = glances.said([(section, [admit(family.mother, family.ana, section)])])
    assert list(facts) == [family.ana.pk]
    assert isinstance(facts[family.ana.pk][section.key], HomeFact)
    assert len(str(facts[family.ana.pk][section.key].tile)) <= (0 if section.sensitive else 24)
    assert glances.said([(section, [])]) == {}


@every_section
def test_a_reading_asks_the_database_eight_times_at_most(section, family, admit):
    grant = admit(family.mother, family.ana, section)
    with CaptureQueriesContext(connection) as asked:
        section.read(grant)
    assert len(asked) <= 8, [each["sql"][:120] for each in asked]


def test_sections_are_held_apart_by_a_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    apart = next(each["modules"] for each in contracts if each["type"] == "independence")
    assert apart == ["portal.sections.*"]


def test_every_folder_of_the_room_is_in_the_contents():
    folders = {path.parent.name for path in (PORTAL / "sections").glob("*/section.py")}
    assert folders == set(room.contents)


def addresses_of_a_child(ref: str) -> Iterator[str]:
    """Every address that takes a student's reference, filled in with this one."""
    for section in sections():
        named = [section.key, f"{section.key}_json"]
        named += [f"{section.key}_{each.name}" for each in (*section.pages, *section.acts, *section.papers)]
        for name in named:
            yield _filled(name, ref, PARTS)
    yield reverse("student", args=[ref])


def _filled(name: str, ref: str, other: dict[str, str]) -> str:
    (pattern, names), *_more = get_resolver().reverse_dict.getlist(name)[0][0]
    values = {each: other.get(each, "abcdefghij") for each in names} | {"ref": ref}
    return "/" + pattern % values


def bytes_of(answer: HttpResponse, ref: str) -> str:
    """An answer without what is new each time: the reference asked for, and one-time tokens."""
    text = answer.content.decode().replace(ref, "REF")
    text = re.sub(r'"request_id": "[0-9a-f]{32}"', '"request_id": ""', text)
    return re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', r'\1=""', text)


def test_someone_elses_child_and_no_child_are_the_same_bytes(family, visit):
    client, nobody = visit(family.mother), reference()
    for theirs, none in zip(addresses_of_a_child(family.ben.ref), addresses_of_a_child(nobody), strict=True):
        for ask in (client.get, client.post):
            other, gone = ask(theirs), ask(none)
            assert other.status_code == gone.status_code
            assert other.status_code in (404, 405), theirs
            assert bytes_of(other, family.ben.ref) == bytes_of(gone, nobody)
            assert set(other.headers) == set(gone.headers)


def test_an_own_child_opens_where_someone_elses_does_not(family, visit):
    mine = [visit(family.mother).get(address).status_code for address in addresses_of_a_child(family.ana.ref)]
    assert mine.count(200) >= 2 * len(sections()) + 1


@pytest.mark.parametrize("who", [None, "ms_reed"], ids=["a visitor", "staff"])
def test_without_a_family_account_every_page_of_a_child_leads_to_the_sign_in(family, visit, who):
    client: Client = visit(getattr(family, who) if who else None)
    for address in addresses_of_a_child(family.ana.ref):
        answer = client.get(address)
        if address.endswith(".json"):
            assert (answer.status_code, answer.json()["code"]) == (401, "sign_in"), address
            continue
        assert answer.status_code == 302, address
        assert answer.headers["Location"].startswith(reverse("login"))


def test_a_father_barred_from_records_meets_the_same_words_on_every_page(family, visit):
    client = visit(family.father)
    for address in addresses_of_a_child(family.ana.ref):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "You no longer have access to this student" in answer.content.decode()
        assert "Oak School" not in answer.content.decode()


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders or ("",):
        for path in sorted((PORTAL / folder).rglob("*.py")):
            yield str(path.relative_to(PORTAL)), ast.parse(path.read_text())


def calls(tree: ast.Module) -> set[str]:
    """What is called, as written: Grant, log.note."""
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def reaches(tree: ast.Module) -> set[str]:
    """Every dotted name, called or not: Student.objects, Mark.rows.under."""
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def where(name: str, names: Callable[[ast.Module], set[str]] = reaches) -> set[str]:
    """The files in which a name is found."""
    return {path for path, tree in sources() if any(re.search(name, each) for each in names(tree))}


def test_the_gate_alone_makes_grants():
    assert where(r"(^|\.)(Grant|Reach)$", calls) == {"access/gate.py"}


def test_students_are_read_through_the_gate():
    """Add Student proves the pair by itself; the name index, the search and the import's sources hold no record."""
    assert where(r"(^|\.)Student\.(objects|_default_manager|_base_manager)$") == {
        "access/gate.py",
        "family/linking.py",
        "sis/roster.py",
        "staff/search.py",
        "students/names.py",
    }


def test_only_the_import_opens_a_table_of_the_record_without_a_grant():
    assert all(path.startswith("sis/") for path in where(r"\.for_import$"))


def test_no_section_goes_round_its_shut_tables():
    for path, tree in sources("sections", "record"):
        names = reaches(tree)
        assert not any(
            re.search(r"_(default|base)_manager$|\.raw$|connection\.cursor$|\.opened$", name)
            for name in names
        ), path
