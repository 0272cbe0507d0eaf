"""Encryption of what the database must not tell by itself, with a key that is kept outside of it."""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12  # bytes


def seal(plain: bytes, about: str, key: str = "seal") -> bytes:
    """AES-256-GCM of the text, bound to what it is about: moved to another row it does not open.

    key: names the key, which is made from the portal's own; a file has one for itself.
    """
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key(key)).encrypt(nonce, plain, about.encode())


def unseal(sealed: bytes | memoryview, about: str, key: str = "seal") -> bytes:
    """The text again. Raises cryptography.exceptions.InvalidTag when it was changed or is about something else."""
    sealed = bytes(sealed)
    return AESGCM(_key(key)).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())


def keyed(text: str, about: str) -> str:
    """A keyed hash, 64 characters: finds equal texts, and tells nothing without the key."""
    return hmac.new(_key(about), text.encode(), hashlib.sha256).hexdigest()


def _key(purpose: str) -> bytes:
    return hmac.new(settings.PIN_KEY.encode(), purpose.encode(), hashlib.sha256).digest()
