"""One kind of text at every door: NFC, no control characters, trimmed, bounded (decisions.md §4.5)."""

from __future__ import annotations

import unicodedata

SEARCH_FOLD = str.maketrans("ңөүё", "ноуе")
"""People type Kyrgyz without these letters; search folds them (experience.md §1.7)."""


def clean(text: str, *, multiline: bool = False) -> str:
    """NFC, without control and private-use characters and unpaired surrogates, trimmed.

    Line breaks survive only with `multiline`; elsewhere any run of white space becomes one space.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    if multiline:
        return "\n".join(line.rstrip() for line in text.strip().split("\n"))
    return " ".join(text.split())


def fold(text: str) -> str:
    """The form that search compares: lower case, Kyrgyz letters folded to their Russian neighbours."""
    return clean(text).lower().translate(SEARCH_FOLD)
