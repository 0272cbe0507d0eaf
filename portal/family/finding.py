"""Finding a student's adults by name: the one on the school's file and the one on the account that is theirs."""

from django.db import connection
from django.db.models import F, QuerySet

from portal.family.models import Guardian, GuardianKey, Guardianship, Link
from portal.people.asking import within
from portal.students import names


def refresh(run_id: int) -> None:
    """Gives the keys what the import run changed of adults, guardianships and schools; memory does not grow with it."""
    changed = Guardianship.objects.filter(run_id=run_id)
    _make(changed.union(Guardianship.objects.filter(guardian__run_id=run_id)))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE family_guardiankey AS key SET school_id = student.school_id"
            " FROM family_guardianship AS own JOIN students_student AS student ON student.id = own.student_id"
            " WHERE own.id = key.guardianship_id AND student.run_id = %s"
            " AND key.school_id IS DISTINCT FROM student.school_id",
            [run_id],
        )


def refresh_one(guardian: Guardian) -> None:
    """The guardian is found by the names of now, with each of their children; whoever asks need not see them all."""
    with within("importer", purpose="found by name"):
        _make(Guardianship.objects.filter(guardian=guardian))


def _make(rights: QuerySet[Guardianship]) -> None:
    """Makes the keys of these guardianships anew."""
    which = rights.values("pk")
    GuardianKey.objects.filter(guardianship__in=which).delete()
    on_file = Guardianship.objects.filter(pk__in=which, active=True).values_list(
        "pk", "student__school", "guardian__given_name", "guardian__family_name"
    )
    own = "guardianship__guardian__guardianships"  # the account of one child is theirs for each
    on_accounts = (
        Link.objects.filter(**{f"{own}__in": which, f"{own}__active": True}, ended_at=None)
        .exclude(
            person__first_name__iexact=F("guardianship__guardian__given_name"),
            person__last_name__iexact=F("guardianship__guardian__family_name"),
        )
        .values_list(own, f"{own}__student__school", "person__first_name", "person__last_name")
    )
    for rows in (on_file, on_accounts):
        names.copied(GuardianKey, ("guardianship_id", "school_id"), rows.iterator(chunk_size=names.CHUNK))
