"""Court orders as the school's offices have to know them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from portal.family.models import CourtOrder


def no_pick_up(students: Iterable[int], on: date) -> dict[int, tuple[str, ...]]:
    """By student, the adults to whom an order lets nobody hand the child on this day; one query. students: their keys."""
    lasts = Q(ends=None) | Q(ends__gte=on)
    orders = CourtOrder.objects.filter(
        lasts, student__in=students, no_pick_up=True, lifted_at=None, begins__lte=on
    )
    found: dict[int, tuple[str, ...]] = {}
    for order in orders.select_related("guardianship__guardian").order_by("pk"):
        found[order.student_id] = (*found.get(order.student_id, ()), order.guardianship.guardian.name)
    return found
