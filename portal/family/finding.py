"""Finding guardians by name: the one on the school's file and the one on the account that is theirs."""

from django.db import connection

from portal.family.models import Guardian, GuardianKey, Link
from portal.students import names


def refresh(run_id: int) -> None:
    """Makes the keys of every guardian the import run changed anew; memory does not grow with their number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM family_guardiankey AS key USING family_guardian AS guardian"
            " WHERE guardian.id = key.guardian_id AND guardian.run_id = %s",
            [run_id],
        )
    on_file = Guardian.objects.filter(run_id=run_id).values_list("pk", "given_name", "family_name")
    on_accounts = Link.objects.filter(guardianship__guardian__run_id=run_id, ended_at=None).values_list(
        "guardianship__guardian", "person__first_name", "person__last_name"
    )
    for rows in (on_file, on_accounts):
        names.copied(GuardianKey, ("guardian_id",), rows.iterator(chunk_size=names.CHUNK))


def add(guardian: Guardian, name: str) -> None:
    """The guardian is found by this name too."""
    known = set(GuardianKey.objects.filter(guardian=guardian).values_list("key", flat=True))
    GuardianKey.objects.bulk_create(
        GuardianKey(guardian=guardian, key=key) for key in names.rotations([name]) - known
    )
