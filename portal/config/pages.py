"""The checked pages of docs/: written from the code, compared by the checks."""

import ast
import inspect
import io
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils.translation import override

from portal.access import gate, registry, rules, wall
from portal.api import document
from portal.api import urls as api
from portal.config.env import ROOT
from portal.record.contents import sections

DOCS = ROOT / "docs"
LETTERS = {"r": "read", "a": "add", "u": "change", "d": "remove", "l": "lock"}
MENDED = "Written from the code by `make pages`; `make check` notices when the two differ."


def write() -> int:
    """Rewrites every checked page."""
    for path, text in _pages():
        path.write_text(text, encoding="utf-8")
    return 0


def stale() -> list[str]:
    """The checked pages that no longer say what the code does."""
    return [
        f"docs/{path.name} no longer says what the code does; write it with `make pages`"
        for path, text in _pages()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def _pages() -> list[tuple[Path, str]]:
    with override("en"):
        return [
            (DOCS / "who_sees_what.md", "\n".join(_who_sees_what())),
            (DOCS / "tables.md", "\n".join(_tables())),
            (DOCS / "api.json", document.text(api.urlpatterns)),
        ]


def _who_sees_what() -> Iterator[str]:
    yield f"# Who sees what\n\n{MENDED}\n"
    yield "Nobody sees a section unless a rule in its row says yes. Below the tables stands what each rule asks.\n"
    yield "## Sections of a student's record\n"
    yield "| section | may see | may change | what can be changed | sensitive |\n|---|---|---|---|---|"
    for section in sections():
        yield _row(
            section.title,
            _names(section.may_see),
            _names(section.may_change),
            ", ".join(str(act.title) for act in section.acts) or "–",
            "yes"
            if section.sensitive
            else ", ".join(str(page.title) for page in section.pages if page.sensitive) or "no",
        )
    yield "\n## What is no section\n"
    yield "| function | may see | may change |\n|---|---|---|"
    for directory in registry.directories():
        yield _row(directory.key, _names(directory.may_see), _names(directory.may_change))
    yield "\n## The rules\n"
    for rule in sorted(_rules(), key=rules.name):
        yield f"- **{rules.name(rule)}**: {rules.words(rule)}"
    yield "\n## Addresses and who may knock\n"
    yield "`family` and `staff` must be signed in; what they then see, the rules above decide. Public pages also answer"
    yield "below the code of a language, like `/es/login/`.\n"
    yield "| address | door | what the gate is asked |\n|---|---|---|"
    codes = {code for code, _name in settings.LANGUAGES}
    for route in registry.routes():
        if route.address.partition("/")[0] not in codes:
            yield _row(
                f"`/{route.address}`", route.door or "nobody has said", route.asks.key if route.asks else "–"
            )
    yield ""


def _rules() -> set[rules.Rule]:
    asked: list[gate.Ruled] = [*sections(), *registry.directories()]
    return {rule for each in asked for rule in (*each.may_see, *each.may_change)}


def _names(asked: Iterable[rules.Rule]) -> str:
    return ", ".join(map(rules.name, asked)) or "nobody"


def _tables() -> Iterator[str]:
    yield f"# Tables\n\n{MENDED}\n"
    yield "Types are PostgreSQL's; *or nothing* marks what may be empty. A table of the record names the sections that open it."
    yield "Behind the second wall each role of the database does what stands there, with the rows that are its own."
    walled = {table.name: table for table in wall.tables()}
    for model in sorted(_models(), key=lambda model: model._meta.db_table):
        yield f"\n## {model._meta.db_table}\n"
        yield (inspect.getdoc(model) or "").partition("\n\n")[0].replace("\n", " ")
        if opens := getattr(model, "belongs_to", ()):
            yield f"\nOpens for: {', '.join(opens)}."
        yield f"\nBehind the second wall: {_rights(walled[model._meta.db_table])}."
        yield "\n| column | type | what it holds |\n|---|---|---|"
        for field in model._meta.concrete_fields:
            yield _row(f"`{field.column}`", _type(field), _comment(model, field.name))
        for many in model._meta.local_many_to_many:
            yield _row(f"`{many.name}`", f"any number of {many.related_model._meta.db_table}", "")  # type: ignore[union-attr]
    yield ""


def _rights(table: wall.Table) -> str:
    """family: read; importer: read, add, change, remove."""
    if table.open:
        return "no word about a student or guardian; everyone may read"
    said: dict[str, list[str]] = {}
    for policy in table.policies:
        if policy.kind != "demo":
            said.setdefault(policy.kind, []).append(LETTERS[policy.letter])
    return "; ".join(f"{kind}: {', '.join(dict.fromkeys(words))}" for kind, words in said.items()) or "nobody"


def _models() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models() if model.__module__.startswith("portal."))


def _type(field: models.Field) -> str:
    kind = field.db_type(connection) or ""
    if field.related_model:
        kind = f"→ {field.related_model._meta.db_table}"  # type: ignore[union-attr]
    elif field.choices:
        kind += ": " + ", ".join(str(value) for value, _words in field.flatchoices)
    return f"{kind} or nothing" if field.null else kind


def _comment(model: type[models.Model], name: str) -> str:
    """What the source says beside the field, in the class that declares it."""
    for declared in model.__mro__:
        if comment := _comments(declared).get(name):
            return comment
    return ""


def _comments(declared: type) -> dict[str, str]:
    module = inspect.getmodule(declared)
    if module is None or not module.__name__.startswith("portal."):
        return {}
    return _of_module(module).get(declared.__name__, {})


@cache
def _of_module(module: ModuleType) -> dict[str, dict[str, str]]:
    """Comments beside the assignments of each class of a module, by class and name."""
    source = inspect.getsource(module)
    said = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and not token.string.startswith(("# type:", "# noqa", "# fmt:"))
    }
    return {
        each.name: {
            target.id: " ".join(
                said[line]
                for line in range(part.lineno, (part.end_lineno or part.lineno) + 1)
                if line in said
            )
            for part in each.body
            if isinstance(part, ast.Assign)
            for target in part.targets
            if isinstance(target, ast.Name)
        }
        for each in ast.parse(source).body
        if isinstance(each, ast.ClassDef)
    }


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
