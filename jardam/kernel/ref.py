"""Public references: ten characters that name a thing in addresses, files and receipts (decisions.md §4.4).

Nine random characters of Crockford's base 32 (45 bits) and a check character (Luhn mod 32), so that a letter
misread on paper is caught before anything is looked up. Nothing about order or number can be read from one.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
_MISREAD = str.maketrans("OIL", "011")


def check_character(body: str) -> str:
    factor, sum_ = 2, 0
    for character in reversed(body):
        product = factor * ALPHABET.index(character)
        sum_ += product // 32 + product % 32
        factor = 1 if factor == 2 else 2
    return ALPHABET[-sum_ % 32]


def new_ref() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def read_ref(typed: str) -> str | None:
    """The reference a person typed (spaces, hyphens, O for 0 and small letters forgiven), or None if it is none."""
    ref = typed.upper().replace(" ", "").replace("-", "").translate(_MISREAD)
    if len(ref) != LENGTH or any(c not in ALPHABET for c in ref):
        return None
    return ref if check_character(ref[:-1]) == ref[-1] else None
