"""What happens when two people, or two tabs, try at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from portal.family import linking, pins
from portal.family.models import Link, Pin
from portal.people import limits
from portal.people.asking import opened
from tests import cast


@pytest.fixture
def crowd(transactional_db):
    """The cast, with a letter for Ana's mother whose account has no child yet, in a database others can see."""
    family = cast.make()
    Link.objects.filter(guardianship=family.mothers_right).delete()
    return family, pins.give(family.mothers_right, "Office manager, Oak School")[1]


def at_once(tries) -> Counter:
    """What came of each try, all started together, each on connections of its own."""
    gate = Barrier(len(tries))

    def one(person, child, pin):
        try:
            gate.wait(timeout=20)
            with transaction.atomic():
                linking.link(person, child.student_id, child.birth_date, pin, "192.0.2.0/24")
            return "linked"
        except (linking.PinRefused, limits.TooMany) as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tries)) as pool:
        return Counter(pool.map(lambda said: one(*said), tries))


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_two_accounts_with_one_pin_link_once(crowd):
    family, pin = crowd
    came = at_once([(family.mother, family.ana, pin), (family.stranger, family.ana, pin)])
    assert came == {"linked": 1, "NoMatch": 1}
    assert Link.objects.filter(guardianship=family.mothers_right).count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_two_tabs_of_one_account_link_once(crowd):
    family, pin = crowd
    came = at_once([(family.mother, family.ana, pin)] * 2)
    assert came == {"linked": 1, "AlreadyHere": 1}
    assert Link.objects.filter(person=family.mother).count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_tries_made_at_once_all_count(crowd):
    family, pin = crowd
    wrong = f"{(int(pin) + 1) % 10**8:08}"
    came = at_once([(family.mother, family.ana, wrong)] * 8)
    assert came == {"NoMatch": 5, "TooMany": 3}


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_two_children_added_in_two_tabs_get_two_numbers(crowd):
    family, pin = crowd
    bens = cast.guardianship(family.ben, family.mothers_right.guardian)
    other = pins.give(bens, "Office manager, Oak School")[1]
    came = at_once([(family.mother, family.ana, pin), (family.mother, family.ben, other)])
    assert came == {"linked": 2}
    assert sorted(Link.objects.filter(person=family.mother).values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True, databases=["default", "apart"])
def test_two_clerks_at_once_give_the_same_pin(transactional_db):
    family = cast.make()
    Link.objects.filter(guardianship=family.bens_right).delete()
    gate = Barrier(4)

    def gives(_n):
        try:
            gate.wait(timeout=20)
            with opened("staff", family.ms_reed.pk):
                return pins.give(family.bens_right, "Office manager, Oak School")[1]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        given = set(pool.map(gives, range(4)))
    assert (len(given), Pin.objects.filter(guardianship=family.bens_right).count()) == (1, 1)
