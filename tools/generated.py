"""Keeps docs/generated/, the documents that are made of the tables the system itself runs on.

`generated.py write` makes lifecycles.md, access.md, parameters.md and house-rules.md anew, `generated.py verbs` makes
verbs.md (verb × page × test) of what the last whole test run did and fails on a gap: a verb that no page or no test
does. A test compares the first four with the code; `make test` ends with the last.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("JARDAM_SECRET_KEY", "documents")
os.environ.setdefault("JARDAM_DEMO", "1")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.urls import URLPattern, URLResolver, get_resolver  # noqa: E402

from jardam.journal.procedure import Procedure  # noqa: E402
from jardam.kernel.actor import SYSTEM  # noqa: E402
from jardam.kernel.refusal import Basis  # noqa: E402
from jardam.regime import queries as regime  # noqa: E402
from jardam.rulebook.catalogue import CATALOGUE  # noqa: E402
from jardam.rulebook.house import HOUSE  # noqa: E402

FOLDER = ROOT / "docs" / "generated"
HEAD = "<!-- Made by tools/generated.py: change the tables in the code, then run it again. -->\n\n"


def procedures() -> dict[str, tuple[str, Procedure]]:
    """Kind → its room and procedure, in the order of the rooms."""
    found: dict[str, tuple[str, Procedure]] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("jardam.") and find_spec(f"{app.name}.policy"):
            ours = (one for one in vars(import_module(f"{app.name}.policy")).values() if isinstance(one, Procedure))
            found |= {one.kind: (app.label, one) for one in ours}
    return dict(sorted(found.items(), key=lambda item: (item[1][0], item[0])))


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    columns = list(columns)
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for row in rows:
        cells = (str(cell).replace("|", "\\|") for cell in row)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def basis(one: Basis) -> str:
    return " ".join(part for part in (one.act, one.article) if part)


# --- the documents ---------------------------------------------------------------------------------------------


def lifecycles() -> str:
    """A diagram (Mermaid) and the table of every kind of thing."""
    parts = [
        HEAD + "# Lifecycles\n\nStates and verbs of every thing, as `lifecycle.py` of its room has them. A verb in "
        "brackets exists only where the edition switches it on.\n"
    ]
    for kind, (room, procedure) in procedures().items():
        arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
        rows = []
        for row in procedure.lifecycle.transitions:
            name = f"[{row.verb}]" if row.when else row.verb
            for source in row.sources:
                arrows[source or "[*]", row.target].append(name)
            sources = ", ".join(source or "–" for source in row.sources)
            guards = ", ".join(f"`{guard.__name__}`" for guard in row.guards)
            switch = f"`{row.when}`" if row.when else ""
            rows.append((f"`{row.verb}`", sources, row.target, guards, switch, basis(row.basis)))
        lines = [f"  {a} --> {b}: {', '.join(verbs)}" for (a, b), verbs in arrows.items()]
        parts += [
            f"\n## {kind} ({room})\n",
            "```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n",
            table(("Verb", "From", "To", "Guards", "Switch", "Basis"), rows),
        ]
    return "\n".join(parts)


def access() -> str:
    """Who may do what with which thing, and which pages are for whom."""
    rows = [
        (room, kind, f"`{verb}`", ", ".join(rule.roles) or "anyone signed in", rule.whose, basis(rule.basis))
        for kind, (room, procedure) in procedures().items()
        for verb, rule in procedure.permissions.items()
    ]
    pages = sorted(
        (audience, name, "yes" if writes else "") for name, audience, writes in _pages(get_resolver().url_patterns)
    )
    return (
        HEAD
        + "# Access\n\n## Verbs\n\n`whose` says the tie between the actor's mandate and the thing.\n\n"
        + table(("Room", "Thing", "Verb", "Roles", "Whose", "Basis"), rows)
        + "\n## Pages\n\n"
        + table(("Audience", "Page", "Takes POST"), pages)
    )


def _pages(patterns: Iterable[URLPattern | URLResolver]) -> Iterable[tuple[str, str, bool]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns)
        elif audience := getattr(pattern.callback, "audience", None):
            yield str(pattern.name), audience, pattern.callback.writes  # type: ignore[attr-defined]


def parameters() -> str:
    """Every key of the catalogue with its state in each edition."""
    editions = sorted(regime.editions(), key=lambda one: one.valid_from)
    rows = []
    for key, row in CATALOGUE.items():
        marks = [one.parameters[key].status if key in one.parameters else "–" for one in editions]
        rows.append((f"`{key}`", row.label, row.type.name, ", ".join(row.stages), row.tighter, *marks))
    columns = ("Key", "What it settles", "Type", "Needed for", "Tighter", *(one.key for one in editions))
    return HEAD + "# Parameters of the form grants\n\n" + table(columns, rows)


def house_rules() -> str:
    """Every numbered rule of Jardam and where it binds."""
    uses: dict[str, set[str]] = defaultdict(set)
    for kind, (_room, procedure) in procedures().items():
        for row in procedure.lifecycle.transitions:
            uses[row.basis.act].add(f"{kind}:{row.verb}")
        for verb, rule in procedure.permissions.items():
            uses[rule.basis.act].add(f"{kind}:{verb}")
    rows = [
        (code, rule.title, rule.reason, ", ".join(f"`{verb}`" for verb in sorted(uses[code])))
        for code, rule in HOUSE.items()
    ]
    return (
        HEAD
        + "# House rules\n\nJardam's own rules, never passed off as law; the page `/rules/` lists them, too.\n\n"
        + table(("Rule", "What it says", "Why", "Verbs that rest on it"), rows)
    )


DOCUMENTS: dict[str, Callable[[], str]] = {
    "lifecycles.md": lifecycles,
    "access.md": access,
    "parameters.md": parameters,
    "house-rules.md": house_rules,
}


# --- verb × page × test ----------------------------------------------------------------------------------------


def gaps_and_table(acts: Iterable[tuple[str, str, str]]) -> tuple[list[str], str]:
    """What is missing, and verbs.md. A verb that only the clock does needs no page."""
    pages: dict[str, set[str]] = defaultdict(set)
    tests: dict[str, set[str]] = defaultdict(set)
    for verb, route, test in acts:
        tests[verb].add(test)
        if route:
            pages[verb].add(route)
    gaps, rows = [], []
    for kind, (room, procedure) in procedures().items():
        for verb in procedure.lifecycle.verbs:
            name = f"{kind}:{verb}"
            by_clock = procedure.permissions[verb].roles == (SYSTEM,)
            if not tests[name]:
                gaps.append(f"{name}: no test does it")
            if not pages[name] and not by_clock:
                gaps.append(f"{name}: no page does it")
            shown = ", ".join(sorted(pages[name])) or ("the clock" if by_clock else "**none**")
            example = min(tests[name], key=lambda test: ("/test_pages_" not in test, test), default="**none**")
            rows.append((room, f"`{name}`", shown, len(tests[name]), example.rpartition("/")[2]))
    columns = ("Room", "Verb", "Pages", "Tests", "One of them")
    return gaps, HEAD + "# Verb × page × test\n\nAs the last whole run did them.\n\n" + table(columns, rows)


def write_verbs() -> int:
    from tests.acts import watched

    gaps, text = gaps_and_table(watched())
    (FOLDER / "verbs.md").write_text(text, encoding="utf8")
    print("\n".join(gaps) or "Every verb has its page and its test.")
    return 1 if gaps else 0


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    if sys.argv[1:] == ["verbs"]:
        return write_verbs()
    for name, make in DOCUMENTS.items():
        (FOLDER / name).write_text(make(), encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
