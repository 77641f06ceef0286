"""Every page there is, as its reader gets it: somebody comes there by links, and its HTML is right."""

from __future__ import annotations

import pytest

from tests.html_rules import dead_anchors, faults
from tests.pages_list import NO_PAGE, routes

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:No directory at")]


def test_somebody_comes_to_every_page_by_links(pages):
    """A new page that fails here needs a link, or a point of the tale (tests/pages_tale.py) at which it opens."""
    nobody = {name: sorted(pages.refused.get(name, ())) for name in pages.unvisited}

    assert nobody == {}, "nobody visits these pages (what they answered to who tried)"


def test_a_route_said_to_have_no_page_has_none(pages):
    assert sorted(set(NO_PAGE) - {name for name, _, _ in routes()}) == []
    assert sorted(set(NO_PAGE) & pages.pages.keys()) == []


def test_the_html_of_every_page_is_right(pages):
    """Every page in Kyrgyz, and a page of every template in Russian and English, too."""
    wrong = {
        f"{page} ({language}, {page.template})": found
        for page in pages.html()
        for language, html in page.html.items()
        if (found := faults(html, language))
    }

    assert wrong == {}


def test_no_link_leads_to_a_place_of_its_page_that_is_not_there(pages):
    samples = {"styleguide"}  # its links are there to be looked at
    wrong = {
        str(page): found
        for page in pages.html()
        if page.route not in samples and (found := dead_anchors(page.html["ky"]))
    }

    assert wrong == {}
