"""The clockwork: every minute what is due is started and what a dead worker left is taken up again."""

from procrastinate.contrib.django import app

from portal.jobs import daily as ledger
from portal.jobs import queue


@app.periodic(cron="* * * * *")
@app.task(name="portal.jobs.jobs.start_daily", queue="clock", queueing_lock="start_daily")
def start_daily(timestamp: int) -> None:
    """Daily jobs whose time has come."""
    ledger.start_due()


@app.periodic(cron="* * * * *")
@app.task(name="portal.jobs.jobs.rescue", queue="clock", queueing_lock="rescue")
async def rescue(timestamp: int) -> None:
    """Jobs whose worker died."""
    await queue.rescue()


@ledger.daily(at="04:07")
def clear_queue() -> None:
    """Jobs done long ago are forgotten."""
    queue.clear()
