"""A held set is let in when two people say so; one can send it away. And rows put aside can be tried again.

The page and the command call these. Each opens the importer's own context, since the list of runs opens to nobody else.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from portal.access import context
from portal.people.models import Person
from portal.sis import keeping
from portal.sis.models import Run
from portal.sis.report import Report
from portal.sis.showing import Progress
from portal.sis.taking import take_in

TAKE = "portal.sis.jobs.take_released"
AGAIN = "portal.sis.jobs.take_again"


class NotNow(Exception):
    """This set cannot be decided like that; the message says why."""


def held() -> list[Run]:
    """The sets that wait for people, the newest first."""
    with context.opened("importer", purpose="release"):
        return list(_waiting().order_by("-pk"))


def release(run: int, person: Person) -> Run:
    """One of two people lets a held set in. After the second a job takes it in: `released_at` is set then.

    run: its number. Raises NotNow: not staff, not held, decided, the same person twice, a later set came, not kept.
    """
    with context.opened("importer", purpose="release"), transaction.atomic():
        found = _decidable(run, person)
        if later_applied(found):
            raise NotNow(_("A later set of this source went in already. Reject this one."))
        if not found.kept or not keeping.path_of(found).is_file():
            raise NotNow(_("The set was not kept. Send it again."))
        if found.asked_by_id is None:
            found.asked_by, found.asked_at = person, now()
        elif found.asked_by_id == person.pk:
            raise NotNow(_("You have released it already. A second person must agree."))
        else:
            found.released_by, found.released_at = person, now()
            app.configure_task(TAKE, queue="import", lock="import").defer(run=found.pk)
        found.save(update_fields=["asked_by", "asked_at", "released_by", "released_at"])
        return found


def reject(run: int, person: Person) -> Run:
    """One person sends a held set away: nothing of it goes in. Rights it narrowed stay so until the next set."""
    with context.opened("importer", purpose="release"), transaction.atomic():
        found = _decidable(run, person)
        found.rejected_by, found.rejected_at = person, now()
        found.save(update_fields=["rejected_by", "rejected_at"])
        return found


def take_released(run: int, progress: Progress = lambda *_: None) -> Report | None:
    """Takes a released set in, unless that was done; safe to call twice, and by the job and the command at once."""
    with _alone(run):
        with context.opened("importer", purpose="release"):
            found = Run.objects.get(pk=run)
            if found.released_at is None or found.retaken.filter(verdict=Run.Verdict.APPLIED).exists():
                return None
        return take_in(
            keeping.path_of(found), found.source, dry_run=False, progress=progress, again=found, released=True
        )


@contextmanager
def _alone(run: int) -> Iterator[None]:
    """Whoever comes second waits for the import of the first, and then finds it.

    The connection holds the lock, not a transaction: the run that takes the set in is then seen while it goes on.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('portal release'), %s)", [run])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('portal release'), %s)", [run])


def retry(run: int, progress: Progress = lambda *_: None) -> Report:
    """Takes a kept set in once more, for its rows that were put aside: what went in before stays as it is.

    Only the last set of its source; an older one would undo what came after it. Raises NotNow.
    """
    with context.opened("importer", purpose="retry"):
        found = _retryable(run)
    return take_in(keeping.path_of(found), found.source, dry_run=False, progress=progress, again=found)


def ask_again(run: int) -> None:
    """A job tries the rows of this set again that were put aside. Raises NotNow, as retry does."""
    with context.opened("importer", purpose="retry"):
        _retryable(run)
        job = app.configure_task(AGAIN, queue="import", lock="import", queueing_lock=f"again {run}")
        try:
            with transaction.atomic():
                job.defer(run=run)
        except AlreadyEnqueued:
            raise NotNow(_("The rows are being tried again already.")) from None


def _retryable(run: int) -> Run:
    found = Run.objects.filter(pk=run, verdict=Run.Verdict.APPLIED).first()
    if found is None or later_applied(found):
        raise NotNow(_("Only the last set that went in can be tried again."))
    if not found.kept or not keeping.path_of(found).is_file():
        raise NotNow(_("The set was not kept. Send it again."))
    return found


def later_applied(run: Run) -> bool:
    """Whether a later set of the same source and kind went in."""
    return Run.objects.filter(
        source=run.source, bundle=run.bundle, verdict=Run.Verdict.APPLIED, pk__gt=run.pk
    ).exists()


def _waiting() -> QuerySet[Run]:
    later = Run.objects.filter(
        source=OuterRef("source"),
        bundle=OuterRef("bundle"),
        verdict=Run.Verdict.APPLIED,
        pk__gt=OuterRef("pk"),
    )
    return Run.objects.filter(~Exists(later), verdict=Run.Verdict.HELD, released_at=None, rejected_at=None)


def _decidable(run: int, person: Person) -> Run:
    if person.kind != Person.Kind.STAFF or not person.is_active:
        raise NotNow(_("Only staff can decide about a set."))
    found = Run.objects.select_for_update(of=("self",)).filter(pk=run, verdict=Run.Verdict.HELD).first()
    if found is None:
        raise NotNow(_("There is no held set of this number."))
    if found.released_at or found.rejected_at:
        raise NotNow(_("This set was decided already."))
    return found
