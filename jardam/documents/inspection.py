"""Whether uploaded bytes are what their name says, whole, readable, and carry nothing that acts by itself.

Nothing of a file is ever run, drawn for somebody or unpacked to a disk here: it is parsed in memory under limits. The
answer is a kind of rules.FILE_KINDS or a refusal.
"""

from __future__ import annotations

import logging
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from jardam.kernel.refusal import Reason, Refused
from jardam.rulebook.house import HOUSE

from .rules import (
    DOCUMENTS,
    FILE_ACTIVE,
    FILE_BROKEN,
    FILE_EMPTY,
    FILE_ENCRYPTED,
    FILE_KIND,
    FILE_KINDS,
    FILE_MISMATCH,
    FILE_NAME,
    FILE_OVERFULL,
    FILE_TOO_LARGE,
    FILE_TWO_IN_ONE,
    UPLOAD_LIMIT,
    FileKind,
    kind_of_name,
    safe_name,
)

BASIS = HOUSE["H-44"].basis
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is odd in somebody's file is no news of the house

MEMBERS = 2_000  # parts of one office file
UNPACKED = 100 * 1024 * 1024  # octets of all parts together
RATIO = 200  # of one part, beyond the first megabyte: text packs to a tenth, a bomb to a thousandth
PIXELS = 60_000_000  # of one picture: more than a telephone's camera makes
PDF_OBJECTS = 60_000
PDF_DEPTH = 40
TAIL = 2048  # octets at the end of a PDF in which its end mark stands

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS = ((b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (_ZIP, "zip"), (_OLE, "ole"))
_FOREIGN = re.compile(rb"PK\x05\x06|%PDF-1|<script|<html|<\?php|<svg|<!doctype", re.I)
_MAIN_PARTS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}


