"""Jobs of the exchange: what waits in the outbox is sent, and once a night compared with the school's system."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.timezone import now
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from portal.access.context import opened
from portal.jobs.daily import daily
from portal.jobs.queue import Tries
from portal.sis import drop, keeping, outbox, pull, reconcile, releasing, roster, timeline
from portal.sis.connectors import connector
from portal.sis.load import Load

LONGEST = timedelta(seconds=50)  # of one job; what is left then is the next one's


@app.task(name=outbox.SEND, queue="outbox", retry=Tries())
def send() -> None:
    """Sends what is due; when something must wait, the next job starts at its time."""
    outbox.drain(connector(), until=now() + LONGEST)
    seconds = outbox.next_due()
    if seconds is None:
        return
    later = app.configure_task(
        outbox.SEND, queueing_lock="outbox", schedule_in={"seconds": max(1, round(seconds))}
    )
    try:
        later.defer()
    except AlreadyEnqueued:
        return


@app.periodic(cron="* * * * *")
@app.task(name="portal.sis.jobs.send_waiting", queue="clock", queueing_lock="send_waiting")
def send_waiting(timestamp: int) -> None:
    """Changes whose job was lost, or that waited for the other side to come back."""
    if outbox.next_due() == 0:
        outbox.drain(connector(), until=now() + LONGEST)


@app.task(name=releasing.TAKE, queue="import", lock="import", retry=Tries())
def take_released(run: int) -> None:
    """Takes a set in that two people released."""
    releasing.take_released(run)


@app.task(name=releasing.AGAIN, queue="import", lock="import")
def take_again(run: int) -> None:
    """Takes the last set of a source in once more, for its rows that were put aside."""
    try:
        releasing.retry(run)
    except releasing.NotNow:  # a later set went in while this one waited
        return


@app.task(name=timeline.SHOW, queue="import", lock="import", retry=Tries())
def tell_what_is_shown_now(table: str, source: str, until: str) -> None:
    """A report card, a result or a paper whose hour has come: on the timeline, and on paper before anyone asks."""
    with opened("importer", purpose="shown now"), connection.cursor() as cursor:
        timeline.tell_shown(Load(cursor, source, run_id=0), table, datetime.fromisoformat(until))


@app.periodic(cron="* * * * *")
@app.task(
    name="portal.sis.jobs.look_into_the_drop_folder", queue="import", queueing_lock="drop", lock="import"
)
def look_into_the_drop_folder(timestamp: int) -> None:
    """Bundles that lie ready in the watched folder."""
    drop.take_ready()


@daily(at="02:37")
def pull_the_roster() -> None:
    """What changed at the OneRoster provider, where the district has one."""
    if of := pull.provider():
        pull.pull(of)


@daily(at="00:07")
def see_who_left() -> None:
    """Places in classes that ended with yesterday."""
    with opened("importer", purpose="settle"):
        roster.settle_everybody()


@daily(at="04:41")
def forget_old_sets() -> None:
    """Sets are kept for thirty days."""
    keeping.clear()


@daily(at="01:13")
def compare_with_the_school() -> None:
    """Finds what the school's system said it took and does not have, and sends it again."""
    reconcile.reconcile(connector())
    outbox.drain(connector())
