"""What comes of each broken bundle, and that a bundle held or refused leaves every live row as it was."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from portal.demo.district import cast
from portal.demo.district.corpus import VARIANTS
from portal.sis.models import Quarantined, Run
from portal.sis.taking import take_in
from portal.students.models import Rostered

pytestmark = pytest.mark.django_db


def rows(model: type[models.Model]) -> models.QuerySet:
    """Every row of a table, the shut ones too."""
    manager = model._default_manager
    return manager.for_import() if hasattr(manager, "for_import") else manager.all()


def live() -> dict[str, list[dict[str, Any]]]:
    """Everything an import may fill."""
    return {
        model._meta.label: list(rows(model).order_by("pk").values())
        for model in apps.get_models()
        if issubclass(model, Rostered)
    }


def take(path: Path, **more):
    return take_in(path, None, **({"dry_run": False, "progress": lambda *_: None} | more))


def before_it(name: str) -> list[str]:
    """The variants that were applied on the days before, oldest first."""
    after = VARIANTS[name].after
    return [*before_it(after), after] if after else []


@pytest.mark.parametrize("name", VARIANTS)
def test_each_broken_bundle_gets_its_verdict_and_changes_nothing_unless_applied(tmp_path: Path, name: str):
    for earlier in before_it(name):
        assert take(VARIANTS[earlier].write(tmp_path / "before")).verdict == Run.Verdict.APPLIED
    before = live()

    report = take(VARIANTS[name].write(tmp_path))

    odd = any(file.quarantined or file.waiting for file in report.files.values())
    applied = "applied with quarantine" if odd else "applied"
    assert (applied if report.verdict == "applied" else report.verdict) == VARIANTS[name].verdict
    run = Run.objects.latest("pk")
    assert (run.verdict, run.reason) == (report.verdict, report.reason)
    assert Quarantined.objects.filter(run=run).count() == len(report.aside)
    if report.verdict != Run.Verdict.APPLIED:
        assert report.reason
        assert live() == (with_the_order(before, run) if name == "revocation_in_a_held_bundle" else before)


def with_the_order(before: dict[str, list[dict[str, Any]]], run: Run) -> dict[str, list[dict[str, Any]]]:
    """The rows of before, and Luis barred from what is Ana's."""
    for right in before["family.Guardianship"]:
        if right["sourced_id"] == f"{cast.ANA.id}.{cast.LUIS.id}":
            right |= {"access_restriction": "noRecords", "run_id": run.pk}
    return before
