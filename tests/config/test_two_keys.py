"""A secret is changed while families are there: what the old one made still opens until it is left out."""

import pytest
from cryptography.exceptions import InvalidTag
from django.utils.timezone import now

from portal.audit import sealing
from portal.audit.models import Seal
from portal.config.env import BadEnvironment, read
from portal.family import linking, pins
from portal.family.models import Pin
from portal.people import seals
from tests.cast import guardianship
from tests.config.test_env import GOOD


def test_what_the_old_key_sealed_opens_beside_the_new_one_and_not_without_it(settings):
    old = settings.PIN_KEYS[0]
    sealed, kept = seals.seal(b"8 digits", "a row"), seals.keyed("8 digits", "look")
    settings.PIN_KEYS = ["new", old]
    assert seals.unseal(sealed, "a row") == b"8 digits"
    assert seals.keyed("8 digits", "look") != kept
    assert kept in seals.keyed_by_each("8 digits", "look")
    settings.PIN_KEYS = ["new"]
    with pytest.raises(InvalidTag):
        seals.unseal(sealed, "a row")


def test_a_letter_printed_before_the_change_still_links(family, settings):
    right = guardianship(family.ben, family.mothers_right.guardian)
    pin, digits = pins.make(right)
    settings.PIN_KEYS = ["new", *settings.PIN_KEYS]
    assert linking._pin_of([family.ben], digits) == pin
    settings.PIN_KEYS = ["new"]
    assert linking._pin_of([family.ben], digits) is None


def test_sealed_anew_a_pin_needs_the_old_key_no_more(family, settings):
    pin, digits = pins.make(guardianship(family.ben, family.mothers_right.guardian))
    settings.PIN_KEYS = ["new", *settings.PIN_KEYS]
    assert pins.seal_anew("default") == 1
    settings.PIN_KEYS = ["new"]
    assert pins.read(Pin.objects.get(pk=pin.pk)) == digits
    assert linking._pin_of([family.ben], digits) == pin


def test_a_head_signed_by_the_old_key_is_ours_for_as_long_as_it_stands_there(settings):
    head = Seal(number=1, position=1, highest=1, head=bytes(32), made_at=now())
    head.signature = sealing.signatures(head)[0]
    settings.AUDIT_KEYS = ["new", *settings.AUDIT_KEYS]
    assert sealing.signed(head)
    settings.AUDIT_KEYS = ["new"]
    assert not sealing.signed(head)


def test_each_of_two_values_is_held_to_the_same_rules(tmp_path):
    environ = GOOD | {"DATA_DIR": str(tmp_path)}
    both = f"{GOOD['PIN_KEY'][::-1]},{GOOD['PIN_KEY']}"
    assert read(environ | {"PIN_KEY": both}).pin_keys == tuple(both.split(","))
    for bad, says in ((f"{GOOD['PIN_KEY']},short", "shorter than 43"), (both + "," + both, "must differ")):
        with pytest.raises(BadEnvironment, match=says):
            read(environ | {"PIN_KEY": bad})
