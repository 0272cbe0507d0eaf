"""The word of a code the school sent: ours, the district's own for its `ext:` codes, or "Other"; never the code."""

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.record.section import Words


def word(code: str, known: type[TextChoices], file: str) -> Words:
    """The word for one code.

    file: the file it came in, without .csv; the district's label table has a part for each.
    """
    if code in known.values:
        return known(code).label
    token = code.removeprefix("ext:")
    return settings.DISTRICT.labels.get(file, {}).get(token) or _("Other")


def words(codes: str, known: type[TextChoices], file: str) -> tuple[Words, ...]:
    """The words for a list of codes with commas between; each word once."""
    found = (word(code, known, file) for code in codes.split(",") if code)
    return tuple({str(each): each for each in found}.values())