def inspect(
    content: bytes, *, name: str, kinds: Sequence[str] = DOCUMENTS, limit: int = UPLOAD_LIMIT, at_field: str = ""
) -> tuple[FileKind, str]:
    """The kind of an uploaded file and its safe name.

    *limit*: octets. Refuses `file_empty`, `file_too_large`, `file_name`, `file_kind`, `file_mismatch`,
    `file_encrypted`, `file_broken`, `file_overfull`, `file_active`, `file_two_in_one` (house rule H-44).
    """

    def refuse(reason: Reason, **params: Any) -> Refused:
        return reason.refuse(BASIS, at_field=at_field, **params)

    if not content:
        raise refuse(FILE_EMPTY)
    if len(content) > limit:
        raise refuse(FILE_TOO_LARGE, limit_kb=limit // 1024)
    shown = safe_name(name)
    if not shown:
        raise refuse(FILE_NAME)
    said = kind_of_name(shown)
    if said not in kinds:
        raise refuse(FILE_KIND, kinds=tuple(code.upper() for code in kinds))
    try:
        if fault := _fault(content, said):
            raise refuse(fault, said=said.upper())
    except (RecursionError, MemoryError, OverflowError):
        raise refuse(FILE_OVERFULL) from None
    return FILE_KINDS[said], shown


def _fault(content: bytes, said: str) -> Reason | None:
    found = next((kind for start, kind in _STARTS if content.startswith(start)), "")
    if found == "ole" and said in _MAIN_PARTS:
        return FILE_ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in content else FILE_MISMATCH
    expected = "zip" if said in _MAIN_PARTS else "" if said in ("csv", "txt") else said
    if found != expected:
        return FILE_MISMATCH
    return _CHECKS[said](content, said)


# --- PDF -------------------------------------------------------------------------------------------------------

_PDF_RUNS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie"}
)
_PDF_HOLDS = frozenset({"/JS", "/JavaScript", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA"})
_PDF_PLAIN = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
_HARMLESS = frozenset({"/GoTo", "/Named", "/URI"})


def _pdf(content: bytes, _said: str) -> Reason | None:
    tail = content[-TAIL:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        return FILE_BROKEN
    if _FOREIGN.search(tail[tail.rindex(b"%%EOF") :]) or _packed(content):
        return FILE_TWO_IN_ONE
    unescaped = re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = PdfReader(BytesIO(content), strict=False)
            if reader.is_encrypted:
                return FILE_ENCRYPTED
            if _PDF_PLAIN.search(unescaped):
                return FILE_ACTIVE
            return _pdf_objects(reader)
    except LimitReachedError:
        return FILE_OVERFULL
    except (
        PyPdfError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        AssertionError,
    ):
        return FILE_BROKEN


def _pdf_objects(reader: PdfReader) -> Reason | None:
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table if number} | {
        (number, 0) for number in reader.xref_objStm
    }
    if len(numbers) > PDF_OBJECTS:
        return FILE_OVERFULL
    if not any(True for _ in reader.pages):
        return FILE_BROKEN
    roots = [reader.trailer, *(reader.get_object(IndirectObject(n, g, reader)) for n, g in sorted(numbers))]
    return FILE_ACTIVE if any(_acts(d) for root in roots for d in _dictionaries(root)) else None


def _dictionaries(value: Any, depth: int = 0) -> Iterator[DictionaryObject]:
    """Every dictionary inside one object; references are not followed, their objects are looked at themselves."""
    if depth > PDF_DEPTH:
        raise RecursionError
    if isinstance(value, DictionaryObject):
        yield value
        for inner in value.values():
            yield from _dictionaries(inner, depth + 1)
    elif isinstance(value, ArrayObject):
        for inner in value:
            yield from _dictionaries(inner, depth + 1)


def _acts(value: DictionaryObject) -> bool:
    if _PDF_HOLDS & value.keys() or value.get("/Type") == "/EmbeddedFile":
        return True
    action = value.get("/S")
    if isinstance(action, str) and action in _PDF_RUNS:
        return True
    return _begins(value.get("/OpenAction")) or any(_begins(one) for one in _values(value.get("/AA")))


def _begins(action: Any) -> bool:
    """Whether something happens on opening beyond going to a page: office programs note the page like this."""
    action = action.get_object() if isinstance(action, IndirectObject) else action
    return isinstance(action, DictionaryObject) and action.get("/S") not in _HARMLESS


def _values(table: Any) -> list[Any]:
    table = table.get_object() if isinstance(table, IndirectObject) else table
    return list(table.values()) if isinstance(table, DictionaryObject) else []


# --- pictures --------------------------------------------------------------------------------------------------


def _picture(content: bytes, said: str) -> Reason | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(content), formats=("PNG" if said == "png" else "JPEG",)) as picture:
                if picture.width * picture.height > PIXELS:
                    return FILE_OVERFULL
                if getattr(picture, "n_frames", 1) > 1:
                    return FILE_TWO_IN_ONE if said == "png" else None
                picture.load()
    except Image.DecompressionBombError:
        return FILE_OVERFULL
    except (OSError, SyntaxError, ValueError, zlib.error, IndexError, TypeError):
        return FILE_BROKEN
    end = content.rfind(b"IEND\xaeB`\x82") + 8 if said == "png" else content.rfind(b"\xff\xd9") + 2
    rest = content[end:]
    if said == "png" and rest:
        return FILE_TWO_IN_ONE
    return FILE_TWO_IN_ONE if _FOREIGN.search(content[:1024] + rest) or _packed(content) else None


def _packed(content: bytes) -> bool:
    """Whether a program that unpacks archives would find one in it."""
    return zipfile.is_zipfile(BytesIO(content))


# --- office files ----------------------------------------------------------------------------------------------

_OFFICE_ACTIVE = re.compile(
    r"vbaProject\.bin|vbaData\.xml|/activeX/|/embeddings/|/externalLinks/|/macrosheets/|customUI|\.bin$|oleObject"
    r"|\.(?:exe|dll|js|vbs|bat|cmd|ps1|hta|html?|svg|zip|jar|docm|xlsm)$",
    re.I,
)
_HARMLESS_BIN = re.compile(r"printerSettings\d*\.bin$", re.I)  # Excel keeps the printer's paper size so
_DYNAMIC = re.compile(rb"<w:instrText[^>]*>[^<]*\bDDE(?:AUTO)?\b", re.I)


def _office(content: bytes, said: str) -> Reason | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _members(archive) or _parts(archive, content, said)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, ElementTree.ParseError):
        return FILE_BROKEN
    except NotImplementedError:  # a way of packing that no office program writes
        return FILE_BROKEN


