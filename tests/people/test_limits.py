"""Guessing gets slow, however many guess at once, and a success is not held against anyone."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.test import RequestFactory

from portal.people import limits
from portal.people.models import Count


@pytest.fixture
def later(monkeypatch):
    """Moves the clock of the limits: later(minutes=15)."""

    def move(**by):
        moment = limits.now() + timedelta(**by)
        monkeypatch.setattr(limits, "now", lambda: moment)

    return move


def wait_after(rule: str, key: str) -> int:
    """Tries until refused; the minutes to wait."""
    for _ in range(limits.RULES[rule].tries):
        limits.hit(rule, key)
    with pytest.raises(limits.TooMany) as refusal:
        limits.hit(rule, key)
    return refusal.value.wait_minutes


def test_the_sixth_wrong_pin_in_an_hour_waits_a_whole_hour_from_then(db, later):
    for n in range(1, 6):
        assert limits.hit("link_hour", "ana's mother") == n
    later(minutes=50)
    with pytest.raises(limits.TooMany) as refusal:
        limits.hit("link_hour", "ana's mother")
    assert refusal.value.wait_minutes == 60
    later(minutes=60)
    assert limits.hit("link_hour", "ana's mother") == 1


def test_pressing_on_while_waiting_makes_the_wait_no_longer(db, later):
    wait_after("link_hour", "ana's mother")
    later(minutes=20)
    with pytest.raises(limits.TooMany) as refusal:
        limits.hit("link_hour", "ana's mother")
    assert refusal.value.wait_minutes == 40


def test_each_wait_at_sign_in_is_twice_the_last_up_to_a_day(db, later):
    waits = []
    for _ in range(9):
        waits.append(wait_after("sign_in", "ana's mother at home"))
        later(minutes=waits[-1])
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]


def test_after_a_quiet_day_waits_are_short_again(db, later):
    later(minutes=wait_after("sign_in", "ana's mother at home"))
    later(minutes=wait_after("sign_in", "ana's mother at home"), days=1)
    assert wait_after("sign_in", "ana's mother at home") == 15


def test_a_right_password_forgives_the_wrong_ones_before_it(db):
    for _ in range(9):
        limits.hit("sign_in", "ana's mother at home")
    limits.forgive("sign_in", "ana's mother at home")
    assert limits.hit("sign_in", "ana's mother at home") == 1


def test_a_success_at_school_takes_back_its_own_try_only(db):
    for _ in range(7):
        limits.hit("link_network", "the school's computers")
    limits.forgive("link_network", "the school's computers")
    assert limits.tried("link_network", "the school's computers") == 6


def test_one_family_does_not_use_up_the_tries_of_another(db):
    wait_after("link_hour", "ana's mother")
    assert limits.hit("link_hour", "ben's mother") == 1


def test_the_table_of_counts_names_nobody(db):
    limits.hit("mail_address", "marisol@example.org")
    assert Count.objects.filter(key__contains="marisol").count() == 0
    assert len(Count.objects.get().key) == 64


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_twenty_tries_at_the_same_moment_are_ten_tries_and_ten_refusals():
    start, answers = threading.Barrier(20), []

    def attempt():
        try:
            start.wait()
            answers.append(limits.hit("sign_in", "ana's mother at home"))
        except limits.TooMany:
            answers.append("wait")
        finally:
            connections["apart"].close()

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == sorted([*range(1, 11), *["wait"] * 10], key=str)


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_a_count_stands_when_the_request_it_belongs_to_is_undone():
    def request_that_fails():
        with transaction.atomic():
            limits.hit("sign_in", "ana's mother at home")
            transaction.set_rollback(True)
        for alias in ("default", "apart"):
            connections[alias].close()

    thread = threading.Thread(target=request_that_fails)
    thread.start()
    thread.join()
    assert limits.tried("sign_in", "ana's mother at home") == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("203.0.113.77", "", "203.0.113.0/24"),
        ("2001:db8:1:2345::9", "", "2001:db8:1:2300::/56"),
        ("::ffff:203.0.113.77", "", "203.0.113.0/24"),
        ("203.0.113.77", "198.51.100.1", "203.0.113.0/24"),  # anyone may write this header
        ("10.0.0.2", "192.0.2.9, 198.51.100.1", "198.51.100.0/24"),  # our proxy saw 198.51.100.1
        ("10.0.0.2", "192.0.2.9, 198.51.100.1, 10.0.0.3", "198.51.100.0/24"),
        ("10.0.0.2", "198.51.100.1, rubbish", "10.0.0.0/24"),
        ("", "", "0.0.0.0/24"),
    ],
)
def test_the_neighbourhood_is_what_the_trusted_hop_saw(settings, peer, forwarded, network):
    settings.TRUSTED_PROXIES = ("10.0.0.0/8",)
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert limits.network(request) == network


def test_a_rest_of_a_minute_counts_as_a_minute():
    assert limits.TooMany(timedelta(seconds=61)).wait_minutes == 2
    assert limits.TooMany(timedelta(0)).wait_minutes == 1
