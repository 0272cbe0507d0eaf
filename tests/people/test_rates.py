"""Nobody takes the record page by page, and a crowd gets a quick answer."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections

from portal.people import limits, rates
from portal.people.models import Count
from portal.web import overload
from tests.people.conftest import words


@pytest.fixture
def strict(settings):
    settings.REQUESTS_TIMES = 1


def test_after_120_pages_in_a_minute_an_account_waits(family, visit, strict, monkeypatch):
    client = visit(family.mother)
    assert {client.get("/preferences/").status_code for _ in range(120)} == {200}
    answer = client.get("/preferences/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "wait 1 minute" in words(answer)
    assert visit(family.bens_mother).get("/preferences/").status_code == 200
    later = limits.now() + timedelta(seconds=61)
    monkeypatch.setattr(limits, "now", lambda: later)
    assert client.get("/preferences/").status_code == 200


def test_counted_out_she_can_still_get_help_and_sign_out(family, visit, strict):
    client = visit(family.mother)
    for _ in range(121):
        client.get("/preferences/")
    assert client.get("/help/").status_code == 200
    assert client.get("/es/help/").status_code == 200
    assert client.post("/logout/").status_code == 302


def test_visitors_of_one_network_share_300_requests_in_five_minutes(db, client, strict, monkeypatch):
    monkeypatch.setitem(
        limits.RULES, "requests_network", limits.Limit(10, timedelta(minutes=5), by_network=True)
    )
    assert [client.get("/robot/challenge/").status_code for _ in range(11)] == [200] * 10 + [429]
    assert client.get("/robot/challenge/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_the_table_names_the_limits_the_rules_ask_for():
    hour, day = timedelta(hours=1), timedelta(days=1)
    said = {name: (limit.tries, limit.per) for name, limit in limits.RULES.items()}
    for name, expected in {
        "link_hour": (5, hour), "link_day": (10, day), "link_month": (20, 30 * day), "link_student": (5, hour),
        "link_network": (20, hour), "link_district_burst": (300, hour / 6), "link_district_day": (2000, day),
        "sign_in": (10, hour / 4), "sign_in_network": (60, hour), "mail_address": (3, hour),
        "mail_network": (20, hour), "tick_network": (5, hour), "code_tries": (5, hour / 6), "code_sends": (3, hour),
        "requests_minute": (120, hour / 60), "requests_day": (3000, day), "requests_network": (300, hour / 12),
        "opened_hour": (60, hour),
        "opened_day": (200, day), "listed_day": (1000, day), "paper": (10, hour),
    }.items():  # fmt: skip
        assert said[name] == expected, name
    assert (limits.ROBOT_AFTER, limits.HASHES.places, limits.HASHES.patience) == (5, 8, 2)


def test_the_schools_own_networks_have_ten_times_as_many(db, settings):
    assert limits.tries("link_network", "198.51.100.0/24") == 20
    settings.SCHOOL_NETWORKS = ("198.51.100.128/25", "2001:db8::/32")
    assert limits.tries("link_network", "198.51.100.0/24") == 200
    assert limits.tries("link_network", "2001:db8:1::/56") == 200
    assert limits.tries("link_network", "203.0.113.0/24") == 20
    assert limits.tries("link_hour", "12") == 5


def test_several_at_once_are_counted_as_so_many(db):
    assert limits.hit("listed_day", "ms reed", 800) == 800
    with pytest.raises(limits.TooMany) as refusal:
        limits.hit("listed_day", "ms reed", 300)
    assert refusal.value.wait_minutes == 24 * 60


def test_a_process_brings_its_counts_to_the_table_every_fifth_time(db, strict):
    for _ in range(12):
        rates.count("requests_minute", "7")
    assert Count.objects.get(rule="requests_minute").n == 11
    rates.forget()  # another process
    rates.count("requests_minute", "7")
    assert Count.objects.get(rule="requests_minute").n == 12


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_fifty_wrong_pins_at_once_count_as_fifty():
    start, heard = threading.Barrier(50), []

    def guess() -> None:
        start.wait()
        try:
            heard.append(limits.hit("link_hour", "a guesser"))
        except limits.TooMany:
            heard.append("refused")
        finally:
            connections["apart"].close()

    threads = [threading.Thread(target=guess) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, heard)) == ["1", "2", "3", "4", "5", *["refused"] * 45]
    assert Count.objects.get(rule="link_hour").n == 50


@pytest.fixture
def away(monkeypatch):
    """The counters cannot be reached."""

    class Away:
        def cursor(self):
            raise DatabaseError("no way")

    def be() -> None:
        monkeypatch.setattr(limits, "connections", {"apart": Away()})

    return be


def test_when_nobody_can_count_signing_in_and_pins_are_refused_and_reading_goes_on(
    family, visit, client, away, strict
):
    mother = visit(family.mother)
    away()
    answer = client.post("/login/", {"username": "marisol@example.org", "password": "a sunny morning walk"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "family" not in answer.cookies
    assert mother.get(f"/students/{family.ana.ref}/attendance/").status_code == 200
    tried = mother.post(f"/students/{family.ana.ref}/verify-pin/", {"pin": "12345678"})
    assert tried.status_code in (404, 503)


@pytest.fixture
def full_house() -> Iterator[None]:
    """Every place is taken, and the line is full."""
    joined = [overload.house.join() for _ in range(overload.AT_ONCE + overload.LINE)]
    yield
    for _ in filter(None, joined):
        overload.house.leave()


def test_who_would_stand_too_long_is_told_at_once_and_a_faster_line_takes_more():
    def let_in(seconds_a_page: float) -> int:
        house = overload.House()
        house.pace = seconds_a_page
        return sum(house.join() for _ in range(100))

    assert let_in(0.01) == overload.AT_ONCE + overload.LINE
    assert let_in(0.125) == overload.AT_ONCE + 11  # not a twelfth: 0.75 seconds of pages, two at a time
    assert let_in(60) == overload.AT_ONCE + overload.FEW  # a few may wait whatever was before


def test_the_pace_follows_what_pages_take_lately(monkeypatch):
    house, moments = overload.House(), iter(range(1000))
    monkeypatch.setattr(overload.time, "perf_counter", lambda: next(moments) * 0.5)
    for _ in range(100):
        assert house.served(lambda: "a page") == "a page"
    assert 0.49 < house.pace <= 0.5


def test_a_full_house_says_so_at_once(family, visit, full_house):
    mother = visit(family.mother)
    answer = mother.get("/home/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert len(answer.content) < 10_000
    assert "Many people are here right now." in words(answer)
    spanish = visit()
    spanish.cookies["language"] = "es"
    assert "Hay mucha gente" in words(spanish.get("/login/"))
    program = mother.get(f"/students/{family.ana.ref}/attendance.json")
    assert (program.status_code, program["Retry-After"], program.json()["code"]) == (503, "5", "busy")


def test_who_is_turned_away_is_one_line_in_the_log(visit, full_house, caplog):
    assert visit().get("/login/").status_code == 503
    assert [(line.name, line.facts["status"]) for line in caplog.records] == [("portal.requests", 503)]


def test_a_full_house_lets_people_out(family, visit, full_house):
    mother = visit(family.mother)
    out = mother.post("/logout/"), mother.get("/help/"), mother.get("/static/web/portal.css")
    assert [each.status_code for each in out] == [302, 200, 200]
    assert {overload.stays_open(path) for path in ("/emergency/", "/es/emergency/", "/staff/sign-out/")} == {
        True
    }
    assert not overload.stays_open("/students/emergency/")


def test_saying_no_asks_the_database_nothing_reads_no_session_and_writes_no_page_anew(
    family, visit, full_house, monkeypatch
):
    def never(*_asked: object, **_more: object) -> None:
        raise AssertionError("work for a request that was turned away")

    mother = visit(family.mother)
    first = mother.get("/home/").content  # written once
    monkeypatch.setattr("portal.access.context.begun", never)
    monkeypatch.setattr("portal.people.sessions.SessionStore.load", never)
    monkeypatch.setattr(overload, "render_to_string", never)
    with ExitStack() as watched:
        for alias in connections:
            watched.enter_context(connections[alias].execute_wrapper(never))
        assert (mother.get("/home/").content, mother.post("/login/").status_code) == (first, 503)
        assert mother.get(f"/students/{family.ana.ref}/attendance.json").status_code == 503


def test_with_a_place_free_again_everyone_comes_in(client, db):
    assert client.get("/login/").status_code == 200
