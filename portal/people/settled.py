"""What a district, and each of its schools, changed of its settings while the portal runs; the settings file says the rest.

`settings.DISTRICT` is one frozen value that every room reads, and `of(school)` the same as one school has it. The
statement that tells the database who asks also brings back how far the changes have come; when they moved on, the
values are put together anew. So every process goes by a change from its next transaction on, and reading one costs no
statement.
"""

import logging
from dataclasses import replace
from typing import Any, get_args, get_type_hints

from django.conf import settings
from django.db import connection

from portal.people.models import Person, Setting

LOG = logging.getLogger("portal.settings")
# What one school may have otherwise than its district. Read with of(), never from settings.DISTRICT.
SCHOOLS = (
    "office_phone",
    "office_hours",
    "answer_days",
    "translation_by",
    "links",
    "attendance_line",
    "attendance.taken_by",
    "sections_off",
    "tile_order",
)
ADDED = ("sections_off",)  # to the district's list a school adds, and takes nothing from it
_at = 0  # key of the newest change put in
_schools: dict[int, Any] = {}  # by key of the school, for those that have something of their own


def of(school: int | None) -> Any:
    """The district's settings as one school has them. school: key of its Org; of none: the district's."""
    return settings.DISTRICT if school is None else _schools.get(school, settings.DISTRICT)


def without(section: str) -> list[int]:
    """Keys of the schools that have this section switched off, where the district has not."""
    return [school for school, place in _schools.items() if section in place.sections_off]


def follow(at: int) -> None:
    """Puts the changes into settings.DISTRICT and of() unless they are in it. at: key of the newest one, 0 for none."""
    global _at
    if at == _at:
        return
    newest = list(Setting.objects.order_by("school", "name", "-pk").distinct("school", "name"))
    district = settings.DISTRICT_FILE
    for setting in newest:
        if setting.school_id is None:
            district = _with(district, setting)
    schools: dict[int, Any] = {}
    for setting in newest:
        if setting.school_id is not None and setting.value is not None and setting.name in SCHOOLS:
            schools[setting.school_id] = _with(schools.get(setting.school_id, district), setting)
    settings.DISTRICT = district
    _schools.clear()
    _schools.update(schools)
    _at = at


def _with(district: Any, setting: Setting) -> Any:
    """The district with one change put in; as it was where this version of the portal does not understand the change."""
    if setting.value is None:
        return district
    try:
        if setting.school_id is not None and setting.name in ADDED:
            return put(district, setting.name, [*get(district, setting.name), *setting.value])
        return put(district, setting.name, setting.value)
    except (AttributeError, TypeError):  # of another version of the portal
        LOG.error("a changed setting is not understood", extra={"facts": {"name": setting.name}})
        return district


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
        value = tuple(item(district, head, each) for each in value)
    elif type(value) is not type(old):
        raise TypeError(name)
    return replace(district, **{head: value})


def item(district: Any, name: str, value: Any) -> Any:
    """One of a list as the settings file has it: an office, say, from its name and phone. Raises TypeError."""
    if not isinstance(value, dict):
        return value
    (kind, *_rest) = get_args(get_type_hints(type(district))[name])
    return kind(**value)


def change(person: Person, name: str, value: Any, reason: str = "", school: int | None = None) -> None:
    """One change, in force with the next transaction. value: None gives the word back to the settings file.

    school: key of the school it is for, where None gives the word back to the district.
    """
    with connection.cursor() as cursor:
        # One after the other, so that keys grow in the order in which others come to see them.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portal settings'))")
    Setting.objects.create(person=person, name=name, value=value, reason=reason, school_id=school)


def forget() -> None:
    """Back to the settings file, until the next transaction looks; for tests, whose changes are undone."""
    global _at
    if _at:
        settings.DISTRICT, _at = settings.DISTRICT_FILE, 0
        _schools.clear()
