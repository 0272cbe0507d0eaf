"""Two people at the registrar's desk at the same moment."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.utils.timezone import localdate, now

from portal.access import gate
from portal.access.models import Post
from portal.family.models import CourtOrder, Decision
from portal.people.asking import opened
from portal.people.models import Person
from portal.staff.directory import DESK
from portal.staff.registrar import acts
from tests import cast
from tests.staff.test_registrar import an_order, at_oak, looked

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "apart"])


@pytest.fixture
def crowd(transactional_db):
    """Oak's desk with two registrars and its principal, in a database others can see."""
    family = cast.make()
    family.rita, family.hugo = (
        at_oak(family, "Rita", Post.Role.REGISTRAR),
        at_oak(family, "Hugo", Post.Role.REGISTRAR),
    )
    family.hall = at_oak(family, "Hall", Post.Role.PRINCIPAL)
    return family


def at_once(tries: list[Callable[[], str]]) -> Counter:
    """What came of each try, all started together, each on connections of its own."""
    barrier = Barrier(len(tries))

    def one(do: Callable[[], str]) -> str:
        try:
            barrier.wait(timeout=20)
            return do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tries)) as pool:
        return Counter(pool.map(one, tries))


def agreeing(family, person: Person, asked: Decision) -> Callable[[], str]:
    def do() -> str:
        try:
            with opened("staff", person.pk):
                grant = gate.admit(gate.Actor(person, now()), family.ana.ref, DESK)
                acts.alone(grant.student)
                acts.agree(grant, asked)
            return "agreed"
        except acts.NotNow as refusal:
            return str(refusal)

    return do


def test_two_second_persons_agree_once(crowd):
    asked = Decision.objects.create(
        student=crowd.ana, guardianship=crowd.mothers_right, act="rights", state="waiting", asked_by=crowd.rita,
        expires_at=now() + timedelta(days=1), values={"ends": None}, before={"ends": None},
    )  # fmt: skip
    came = at_once([agreeing(crowd, crowd.hugo, asked), agreeing(crowd, crowd.hall, asked)])
    assert came == {"agreed": 1, "Somebody decided this already.": 1}


def test_one_form_sent_twice_at_the_same_moment_is_saved_once(crowd, visit):
    address = f"/staff/registrar/{crowd.ana.ref}/orders/"
    with transaction.atomic():
        client = visit(crowd.rita)
    said = looked(client, address, an_order(crowd.mothers_right)) | {"act": "save"}
    came = at_once([lambda: str(client.post(address, said).status_code)] * 2)
    assert came == {"302": 2}
    assert (CourtOrder.objects.count(), Decision.objects.count()) == (1, 1)


def test_two_registrars_who_save_at_once_do_not_overwrite_each_other(crowd, visit):
    address = f"/staff/registrar/{crowd.ana.ref}/orders/"
    tries = []
    for who, number in ((crowd.rita, "1"), (crowd.hugo, "2")):
        with transaction.atomic():
            client = visit(who)
        said = looked(client, address, an_order(crowd.mothers_right, number=number)) | {"act": "save"}
        tries.append(lambda client=client, said=said: str(client.post(address, said).status_code))
    assert at_once(tries) == {"302": 1, "409": 1}
    assert CourtOrder.objects.count() == 1
    assert CourtOrder.objects.get().begins == localdate()
