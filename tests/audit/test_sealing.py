"""The record of access is written once, sealed beside the requests, and every forgery is named."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils.timezone import now

from portal.audit import log, sealing, verifying
from portal.audit.models import Access, Link, Seal
from portal.record.contents import section
from tests import cast
from tests.audit_tables import unguarded


@pytest.fixture
def looks(family, admit, settings, tmp_path):
    """looks(n): so many looks at Ana's attendance by Ms Reed, minutes ago; returns their ids."""
    settings.AUDIT_DIR = tmp_path / "heads"
    grant = admit(family.ms_reed, family.ana, section("attendance"))

    def look(n):
        before = set(Access.objects.values_list("pk", flat=True))
        for _n in range(n):
            log.note(grant, "see")
        return sorted(set(Access.objects.values_list("pk", flat=True)) - before)

    return look


@pytest.fixture
def sealed(looks, django_capture_on_commit_callbacks):
    """sealed(n): the same, with a seal over them and its head kept outside."""

    def seal(n):
        rows = looks(n)
        with django_capture_on_commit_callbacks(execute=True):
            sealing.seal()
        return rows

    return seal


def wrong() -> str:
    return verifying.verify().wrong


def test_a_whole_record_is_said_to_be_whole(sealed, capsys):
    sealed(3)
    sealed(2)
    assert verifying.verify() == verifying.Verdict(rows=5, seals=2, heads=1, wrong="")
    assert verifying.command() == 0
    assert capsys.readouterr().out.endswith("The record of access is whole.\n")


def test_an_edited_row_is_named_and_the_command_says_no(sealed, capsys):
    _first, second, third = sealed(3)
    with unguarded():
        Access.objects.filter(pk__in=(second, third)).update(role="principal")
    assert wrong() == f"Row {second} is not what was written (link 2)."
    assert verifying.command() == 1
    assert f"Row {second} is not what was written" in capsys.readouterr().out


@pytest.mark.parametrize(
    "column",
    ["at", "machine", "role", "place", "about", "section", "action", "why", "purpose", "purpose_words", "request_id",
     "person_id", "org_id", "student_id"],
)  # fmt: skip
def test_no_column_can_be_edited_unseen(sealed, family, column):
    [row] = sealed(1)
    other = {"at": now() - timedelta(days=1), "about": 7, "person_id": family.ms_lee.pk,
             "org_id": family.lincoln.pk, "student_id": family.ben.pk}  # fmt: skip
    with unguarded():
        Access.objects.filter(pk=row).update(**{column: other.get(column, "other")})
    assert wrong() == f"Row {row} is not what was written (link 1)."


def test_two_rows_that_changed_places_are_noticed(sealed):
    first, second = sealed(2)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_link SET position = position + 10")
        cursor.execute("UPDATE audit_link SET position = 13 - position")
        assert list(Link.objects.order_by("position").values_list("access", flat=True)) == [second, first]
    assert wrong() == f"Row {second} is not what was written (link 1)."


def test_a_row_taken_out_with_its_link_is_noticed(sealed):
    _first, second, _third = sealed(3)
    with unguarded():
        Link.objects.filter(access=second).delete()
        Access.objects.filter(pk=second).delete()
    assert wrong() == "Link 2 of the chain is missing: its row was taken out."


def test_a_tail_cut_below_its_seal_is_noticed(sealed):
    _first, second = sealed(2)
    with unguarded():
        Link.objects.filter(access=second).delete()
        Access.objects.filter(pk=second).delete()
    assert wrong() == "The tail is cut: seal 1 stands for 2 rows, the chain ends after 1."


def test_a_tail_cut_with_its_seals_is_noticed_by_the_head_kept_outside(sealed):
    sealed(2)
    tail = sealed(2)
    with unguarded():
        Link.objects.filter(access__in=tail).delete()
        Access.objects.filter(pk__in=tail).delete()
        Seal.objects.filter(number=2).delete()
    assert "The tail is cut" in wrong()
    assert "knows seal 2 with 4 rows, the record ends at seal 1." in wrong()


def test_a_tail_written_anew_is_noticed_by_the_head_kept_outside(sealed):
    sealed(2)
    tail = sealed(2)
    with unguarded():
        Link.objects.filter(access__in=tail).delete()
        Access.objects.filter(pk__in=tail).delete()
        Seal.objects.filter(number=2).delete()
    sealed(2)
    assert "the record was written anew" in wrong()


