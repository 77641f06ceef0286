"""What is wrong with a page of HTML: the strict parser of html5lib, and what no parser sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import html5lib
from html5lib.constants import E as SENTENCES

_INTERACTIVE = {"a", "button", "input", "select", "textarea", "label", "summary", "iframe"}
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "form", "headers")
_FIELDS = {"input", "select", "textarea"}


def faults(html: str, language: str) -> list[str]:
    """Each with the place it is at, as well as it can be said."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document = parser.parse(html)
    found = [f"line {place[0]}: {SENTENCES[code] % data}" for place, code, data in parser.errors]
    for rule in (_ids, _headings, _forms, _names, _nesting, _tables, _inline, _frame):
        found += rule(document)
    if document.get("lang") != language:
        found.append(f"lang is {document.get('lang')!r} instead of {language!r}")
    return found


def text_of(element: Any) -> str:
    """What is said: its text, the names of its pictures, its label."""
    said = [element.get("aria-label") or "", *element.itertext()]
    said += [one.get("alt") or "" for one in element.iter("img")]
    said += [one.get("value") or "" for one in element.iter("input")]
    return " ".join("".join(said).split())


def _shown(element: Any) -> str:
    attributes = " ".join(f'{name}="{value}"' for name, value in element.attrib.items())
    return f"<{element.tag} {attributes}> {text_of(element)[:60]}".strip()


def _elements(document: Any, *tags: str) -> Iterator[Any]:
    """Those of these tags, or all; comments have none."""
    return (one for one in document.iter() if (one.tag in tags if tags else isinstance(one.tag, str)))


def _ids(document: Any) -> Iterator[str]:
    ids = Counter(one.get("id") for one in _elements(document) if one.get("id") is not None)
    for name, count in ids.items():
        if count > 1:
            yield f"the id {name!r} is there {count} times"
        if not name or any(sign.isspace() for sign in name):
            yield f"{name!r} is no id"
    for one in _elements(document):
        for attribute in _REFERENCES:
            for name in (one.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute} names {name!r}, which is not there: {_shown(one)}"


def dead_anchors(html: str) -> list[str]:
    """Links to places of the page itself that are not there."""
    document = html5lib.parse(html, namespaceHTMLElements=False)
    ids = {one.get("id") for one in _elements(document)}
    anchors = [one.get("href") or "" for one in _elements(document, "a")]
    return [f"a link to {one!r}, which is not there" for one in anchors if one.startswith("#") and one[1:] not in ids]


