"""Encryption of what the database must not tell by itself, with a key that is kept outside of it."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12  # bytes


def seal(plain: bytes, about: str, key: str = "seal") -> bytes:
    """AES-256-GCM of the text, bound to what it is about: moved to another row it does not open.

    key: names the key, which is made from the portal's own; a file has one for itself.
    """
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_keys(key)[0]).encrypt(nonce, plain, about.encode())


def unseal(sealed: bytes | memoryview, about: str, key: str = "seal") -> bytes:
    """The text again. Raises cryptography.exceptions.InvalidTag when it was changed or is about something else."""
    sealed = bytes(sealed)
    for each in _keys(key):
        try:
            return AESGCM(each).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())
        except InvalidTag:
            continue
    raise InvalidTag


def keyed(text: str, about: str) -> str:
    """A keyed hash, 64 characters: finds equal texts, and tells nothing without the key."""
    return keyed_by_each(text, about)[0]


def keyed_by_each(text: str, about: str) -> list[str]:
    """What `keyed` gives by each key that is still good: finds what was kept before the key was changed."""
    return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in _keys(about)]


def _keys(purpose: str) -> list[bytes]:
    return [
        hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest() for secret in settings.PIN_KEYS
    ]
