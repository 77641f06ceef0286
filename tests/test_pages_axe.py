"""Every page in a real browser, light and dark, narrow and wide: no serious or critical violation that axe finds,
nothing against the policy, no word in the console, and no page wider than a small telephone.

The pages are those of `tests/pages_tale.py`, sent again with their policy by a small server. `make test` opens one
page of every template, `make prove` all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.site import FLAGS, chromium, serving

if TYPE_CHECKING:  # make quick collects this file without the browser's packages
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

    from tests.pages_list import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore:No directory at")]

PICTURES = os.environ.get("JARDAM_PICTURES", "")
WORKPLACES = {"home", "contest", "contract", "desk", "desk_contest", "desk_programme", "desk_proceeding", "apply",
              "application", "commission", "candidacy", "council", "treasury", "operator_rules"}  # fmt: skip
"""Pages of which a picture is kept in the folder JARDAM_PICTURES."""
SMALL, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
BAD = ("serious", "critical")
LISTEN = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.violatedDirective + e.blockedURI))"
)
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = EVERYTHING | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
"""What the theme can change."""
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1)
        .slice(0, 5).map(e => e.outerHTML.slice(0, 120))
}"""


@dataclass
class Printed:
    """The pages as they were answered, each at an address of its own."""

    pages: list[Page]
    url: str = ""

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        number = environ["PATH_INFO"].strip("/")
        if not number.isdecimal():
            start("204 No Content", [])
            return []
        page = self.pages[int(number)]
        start("200 OK", [("Content-Type", page.content_type), ("Content-Security-Policy", page.policy)])
        return [page.html["ky"].encode()]

    def addresses(self) -> Iterator[tuple[Page, str]]:
        return ((page, f"{self.url}/{number}/") for number, page in enumerate(self.pages))


@dataclass
class Reader:
    """A tab that keeps what the console says."""

    tab: Tab
    said: list[str] = field(default_factory=list)

    def read(self, address: str, options: dict[str, Any] | None) -> list[str]:
        """What is wrong with the page."""
        self.said.clear()
        self.tab.goto(address, wait_until="load")
        wrong = [f"wider than the window: {one}" for one in self.tab.evaluate(TOO_WIDE)]
        if options is not None:
            for found in self.tab.evaluate("options => axe.run(document, options)", options)["violations"]:
                if found["impact"] in BAD:
                    wrong += [f"{found['id']}: {node['html'][:160]}" for node in found["nodes"][:3]]
        return wrong + self.said


def reader(browser: Browser, size: dict[str, int], theme: str, axe: bool = True) -> Reader:
    context = browser.new_context(viewport=size, color_scheme=theme, locale="ky")  # type: ignore[arg-type]
    context.add_init_script(LISTEN)
    if axe:
        context.add_init_script(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf8"))
    made = Reader(context.new_page())
    made.tab.on("console", lambda m: made.said.append(m.text) if m.type in ("error", "warning") else None)
    made.tab.on("pageerror", lambda e: made.said.append(str(e)))
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()


def look_at(browser: Browser, pages: list[Page], size: dict[str, int], theme: str, options: Any) -> dict[str, Any]:
    printed, wrong = Printed(pages), {}
    with serving(printed) as printed.url:
        one = reader(browser, size, theme, axe=options is not None)
        for page, address in printed.addresses():
            if found := one.read(address, options):
                wrong[f"{page} ({page.template})"] = found
            if PICTURES and page.route in WORKPLACES:
                name = f"{page.route}-{size['width']}-{theme}.png"
                one.tab.screenshot(path=Path(PICTURES, name), full_page=True)
        one.tab.context.close()
    return wrong


def test_one_page_of_each_template_in_light(pages, browser):
    assert look_at(browser, pages.one_of_each_template(), WIDE, "light", EVERYTHING) == {}


def test_one_page_of_each_template_in_dark(pages, browser):
    assert look_at(browser, pages.one_of_each_template(), WIDE, "dark", COLOURS) == {}


def test_one_page_of_each_template_on_a_small_telephone(pages, browser):
    assert look_at(browser, pages.one_of_each_template(), SMALL, "light", None) == {}


@pytest.mark.prove
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page(pages, browser, theme):
    assert look_at(browser, pages.html(), WIDE, theme, EVERYTHING) == {}


@pytest.mark.prove
def test_every_page_on_a_small_telephone(pages, browser):
    assert look_at(browser, pages.html(), SMALL, "light", EVERYTHING) == {}


def test_the_theme_that_was_chosen_looks_like_that_of_the_device(pages, browser):
    """All pages are looked at as a dark device shows them; who chose dark sees the same colours."""
    colours = "() => ['body', 'h1', 'a', '.site-foot'].map(e => getComputedStyle(document.querySelector(e))).map("
    colours += "s => [s.color, s.backgroundColor])"
    printed = Printed([pages.pages["help"]])
    seen = []
    with serving(printed) as printed.url:
        for theme in ("dark", "light"):
            one = reader(browser, WIDE, theme, axe=False)
            one.read(f"{printed.url}/0/", None)
            if theme == "light":
                one.tab.evaluate("document.documentElement.dataset.theme = 'dark'")
            seen.append(one.tab.evaluate(colours))
            one.tab.context.close()

    assert seen[0] == seen[1]


def test_a_bad_page_is_found_to_be_bad(pages, browser):
    """Otherwise nothing found would mean nothing."""
    more = '<img src="/x.svg"><p style="color:red">?</p><canvas width="900"></canvas>'
    bad = pages.pages["help"].html["ky"].replace("</main>", f"{more}</main>")
    answered = look_at(browser, [replace(pages.pages["help"], html={"ky": bad})], SMALL, "light", EVERYTHING)

    (found,) = answered.values()
    for word in ("image-alt", "CSP", "wider than"):
        assert any(one.startswith(word) for one in found), found
