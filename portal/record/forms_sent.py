"""A form that is sent twice does its work once: each carries a one-time key."""

import secrets
from dataclasses import dataclass

from portal.people.models import Person
from portal.record.models import Sent

KEY_LENGTH = 43


@dataclass(frozen=True)
class Once:
    repeated: bool
    answer: str  # where the first sending was answered


def new_key() -> str:
    """A key for the hidden field `once`."""
    return secrets.token_urlsafe(32)


def answered(person: Person, key: str) -> str:
    """Where a form with this key was answered already; empty for one that is new. Asked before it is judged again."""
    return Sent.objects.filter(person=person, key=key).values_list("answer", flat=True).first() or ""


def first_time(person: Person, key: str, answer: str) -> Once:
    """Spends the key. A second sending, even at the same moment, waits for the first and gets its answer.

    A form without a proper key (sent by hand) counts as new.
    """
    if len(key) != KEY_LENGTH or not key.isascii():
        return Once(repeated=False, answer=answer)
    sent, new = Sent.objects.get_or_create(person=person, key=key, defaults={"answer": answer})
    return Once(repeated=not new, answer=sent.answer)
