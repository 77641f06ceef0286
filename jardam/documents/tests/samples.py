"""Files made in code for the tests of uploads: sound ones of every kind, and what people and attackers really send."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image


def pdf(
    *,
    catalog: str = "",
    page: str = "",
    objects: tuple[bytes, ...] = (),
    trailer: str = "",
    header: bytes = b"%PDF-1.7\n",
) -> bytes:
    """A PDF of one empty page with a right cross-reference table; further entries and objects (from number 4 on)."""
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] {page} >>".encode(),
        *objects,
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(bodies) + 1,
        trailer.encode(),
        at,
    )


def stream(content: bytes, entries: str = "") -> bytes:
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def hidden_in_object_stream(inner: bytes) -> bytes:
    """Object 4 packed into an object stream, found through a cross-reference stream: no plain search sees it."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    packed = zlib.compress(b"4 0 " + inner)
    offsets.append(len(out))
    out += b"5 0 obj\n%s\nendobj\n" % stream(packed, "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
    at = len(out)
    rows = [(0, 0, 65535), *((1, offset, 0) for offset in offsets[:3]), (2, 5, 0), (1, offsets[3], 0), (1, at, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    entries = "/Type /XRef /Size 7 /Root 1 0 R /W [1 4 2]"
    return out + b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(table, entries), at)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (12, 90, 120)).save(out, kind)
    return out.getvalue()


def animated_png() -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (10, 10), (shade, 0, 0)) for shade in (1, 200)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few octets that say they are a picture of 3.6 thousand million points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


MAIN = {
    "docx": (
        "word/document.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ),
    "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
}
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}" TargetMode="External"/></Relationships>'
)


def office(
    kind: str = "docx", parts: dict[str, bytes | str] | None = None, *, content_type: str = "", body: str = "<body/>"
) -> bytes:
    """A small office file with these further parts."""
    main, main_type = MAIN[kind]
    types = f'<Types><Override PartName="/{main}" ContentType="{content_type or main_type}"/></Types>'
    return packed({"[Content_Types].xml": types, "_rels/.rels": "<Relationships/>", main: body} | (parts or {}))


def packed(parts: dict[str, bytes | str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_wrong_crc(archive: bytes, part: str) -> bytes:
    """The same archive, whose list and whose part disagree about the sum of `part`."""
    at = archive.rindex(part.encode()) - 46 + 16
    return archive[:at] + b"\xde\xad\xbe\xef" + archive[at + 4 :]


def with_password_flag(archive: bytes) -> bytes:
    """The first part marked as closed with a password."""
    at = archive.index(b"PK\x01\x02") + 8
    return archive[:at] + b"\x01\x00" + archive[at + 2 :]


def encrypted_office() -> bytes:
    """How an office program keeps a document with a password: an OLE container with this stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 480
