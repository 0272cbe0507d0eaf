"""Finds the sections the contents line names; the record may not know the rooms that know it."""

from functools import cache
from importlib import import_module

from django.conf import settings

from portal.record.section import Section


@cache
def sections() -> tuple[Section, ...]:
    """Every section, in the order a family sees them."""
    room = settings.SECTIONS
    return tuple(import_module(f"{room}.{name}.section").section for name in import_module(room).contents)


def section(key: str) -> Section:
    """The section of this key. Raises KeyError."""
    return {section.key: section for section in sections()}[key]
