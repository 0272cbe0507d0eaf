"""A PIN is one guardian's for one student: made once, read again at the counter, dead when it should be."""

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.timezone import localdate, now

from portal.family import ending, pins
from portal.family.models import Guardianship, Pin
from portal.family.standing import verified, verified_now

BY = "Office manager, Oak School"


def test_a_verified_mother_gets_eight_digits_that_wait_ninety_days(family):
    pin, digits = pins.give(family.mothers_right, BY)
    assert (len(digits), digits.isdigit(), pins.read(pin), pin.given_by) == (8, True, digits, BY)
    assert pin.expires_at - pin.made_at == pytest.approx(timedelta(days=90), abs=timedelta(seconds=5))
    assert digits.encode() not in bytes(pin.sealed)


def test_a_second_clerk_reads_the_same_pin_as_long_as_it_waits(family):
    first, digits = pins.give(family.mothers_right, BY)
    assert pins.give(family.mothers_right, "Principal, Oak School") == (first, digits)


def test_a_new_pin_kills_the_old_one(family):
    old, _digits = pins.give(family.mothers_right, BY)
    new, _digits = pins.give(family.mothers_right, BY, new=True)
    old.refresh_from_db()
    assert (old.dead_because, new.dead_at) == (Pin.Dead.REPLACED, None)
    assert list(Pin.objects.filter(pins.LIVE, guardianship=family.mothers_right)) == [new]


def test_an_expired_pin_is_not_handed_out_again(family):
    old, digits = pins.give(family.mothers_right, BY)
    Pin.objects.update(expires_at=now())
    assert pins.give(family.mothers_right, BY) != (old, digits)


@pytest.mark.parametrize("right", ["fathers_right", "bens_right"])
def test_a_guardian_the_school_has_not_verified_gets_none(family, right):
    Guardianship.objects.filter(pk=family.bens_right.pk).update(ends=localdate() - timedelta(days=1))
    with pytest.raises(pins.NotVerified):
        pins.give(getattr(family, right), BY)
    assert not Pin.objects.exists()


def test_a_pin_that_is_taken_in_the_district_is_not_made_twice(family, monkeypatch):
    rolls = iter("00000001" * 2 + "00000002")
    monkeypatch.setattr(pins.secrets, "choice", lambda _digits: next(rolls))
    assert pins.give(family.mothers_right, BY)[1] == "00000001"
    assert pins.give(family.bens_right, BY)[1] == "00000002"


def test_a_sealed_pin_moved_to_another_guardian_does_not_open(family):
    pin, _digits = pins.give(family.mothers_right, BY)
    pin.guardianship = family.bens_right
    with pytest.raises(InvalidTag):
        pins.read(pin)


def test_the_states_of_a_pin_in_the_words_of_the_counter(family):
    def state() -> pins.State:
        return pins.states([family.mothers_right])[family.mothers_right.pk].state

    assert state() == pins.State.NOT_ISSUED
    pin, _digits = pins.give(family.mothers_right, BY)
    assert pins.states([family.mothers_right])[family.mothers_right.pk] == pins.Shown(
        pins.State.ISSUED, pin.given_at, BY
    )
    for values, said in (
        ({"expires_at": now()}, pins.State.EXPIRED),
        ({"dead_at": now(), "dead_because": Pin.Dead.GUESSED_AT}, pins.State.LOCKED),
        ({"dead_because": Pin.Dead.NOT_VERIFIED}, pins.State.NOT_ISSUED),
        ({"dead_at": None, "dead_because": "", "spent_at": now()}, pins.State.USED),
    ):
        Pin.objects.update(**values)
        assert state() == said


def test_losing_verified_status_kills_the_pins_that_wait(family):
    mothers, _digits = pins.give(family.mothers_right, BY)
    bens, _digits = pins.give(family.bens_right, BY)
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(access_restriction="noRecords")
    assert ending.close_unverified(localdate()) == 1
    mothers.refresh_from_db()
    bens.refresh_from_db()
    assert (mothers.dead_because, bens.dead_at) == (Pin.Dead.NOT_VERIFIED, None)


def test_the_condition_in_the_database_says_what_the_question_says(family):
    today = localdate()
    days = (None, today - timedelta(days=1), today, today + timedelta(days=1))
    right = family.mothers_right
    for active in (True, False):
        for rights in Guardianship.Rights:
            for restriction in Guardianship.Restriction:
                for begins in days:
                    for ends in days:
                        right.active, right.educational_rights = active, rights
                        right.access_restriction, right.begins, right.ends = restriction, begins, ends
                        right.save()
                        found = Guardianship.objects.filter(verified_now(today), pk=right.pk).exists()
                        assert found == verified(right, today), (active, rights, restriction, begins, ends)


def test_the_digits_are_grouped_in_fours():
    assert pins.grouped("04217735") == "0421 7735"
    assert settings.DISTRICT.pin_digits == 8
