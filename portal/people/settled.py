"""What a district changed of its settings while the portal runs; the settings file says the rest.

`settings.DISTRICT` is one frozen value that every room reads. The statement that tells the database who asks also
brings back how far the changes have come; when they moved on, the value is put together anew. So every process goes
by a change from its next transaction on.
"""

import logging
from dataclasses import replace
from typing import Any, get_args, get_type_hints

from django.conf import settings
from django.db import connection

from portal.people.models import Person, Setting

LOG = logging.getLogger("portal.settings")
_at = 0  # key of the newest change put in


def follow(at: int) -> None:
    """Puts the changes into settings.DISTRICT unless they are in it. at: key of the newest one, 0 for none."""
    global _at
    if at == _at:
        return
    district = settings.DISTRICT_FILE
    for setting in Setting.objects.order_by("name", "-pk").distinct("name"):
        if setting.value is None:
            continue
        try:
            district = put(district, setting.name, setting.value)
        except (AttributeError, TypeError):  # of another version of the portal
            LOG.error("a changed setting is not understood", extra={"facts": {"name": setting.name}})
    settings.DISTRICT = district
    _at = at


def get(district: Any, name: str) -> Any:
    """A value by its name: get(district, "attendance.much_percent"). Raises AttributeError."""
    for part in name.split("."):
        district = getattr(district, part)
    return district


def put(district: Any, name: str, value: Any) -> Any:
    """The district with one value changed. Raises AttributeError for an unknown name, TypeError for another type."""
    head, _, rest = name.partition(".")
    old = getattr(district, head)
    if rest:
        value = put(old, rest, value)
    elif isinstance(old, tuple):
        value = tuple(_item(district, head, each) for each in value)
    elif type(value) is not type(old):
        raise TypeError(name)
    return replace(district, **{head: value})


def _item(district: Any, name: str, value: Any) -> Any:
    """One of a list as the settings file has it: an office, say, from its name and phone. Raises TypeError."""
    if not isinstance(value, dict):
        return value
    (kind, *_rest) = get_args(get_type_hints(type(district))[name])
    return kind(**value)


def change(person: Person, name: str, value: Any, reason: str = "") -> None:
    """One change, in force with the next transaction. value: None gives the word back to the settings file."""
    with connection.cursor() as cursor:
        # One after the other, so that keys grow in the order in which others come to see them.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portal settings'))")
    Setting.objects.create(person=person, name=name, value=value, reason=reason)


def forget() -> None:
    """Back to the settings file, until the next transaction looks; for tests, whose changes are undone."""
    global _at
    if _at:
        settings.DISTRICT, _at = settings.DISTRICT_FILE, 0