def _headings(document: Any) -> Iterator[str]:
    levels = [(int(one.tag[1]), one) for one in _elements(document) if one.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
    if [level for level, _ in levels].count(1) != 1:
        yield f"{[level for level, _ in levels].count(1)} headings of the first level"
    before = 0
    for level, one in levels:
        if level > before + 1 and (before or level > 2):
            yield f"a heading of level {level} after one of level {before}: {_shown(one)}"
        if not text_of(one):
            yield f"an empty heading: {_shown(one)}"
        before = level


def _forms(document: Any) -> Iterator[str]:
    labelled = {one.get("for") for one in document.iter("label")}
    wrapped = {inner for one in document.iter("label") for inner in one.iter()}
    for one in _elements(document):
        if one.tag in _FIELDS and one.get("type") not in ("hidden", "submit", "button", "image"):
            named = one.get("id") in labelled or one in wrapped or one.get("aria-label") or one.get("aria-labelledby")
            if not named:
                yield f"a field without a label: {_shown(one)}"
            if not one.get("name"):
                yield f"a field that is not sent: {_shown(one)}"
        if one.tag == "label" and not text_of(one):
            yield f"an empty label: {_shown(one)}"
    for form in document.iter("form"):
        method = (form.get("method") or "get").lower()
        if method == "post" and not any(one.get("name") == "csrfmiddlewaretoken" for one in form.iter("input")):
            yield f"a form without the token: {_shown(form)}"
        if not any(one.get("type", "submit") == "submit" for one in [*form.iter("button"), *form.iter("input")]):
            yield f"a form nobody can send: {_shown(form)}"
    for group in document.iter("fieldset"):
        legend = next(iter(group), None)
        if legend is None or legend.tag != "legend" or not text_of(legend):
            yield f"a group of fields without its legend: {_shown(group)}"


def _names(document: Any) -> Iterator[str]:
    for one in _elements(document):
        if one.tag in ("a", "button", "summary") and not text_of(one) and not one.get("aria-labelledby"):
            yield f"nothing is said: {_shown(one)}"
        if one.tag == "a" and not one.get("href"):
            yield f"a link to nowhere: {_shown(one)}"
        if one.tag == "img" and one.get("alt") is None:
            yield f"a picture without alt: {_shown(one)}"
        if one.tag == "svg" and one.get("aria-hidden") != "true" and one.get("role") != "img":
            yield f"a drawing that is neither hidden nor a picture: {_shown(one)}"
        if one.tag in ("title", "legend", "caption", "th", "dt") and not text_of(one) and one.tag != "th":
            yield f"empty: {_shown(one)}"


def _nesting(document: Any) -> Iterator[str]:
    for one in _elements(document, "a", "button", "label", "summary"):
        for inner in one.iter():
            if inner is one or inner.tag not in _INTERACTIVE or inner.get("type") == "hidden":
                continue
            if one.tag == "label" and inner.tag in _FIELDS:
                continue
            yield f"<{inner.tag}> inside of {_shown(one)}"
    for one in _elements(document, "p", "h1", "h2", "h3", "h4", "span", "strong", "em", "small", "label", "button"):
        for inner in one:
            if inner.tag in ("div", "p", "ul", "ol", "table", "section", "form", "dl", "h1", "h2", "h3", "h4"):
                yield f"<{inner.tag}> inside of {_shown(one)}"
    parents = {"li": ("ul", "ol", "menu"), "dt": ("dl", "div"), "dd": ("dl", "div"), "figcaption": ("figure",)}
    for parent in _elements(document):
        for inner in parent:
            if inner.tag in parents and parent.tag not in parents[inner.tag]:
                yield f"<{inner.tag}> inside of {_shown(parent)}"
            if parent.tag in ("ul", "ol") and isinstance(inner.tag, str) and inner.tag != "li":
                yield f"<{inner.tag}> inside of {_shown(parent)}"


def _tables(document: Any) -> Iterator[str]:
    for table in document.iter("table"):
        if not any(True for _ in table.iter("th")):
            yield f"a table without headings: {_shown(table)}"
        if table.find("caption") is None and not table.get("aria-labelledby") and not table.get("aria-label"):
            yield f"a table without a name: {_shown(table)}"
        for head in table.iter("th"):
            if head.get("scope") not in ("row", "col", "rowgroup", "colgroup"):
                yield f"a heading of a table without its scope: {_shown(head)}"
        widths = {sum(int(cell.get("colspan") or 1) for cell in row) for row in table.iter("tr")}
        if len(widths) > 1 and not any(cell.get("rowspan") for cell in _elements(table, "td", "th")):
            yield f"rows of {sorted(widths)} cells: {_shown(table)}"


def _inline(document: Any) -> Iterator[str]:
    for one in _elements(document):
        if one.tag == "style" or (one.tag == "script" and not one.get("src")) or one.get("style") is not None:
            yield f"the policy forbids it: {_shown(one)}"
        for attribute, value in one.attrib.items():
            if str(attribute).startswith("on") or str(value).strip().lower().startswith("javascript:"):
                yield f"the policy forbids it: {_shown(one)}"


def _frame(document: Any) -> Iterator[str]:
    for tag in ("title", "main", "header", "footer"):
        count = len(list(document.iter(tag)))
        if tag in ("title", "main") and count != 1:
            yield f"<{tag}> is there {count} times"
    for one in document.iter("nav"):
        if not one.get("aria-label") and not one.get("aria-labelledby"):
            yield f"a navigation without a name: {_shown(one)}"
    names = Counter(one.get("aria-label") for one in document.iter("nav") if one.get("aria-label"))
    yield from (f"two navigations are called {name!r}" for name, count in names.items() if count > 1)
