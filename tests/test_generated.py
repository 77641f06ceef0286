"""The generated documents are made of the tables the system runs on, and stand as the code is now."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def generated():
    spec = importlib.util.spec_from_file_location("generated", ROOT / "tools" / "generated.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["access.md", "house-rules.md", "lifecycles.md", "parameters.md"])
def test_a_generated_document_is_as_the_code_is(generated, name):
    assert (ROOT / "docs" / "generated" / name).read_text(encoding="utf8") == generated.DOCUMENTS[name](), (
        "run .venv/bin/python tools/generated.py write"
    )


def test_a_verb_that_no_page_or_no_test_does_is_a_gap(generated):
    gaps, text = generated.gaps_and_table([("contest:announce", "announce", "tests/test_x.py::test_it")])

    assert "contest:announce: no page does it" not in gaps
    assert "contest:announce: no test does it" not in gaps
    assert "contest:draft_contest: no page does it" in gaps
    assert "contest:draft_contest: no test does it" in gaps
    assert "| contests | `contest:announce` | announce | 1 | test_x.py::test_it |" in text


def test_what_only_the_clock_does_needs_no_page(generated):
    gaps, _ = generated.gaps_and_table([("proceeding:reveal", "", "tests/test_x.py::test_it")])

    assert not [gap for gap in gaps if gap.startswith("proceeding:reveal:")]
