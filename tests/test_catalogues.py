"""Every text of the code has its Russian and Kyrgyz, with the same placeholders."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_the_catalogue_is_complete(messages, language):
    assert messages.faults(language) == []


def test_a_missing_translation_and_a_lost_placeholder_are_found(messages, monkeypatch):
    whole = messages.load("ru")
    said = [m for m in whole if m.id and isinstance(m.id, str) and m.string]
    first = next(m for m in said if "{" in m.id)
    other = next(m for m in said if m is not first)
    first.string, other.string = "без подстановки {чужое}", ""
    monkeypatch.setattr(messages, "load", lambda _language: whole)

    found = messages.faults("ru")

    assert len(found) == 2
    assert any("other placeholders" in fault for fault in found)
    assert any("no translation" in fault for fault in found)


def test_uncertain_kyrgyz_is_listed_and_not_passed_over(messages):
    assert 0 < len(messages.unsure()) < 500


def test_the_catalogues_compile_without_complaint(messages):
    for language in messages.LANGUAGES:
        catalogue = messages.load(language)
        faults = [(message.id, [str(e) for e in errors]) for message, errors in catalogue.check()]
        assert faults == []
