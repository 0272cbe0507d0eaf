"""Jobs run, run again, give up with an alarm, and come back from a dead worker."""

import json
import logging
import threading
from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app

from portal.access.models import Post
from portal.jobs import command, daily, queue
from portal.jobs.models import DailyRun

at_once = pytest.mark.usefixtures("empty_queue")
RAN: list[str] = []


@app.task(name="tests.jobs.fails", retry=queue.Tries())
def fails() -> None:
    RAN.append("fails")
    raise ValueError("a child's name that no log may tell")


@app.task(name="tests.jobs.works")
def works() -> None:
    RAN.append("works")


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    RAN.clear()
    monkeypatch.setattr(daily, "DAILY", {})

    @daily.daily(at="02:30")
    def count_sheep() -> None:
        RAN.append("sheep")


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # no model of ours, so no test clears it


@pytest.fixture
def empty_queue(transactional_db):
    forget()
    yield
    forget()


def work() -> None:
    """Everything that is due, then the worker stops."""
    call_command("procrastinate", "worker", "--one-shot", "--queues", "default", verbosity=0)
    connections.close_all()


def work_through() -> None:
    worker = threading.Thread(target=work)  # the worker brings an event loop of its own
    worker.start()
    worker.join()


@at_once
def test_a_job_put_in_the_queue_with_data_that_is_undone_never_runs():
    with transaction.atomic():
        works.defer()
        transaction.set_rollback(True)
    with transaction.atomic():
        works.defer()
    work_through()
    assert RAN == ["works"]


@at_once
def test_a_job_is_tried_five_times_then_parked_with_an_alarm_that_tells_nothing(caplog):
    fails.defer()
    with caplog.at_level(logging.ERROR, "portal.jobs"):
        for _ in range(7):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
            work_through()
    assert RAN == ["fails"] * 5
    alarms = [record for record in caplog.records if record.name == "portal.jobs"]
    assert [(alarm.getMessage(), alarm.task, alarm.why) for alarm in alarms] == [
        ("alarm: a job was parked", "tests.jobs.fails", "ValueError")
    ]
    state = queue.state()
    assert ([(job.task, job.tries) for job in state.parked], state.well) == ([("tests.jobs.fails", 5)], False)
    assert queue.retry(state.parked[0].id)
    assert not queue.retry(state.parked[0].id)
    assert queue.state().parked == ()


@at_once
def test_a_job_whose_worker_was_killed_comes_back_and_is_parked_when_it_kills_five():
    works.defer()
    for attempt in range(5):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE attempts = %s",
                [attempt],
            )
            assert cursor.rowcount == 1
        async_to_sync(queue.rescue)()
    assert [(job.task, job.tries) for job in queue.state().parked] == [("tests.jobs.works", 5)]
    assert RAN == []


@at_once
@pytest.mark.parametrize(
    "moments",
    [
        # Clocks of Los Angeles, in UTC. On March 14, 2027 it is never 02:30; on November 1, 2026 it is 01:30 twice.
        [datetime(2027, 3, 14, 9, 59, tzinfo=UTC), datetime(2027, 3, 14, 10, 0, tzinfo=UTC)],
        [datetime(2026, 11, 1, 10, 30, tzinfo=UTC), datetime(2026, 11, 1, 10, 31, tzinfo=UTC)],
    ],
    ids=["an hour is missing", "an hour comes twice"],
)
def test_a_daily_job_runs_once_on_a_day(moments):
    assert [daily.start_due(moment) for moment in (*moments, moments[-1])].count(["count_sheep"]) == 1
    work_through()
    work_through()
    assert RAN == ["sheep"]
    assert DailyRun.objects.get().ended_at is not None


@at_once
def test_a_job_at_half_past_one_runs_once_when_half_past_one_comes_twice(monkeypatch):
    monkeypatch.setattr(daily, "DAILY", {})

    @daily.daily(at="01:30")
    def nightly() -> None:
        RAN.append("nightly")

    for hour in (8, 9):  # 01:30 in summer time, and an hour later 01:30 again
        daily.start_due(datetime(2026, 11, 1, hour, 30, tzinfo=UTC))
    work_through()
    assert RAN == ["nightly"]


def test_a_daily_job_that_is_done_is_not_done_again_when_its_job_runs_twice(db):
    moment = datetime(2026, 10, 5, 20, 0, tzinfo=UTC)
    daily.start_due(moment)
    daily.run("count_sheep", "2026-10-05")
    daily.run("count_sheep", "2026-10-05")
    assert RAN == ["sheep"]


def test_the_command_says_in_its_exit_status_whether_a_person_should_look(db, capsys):
    forget()
    works.defer()
    assert (
        command.show(as_json=True, retry=None, further={"to the school": 3}) == command.LOOK
    )  # nobody at work
    said = json.loads(capsys.readouterr().out)
    waiting = {line["task"]: line["waiting"] for line in said["lines"]}
    assert (waiting["tests.jobs.works"], said["to the school"]) == (1, 3)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert command.show(as_json=False, retry=None, further={}) == command.WELL
    assert "All is well." in capsys.readouterr().out


def test_a_district_administrator_sees_the_jobs_and_an_office_manager_does_not(family, visit):
    works.defer()
    assert visit(family.ms_reed).get("/staff/jobs/").status_code == 404
    Post.objects.filter(person=family.ms_reed).update(
        place=family.district, role=Post.Role.DISTRICT_ADMINISTRATOR
    )
    page = visit(family.ms_reed).get("/staff/jobs/").content.decode().replace("<wbr>", "")
    assert "tests.jobs.works" in page
    assert "A person should look" in page