def test_a_chain_forged_without_the_key_is_noticed(sealed, settings):
    [row] = sealed(1)
    with unguarded():
        Access.objects.filter(pk=row).update(role="principal")
        forged = sealing.next_hash(sealing.BEFORE_THE_FIRST, Access.objects.get(pk=row))
        Link.objects.update(hash=forged)
        Seal.objects.update(head=forged)
    assert wrong() == "Seal 1 does not carry our signature: do not trust links 1 to 1."


def test_a_row_no_worker_sealed_is_named(looks):
    [row] = looks(1)
    assert wrong() == ""
    with unguarded():
        Access.objects.update(at=now() - timedelta(minutes=2))
    assert wrong() == f"Row {row} was never sealed. Does a worker run?"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_access SET role = 'nobody'",
        "DELETE FROM audit_access",
        "TRUNCATE audit_link",
        "UPDATE audit_link SET position = position + 1",
        "DELETE FROM audit_link",
        "UPDATE audit_seal SET signature = ''",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_refuses_to_change_or_forget_even_for_its_owner(sealed, statement):
    sealed(1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            cursor.execute(statement)
    assert wrong() == ""


def test_each_day_keeps_its_newest_head_outside(sealed, settings):
    sealed(1)
    sealed(1)
    [file] = settings.AUDIT_DIR.glob("*.json")
    assert json.loads(file.read_text())["number"] == 2
    sealing.carry_out(Seal.objects.get(number=1))  # a slower worker's word does not undo it
    assert json.loads(file.read_text())["number"] == 2


def test_nothing_new_makes_no_seal(sealed):
    sealed(1)
    assert sealing.seal() is None


def test_a_read_whose_note_fails_shows_nothing(family, visit, monkeypatch):
    def broken(*_args, **_more):
        raise DatabaseError("no room on the disk")

    monkeypatch.setattr(log, "_inserting", broken)
    client = visit(family.mother)
    client.raise_request_exception = False
    answer = client.get(f"/students/{family.ana.ref}/attendance/")
    assert answer.status_code == 500
    assert "Ana" not in answer.content.decode()


def test_a_row_names_its_request_and_the_school_then(family, visit):
    visit(family.mother).get(f"/students/{family.ana.ref}/attendance/")
    row = Access.objects.get()
    assert (len(row.request_id), row.org) == (32, family.oak)


@pytest.fixture
def shared(transactional_db, settings, tmp_path):
    """The cast in a database that other connections see."""
    settings.AUDIT_DIR = tmp_path
    return cast.make()


def looked(family, action: str) -> None:
    log.happened(family.ms_reed, "office_manager", "search", action, "", org=family.oak)


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_a_number_taken_early_and_committed_late_is_sealed_all_the_same(shared):
    taken, go = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            looked(shared, "slow")
            taken.set()
            go.wait(timeout=20)
        connections.close_all()

    other = threading.Thread(target=slow)
    other.start()
    taken.wait(timeout=20)
    looked(shared, "quick")
    assert sealing.seal() is not None
    assert list(Link.objects.values_list("access__action", flat=True)) == ["quick"]
    go.set()
    other.join()
    early, late = Access.objects.order_by("pk")
    assert (early.action, late.action) == ("slow", "quick")
    assert sealing.seal() is not None
    assert list(Link.objects.order_by("position").values_list("access__action", flat=True)) == [
        "quick",
        "slow",
    ]
    assert wrong() == ""


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_many_writers_and_two_sealers_lose_nothing(shared):
    start, done, failed = threading.Barrier(6), threading.Event(), []

    def write():
        start.wait()
        for _n in range(25):
            looked(shared, "look")
        connections.close_all()

    def keep_sealing():
        start.wait()
        try:
            while not done.is_set():
                sealing.seal()
        except DatabaseError as fault:
            failed.append(fault)
        connections.close_all()

    writers = [threading.Thread(target=write) for _n in range(4)]
    sealers = [threading.Thread(target=keep_sealing) for _n in range(2)]
    for each in (*writers, *sealers):
        each.start()
    for each in writers:
        each.join()
    done.set()
    for each in sealers:
        each.join()
    sealing.seal()
    assert failed == []
    assert verifying.verify().rows == 100
    assert wrong() == ""


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_long_settled_numbers_are_not_asked_about_but_a_starting_worker_asks(shared):
    looked(shared, "first")
    sealing.seal()
    with unguarded():
        Seal.objects.update(made_at=now() - timedelta(hours=1), highest=10_000_000)
    looked(shared, "second")
    assert sealing.seal() is None
    assert sealing.seal(everything=True) is not None
