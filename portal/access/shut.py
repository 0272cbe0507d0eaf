"""Tables of the record, shut until a grant opens them: a query nobody let in raises instead of answering."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from portal.access.grant import Grant, Reach


class StillShut(Exception):
    """Somebody asked a table of the record without a grant."""


class ShutQuerySet(models.QuerySet):
    """Everything that would touch the database checks the door first."""

    opened = False

    def under(self, *grants: "Grant") -> Self:
        """The active rows of the students these grants are for; none for no grant.

        Raises StillShut when a grant was given for a section this table does not belong to.
        """
        for grant in grants:
            if grant.section not in self.model.belongs_to:  # type: ignore[attr-defined]  # a shut table has it
                raise StillShut(f"{self.model.__name__} does not open for {grant.section}")
        rows = self._chain()  # type: ignore[attr-defined]  # Django's own, unknown to its types
        rows.opened = True
        return rows.filter(student__in=[grant.student.pk for grant in grants], active=True)

    def reached(self, reach: "Reach") -> Self:
        """The active rows of every student in a staff member's reach.

        Raises StillShut when the reach was given for a section this table does not belong to.
        """
        if reach.section not in self.model.belongs_to:  # type: ignore[attr-defined]  # a shut table has it
            raise StillShut(f"{self.model.__name__} does not open for {reach.section}")
        rows = self._chain()  # type: ignore[attr-defined]  # Django's own, unknown to its types
        rows.opened = True
        return rows.filter(student__in=reach.students.values("pk"), active=True)

    def for_import(self) -> Self:
        """Every row, for the import room alone."""
        rows = self._chain()  # type: ignore[attr-defined]  # Django's own, unknown to its types
        rows.opened = True
        return rows

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]  # as above
        clone.opened = self.opened
        return clone

    def _check(self) -> None:
        if not self.opened:
            raise StillShut(f"{self.model.__name__} is shut: ask the gate for a grant, then .under(grant)")

    def _fetch_all(self) -> None:
        self._check()
        super()._fetch_all()


def _guarded(name: str) -> Any:
    def method(self: ShutQuerySet, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return getattr(super(ShutQuerySet, self), name)(*args, **kwargs)

    method.__name__ = name
    return method


for _name in (
    "iterator", "aiterator", "count", "exists", "aggregate", "update", "delete", "bulk_create", "bulk_update",
    "get_or_create", "update_or_create", "explain", "in_bulk", "earliest", "latest", "resolve_expression",
):  # fmt: skip
    setattr(ShutQuerySet, _name, _guarded(_name))

Rows = models.Manager.from_queryset(ShutQuerySet)
