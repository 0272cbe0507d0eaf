"""Passwords: how they are kept (Argon2id over a pepper that is not in the database), and which ones are refused."""

import gzip
import hashlib
import hmac
import itertools
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.people import limits

LONGEST = 128  # characters
OWN = 6  # characters that must be left of a password when the obvious is taken away

TOO_SHORT = ngettext_lazy(
    "Use at least %(min)d letter, number or space.", "Use at least %(min)d letters, numbers or spaces.", "min"
)
STOLEN = _("That password is on a list of stolen passwords. Choose another.")
PERSONAL = _("Do not use your name or email as the password.")


class PepperedArgon2(Argon2PasswordHasher):
    """Argon2id, 19 MiB, two passes: about 20 ms a try on one core."""

    algorithm = "argon2pepper"
    memory_cost = 19456  # KiB
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with limits.HASHES.turn():
            return super().encode(_peppered(password, settings.PASSWORD_PEPPERS[0]), salt)

    def verify(self, password: str, encoded: str) -> bool:
        with limits.HASHES.turn():
            return super().verify(_peppered(password, self._pepper(encoded)), encoded)

    def salt(self) -> str:
        """Ends with the sign of the pepper, so that a password is tried with one alone."""
        return super().salt() + _sign(settings.PASSWORD_PEPPERS[0])

    def must_update(self, encoded: str) -> bool:
        """At the next sign-in, when the numbers or the pepper changed."""
        return super().must_update(encoded) or self._pepper(encoded) != settings.PASSWORD_PEPPERS[0]

    def _pepper(self, encoded: str) -> str:
        salt = self.decode(encoded)["salt"]
        known = (pepper for pepper in settings.PASSWORD_PEPPERS if salt.endswith(_sign(pepper)))
        return next(known, settings.PASSWORD_PEPPERS[0])


def normal(password: str) -> str:
    """NFKC: the same letters, whichever keyboard made them."""
    return unicodedata.normalize("NFKC", password)


def refusal(password: str, *, names: Iterable[str] = (), email: str = "") -> str | Promise | None:
    """Why the password may not be used, in words; None when it may.

    names: of the person and of the children on the account.
    """
    text = normal(password)
    shortest = settings.DISTRICT.password_min
    if len(text) < shortest:
        return TOO_SHORT % {"min": shortest}
    bare = _bare(text)
    own = _without(bare, _words([*names, *re.split(r"[@.+_-]", email)]))
    if len(own) < OWN and len(own) < len(bare):
        return PERSONAL
    if bare in _stolen() or _obvious(_without(own, _words(_our_words()))):
        return STOLEN
    return None


def _peppered(password: str, pepper: str) -> str:
    return hmac.new(pepper.encode(), normal(password).encode(), hashlib.sha256).hexdigest()


def _sign(pepper: str) -> str:
    return hmac.new(pepper.encode(), b"the sign of this pepper", hashlib.sha256).hexdigest()[:8]


def _bare(text: str) -> str:
    """Letters and digits only, without case: "Pass-Word 1" and "password1" are as easy to guess."""
    return "".join(char for char in text.casefold() if char.isalnum()) or text


def _words(texts: Iterable[str]) -> list[str]:
    return sorted(
        {bare for text in texts for word in text.split() if len(bare := _bare(word)) > 2},
        key=len,
        reverse=True,
    )


def _our_words() -> list[str]:
    return [settings.DISTRICT.name, settings.DISTRICT.portal_name, "school district student parent password"]


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


ROWS = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "01234567890", "abcdefghijklmnopqrstuvwxyz",
    "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm",
    "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
)  # fmt: skip


@cache
def _runs() -> frozenset[str]:
    """Four neighbours on a keyboard or in a row, forwards and backwards."""
    both = itertools.chain(ROWS, (row[::-1] for row in ROWS))
    return frozenset(row[at : at + 4] for row in both for at in range(len(row) - 3))


def _obvious(text: str) -> bool:
    """Whether less than a short word of a person's own is left: repeats, rows of keys, one common word and digits."""
    if len(set(text)) < 5:
        return True
    if re.fullmatch(r"(.{1,10})\1+(.{0,9})", text) and re.sub(r"^(.{1,10}?)\1+", "", text) in text[:10]:
        return True
    left = "".join(
        char
        for at, char in enumerate(text)
        if not any(text[max(0, at - by) :][:4] in _runs() for by in range(4))
    )
    letters = "".join(char for char in left if not char.isdigit())
    return len(letters) < OWN or letters in _common()


@cache
def _stolen() -> frozenset[str]:
    """The bundled list; its first lines say how it was made."""
    lines = (Path(__file__).parent / "stolen_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(_bare(line) for line in lines if line and not line.startswith("#"))


@cache
def _common() -> frozenset[str]:
    """The 20,000 most used passwords, as Django brings them."""
    path = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return frozenset(line.strip() for line in file)
