"""Windows of a real browser: each of the cast has one of their own, and fills forms by the names of their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.site import FLAGS, Site, chromium

from .windows import MAIN, People, Window

if TYPE_CHECKING:  # make quick collects this file without the browser's packages
    from playwright.sync_api import Browser, BrowserContext, Page

SMALL, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 900}


@dataclass(kw_only=True)
class BrowserWindow(Window):
    """Everything the console says against a page, a broken policy (CSP) among it, is kept in `complaints`."""

    page: Page

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def open(self, address: str) -> int:
        answer = self.page.goto(self.site.url + address)
        assert answer is not None
        return answer.status

    def address(self) -> str:
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    def source(self) -> str:
        return self.page.content()

    def text(self) -> str:
        return self.page.inner_text("body")

    def addresses(self) -> list[str]:
        return self.page.eval_on_selector_all("main a[href]", "all => all.map(e => e.getAttribute('href'))")

    def names(self) -> list[str]:
        return self.page.eval_on_selector_all("main form [name]", "all => all.map(e => e.name)")

    def options(self, name: str) -> list[tuple[str, str]]:
        script = "all => all.map(e => [e.value, e.textContent])"
        found = self.page.eval_on_selector_all(f'main [name="{name}"] option', script)
        return [tuple(one) for one in found or self.page.eval_on_selector_all(f'main [name="{name}"]', script)]

    def put(self, name: str, value: Any) -> None:
        box = self.page.locator(f'main [name="{name}"]')
        tag, kind = box.first.evaluate("e => [e.tagName, e.type]")
        if tag == "SELECT":
            box.select_option(str(value))
        elif kind in ("radio", "checkbox") and value is not True:
            for one in value if isinstance(value, list | tuple) else [value]:
                self.page.check(f'main [name="{name}"][value="{one}"]')
        elif kind == "checkbox":
            box.check()
        else:
            box.fill(str(value))

    def attach(self, name: str, content: bytes, filename: str) -> None:
        kind = "application/pdf" if filename.endswith(".pdf") else "image/png"
        self.page.set_input_files(f'main [name="{name}"]', {"name": filename, "mimeType": kind, "buffer": content})

    def click(self, button: str) -> None:
        self.page.locator(selector(button)).first.click()
        self.page.wait_for_load_state()

    def faults(self) -> str:
        found = self.page.locator(".error-summary, .refusals")
        return found.first.inner_text() if found.count() else ""

    def fetch(self, address: str) -> bytes:
        answer = self.page.request.get(self.site.url + address)
        assert answer.status == 200, f"{address}: {answer.status}"
        return answer.body()

    def resize(self, size: dict[str, int]) -> BrowserWindow:
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        return self

    def scrolls_sideways(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def selector(button: str) -> str:
    """The vocabulary of `Window.click` in CSS."""
    if button == MAIN:
        return MAIN
    if button.startswith("holding:"):
        return f'main form[method=post]:has([name*="{button[8:]}"]) .actions button'
    name, _, value = button.partition("=")
    return f'main button[name="{name}"][value="{value}"]'


class BrowserPeople(People):
    def __init__(self, browser: Browser, site: Site, users: dict[str, int], language: str, size: dict) -> None:
        super().__init__(site, users, language)
        self.browser, self.size = browser, size

    def open(self, language: str) -> BrowserWindow:
        context: BrowserContext = self.browser.new_context(viewport=self.size, locale=language)  # type: ignore
        context.set_default_timeout(15_000)
        return BrowserWindow(site=self.site, language=language, page=context.new_page())


@contextmanager
def people(
    site: Site, users: dict[str, int], language: str, size: dict[str, int] | None = None
) -> Iterator[BrowserPeople]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield BrowserPeople(browser, site, users, language, size or WIDE)
        finally:
            browser.close()
