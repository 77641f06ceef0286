"""Official documents as pages, their prints, uploaded files, and the check that anybody can make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import file_digest
from typing import Any, TypeVar
from urllib.parse import quote

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jardam.documents import operations
from jardam.documents import queries as documents
from jardam.fields import in_language
from jardam.kernel.actor import Actor, visitor
from jardam.kernel.text import clean

from . import formats
from .forms import DocumentField, Form, TextField
from .pages import page
from .templatetags.ui import Column, Download, Link, SummaryRow, Table

T = TypeVar("T")

KIND = {
    "announcement": gettext_lazy("Announcement"),
    "council_pack": gettext_lazy("Pack for the council"),
    "invitation": gettext_lazy("Invitation"),
    "protocol": gettext_lazy("Protocol"),
    "letter": gettext_lazy("Letter on the result"),
    "contract": gettext_lazy("Contract"),
    "amendment": gettext_lazy("Amendment"),
    "acceptance": gettext_lazy("Act of acceptance"),
    "report": gettext_lazy("Accepted report"),
}

CHECK_LIMIT = 20 * 1024 * 1024  # octets of a file that is only hashed


# --- who reads -------------------------------------------------------------------------------------------------


def _seen_by_reader(request: Any, find: Callable[[Actor], T]) -> tuple[T, bool]:
    """What `find` finds, and whether everybody finds it. Only for what is not public the session is asked."""
    try:
        return find(visitor(request.at)), True
    except ObjectDoesNotExist:
        return find(request.actor), False


def _kept_private(response: HttpResponse, public: bool) -> HttpResponse:
    response.headers["Cache-Control"] = "no-cache" if public else "no-store"
    return response


def attachment(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """Bytes to be saved, never to be shown or run by the browser, whatever they are."""
    response = HttpResponse(content, content_type=media_type)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response._csp_exempt = True  # type: ignore[attr-defined]  # its own, stricter, policy stands above
    return response


# --- documents -------------------------------------------------------------------------------------------------


@page("public")
def document(request: Any, ref: str) -> HttpResponse:
    """The same canonical content that was printed, in the reader's language."""
    found, public = _seen_by_reader(request, lambda actor: documents.document(ref, actor))
    content = documents.content_of(found)
    text = content["texts"][(get_language() or "ru")[:2]]
    context = {
        "document": found,
        "kind": KIND[found.kind],
        "text": text,
        "title": text["title"],
        "blocks": [_shown(block) for block in text["blocks"]],
        "facts": [
            SummaryRow(_("Number of the document"), found.number),
            SummaryRow(_("Issued by"), text["issuer"]),
            SummaryRow(_("Issued"), formats.instant(found.at)),
        ],
        "files": downloads([found]),
        "failed": documents.last_try(found) if found.print_id is None else None,
        "breadcrumbs": [Link(_("First page"), reverse("home")), Link(found.number, "")],
    }
    return _kept_private(render(request, "documents/document.html", context), public)


def _shown(block: dict[str, Any]) -> dict[str, Any]:
    """A block of a paper as the component that shows it."""
    match block["type"]:
        case "facts":
            return {"facts": [SummaryRow(label, value) for label, value in block["rows"]]}
        case "table":
            columns = [Column(one["label"]) for one in block["columns"]]  # the cells are written already
            caption = block["caption"] or block["columns"][0]["label"]
            return {"table": Table(caption, columns, block["rows"], hide_caption=True)}
        case "signatures":
            return {"facts": [SummaryRow(office, [name, note]) for office, name, note in block["rows"] if name]}
        case "list":
            return {"points": block["items"]}  # "items" would be a method of every dict
        case "clauses":
            return {"clauses": block["rows"]}
        case kind:
            return {kind: block["text"]}


def downloads(rows: Iterable[Any]) -> list[Download]:
    """The prints of documents, for a block of links on the page of their thing."""
    return [
        Download(
            f"{KIND[row.kind]} {row.number}",
            reverse("document_print", args=[row.ref]),
            "PDF",
            row.print.size,
            formats.instant(row.at),
        )
        for row in rows
        if row.print_id
    ]


