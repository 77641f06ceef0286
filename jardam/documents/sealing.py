"""Sealing: AES-256-GCM under a data key per object, itself wrapped by the key file (decisions.md §6).

Who holds both the database and the key file can read everything: the manual says so.
"""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from .damage import KeyFault as KeyFault
from .damage import KeyMissing

NONCE = 12


@cache
def _master_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as fault:
        raise KeyMissing(f"The key file {path.name} cannot be read: {type(fault).__name__}.", "key file") from fault
    if len(key) != 32:
        raise KeyMissing(f"The key file {path.name} does not hold a key of 32 bytes.", "key file")
    return key


def make_key_file(path: Path) -> None:
    """A new random key, readable by its owner only; an existing file is left alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_hex(32) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def _encrypt(key: bytes, plaintext: bytes, label: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, label.encode())


def _decrypt(key: bytes, sealed: bytes, label: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], label.encode())
    except InvalidTag as fault:
        raise KeyFault("The sealed content does not open with this key.", label.removeprefix("key:")) from fault


def new_wrapped_key(label: str) -> bytes:
    """A fresh data key for the object named `label`, wrapped for storing."""
    return _encrypt(_master_key(settings.KEY_FILE), secrets.token_bytes(32), f"key:{label}")


def seal(wrapped_key: bytes, plaintext: bytes, label: str) -> bytes:
    """`label` names object and part ("application:K3…:v2"): a ciphertext moved elsewhere does not open."""
    return _encrypt(_data_key(wrapped_key, label), plaintext, label)


def unseal(wrapped_key: bytes, sealed: bytes, label: str) -> bytes:
    """The plaintext. KeyFault when key, label or bytes are not the ones sealed."""
    return _decrypt(_data_key(wrapped_key, label), sealed, label)


def _data_key(wrapped_key: bytes, label: str) -> bytes:
    object_label = ":".join(label.split(":")[:2])
    return _decrypt(_master_key(settings.KEY_FILE), bytes(wrapped_key), f"key:{object_label}")


def opens(wrapped_key: bytes, label: str) -> bool:
    """Whether the key file opens the data key of the object named `label`."""
    try:
        _data_key(wrapped_key, label)
    except KeyFault:
        return False
    return True


def has_key() -> bool:
    """Whether the key file holds a key; whether it is the right one only a seal can tell."""
    _master_key.cache_clear()  # it may just have been put back, or taken away
    try:
        _master_key(settings.KEY_FILE)
    except KeyMissing:
        return False
    return True
