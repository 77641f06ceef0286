"""What an official document says, as data: the same blocks are printed, shown as a page and hashed.

A builder of a room is called once in every language and answers with a `Paper` in it; nothing in a paper is markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document in one language. `addressee` is for letters: name and, on further lines, the address."""

    title: str
    blocks: Sequence[Block]
    addressee: str = ""

    def as_plain(self) -> dict[str, Any]:
        return {"title": self.title, "addressee": self.addressee, "blocks": list(self.blocks)}


def heading(text: str) -> Block:
    return {"type": "heading", "text": text}


def paragraph(text: str) -> Block:
    return {"type": "paragraph", "text": text}


def facts(*rows: tuple[str, str]) -> Block:
    """Label and value; rows without a value are left out."""
    return {"type": "facts", "rows": [[label, value] for label, value in rows if value]}


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], caption: str = "") -> Block:
    """*Columns*: (label, kind), where kind is `text`, `code` (as narrow as it can be) or `number`."""
    heads = [{"label": label, "kind": kind} for label, kind in columns]
    return {"type": "table", "caption": caption, "columns": heads, "rows": [list(row) for row in rows]}


def items(*texts: str) -> Block:
    """A numbered list."""
    return {"type": "list", "items": list(texts)}


def clauses(*rows: tuple[str, str]) -> Block:
    """Sentences, each under its own number: "4.2"."""
    return {"type": "clauses", "rows": [list(row) for row in rows]}


def signatures(*rows: tuple[str, str, str]) -> Block:
    """Office, name, and when and how it was signed ("" leaves room for ink)."""
    return {"type": "signatures", "rows": [list(row) for row in rows]}
