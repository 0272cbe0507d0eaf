"""How often a job is tried, what becomes of one that fails, and the state of the queue for the people who run it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.timezone import now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.retry import RetryDecision

LOG = logging.getLogger("portal.jobs")
TRIES = 5
LATE = timedelta(minutes=5)  # a job that waits longer than this past its time is worth a look
KEPT = timedelta(days=30)  # how long a job that was done stays in the table


class Tries(RetryStrategy):
    """Five tries, 3 to 81 seconds apart; then the job is parked until a person looks, and an alarm is raised."""

    def __init__(self) -> None:
        super().__init__(max_attempts=TRIES - 1, exponential_wait=3)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        decision = super().get_retry_decision(exception=exception, job=job)
        if decision is None:
            alarm(job.id, job.task_name, type(exception).__name__)
        return decision


def alarm(job_id: int | None, task: str, why: str) -> None:
    """Says in the log that a job is parked. Names of tasks and faults only: what a job is about stays in its row."""
    LOG.error("alarm: a job was parked", extra={"job": job_id, "task": task, "why": why})


@dataclass(frozen=True)
class Line:
    """One kind of job: how many wait, run, or are parked, and since when the oldest is overdue."""

    task: str
    waiting: int
    running: int
    parked: int
    overdue_since: datetime | None


@dataclass(frozen=True)
class Parked:
    id: int
    task: str
    tries: int
    at: datetime | None


@dataclass(frozen=True)
class Today:
    """A daily job's last line in the ledger."""

    name: str
    on: str
    tries: int
    ended_at: datetime | None


@dataclass(frozen=True)
class State:
    """What `portal jobs` and the page for operators show."""

    lines: tuple[Line, ...]
    parked: tuple[Parked, ...]
    daily: tuple[Today, ...]
    workers: int  # that gave a sign of life in the last minute

    @property
    def well(self) -> bool:
        """Nothing parked, nothing overdue, and somebody at work."""
        late = any(line.overdue_since and now() - line.overdue_since > LATE for line in self.lines)
        return bool(self.workers) and not self.parked and not late


def state() -> State:
    """The queue and the ledger as they are now; four queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT task_name, count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
                 count(*) FILTER (WHERE status = 'failed'),
                 min(coalesce(scheduled_at, e.at)) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, e.at) <= now())
               FROM procrastinate_jobs j LEFT JOIN LATERAL (
                 SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id AND j.status = 'todo') e ON true
               WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1 ORDER BY 1"""
        )
        lines = tuple(Line(*row) for row in cursor.fetchall())
        cursor.execute(
            """SELECT id, task_name, attempts, (SELECT max(at) FROM procrastinate_events WHERE job_id = j.id)
               FROM procrastinate_jobs j WHERE status = 'failed' ORDER BY id DESC LIMIT 50"""
        )
        parked = tuple(Parked(*row) for row in cursor.fetchall())
        cursor.execute(
            """SELECT DISTINCT ON (name) name, "on"::text, tries, ended_at FROM jobs_dailyrun ORDER BY name, "on" DESC"""
        )
        daily = tuple(Today(*row) for row in cursor.fetchall())
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'"
        )
        (workers,) = cursor.fetchone()
    return State(lines, parked, daily, workers)


def retry(job_id: int) -> bool:
    """Puts a parked job back in the queue; False when there is no parked job of this number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL
               WHERE id = %s AND status = 'failed'""",
            [job_id],
        )
        return cursor.rowcount == 1


async def rescue() -> None:
    """A job whose worker died goes back to the queue; one that took five workers with it is parked."""
    jobs = app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=60):
        if job.attempts >= TRIES - 1:
            await jobs.finish_job(job, Status.FAILED, delete_job=False)
            alarm(job.id, job.task_name, "its worker died")
            continue
        try:
            await jobs.retry_job(job)
        except UniqueViolation:  # the next of its kind waits already, and does the same
            await jobs.finish_job(job, Status.ABORTED, delete_job=False)


def clear() -> None:
    """Forgets jobs that were done long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM procrastinate_jobs j WHERE status IN ('succeeded', 'cancelled', 'aborted')
               AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > %s)""",
            [now() - KEPT],
        )
