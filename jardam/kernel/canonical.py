"""Canonical bytes of anything that is hashed (decisions.md §3.3): RFC 8785 over NFC text, with money, large
numbers and instants as strings. `HASH_V` names this way of writing; a golden-bytes test pins it."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import rfc8785

from .money import Money

HASH_V = 1


def plain(value: Any) -> Any:
    """The value as JSON knows it. Refuses floats and naive instants with TypeError."""
    match value:
        case None | bool():
            return value
        case str():
            return unicodedata.normalize("NFC", value)
        case int():
            return value if abs(value) < 2**53 else str(value)
        case Money():
            return str(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            if value.tzinfo is None:
                raise TypeError("an instant needs a time zone")
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case dict():
            return {plain(str(k)): plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    return rfc8785.dumps(plain(value))


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()
