"""What a person has seen: the last visit to a section of a student, and the one before."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils.timezone import now

from portal.access.grant import Grant
from portal.record.models import Visit

LASTS = timedelta(minutes=30)  # pages within that time are one visit


def look(grant: Grant) -> datetime | None:
    """Remembers this look and tells when the visit before it was; None for the first. One or two queries."""
    moment = now()
    visit, new = Visit.objects.get_or_create(
        person=grant.person, student=grant.student, section=grant.section, defaults={"at": moment}
    )
    if not new and moment - visit.at > LASTS:
        visit.before, visit.at = visit.at, moment
        visit.save(update_fields=["before", "at"])
    return visit.before


def last(grant: Grant, section: str) -> Subquery:
    """When this person last looked, for rows of a student; as part of a query."""
    visits = Visit.objects.filter(person=grant.person, section=section, student=OuterRef("student"))
    return Subquery(visits.values("at")[:1])
