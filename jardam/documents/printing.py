"""From content to PDF: typst with its own fonts, no network, the same bytes for the same content.

The fonts are those inside the typst wheel, pinned by its hash in requirements.lock (ADR 0009): Libertinus Serif has
ң ө ү Ң Ө Ү and №.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import segno

TEMPLATES = Path(__file__).parent / "typst"
STANDARDS: list[Any] = ["a-2a", "ua-1"]  # archiving with structure, and accessibility


class PrintFault(Exception):
    """typst is not there, or did not take the template; the message is its own."""


def pdf(template: str, content: Mapping[str, Any], *, sha256: str, address: str, at: datetime) -> bytes:
    """The print of a content. *Template*: a name in TEMPLATES; *address*: where this document is checked."""
    return _compiled(template, _data(content, sha256, address), at, "pdf")


def picture(template: str, content: Mapping[str, Any], *, sha256: str, address: str, at: datetime) -> list[bytes]:
    """Each page as PNG: for looking at, in tests and while a template is written."""
    made = _compiled(template, _data(content, sha256, address), at, "png")
    return made if isinstance(made, list) else [made]


def square_code(address: str) -> str:
    """A QR symbol of level M (ISO/IEC 18004) with its white border, as SVG of one unit a module."""
    drawn = io.BytesIO()
    code = segno.make_qr(address, error="m", boost_error=False)
    code.save(drawn, kind="svg", light="#fff", xmldecl=False, omitsize=True, nl=False)
    return drawn.getvalue().decode()


def _data(content: Mapping[str, Any], sha256: str, address: str) -> str:
    return json.dumps(dict(content) | {"sha256": sha256, "address": address, "qr": square_code(address)})


def _compiled(template: str, data: str, at: datetime, output: str) -> Any:
    try:
        import typst  # here, because a server without it must serve everything but prints
    except ImportError as fault:
        raise PrintFault(str(fault)) from fault
    options: dict[str, Any] = {
        "ignore_system_fonts": True,
        "format": output,
        "sys_inputs": {"data": data},
        "timestamp": int(at.timestamp()),
        "root": TEMPLATES,
    }
    source = TEMPLATES / f"{template}.typ"
    try:
        if output == "pdf":
            try:
                return typst.compile(source, pdf_standards=STANDARDS, **options)
            except typst.TypstError:
                pass  # A letter that no font has (an emoji in somebody's title) forbids PDF/A; the act must not fail.
        return typst.compile(source, **options)
    except typst.TypstError as fault:
        raise PrintFault(str(fault)) from fault
