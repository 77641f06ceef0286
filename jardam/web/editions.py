"""Editions of the law for their public pages: every parameter with value, unit, status and basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.regime import queries as regime
from jardam.rulebook.catalogue import CATALOGUE, FORMS
from jardam.rulebook.edition import Edition, resolve
from jardam.rulebook.parameter import Parameter

from . import formats, words
from .forms import ChoiceField, Form
from .pages import language
from .templatetags.ui import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One parameter as it is read."""

    key: str
    label: str
    lines: list[str]
    status: str
    tone: str
    basis: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class RuleGroup:
    id: str
    title: str
    rows: list[RuleRow]


def title_of(key: str) -> str:
    """The edition's title in the reader's language; the bare key for one that is no longer shipped."""
    try:
        return regime.edition(key).title.in_language(language())
    except LookupError:
        return key


def found(key: str) -> Edition:
    try:
        return regime.edition(key)
    except LookupError:
        raise Http404 from None


def parameters(edition: Edition) -> Mapping[str, Parameter]:
    """As this instance knows them today: with what lawyers confirmed and, on demonstrations, what is assumed."""
    settled = resolve(
        edition, overlay=regime.overlay(edition.form), confirmations=regime.confirmations(), needed=()
    ).parameters
    return {key: settled.get(key, given) for key, given in edition.parameters.items()}


def row(parameter: Parameter) -> RuleRow:
    label = CATALOGUE[parameter.key].label if parameter.key in CATALOGUE else parameter.key
    why = parameter.why
    return RuleRow(
        parameter.key,
        _(label),
        words.value(parameter, language()),
        words.word(words.PARAMETER, parameter.status),
        words.tone(words.PARAMETER, parameter.status),
        words.basis(why),
        why.url,
        parameter.note,
    )


def groups(rows: Mapping[str, Parameter]) -> list[RuleGroup]:
    """By the family of the key (`ann.`, `app.` …), in the catalogue's order."""
    families: dict[str, list[RuleRow]] = {}
    order = [key.key for key in FORMS["grants"] if key.key in rows] + [key for key in rows if key not in CATALOGUE]
    for key in order:
        families.setdefault(key.split(".", 1)[0], []).append(row(rows[key]))
    return [RuleGroup(family, str(words.FAMILY.get(family, family)), lines) for family, lines in families.items()]


def _validity(edition: Edition) -> str:
    until = edition.valid_until
    begins = formats.day(edition.valid_from)
    if edition.valid_from_status == "assumed":
        begins = _("%(day)s (assumed)") % {"day": begins}
    if until is None:
        return _("from %(from)s, in force") % {"from": begins}
    return _("from %(from)s, until before %(until)s") % {"from": begins, "until": formats.day(until)}


def table() -> Table:
    rows = [
        [
            Cell(
                one.title.in_language(language()),
                reverse("edition", args=[one.key]),
                ", ".join(formats.act_name(act.title) for act in one.acts),
            ),
            _validity(one),
            len(one.parameters) - len(one.unknown_keys),
            len(one.unknown_keys),
        ]
        for one in regime.editions()
    ]
    columns = [
        Column(_("Edition")),
        Column(_("In force")),
        Column(_("Rules known"), "number"),
        Column(_("Rules unknown"), "number"),
    ]
    return Table(_("Editions"), columns, rows, hide_caption=True)


def one(key: str) -> dict[str, Any]:
    """Everything the page of an edition shows."""
    edition = found(key)
    rows = parameters(edition)
    counts = {status: sum(1 for p in rows.values() if p.status == status) for status in words.PARAMETER}
    return {
        "edition": edition,
        "title": edition.title.in_language(language()),
        "validity": _validity(edition),
        "groups": groups(rows),
        "counts": [(words.word(words.PARAMETER, code), count) for code, count in counts.items() if count],
        "assumed": counts["assumed"],
    }


# --- comparing -------------------------------------------------------------------------------------------------


def _choices() -> list[tuple[str, str]]:
    return [(one.key, one.title.in_language(language())) for one in regime.editions()]


class CompareForm(Form):
    a = ChoiceField(gettext_lazy("One edition"), choices=_choices, select=True)
    b = ChoiceField(gettext_lazy("Another edition"), choices=_choices, select=True)


def compared(asked: QueryDict) -> dict[str, Any]:
    """The two editions side by side: only where they differ, and how many rules are alike."""
    form = CompareForm(asked if "a" in asked or "b" in asked else None)
    if not (form.is_bound and form.is_valid()):
        return {"compare": form, "differing": None}
    a, b = found(form.cleaned_data["a"]), found(form.cleaned_data["b"])
    left, right = parameters(a), parameters(b)
    keys = [key for key in left if key in right]
    differing = [key for key in keys if _differ(left[key], right[key])]
    rows = [[Cell(_(CATALOGUE[key].label), note=key), _cell(left[key]), _cell(right[key])] for key in differing]
    columns = [
        Column(_("Rule")),
        Column(a.title.in_language(language())),
        Column(b.title.in_language(language())),
    ]
    return {
        "compare": form,
        "differing": Table(_("Rules that differ"), columns, rows, empty=_("No rule differs.")),
        "alike": len(keys) - len(differing),
        "all": len(keys),
    }


def _differ(one: Parameter, other: Parameter) -> bool:
    return (one.status, one.value) != (other.status, other.value)


def _cell(parameter: Parameter) -> Cell:
    text = "; ".join(words.value(parameter, language())) or words.word(words.PARAMETER, "unknown")
    return Cell(text, note=words.basis(parameter.why) if parameter.is_known else "")
