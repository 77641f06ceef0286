"""Stored content that is gone, was changed, or does not open: a fault of the house, not of a person (H-60).

Nothing of such content is given to anybody. Whoever meets it is told a number; `operations.report_incident` tells the
operator.
"""

from __future__ import annotations


class Damaged(Exception):
    """`ground` is one of rules.GROUNDS; `subject` names the stored thing as `jardam verify` does."""

    ground: str

    def __init__(self, said: str, subject: str) -> None:
        super().__init__(said)
        self.subject = subject


class DamagedFile(Damaged):
    """A stored file that cannot be given out."""


class MissingFile(DamagedFile):
    """No bytes lie under the hash."""

    ground = "missing"


class ChangedFile(DamagedFile):
    """The bytes under the hash are others than those that were stored, or cannot be read."""

    ground = "changed"


class KeyFault(Damaged):
    """The key file is missing, unreadable, or not the one the content was sealed with."""

    ground = "unopened"


class KeyMissing(KeyFault):
    """No key can be had from the key file: nothing that is sealed opens."""

    ground = "no_key"
