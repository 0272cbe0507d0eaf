"""Daily jobs: each runs once a day of the district's calendar, also on days with a double or a missing hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.timezone import localtime, now
from procrastinate.contrib.django import app

from portal.jobs.models import DailyRun
from portal.jobs.queue import Tries

Work = Callable[[], None]
RUN = "portal.jobs.daily.run"


@dataclass(frozen=True)
class Daily:
    """at: from this time on, on the district's clock. work: may run twice, and may be killed at any line."""

    name: str
    at: time
    work: Work


DAILY: dict[str, Daily] = {}


def daily(at: str) -> Callable[[Work], Work]:
    """The function below becomes a daily job. at: "03:17"."""

    def listed(work: Work) -> Work:
        DAILY[work.__name__] = Daily(work.__name__, time.fromisoformat(at), work)
        return work

    return listed


def start_due(moment: datetime | None = None) -> list[str]:
    """Puts the jobs in the queue whose time has come today and which the ledger does not know yet; their names.

    The line in the ledger and the job stand or fall together.
    """
    here = localtime(moment or now())
    started = []
    for job in DAILY.values():
        if here.time() < job.at:
            continue
        with transaction.atomic():
            _run, new = DailyRun.objects.get_or_create(name=job.name, on=here.date())
            if new:
                app.configure_task(RUN, lock=job.name).defer(name=job.name, on=here.date().isoformat())
                started.append(job.name)
    return started


@app.task(name=RUN, retry=Tries())
def run(name: str, on: str) -> None:
    """Does one daily job, unless the ledger says it is done."""
    run_ = DailyRun.objects.get(name=name, on=on)
    if run_.ended_at is not None:
        return
    run_.began_at, run_.tries = now(), run_.tries + 1
    run_.save(update_fields=["began_at", "tries"])
    DAILY[name].work()
    DailyRun.objects.filter(pk=run_.pk).update(ended_at=now())
