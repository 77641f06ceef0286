"""A window made of Django's test client and a small reader of HTML: pages and forms, without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from .windows import MAIN, People, Window

MOST_QUERIES = {"GET": 70, "POST": 120}
"""No page of the road asks for more to be shown, and no act of it to be done, whoever comes."""

VOID = {"input", "br", "hr", "img", "meta", "link", "source", "wbr", "col", "use", "path"}


@dataclass
class Control:
    name: str
    kind: str  # of an input; or "textarea", "select", "select-multiple", "button"
    value: str = ""
    on: bool = False  # ticked, or pressed
    options: list[list[Any]] = field(default_factory=list)  # value, words, chosen
    in_actions: bool = False


@dataclass
class Form:
    action: str
    controls: list[Control] = field(default_factory=list)

    def data(self, pressed: Control) -> dict[str, Any]:
        """What a browser would send."""
        sent: dict[str, Any] = {}
        for one in self.controls:
            for value in self._values(one, pressed):
                sent.setdefault(one.name, []).append(value)
        return sent

    @staticmethod
    def _values(one: Control, pressed: Control) -> list[str]:
        if not one.name:
            return []
        match one.kind:
            case "checkbox" | "radio":
                return [one.value] if one.on else []
            case "select":
                chosen = [value for value, _, on in one.options if on] or [value for value, _, _ in one.options[:1]]
                return chosen[-1:]
            case "select-multiple":
                return [value for value, _, on in one.options if on]
            case "button":
                return [one.value] if one is pressed else []
            case "file":
                return []
            case _:
                return [one.value]


class Reader(HTMLParser):
    """The words, links and forms of one page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.stack: list[tuple[str, set[str]]] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.fault: list[str] = []
        self._form: Form | None = None
        self._select: Control | None = None
        self._area: Control | None = None
        self.feed(source)

    def _inside(self, tag: str) -> bool:
        return any(name == tag for name, _ in self.stack)

    def _of_class(self, *wanted: str) -> bool:
        return any(classes & set(wanted) for _, classes in self.stack)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.stack.append((tag, set(given.get("class", "").split())))
        if not self._inside("main"):
            return
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name = given.get("name", "")
        actions = self._of_class("actions")
        if tag == "input":
            ticks = given.get("type") in ("checkbox", "radio")
            value = given.get("value", "on" if ticks else "")
            one = Control(name, given.get("type", "text"), value, "checked" in given)
            self._form.controls.append(one)
        elif tag == "button":
            self._form.controls.append(Control(name, "button", given.get("value", ""), in_actions=actions))
        elif tag == "textarea":
            self._area = Control(name, "textarea")
            self._form.controls.append(self._area)
        elif tag == "select":
            self._select = Control(name, "select-multiple" if "multiple" in given else "select")
            self._form.controls.append(self._select)
        elif tag == "option" and self._select is not None:
            self._select.options.append([given.get("value", ""), "", "selected" in given])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("form", "select", "textarea"):
            setattr(self, {"form": "_form", "select": "_select", "textarea": "_area"}[tag], None)
        while self.stack and any(name == tag for name, _ in self.stack):
            if self.stack.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        elif self._select is not None and self._select.options:
            self._select.options[-1][1] += data
        if not self._inside("body") or self._inside("script") or self._inside("style"):
            return
        self.words.append(data)
        if self._of_class("error-summary", "refusals"):
            self.fault.append(data)

    @property
    def controls(self) -> list[Control]:
        return [one for form in self.forms for one in form.controls]


@dataclass
class ClientWindow(Window):
    client: Client = field(default_factory=Client)
    page: Reader = field(default_factory=lambda: Reader(""))
    html: str = ""
    at: str = ""
    files: dict[str, SimpleUploadedFile] = field(default_factory=dict)

    def open(self, address: str) -> int:
        return self._show("GET", address, lambda: self.client.get(address))

    def _show(self, method: str, address: str, ask: Callable[[], Any]) -> int:
        asked = 0

        def count(execute: Any, *args: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*args)

        with connection.execute_wrapper(count):
            answer = ask()
        if asked > MOST_QUERIES[method]:
            self.complaints.append(f"{method} {address}: {asked} queries")
        if answer.status_code in (301, 302, 303):
            return self.open(answer.headers["Location"])
        self.html, self.at, self.files = answer.content.decode(), address, {}
        self.page = Reader(self.html)
        return answer.status_code

    def address(self) -> str:
        return self.at

    def source(self) -> str:
        return self.html

    def text(self) -> str:
        return re.sub(r"[ \n\r\t]+", " ", "|".join(self.page.words))

    def addresses(self) -> list[str]:
        return self.page.links

    def names(self) -> list[str]:
        return [one.name for one in self.page.controls if one.name]

    def _controls(self, name: str) -> list[Control]:
        found = [one for one in self.page.controls if one.name == name]
        assert found, f"no field {name} on {self.at}: {self.names()}\n{self.text()[:1500]}"
        return found

    def options(self, name: str) -> list[tuple[str, str]]:
        found = self._controls(name)
        if found[0].options:
            return [(value, words) for value, words, _ in found[0].options]
        return [(one.value, "") for one in found]

    def put(self, name: str, value: Any) -> None:
        found = self._controls(name)
        one = found[0]
        wanted = [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
        if one.kind in ("checkbox", "radio"):
            for box in found:
                box.on = (value is True or box.value in wanted) or (box.on and one.kind == "checkbox")
            assert any(box.on for box in found), f"{name}: no {value} among {[b.value for b in found]}"
        elif one.options:
            assert set(wanted) <= {option[0] for option in one.options}, f"{name}: {value} not in {one.options}"
            for option in one.options:
                option[2] = option[0] in wanted
        else:
            one.value = str(value)

    def attach(self, name: str, content: bytes, filename: str) -> None:
        self._controls(name)
        self.files[name] = SimpleUploadedFile(filename, content)

    def click(self, button: str) -> None:
        form, pressed = self._button(button)
        address = form.action or self.at
        data = form.data(pressed) | self.files
        self._show("POST", address, lambda: self.client.post(address, data))

    def _button(self, button: str) -> tuple[Form, Control]:
        for form in self.page.forms:
            for one in form.controls:
                if one.kind != "button":
                    continue
                if button == MAIN and one.in_actions:
                    return form, one
                if button == f"{one.name}={one.value}":
                    return form, one
                if button.startswith("holding:") and any(button[8:] in c.name for c in form.controls):
                    return form, one
        raise AssertionError(f"no button {button} on {self.at}: {self.names()}\n{self.text()[:1500]}")

    def faults(self) -> str:
        return " ".join("".join(self.page.fault).split())

    def fetch(self, address: str) -> bytes:
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return b"".join(answer.streaming_content) if answer.streaming else answer.content


class ClientPeople(People):
    def open(self, language: str) -> ClientWindow:
        return ClientWindow(site=self.site, language=language)
