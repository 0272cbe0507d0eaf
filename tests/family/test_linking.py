"""How a child comes onto an account, and how guessing ends."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from portal.audit.models import Access
from portal.family import ending, linking, pins
from portal.family.models import Guardian, Guardianship, Link, Pin, SchoolNotice
from portal.people import limits
from portal.people.models import Person
from portal.students.models import StudentAlias
from tests import cast

BY = "Office manager, Oak School"
NETWORK = "192.0.2.0/24"


@pytest.fixture
def letter(family):
    """Ana's mother holds a letter and a fresh account; the PIN starts with 0."""
    Link.objects.filter(guardianship=family.mothers_right).delete()
    pin, digits = pins.give(family.mothers_right, BY)
    return pin, digits


def other(digits: str) -> str:
    """A PIN that is not this one."""
    return f"{(int(digits) + 1) % 10**8:08}"


def attempt(family: cast.Cast, pin: str, person: Person | None = None, **more: object) -> Link:
    said = {
        "student_id": family.ana.student_id,
        "birth_date": family.ana.birth_date,
        "network": NETWORK,
    } | more
    return linking.link(person or family.mother, pin=pin, **said)


def kinds() -> list[str]:
    return sorted(SchoolNotice.objects.values_list("kind", flat=True))


def test_all_three_match_and_the_child_is_on_the_account(family, letter):
    pin, digits = letter
    made = attempt(family, digits)
    pin.refresh_from_db()
    assert (made.person, made.guardianship, made.number) == (family.mother, family.mothers_right, 1)
    assert (pin.spent_at is not None, kinds()) == (True, ["linked"])
    assert Access.objects.get().action == "linked"


def test_the_next_child_gets_the_next_number(family, letter):
    Link.objects.create(person=family.mother, guardianship=family.bens_right, number=4, ended_at=now())
    assert attempt(family, letter[1]).number == 5


def test_whoever_links_is_found_by_the_name_on_the_account(family, letter):
    Person.objects.filter(pk=family.mother.pk).update(first_name="Mari", last_name="Sol")
    attempt(family, letter[1], Person.objects.get(pk=family.mother.pk))
    found = family.mothers_right.keys.filter(school=family.oak)
    assert {key.key for key in found} == {"marisol reyes", "reyes marisol", "mari sol", "sol mari"}


def test_an_earlier_student_id_still_finds_the_child(family, letter):
    StudentAlias.objects.create(**cast.rostered("alias"), student=family.ana, alias="032712F014")
    assert attempt(family, letter[1], student_id="032712F014").guardianship == family.mothers_right


def test_whatever_is_wrong_the_refusal_and_the_work_are_the_same(family, letter):
    wrong = (
        {"student_id": "204519X328"},
        {"student_id": "999999X999"},
        {"birth_date": date(2001, 1, 1)},
        {"pin": other(letter[1])},
    )
    work = set()
    for said in wrong:
        with CaptureQueriesContext(connection) as queries, pytest.raises(linking.NoMatch):
            attempt(family, **{"pin": letter[1]} | said)
        work.add(tuple(query["sql"].split()[0] for query in queries))
    assert len(work) == 1
    assert not Link.objects.filter(person=family.mother).exists()


def test_a_pin_is_spent_by_the_first_account(family, letter):
    attempt(family, letter[1])
    with pytest.raises(linking.NoMatch):
        attempt(family, letter[1], family.stranger)


def test_sending_twice_links_once(family, letter):
    attempt(family, letter[1])
    with pytest.raises(linking.AlreadyHere):
        attempt(family, letter[1])
    assert Link.objects.filter(person=family.mother).count() == 1


def test_the_other_parents_pin_does_not_work(family, letter):
    Guardianship.objects.filter(pk=family.fathers_right.pk).update(access_restriction="none")
    Link.objects.filter(guardianship=family.fathers_right).delete()
    _pin, fathers = pins.give(family.fathers_right, BY)
    with pytest.raises(linking.NoMatch):  # known by name
        attempt(family, fathers)
    family.mother.first_name = "M"
    family.mother.save()
    with pytest.raises(linking.NoMatch):  # known by the email on file
        attempt(family, fathers)
    assert attempt(family, fathers, family.father).guardianship == family.fathers_right


def test_a_linked_mother_does_not_become_the_father(family, letter):
    Guardianship.objects.filter(pk=family.fathers_right.pk).update(access_restriction="none")
    Link.objects.filter(guardianship=family.fathers_right).delete()
    cast.link(family.stranger, family.mothers_right)
    with pytest.raises(linking.AlreadyHere):
        attempt(family, pins.give(family.fathers_right, BY)[1], family.stranger)


def test_a_guardian_on_another_account_is_told_so_in_words(family, letter):
    sister = cast.guardianship(family.ben, Guardian.objects.get(sourced_id="g-marisol"))
    cast.link(family.mother, family.mothers_right)
    _pin, digits = pins.give(sister, BY)
    ben = {"student_id": family.ben.student_id, "birth_date": family.ben.birth_date}
    with pytest.raises(linking.Elsewhere):
        attempt(family, digits, family.stranger, **ben)