def papers(kind: str, ids: Iterable[int], actor: Actor) -> list[Link]:
    """Links to the documents about these things that the actor may read; what was issued twice under one number (an
    act, and the same act signed) is told apart by its time."""
    rows = documents.documents_of(kind, ids, actor)
    twice = {number for number, count in Counter(row.number for row in rows).items() if count > 1}
    return [
        Link(
            f"{KIND[row.kind]} {row.number}" + (f", {formats.instant(row.at)}" if row.number in twice else ""),
            reverse("document", args=[row.ref]),
        )
        for row in rows
    ]


@page("public")
def document_print(request: Any, ref: str) -> HttpResponse:
    """The print, proved against its hash before it is given."""
    found, public = _seen_by_reader(request, lambda actor: documents.document(ref, actor))
    if found.print is None:
        raise ObjectDoesNotExist
    content = operations.bytes_of(found.print)
    return _kept_private(attachment(content, name=found.print.name, media_type=found.print.media_type), public)


@page("public")
def file(request: Any, ref: str) -> HttpResponse:
    """An uploaded file, for whoever may read the thing it belongs to."""
    found, public = _seen_by_reader(request, lambda actor: documents.file(ref, actor))
    content = operations.bytes_of(found)
    return _kept_private(attachment(content, name=found.name, media_type=found.media_type), public)


# --- the check -------------------------------------------------------------------------------------------------


class CheckForm(Form):
    """Asked by GET: nothing is kept."""

    q = TextField(
        gettext_lazy("Number, reference or fingerprint (SHA-256)"),
        hint=gettext_lazy("As it stands on the document."),
        max_length=200,
        required=False,
        attrs={"spellcheck": "false"},
    )
    q.silent_optional = True  # type: ignore[attr-defined]


class CheckFileForm(Form):
    """A copy in the reader's hands: it is hashed and forgotten."""

    copy = DocumentField(gettext_lazy("Or choose the PDF you hold"), kinds=("pdf",), max_size=CHECK_LIMIT)


@page("public", writes=True)
def check(request: Any) -> HttpResponse:
    """Whether a document is of this register: yes and what it is, or no. A file is hashed and not kept."""
    asked = clean(request.GET.get("q", ""))[:200]
    form, upload = CheckForm(request.GET or None), CheckFileForm()
    if request.method == "POST":
        upload = CheckFileForm(request.POST, request.FILES)
        if upload.is_valid():
            asked = file_digest(upload.cleaned_data["copy"].file, "sha256").hexdigest()
    context = {
        "title": _("Check a document"),
        "form": form,
        "upload": upload,
        "asked": asked,
        "found": [_told(row) for row in documents.documents_that_are(asked)],
        "breadcrumbs": [Link(_("First page"), reverse("home")), Link(_("Check a document"), "")],
    }
    return _kept_private(render(request, "documents/check.html", context), request.method != "POST")


def _told(row: Any) -> dict[str, Any]:
    """What anybody is told. Of a document that is not public: its kind, number and time, which its holder knows."""
    facts = [
        SummaryRow(_("Kind"), str(KIND[row.kind])),
        SummaryRow(_("Number of the document"), row.number),
        SummaryRow(_("Issued"), formats.instant(row.at)),
        SummaryRow(_("Fingerprint of the content (SHA-256)"), row.content_sha256),
    ]
    if row.print_id:
        facts.append(SummaryRow(_("Fingerprint of the PDF (SHA-256)"), row.print.sha256))
    title = in_language(row.title) if row.public else _("This document is not public.")
    return {"title": title, "facts": facts, "url": reverse("document", args=[row.ref]) if row.public else ""}


urlpatterns = [
    path("documents/<str:ref>/", document, name="document"),
    path("documents/<str:ref>/print/", document_print, name="document_print"),
    path("files/<str:ref>/", file, name="file"),
    path("check/", check, name="check"),
]
