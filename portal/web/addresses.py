"""Addresses of pages. Django takes its time to find one, and a page has dozens of them: each is found once."""

import re
from functools import lru_cache
from typing import Any

from django.urls import get_urlconf, reverse
from django.utils.translation import get_language

REF = re.compile("[2-9A-Za-z]{10}")  # as record/urls.py has it
ANY = "Z" * 10  # stands in for a reference


def url(name: str, **kwargs: Any) -> str:
    """The address of a named page: url("section", ref=student.ref, section="grades")."""
    ref = kwargs.get("ref")
    if ref is None or not REF.fullmatch(ref):
        return _found(get_urlconf(), get_language(), name, **kwargs)
    return _found(get_urlconf(), get_language(), name, **kwargs | {"ref": ANY}).replace(ANY, ref)


@lru_cache(maxsize=5000)
def _found(_names: str | None, _language: str | None, name: str, **kwargs: Any) -> str:
    """Staff read a record by names that lead to their own addresses; a visitor's address may carry the language."""
    return reverse(name, kwargs=kwargs)