def test_too_old_is_said_only_when_all_three_match(family, letter):
    Pin.objects.update(expires_at=now())
    with pytest.raises(linking.TooOld):
        attempt(family, letter[1])
    with pytest.raises(linking.NoMatch):
        attempt(family, letter[1], birth_date=date(2001, 1, 1))


@pytest.mark.parametrize("closed_by_import", [False, True])
def test_not_verified_any_more_is_said_only_when_all_three_match(family, letter, closed_by_import):
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(educational_rights="none")
    if closed_by_import:
        ending.close_unverified(localdate())
    with pytest.raises(linking.NotVerified):
        attempt(family, letter[1])
    with pytest.raises(linking.NoMatch):
        attempt(family, other(letter[1]))


def test_five_wrong_tries_end_in_a_wait_a_mail_and_a_row_in_the_record_of_access(family, letter, sent):
    for _n in range(5):
        with pytest.raises(linking.NoMatch):
            attempt(family, other(letter[1]))
    with pytest.raises(limits.TooMany) as wait:
        attempt(family, letter[1])
    assert wait.value.wait_minutes in (59, 60)
    assert [(m.to, m.template) for m in sent()] == [("marisol@example.org", "family/wrong_tries")]
    assert Access.objects.get().action == "wrong_tries"
    assert kinds() == ["wrong_tries"]


def test_a_student_under_guessing_waits_for_everybody_without_saying_so(family, letter):
    for n in range(5):
        with pytest.raises(linking.NoMatch):
            attempt(family, other(letter[1]), cast.person("A", "B", f"a{n}@example.org"))
    with pytest.raises(linking.NoMatch):
        attempt(family, letter[1])


def test_ten_wrong_tries_in_a_pins_life_void_the_pins_of_the_student(family, letter, sent):
    Pin.objects.update(wrong_tries=9)
    with pytest.raises(linking.NoMatch):
        attempt(family, other(letter[1]), family.stranger)
    assert Pin.objects.get().dead_because == Pin.Dead.GUESSED_AT
    assert [(m.to, m.template) for m in sent()] == [("marisol@example.org", "family/pin_locked")]
    assert kinds() == ["pin_locked"]
    with pytest.raises(linking.NoMatch):
        attempt(family, letter[1])


def test_a_wrong_birth_date_does_not_wear_the_pin_out(family, letter):
    with pytest.raises(linking.NoMatch):
        attempt(family, other(letter[1]), birth_date=date(2001, 1, 1))
    assert Pin.objects.get().wrong_tries == 0


def test_a_success_is_no_try(family, letter):
    for _n in range(4):
        with pytest.raises(linking.NoMatch):
            attempt(family, other(letter[1]))
    attempt(family, letter[1])
    with pytest.raises(linking.AlreadyHere):
        attempt(family, letter[1])


def test_twenty_wrong_tries_from_one_network_wait(family, letter):
    for n in range(20):
        with pytest.raises(linking.NoMatch):
            attempt(
                family, "11112222", cast.person("A", "B", f"a{n}@example.org"), student_id=f"10000{n}X001"
            )
    with pytest.raises(limits.TooMany):
        attempt(family, letter[1])
    assert attempt(family, letter[1], network="198.51.100.0/24")


def test_a_very_different_name_is_flagged_to_the_school(family, letter):
    assert attempt(family, letter[1], family.stranger)
    assert kinds() == ["linked", "names_differ"]


def test_the_guardian_on_file_hears_of_the_link_and_nobody_else(family, letter, sent):
    attempt(family, letter[1], family.stranger)
    assert [(m.to, m.language, m.template) for m in sent()] == [
        ("marisol@example.org", "es", "family/linked")
    ]


def test_this_was_not_me_closes_the_link_at_once(family, letter):
    made = attempt(family, letter[1])
    assert linking.not_me(made.pk, close=True)
    assert linking.not_me(made.pk, close=True)
    made.refresh_from_db()
    assert (made.ended_because, kinds()) == (Link.Ended.NOT_ME, ["linked", "not_me"])
    with pytest.raises(linking.NoMatch):
        attempt(family, letter[1])


def test_a_child_removed_by_wish_comes_back_with_the_same_pin(family, letter):
    linking.remove(attempt(family, letter[1]))
    assert attempt(family, letter[1]).number == 2


def test_a_new_record_of_the_same_adult_takes_the_place_of_the_old(family, letter):
    old = cast.link(family.mother, family.mothers_right)
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(active=False)
    again = Guardian.objects.create(**cast.rostered("g-marisol-2"), given_name="Marisol", family_name="Reyes")
    right = cast.guardianship(family.ana, again)
    made = attempt(family, pins.give(right, BY)[1])
    old.refresh_from_db()
    assert (made.guardianship, old.ended_because) == (right, Link.Ended.SCHOOL)


def test_a_link_to_confirm_opens_with_a_new_pin_of_the_same_guardian(family, letter):
    link = cast.link(family.mother, family.mothers_right)
    Link.objects.filter(pk=link.pk).update(verify_by=localdate() - timedelta(days=1))
    link.refresh_from_db()
    with pytest.raises(linking.WrongPin):
        linking.verify(link, other(letter[1]), NETWORK)
    linking.verify(link, letter[1], NETWORK)
    link.refresh_from_db()
    assert link.verify_by is None
    with pytest.raises(linking.WrongPin):
        linking.verify(link, letter[1], NETWORK)
