"""People at browsers: each of the cast has a window of their own, and fills forms by the names of their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.site import FLAGS, Site, chromium

if TYPE_CHECKING:  # make quick collects this file without the browser's packages
    from playwright.sync_api import Browser, BrowserContext, Page

SMALL, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 900}


@dataclass
class Window:
    """One person's browser. Everything the console says against a page is kept in `complaints`."""

    page: Page
    site: Site
    language: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Window:
        answer = self.page.goto(f"{self.site.url}/{self.language}/{path.lstrip('/')}")
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}\n{self.text()[:2000]}"
        return self

    def turned_away(self, path: str, code: str) -> Window:
        """The page says why not, with its code."""
        answer = self.page.goto(f"{self.site.url}/{self.language}/{path}")
        assert answer is not None and answer.status == 409, answer and answer.status
        assert code in self.page.content(), self.text()
        self.complaints.clear()  # the browser notes the 409 itself
        return self

    def text(self) -> str:
        return self.page.inner_text("body")

    def path(self) -> str:
        """The address without host and language."""
        return re.sub(r"^https?://[^/]+/\w\w/", "", self.page.url)

    def fill(self, **values: Any) -> Window:
        """Type into fields by name: text, numbers, days, choices, check boxes (True, or the values to tick)."""
        for name, value in values.items():
            self._fill(name.replace("__", "-"), value)
        return self

    def _fill(self, name: str, value: Any) -> None:
        if isinstance(value, date):
            for n, part in enumerate((value.day, value.month, value.year)):
                self.page.fill(f'[name="{name}_{n}"]', str(part))
            return
        box = self.page.locator(f'[name="{name}"]')
        tag, kind = box.first.evaluate("e => [e.tagName, e.type]")
        if tag == "SELECT":
            box.select_option(str(value))
        elif kind in ("radio", "checkbox") and value is not True:
            for one in value if isinstance(value, list | tuple) else [value]:
                self.page.check(f'[name="{name}"][value="{one}"]')
        elif kind == "checkbox":
            box.check()
        else:
            box.fill(str(value))

    def press(self, button: str = "main form[method=post] .actions button") -> Window:
        """Press the (first) button of the page's form; a page that comes back with faults fails the test."""
        self.page.locator(button).first.click()
        self.page.wait_for_load_state()
        faults = self.page.locator(".error-summary, .refusals")
        assert faults.count() == 0, faults.first.inner_text()
        return self

    def refused(self, code: str, button: str = "main form[method=post] .actions button") -> Window:
        """Press, and be told why not, with the code on the page."""
        self.page.locator(button).first.click()
        self.page.wait_for_load_state()
        assert code in self.page.content(), self.text()[:3000]
        return self

    def follow(self, part: str) -> Window:
        """Click the first link whose address holds `part`."""
        self.page.locator(f'main a[href*="{part}"]').first.click()
        self.page.wait_for_load_state()
        return self

    def link(self, pattern: str) -> str:
        """The address (without language) of the first link that matches."""
        for one in self.page.locator("main a[href]").all():
            address = re.sub(r"^/\w\w/", "", one.get_attribute("href") or "")
            if re.search(pattern, address):
                return address
        raise AssertionError(f"no link to {pattern} on {self.page.url}:\n{self.text()[:2000]}")


@dataclass
class People:
    """Windows by the cast's short names, opened when first needed."""

    browser: Browser
    site: Site
    users: dict[str, int]
    language: str
    size: dict[str, int]
    windows: dict[str, Window] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)

    def visitor(self, language: str = "") -> Window:
        return self._open(language or self.language)

    def __getitem__(self, name: str) -> Window:
        if name not in self.windows:
            window = self._open(self.language).go("accounts/cast/")
            window.page.click(f'button[name=who][value="{self.users[name]}"]')
            window.page.wait_for_load_state()
            self.windows[name] = window
        return self.windows[name]

    def _open(self, language: str) -> Window:
        context = self.browser.new_context(viewport=self.size, locale=language)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        window = Window(context.new_page(), self.site, language)
        window.page.on("console", lambda m: window.complaints.append(m.text) if m.type == "error" else None)
        window.page.on("pageerror", lambda e: window.complaints.append(str(e)))
        return window

    def complaints(self) -> list[str]:
        return [text for window in self.windows.values() for text in window.complaints]


@contextmanager
def people(site: Site, users: dict[str, int], language: str, size: dict[str, int] | None = None) -> Iterator[People]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield People(browser, site, users, language, size or WIDE)
        finally:
            browser.close()
