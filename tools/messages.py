"""Keeps the catalogues: `messages.py update` takes every text of the code into locale/*/django.po, `check` says what
lacks a translation, `unsure` lists the Kyrgyz texts marked as uncertain (fuzzy notes "?").

Texts come from Python calls, templates, and the registries whose English is data: refusals (context = code), labels of
the rulebook, house rules, names of states, verbs and codes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("JARDAM_SECRET_KEY", "messages")
os.environ.setdefault("JARDAM_DEMO", "1")

from babel.messages.catalog import Catalog  # noqa: E402
from babel.messages.extract import extract_python  # noqa: E402
from babel.messages.pofile import read_po, write_po  # noqa: E402

LANGUAGES = ("ky", "ru")
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Found = tuple[str | tuple[str, ...], str]  # message id (or singular and plural), context


def from_code() -> Iterator[Found]:
    for path in sorted((ROOT / "jardam").rglob("*.py")) + sorted((ROOT / "config").rglob("*.py")):
        if "tests" not in path.parts and "migrations" not in path.parts:
            yield from _python(path.read_bytes())


def from_templates() -> Iterator[Found]:
    from django.utils.translation.template import templatize

    for path in sorted((ROOT / "jardam" / "web" / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield from _python(templatize(path.read_text(encoding="utf8"), origin=str(path)).encode())


def _python(source: bytes) -> Iterator[Found]:
    for _line, function, messages, _comments in extract_python(
        BytesIO(source), list(KEYWORDS), [], {"encoding": "utf8"}
    ):
        yield from _found(function, messages if isinstance(messages, tuple) else (messages,))


def _found(function: str, texts: tuple) -> Iterator[Found]:
    if not texts or not all(isinstance(text, str) for text in texts[:2] if text is not None) or not texts[0]:
        return
    if function.startswith("npgettext"):
        yield (texts[1], texts[2]), texts[0]
    elif function.startswith("pgettext"):
        if len(texts) > 1 and texts[1]:
            yield texts[1], texts[0]
    elif function.startswith("ngettext"):
        yield (texts[0], texts[1]), ""
    else:
        yield texts[0], ""


def from_registries() -> Iterator[Found]:
    from dataclasses import fields
    from typing import get_args

    import django

    django.setup()
    import config.urls  # noqa: F401  (imports every room)
    from jardam.journal.queries import stateful_models
    from jardam.kernel.permission import Rule
    from jardam.kernel.refusal import REASONS
    from jardam.parties.rules import Kind
    from jardam.rulebook.catalogue import CATALOGUE
    from jardam.rulebook.house import HOUSE
    from jardam.rulebook.parameter import Status
    from jardam.treasury.queries import Trail
    from jardam.treasury.rules import Stage
    from jardam.web.customer.shared import GROUPS

    for code, reason in sorted(REASONS.items()):
        yield reason.sentence, code
    for key in CATALOGUE.values():
        yield key.label, ""
    for code in sorted(rule_codes()):
        for part in code.split(":"):
            yield part.replace("_", " "), "rule code"
    for group in GROUPS:
        yield group.replace("_", " "), "rule code"
    for kind in Kind:
        yield kind.value, "organisation kind"
    for name in {field.name for field in fields(Trail)} | {stage.value for stage in Stage}:
        yield name, "money"
    for status in get_args(Status):
        yield status, "status"
    for rule in HOUSE.values():
        yield rule.title, ""
        yield rule.reason, ""
    for module in list(sys.modules.values()):
        if module.__name__.startswith("jardam.") and module.__name__.endswith(".policy"):
            for row in getattr(module, "TABLE", {}).values():
                if isinstance(row, Rule):
                    yield row.whose, ""
        if module.__name__.startswith("jardam.") and module.__name__.endswith(".lifecycle"):
            for lifecycle in vars(module).values():
                for state in getattr(lifecycle, "states", ()) if hasattr(lifecycle, "transitions") else ():
                    yield state, "state"
                for verb in lifecycle.verbs if hasattr(lifecycle, "transitions") else ():
                    yield verb, "verb"
    assert stateful_models()


def rule_codes() -> set[str]:
    """Every code a key may have: those its type names, and those the shipped editions and the overlay use."""
    from jardam.rulebook import edition as rulebook
    from jardam.rulebook.catalogue import CATALOGUE

    codes = {code for key in CATALOGUE.values() for code in getattr(key.type, "codes", ()) or ()}
    values = list(rulebook.load_overlay(ROOT / "regimes" / "demonstration" / "grants.yaml").values.values())
    for edition in rulebook.load_editions(ROOT / "regimes"):
        values += [one.value for one in edition.parameters.values()]
    for value in values:
        if isinstance(value, tuple):
            codes |= {one for one in value if isinstance(one, str)}
    return {code for code in codes if re.fullmatch(r"[a-z][a-z0-9_:]*", code)}


def wanted() -> dict[tuple[str, str], str | tuple[str, ...]]:
    """(id, context) → message; each text once."""
    found: dict[tuple[str, str], str | tuple[str, ...]] = {}
    for source in (from_code(), from_templates(), from_registries()):
        for message, context in source:
            found.setdefault((message if isinstance(message, str) else message[0], context), message)
    return found


def catalogue_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as handle:
        return read_po(handle, locale=language, domain="django")


def _empty(language: str) -> Catalog:
    """With a head that says what the file is and nothing that changes by itself."""
    made = Catalog(
        locale=language,
        domain="django",
        project="Jardam",
        version="1",
        header_comment=f"# Texts of Jardam in the language {language}. Licence: AGPL-3.0-or-later.",
        fuzzy=False,
    )
    made.last_translator = made.language_team = made.msgid_bugs_address = "see CONTRIBUTING.md"
    return made


def update(language: str) -> int:
    """Take in new texts, drop those the code no longer has, keep translations; how many are untranslated."""
    old, missing = load(language), 0
    new = _empty(language)
    for (_, context), message in sorted(wanted().items()):
        known = old.get(message if isinstance(message, str) else message[0], context or None)
        same_form = known is not None and isinstance(known.id, tuple | list) == isinstance(message, tuple)
        string = known.string if known is not None and same_form else None
        entry = new.add(message, string, context=context or None)
        if known is not None:
            entry.user_comments = known.user_comments
        missing += not _translated(entry.string)
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        write_po(handle, new, width=110, no_location=True, sort_output=True)
    text = path.read_text(encoding="utf8")
    # Dates would change the file at every run and say nothing.
    path.write_text(re.sub(r'"(POT-Creation|PO-Revision)-Date:[^"]*"\n', "", text), encoding="utf8")
    return missing


def _translated(string: object) -> bool:
    return bool(string) and all(string) if isinstance(string, tuple | list) else bool(string)


def faults(language: str) -> list[str]:
    """What lacks a translation, and placeholders that differ between the text and its translation."""
    catalogue, found = load(language), []
    for (first, context), _message in sorted(wanted().items()):
        entry = catalogue.get(first, context or None)
        if entry is None or not _translated(entry.string):
            found.append(f"{language}: no translation of {first!r}" + (f" ({context})" if context else ""))
            continue
        for string in entry.string if isinstance(entry.string, tuple | list) else [entry.string]:
            ids = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
            if not _places(string) <= set().union(*(_places(one) for one in ids)):
                found.append(f"{language}: {first!r} has other placeholders than {string!r}")
    return found


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{\w*\}|%\(\w+\)s", text))


def unsure() -> list[str]:
    """Kyrgyz texts whose translator left the comment `?`: to be read by a native speaker."""
    return [f"{m.id!r} → {m.string!r}" for m in load("ky") if m.id and "?" in m.user_comments]


def main(words: list[str]) -> int:
    match words:
        case ["update"]:
            for language in LANGUAGES:
                print(f"{language}: {update(language)} texts without translation")
            return 0
        case ["check"]:
            found = [fault for language in LANGUAGES for fault in faults(language)]
            print("\n".join(found) or "Both catalogues are complete.")
            return 1 if found else 0
        case ["unsure"]:
            print("\n".join(unsure()) or "No Kyrgyz text is marked as uncertain.")
            return 0
        case _:
            print("usage: messages.py update | check | unsure", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
