"""The privacy pages of Ana, and looks at her record."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now

from portal.audit.models import Access
from portal.record.contents import section
from tests import cast


@pytest.fixture
def of_ana(family) -> Callable[[str], str]:
    """of_ana("log"): the address of Ana's page of this name."""
    return lambda page: f"/privacy/{family.ana.ref}/{page}/"


@pytest.fixture
def looked(family, admit):
    """looked(person, action, days=…): a look at Ana's attendance so many days ago; returns its row."""

    def look(person, action="see", *, days=0, what="attendance", about=None, **more):
        grant = admit(person, family.ana, section(what))
        values = {
            "place": grant.place,
            "org": family.oak,
            "student": family.ana,
            "section": what,
            "why": grant.why,
        }
        return Access.objects.create(
            person=person, role=grant.role, action=action, about=about, at=now() - timedelta(days=days),
            **(values | more),
        )  # fmt: skip

    return look


@pytest.fixture
def second_parent(family):
    """Ana's grandmother, with full rights and an account of her own."""
    from portal.family.models import Guardian, Guardianship

    on_file = Guardian.objects.create(**cast.rostered("g-rosa"), given_name="Rosa", family_name="Reyes")
    right = cast.guardianship(family.ana, on_file, relationship=Guardianship.Relationship.GRANDPARENT)
    person = cast.person("Rosa", "Reyes", "rosa@example.org")
    cast.link(person, right)
    return person, right


def words(answer) -> str:
    """What a page says, without markup."""
    text = re.sub(r"<(style|script).*?</\1>", " ", answer.content.decode(), flags=re.S)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    return text.replace("&#39;", "'").replace(" ,", ",")
