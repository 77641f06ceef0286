"""One person's window on the site, whoever looks through it: a browser, or Django's test client.

The whole road (`road.py`) is written once against `Window`; each kind of window says how a page is asked for, filled
in and sent. Every page that is shown is looked over: the language it says, and no English where it is not English.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from jardam.demonstration.cast import texts
from tests.site import Site

MAIN = "main form[method=post] .actions button"
ENGLISH = re.compile(r"(?<![\w./@-])[A-Za-z][a-z]+(?:[ ,:;]+[a-z]{2,}){2,}")
"""Three words of Latin letters in a row, the later ones small: no abbreviations, no list of file types."""


def english_of(part: Any) -> Iterator[str]:
    """The English texts of the demonstration, which its people type beside the Kyrgyz and Russian ones."""
    if isinstance(part, dict):
        if isinstance(part.get("en"), str):
            yield part["en"]
        for one in part.values():
            yield from english_of(one)


WRITTEN = set(english_of(texts()["themes"]["elders"]))


def in_each(name: str, text: dict[str, str]) -> dict[str, str]:
    """The fields of one text in the three languages."""
    return {f"{name}_{language}": text[language] for language in ("ky", "ru", "en") if language in text}


@dataclass(kw_only=True)
class Window(ABC):
    site: Site
    language: str
    complaints: list[str] = field(default_factory=list)
    """What the browser's console, or our look at the page, has against it."""

    # --- what each kind does its own way ---------------------------------------------------------------------------

    @abstractmethod
    def open(self, address: str) -> int:
        """Ask for an address of the site; the status."""

    @abstractmethod
    def address(self) -> str:
        """Where the window stands: path and query, with the language."""

    @abstractmethod
    def source(self) -> str:
        """The page as HTML."""

    @abstractmethod
    def text(self) -> str:
        """The words of the page that can be read."""

    @abstractmethod
    def addresses(self) -> list[str]:
        """Where the links of the page's main part lead."""

    @abstractmethod
    def names(self) -> list[str]:
        """The names of the controls of the page's main part, in order."""

    @abstractmethod
    def options(self, name: str) -> list[tuple[str, str]]:
        """Value and words of each answer a field of choice offers."""

    @abstractmethod
    def put(self, name: str, value: Any) -> None:
        """Type into, choose in or tick one control."""

    @abstractmethod
    def attach(self, name: str, content: bytes, filename: str) -> None:
        """Choose a file for a control."""

    @abstractmethod
    def click(self, button: str) -> None:
        """Press the first button a selector of the vocabulary finds (`MAIN`, `name=value`, or `holding:field`), and
        wait for the page that follows."""

    @abstractmethod
    def faults(self) -> str:
        """What the page says is wrong, empty when nothing is."""

    @abstractmethod
    def fetch(self, address: str) -> bytes:
        """The bytes of a file, with the window's own session."""

    # --- what all of them do ---------------------------------------------------------------------------------------

    def go(self, path: str) -> Self:
        """A page below the language; it must be there."""
        status = self.open(f"/{self.language}/{path.lstrip('/')}")
        assert status == 200, f"{path}: {status}\n{self.text()[:2000]}"
        self.look_over()
        return self

    def turned_away(self, path: str, code: str) -> Self:
        """The page says why not, with its code."""
        before = list(self.complaints)
        assert self.open(f"/{self.language}/{path}") == 409, self.text()[:2000]
        assert code in self.source(), self.text()
        self.complaints[:] = before  # a browser notes the 409 itself
        return self

    def path(self) -> str:
        """The address without language and query."""
        return re.sub(r"^/\w\w/", "", self.address().partition("?")[0])

    def fill(self, **values: Any) -> Self:
        """Type into fields by name: text, numbers, days, choices, check boxes (True, or the values to tick)."""
        for name, value in values.items():
            named = name.replace("__", "-")
            if isinstance(value, date):
                for n, part in enumerate((value.day, value.month, value.year)):
                    self.put(f"{named}_{n}", str(part))
            else:
                self.put(named, value)
        return self

    def choose(self, name: str, words: str) -> Self:
        """The answer of a field of choice that holds these words."""
        found = [value for value, said in self.options(name) if words in said]
        assert found, f"{name} offers no {words!r}: {self.options(name)}"
        self.put(name, found[0])
        return self

    def press(self, button: str = MAIN) -> Self:
        """Press the (first) button of the page's form; a page that comes back with faults fails the test."""
        self.click(button)
        assert not self.faults(), f"{self.address()}: {self.faults()}"
        self.look_over()
        return self

    def refused(self, code: str, button: str = MAIN) -> Self:
        """Press, and be told why not, with the code on the page."""
        self.click(button)
        assert code in self.source(), self.text()[:3000]
        return self

    def link(self, pattern: str) -> str:
        """The address (without language) of the first link that matches."""
        for one in self.addresses():
            path = re.sub(r"^/\w\w/", "", one)
            if re.search(pattern, path):
                return path
        raise AssertionError(f"no link to {pattern} on {self.address()}: {self.addresses()}\n{self.text()[:2000]}")

    def follow(self, pattern: str) -> Self:
        return self.go(self.link(pattern))

    def due(self, pattern: str) -> Self:
        """The next step, from where it is offered: the person's desk."""
        return self.go("desk/").follow(pattern)

    def numbered(self, prefix: str) -> int:
        """Whether numbered fields begin at 0 or at 1."""
        return min(int(found[1]) for name in self.names() if (found := re.match(re.escape(prefix) + r"(\d+)", name)))

    def look_over(self) -> None:
        """The page says its language, and holds no sentence of another."""
        assert f'<html lang="{self.language}"' in self.source(), self.address()
        if self.language == "en":
            return
        said = self.text()
        for text in WRITTEN:
            said = said.replace(text, "")
        if found := ENGLISH.search(said):
            self.complaints.append(f"{self.address()}: in English: {found[0]!r}")


class People(ABC):
    """Windows by the cast's short names, opened when first needed."""

    def __init__(self, site: Site, users: dict[str, int], language: str) -> None:
        self.site, self.users, self.language = site, users, language
        self.windows: dict[str, Window] = {}
        self.opened: list[Window] = []

    @abstractmethod
    def open(self, language: str) -> Any:
        """A new window."""

    def visitor(self, language: str = "") -> Any:
        """A window of somebody nobody knows."""
        window = self.open(language or self.language)
        self.opened.append(window)
        return window

    def __getitem__(self, name: str) -> Any:
        if name not in self.windows:
            self.windows[name] = self.visitor().go("accounts/cast/").press(f"who={self.users[name]}")
        return self.windows[name]

    def complaints(self) -> list[str]:
        return [text for window in self.opened for text in window.complaints]
