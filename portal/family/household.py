"""Who lives in one household, as the school has it: adults with the same home address.

It decides who sees papers that belong to a household, like the meal application. It never opens a record.
"""

from collections.abc import Iterable

from portal.family.models import ContactPoint, Guardian


def of(guardian: Guardian, others: Iterable[int]) -> set[int]:
    """The adult and those of the others who live at one of the adult's home addresses; one query.

    others: keys of guardians. Whoever has no address on file lives alone.
    """
    homes: dict[int, set[tuple[str, ...]]] = {}
    for pk, *lines in ContactPoint.objects.filter(
        guardian__in={guardian.pk, *others}, kind=ContactPoint.Kind.HOME_ADDRESS, active=True
    ).values_list("guardian_id", "value", "line2", "city", "postal_code"):
        homes.setdefault(pk, set()).add(tuple(" ".join(line.casefold().split()) for line in lines))
    mine = homes.get(guardian.pk, set())
    return {guardian.pk} | {pk for pk, theirs in homes.items() if theirs & mine}
