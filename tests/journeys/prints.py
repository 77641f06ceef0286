"""Looking into the print of an official document: its text, and that every letter was drawn with a glyph."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ByteStringObject, ContentStream, TextStringObject


def text_of(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(made)).pages)


def drawn_without_a_glyph(made: bytes) -> list[str]:
    """What stands in the print as the empty box `.notdef`, or in a font the file does not hold: nothing, it is hoped.

    The fonts are written by glyph number (Identity-H), and `.notdef` is number 0 in every font.
    """
    faults = []
    reader = PdfReader(BytesIO(made))
    for number, page in enumerate(reader.pages, start=1):
        fonts = page["/Resources"].get_object().get("/Font", {})
        for name, font in fonts.items():
            faults += [f"page {number}, {name}: {what}" for what in _unfit(font.get_object())]
        faults += [f"page {number}, {name}: .notdef" for name in _undrawn(ContentStream(page.get_contents(), reader))]
    return faults


def _unfit(font: Any) -> list[str]:
    descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
    held = {"/FontFile2", "/FontFile3"} & set(descriptor)
    return [
        what
        for what, fits in (
            ("not embedded", held),
            ("no way back to letters", "/ToUnicode" in font),
            ("not written by glyph number", font["/Encoding"] == "/Identity-H"),
        )
        if not fits
    ]


def _undrawn(content: ContentStream) -> list[str]:
    """The fonts with which glyph 0 is drawn."""
    font, found = "", []
    for operands, operator in content.operations:
        if operator == b"Tf":
            font = operands[0]
        elif operator in (b"Tj", b"TJ"):
            shown = operands[0] if operator == b"TJ" else operands
            strings = [one for one in shown if isinstance(one, ByteStringObject | TextStringObject)]
            found += [font for one in strings for glyph in _glyphs(one) if glyph == 0]
    return found


def _glyphs(string: ByteStringObject | TextStringObject) -> list[int]:
    octets = string.original_bytes if isinstance(string, TextStringObject) else bytes(string)
    return [int.from_bytes(octets[at : at + 2], "big") for at in range(0, len(octets), 2)]
