"""Decisions about signatures and uploaded files over plain facts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from jardam.kernel.refusal import Reason, Refusal, when_broken
from jardam.kernel.text import clean
from jardam.rulebook.house import HOUSE

SIGNED_BY_YOU = Reason("signed_by_you", "You have signed this already; the other signature is another person's.")

when_broken("signature_once_each", SIGNED_BY_YOU.refusal(HOUSE["H-10"].basis))


# --- uploaded files --------------------------------------------------------------------------------------------

MEGABYTE = 1024 * 1024
UPLOAD_LIMIT = 5 * MEGABYTE  # octets of one file: what a phone on a weak line can send (experience.md §2)
NAME_LENGTH = 120

FILE_EMPTY = Reason("file_empty", "This file is empty. Choose another one.")
FILE_TOO_LARGE = Reason(
    "file_too_large", "This file is larger than {limit_kb} KB, the limit. Make it smaller or split it."
)
FILE_NAME = Reason("file_name", "Rename the file: its name is not readable.")
FILE_KIND = Reason("file_kind", "Files of this kind are not taken. Choose a file of one of these kinds: {kinds}.")
FILE_MISMATCH = Reason(
    "file_mismatch", "The name says {said}, but the content is something else. Save the file anew as {said}."
)
FILE_ENCRYPTED = Reason(
    "file_encrypted", "This file is closed with a password. Take the password off and send it again."
)
FILE_BROKEN = Reason("file_broken", "This file is damaged or incomplete. Open it, save it anew and send it again.")
FILE_OVERFULL = Reason(
    "file_overfull", "This file holds far more than it should once it is unpacked. Save it anew in a simpler form."
)
FILE_ACTIVE = Reason(
    "file_active",
    "This file holds a program, a macro, an attachment or a link that opens by itself. Save it as a plain PDF.",
)
FILE_TWO_IN_ONE = Reason("file_two_in_one", "This file is two files in one. Save it anew and send it again.")

FILE_FAULTS = (
    FILE_EMPTY,
    FILE_TOO_LARGE,
    FILE_NAME,
    FILE_KIND,
    FILE_MISMATCH,
    FILE_ENCRYPTED,
    FILE_BROKEN,
    FILE_OVERFULL,
    FILE_ACTIVE,
    FILE_TWO_IN_ONE,
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken: its usual ending, further endings, and the one media type it is served with."""

    code: str
    endings: tuple[str, ...]
    media_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
FILE_KINDS = {
    kind.code: kind
    for kind in (
        FileKind("pdf", ("pdf",), "application/pdf"),
        FileKind("jpg", ("jpg", "jpeg"), "image/jpeg"),
        FileKind("png", ("png",), "image/png"),
        FileKind("docx", ("docx",), f"{_OFFICE}.wordprocessingml.document"),
        FileKind("xlsx", ("xlsx",), f"{_OFFICE}.spreadsheetml.sheet"),
        FileKind("csv", ("csv",), "text/csv"),
        FileKind("txt", ("txt",), "text/plain"),
    )
}
DOCUMENTS = ("pdf", "jpg", "png", "docx", "xlsx")
"""What is taken where nothing else is said."""
STATEMENTS = ("csv", "txt", "xlsx", "pdf")
"""What a bank's or the treasury's statement comes in."""

MEDIA_TYPES = frozenset(kind.media_type for kind in FILE_KINDS.values())


def kind_of_name(name: str) -> str:
    """The kind that the ending of a name says; "" for an ending we do not know."""
    ending = name.rpartition(".")[2].lower()
    return next((kind.code for kind in FILE_KINDS.values() if ending in kind.endings), "")


def safe_name(name: str) -> str:
    """The name as it is shown and offered when the file is fetched; never a path. "" when nothing readable is left.

    Folders go, and so do control characters, marks that turn the direction of writing (`gnp.exe` can be made to read
    `exe.png`) and what Windows does not take; the ending survives the shortening.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(c for c in clean(last) if unicodedata.category(c) not in ("Cf", "Zl", "Zp"))
    plain = "".join("_" if c in '<>:"|?*' else c for c in visible).strip().rstrip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:NAME_LENGTH]
    stem = stem.strip(" .")
    return f"{stem[: NAME_LENGTH - 12]}.{ending[:10]}" if stem else ""


# --- official documents ----------------------------------------------------------------------------------------

DOCUMENT_KINDS = (
    "announcement",
    "council_pack",
    "invitation",
    "protocol",
    "letter",
    "contract",
    "amendment",
    "acceptance",
    "report",
)
TEMPLATE_V = 1
"""Raised with every change of the templates; a stored print is never made anew."""


# --- prints that fail ------------------------------------------------------------------------------------------

FAULT_LENGTH = 300
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(days=1)
PRINT_NOT_FAILED = Reason("print_not_failed", "This print has not failed. The worker makes it by itself.")


def print_again_at(at: datetime, tries: int) -> datetime:
    """When a print that failed `tries` times, last at `at`, is tried again: each pause is four times the one before,
    up to a day; it is never given up, for the document is owed (H-61)."""
    return at + min(FIRST_PAUSE * 4 ** (min(tries, 8) - 1), LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class PrintFacts:
    tries: int


def has_failed(facts: PrintFacts) -> Refusal | None:
    return None if facts.tries else PRINT_NOT_FAILED.refusal(HOUSE["H-61"].basis)


# --- damage ----------------------------------------------------------------------------------------------------

GROUNDS = ("missing", "changed", "unopened", "no_key")
STILL_DAMAGED = Reason(
    "still_damaged", "This content is still not what was stored. Restore the file or the key first, then close it."
)


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    is_whole: bool


def is_whole_again(facts: IncidentFacts) -> Refusal | None:
    return None if facts.is_whole else STILL_DAMAGED.refusal(HOUSE["H-60"].basis)
