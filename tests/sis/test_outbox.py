"""Changes on their way to the school: in order, once, and not lost, whatever the other side does."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connections, transaction

from bench import outage
from portal.family.models import SchoolNotice
from portal.sis import outbox, reconcile
from portal.sis.connectors import Accepted, Desk, Failed, Refused, SignedHttp
from portal.sis.models import Breaker, Outgoing
from portal.students.models import Student
from simulators.sis.server import Simulator
from simulators.sis.store import Store
from tests.cast import rostered

SECRET = "signs what goes to the simulator"


@pytest.fixture
def sis():
    simulator = Simulator(0, Store(None), SECRET)
    threading.Thread(target=simulator.serve_forever, daemon=True).start()
    yield simulator
    simulator.shutdown()
    simulator.server_close()


@pytest.fixture
def way(sis) -> SignedHttp:
    return SignedHttp(sis.url, SECRET)


def save(student, guardian="g-marisol", **fields) -> Outgoing:
    payload = {"student": student.sourced_id, "guardian": guardian, "fields": fields}
    with transaction.atomic():
        (row,) = outbox.put([outbox.Change(student, "emergency.numbers", payload)])
    return row


def state(row: Outgoing) -> str:
    row.refresh_from_db()
    return row.state


def effects(sis) -> list[tuple[str, str]]:
    return [(line["key"], line["effect"]) for line in sis.store.log()]


class Told:
    """A connector that answers as told, and remembers what it was handed."""

    once_only = True

    def __init__(self, *outcomes):
        self.outcomes, self.handed = list(outcomes), []

    def deliver(self, key, payload):
        self.handed.append((payload["student"], payload["fields"]))
        return self.outcomes.pop(0) if self.outcomes else Accepted()

    def read_back(self, key):
        raise AssertionError("nobody should ask")


def test_a_change_reaches_the_school_once_and_the_row_says_so(family, sis, way):
    row = save(family.ana, cell="+12135550142")
    assert (state(row), b"5550142" in bytes(row.sealed)) == ("waiting", False)
    assert outbox.drain(way) == outbox.Done(accepted=1)
    assert outbox.drain(way) == outbox.Done()
    assert (state(row), effects(sis)) == ("accepted", [(row.key, "applied")])
    assert sis.store.cards() == [
        {"student": "ana", "guardian": "g-marisol", "fields": {"cell": "+12135550142"}}
    ]


def test_a_change_that_is_undone_never_leaves(family, sis, way):
    with transaction.atomic():
        save(family.ana, cell="+12135550142")
        transaction.set_rollback(True)
    outbox.drain(way)
    assert effects(sis) == []


def test_the_changes_of_one_student_go_one_by_one_and_others_do_not_wait(family):
    for number in (1, 2, 3):
        save(family.ana, cell=f"+1213555010{number}")
    save(family.ben, cell="+12135550111")
    way = Told(Failed(doubtful=False), Accepted())
    clock = outage.Clock()
    with ThreadPoolExecutor(1) as pool:
        outbox.send_round(way, pool, clock)
        outbox.send_round(way, pool, clock)
    assert [(student, fields["cell"][-1]) for student, fields in way.handed] == [("ana", "1"), ("ben", "1")]
    clock.at += timedelta(minutes=5)
    outbox.drain(way, clock)
    assert [fields["cell"][-1] for student, fields in way.handed if student == "ana"] == ["1", "1", "2", "3"]


def test_a_refused_change_is_parked_with_its_reason_the_office_is_told_and_the_next_one_flows(family):
    first, second = save(family.ana, cell="+12135550142"), save(family.ana, cell="+12135550143")
    outbox.drain(Told(Refused(Outgoing.Reason.INVALID)))
    assert (state(first), first.reason, state(second)) == ("refused", "invalid", "accepted")
    assert [(notice.student, notice.kind) for notice in SchoolNotice.objects.all()] == [
        (family.ana, "not_taken")
    ]


def test_what_the_school_refuses_over_the_wire_is_parked_with_its_code(family, sis, way):
    sis.faults.refuses = 100
    row = save(family.ana, cell="+12135550142")
    outbox.drain(way)
    assert (state(row), row.reason, effects(sis)) == ("refused", "invalid", [(row.key, "refused")])


def test_after_five_failures_nothing_is_sent_until_one_change_has_felt_its_way(family):
    students = [
        Student.objects.create(**rostered(f"s{n}"), student_id=f"S{n}", school=family.oak) for n in range(9)
    ]
    for student in students:
        save(student, cell="+12135550142")
    clock = outage.Clock()
    way = Told(*[Failed(doubtful=True)] * 9)
    with ThreadPoolExecutor(1) as pool:
        assert outbox.send_round(way, pool, clock) == outbox.Done(failed=5)
        assert outbox.send_round(way, pool, clock) == outbox.Done()
        assert len(way.handed) == 5
        clock.at += timedelta(minutes=5)
        assert outbox.send_round(way, pool, clock) == outbox.Done(failed=1)
        assert outbox.send_round(way, pool, clock) == outbox.Done()
        way.outcomes.clear()
        clock.at += timedelta(minutes=5)
        assert outbox.send_round(way, pool, clock) == outbox.Done(accepted=1)
        assert outbox.send_round(way, pool, clock) == outbox.Done(accepted=8)
    assert Breaker.objects.get().failures == 0


def test_the_waits_grow_from_a_second_to_five_minutes_and_differ():
    waits = [outbox.wait(tries).total_seconds() for tries in range(1, 40)]
    assert 0.5 <= waits[0] <= 1
    assert all(150 <= seconds <= 300 for seconds in waits[10:])
    assert len(set(waits)) > 30


def test_a_lease_nobody_settled_ends_and_the_change_goes_again_under_its_key(family, sis, way):
    row, clock = save(family.ana, cell="+12135550142"), outage.Clock()
    with outbox.opened("worker"):
        (leased,) = outbox._lease("a sender that was killed", clock())
    way.deliver(leased.key, leased.payload)  # it had sent, but never wrote it down
    assert outbox.drain(way, clock) == outbox.Done()
    clock.at += outbox.LEASE
    assert outbox.drain(way, clock) == outbox.Done(accepted=1)
    assert effects(sis) == [(row.key, "applied"), (row.key, "repeat")]


@pytest.mark.parametrize("fault", ["error_after", "duplicates", "down"])
def test_a_change_counts_once_whatever_goes_wrong_on_the_way(family, sis, way, fault):
    row, clock = save(family.ana, cell="+12135550142"), outage.Clock()
    setattr(sis.faults, fault, 100)
    outbox.drain(way, clock)
    setattr(sis.faults, fault, 0)
    clock.at += timedelta(minutes=5)
    outbox.drain(way, clock)
    assert state(row) == "accepted"
    assert [effect for _key, effect in effects(sis)].count("applied") == 1


def test_where_the_other_side_forgets_keys_it_is_asked_before_a_doubtful_change_goes_again(family, sis):
    way = SignedHttp(sis.url, SECRET, once_only=False)
    row, clock = save(family.ana, cell="+12135550142"), outage.Clock()
    sis.faults.forgets_keys, sis.faults.error_after = 100, 100
    outbox.drain(way, clock)
    clock.at += timedelta(minutes=5)
    outbox.drain(way, clock)
    assert (state(row), effects(sis)) == ("accepted", [(row.key, "applied")])


def test_a_change_signed_with_another_secret_or_long_ago_is_not_taken(family, sis, monkeypatch):
    row, clock = save(family.ana, cell="+12135550142"), outage.Clock()
    outbox.drain(SignedHttp(sis.url, "another secret"), clock)
    monkeypatch.setattr("simulators.sis.server.OLDEST", -1)  # seconds: every signature comes too late
    clock.at += timedelta(minutes=5)
    outbox.drain(SignedHttp(sis.url, SECRET), clock)
    # A wrong secret speaks of the connection, not of the change: nothing is parked.
    assert (state(row), row.tries, effects(sis)) == ("waiting", 2, [])


def test_a_system_that_lies_is_found_out_and_gets_the_change_again(family, sis, way):
    sis.faults.lies = 100
    row = save(family.ana, cell="+12135550142")
    outbox.drain(way)
    assert (state(row), sis.store.cards()) == ("accepted", [])
    sis.faults.lies = 0
    assert reconcile.reconcile(way) == reconcile.Found(checked=1, repaired=1)
    assert state(row) == "waiting"
    outbox.drain(way)
    assert (state(row), row.repairs, effects(sis)[-1]) == ("accepted", 1, (row.key, "applied"))
    assert reconcile.reconcile(way) == reconcile.Found(checked=1)


def test_what_the_school_wrote_itself_since_then_stays(family, sis, way):
    row = save(family.ana, cell="+12135550142")
    outbox.drain(way)
    sis.store.write("ana", "g-marisol", "cell", "+12135550199")
    assert reconcile.reconcile(way) == reconcile.Found(checked=1)
    assert state(row) == "accepted"


def test_a_lost_change_that_a_later_one_has_said_anew_is_not_sent_over_it(family, sis, way):
    first, second = (
        save(family.ana, cell="+12135550142", home="+12135550143"),
        save(family.ana, cell="+12135550144"),
    )
    outbox.drain(way)
    sis.store.lose(first.key)
    sis.store.write("ana", "g-marisol", "cell", "+12135550144")
    reconcile.reconcile(way)
    outbox.drain(way)
    assert (state(first), state(second)) == ("accepted", "accepted")
    assert sis.store.cards()[0]["fields"] == {"cell": "+12135550144", "home": "+12135550143"}
    sis.store.lose(first.key)
    save(family.ana, home="+12135550145")
    outbox.drain(way)
    reconcile.reconcile(way)
    assert state(first) == "replaced"


def test_without_a_system_of_the_district_the_desk_has_it_at_once(family):
    row = save(family.ana, cell="+12135550142")
    assert outbox.drain(Desk()) == outbox.Done(accepted=1)
    assert reconcile.reconcile(Desk()) == reconcile.Found(checked=1)
    assert state(row) == "accepted"


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_four_senders_at_once_send_everything_once_and_in_order(sis, way):
    students = [Student.objects.create(**rostered(f"s{n}"), student_id=f"S{n}") for n in range(20)]
    made = {student.sourced_id: [] for student in students}
    for number in range(100):
        student = students[number % 20]
        made[student.sourced_id].append(save(student, cell=f"+1213555{number:04}").key)

    def work():
        outbox.drain(way)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    outbox.drain(way)
    got = {name: [line["key"] for line in sis.store.log() if line["student"] == name] for name in made}
    assert got == made


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_two_savings_at_once_for_one_student_are_numbered_as_they_were_kept():
    student = Student.objects.create(**rostered("s"), student_id="S")
    numbered, may_end = threading.Event(), threading.Event()
    order = []

    def slow():
        with transaction.atomic():
            save(student, cell="+12135550101")
            numbered.set()
            may_end.wait(5)
            order.append("slow")
        connections.close_all()

    def quick():
        save(student, cell="+12135550102")
        order.append("quick")
        connections.close_all()

    threads = [threading.Thread(target=slow), threading.Thread(target=quick)]
    threads[0].start()
    numbered.wait(5)
    threads[1].start()
    threads[1].join(0.3)
    may_end.set()
    for thread in threads:
        thread.join()
    assert order == ["slow", "quick"]
    kept = Outgoing.rows.for_import().order_by("pk")
    assert [outbox.payload_of(row)["fields"]["cell"] for row in kept] == ["+12135550101", "+12135550102"]


def test_a_row_moved_to_another_key_does_not_open(family):
    row = save(family.ana, cell="+12135550142")
    Outgoing.rows.for_import().filter(pk=row.pk).update(key="0" * 32)
    row.refresh_from_db()
    with pytest.raises(InvalidTag):
        outbox.payload_of(row)


def test_six_hours_without_the_school_lose_nothing(db, sis, way):
    students = Student.objects.bulk_create(
        Student(**rostered(f"s{n}"), student_id=f"S{n}", ref=f"ref{n:07}") for n in range(60)
    )
    verdict = outage.run(sis, way, students, changes=200, seed=6)
    assert (verdict.changes, verdict.faults) == (200, [])
    assert 5 <= verdict.tried_while_away <= 200  # the breaker holds back most of it


def test_what_waits_is_told_to_operators(family):
    save(family.ana, cell="+12135550142")
    told = outbox.state()
    assert (told["to the school: waiting"], told["to the school: answers"]) == (1, True)
    assert json.dumps(told, default=str)
    assert outbox.next_due() == 0
    outbox.drain(Desk())
    assert outbox.next_due() is None