def _members(archive: zipfile.ZipFile) -> Reason | None:
    """What the list of parts tells before anything is unpacked."""
    parts = archive.infolist()
    if len(parts) > MEMBERS or sum(part.file_size for part in parts) > UNPACKED:
        return FILE_OVERFULL
    if any(part.file_size > max(1024 * 1024, part.compress_size * RATIO) for part in parts):
        return FILE_OVERFULL
    if any(part.flag_bits & 0x1 for part in parts):
        return FILE_ENCRYPTED
    names = [part.filename for part in parts]
    if len(set(names)) < len(names) or any(_strays(name) for name in names):
        return FILE_BROKEN
    if any(_OFFICE_ACTIVE.search(f"/{name}") and not _HARMLESS_BIN.search(name) for name in names):
        return FILE_ACTIVE
    return None


def _strays(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _parts(archive: zipfile.ZipFile, content: bytes, said: str) -> Reason | None:
    """Unpack every part in memory (which proves its CRC) and look at those that can act."""
    fault: Reason | None = None
    unpacked = 0
    for part in archive.infolist():
        with archive.open(part) as stream:
            data = stream.read(UNPACKED - unpacked + 1)
        unpacked += len(data)
        if unpacked > UNPACKED:
            return FILE_OVERFULL
        fault = fault or _part_fault(part.filename, data)
    if fault:
        return fault
    types = archive.read("[Content_Types].xml").decode("utf-8", "replace")
    if "macroEnabled" in types:
        return FILE_ACTIVE
    if _MAIN_PARTS[said] not in types:
        return FILE_MISMATCH
    if archive.comment or archive.start_dir + _directory_size(archive, content) != len(content):
        return FILE_TWO_IN_ONE
    return None


def _directory_size(archive: zipfile.ZipFile, content: bytes) -> int:
    """Octets from the list of parts to the end, where nothing is hidden between or behind."""
    end = content.rfind(b"PK\x05\x06")
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    return size + 22 if archive.start_dir + size == end else -1


def _part_fault(name: str, data: bytes) -> Reason | None:
    if data.startswith((_ZIP, _OLE, b"MZ", b"\x7fELF")):
        return FILE_ACTIVE
    if not name.endswith((".xml", ".rels")):
        return None
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return FILE_ACTIVE
    if name.endswith(".rels"):
        return FILE_ACTIVE if any(_reaches_out(row) for row in ElementTree.fromstring(data)) else None
    return FILE_ACTIVE if _DYNAMIC.search(data) else None


def _reaches_out(relationship: ElementTree.Element) -> bool:
    """A link that a reader presses is a text; a picture or a template from elsewhere is fetched unasked."""
    return relationship.get("TargetMode") == "External" and not relationship.get("Type", "").endswith("/hyperlink")


# --- plain text ------------------------------------------------------------------------------------------------

_MARKUP = re.compile(r"<\s*(?:!doctype|html|script|svg|\?xml|\?php|body|iframe|img)\b|^#!", re.I)
_FORMULA = re.compile(r"(?:^|[,;\t\"\n])\s*[=@](?=\s*\w)")


def _text(content: bytes, said: str) -> Reason | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1251")  # what the banks' programs still write
        except UnicodeDecodeError:
            return FILE_BROKEN
    if content.startswith((b"MZ", b"\x7fELF")) or any(ord(c) < 32 and c not in "\t\r\n\f" for c in text):
        return FILE_MISMATCH
    if _MARKUP.search(text) or (said == "csv" and _FORMULA.search(text)):
        return FILE_ACTIVE
    return FILE_TWO_IN_ONE if _packed(content) else None


_CHECKS: dict[str, Callable[[bytes, str], Reason | None]] = {
    "pdf": _pdf,
    "jpg": _picture,
    "png": _picture,
    "docx": _office,
    "xlsx": _office,
    "csv": _text,
    "txt": _text,
}
