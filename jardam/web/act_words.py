"""The public part of an act as a person reads it: what each entry is called, and its value with day, sum and word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jardam.fields import in_language
from jardam.parties.policy import ROLE_LABELS

from . import formats, words

LABELS: Mapping[str, Any] = {
    "account": gettext_lazy("Bank account"),
    "accepted": gettext_lazy("Accepted"),
    "adopted_on": gettext_lazy("Adoption"),
    "against": gettext_lazy("Votes against"),
    "amount": gettext_lazy("Amount"),
    "answer_by": gettext_lazy("Answer by"),
    "applications": gettext_lazy("Applications"),
    "appropriation": gettext_lazy("Budget money"),
    "article": gettext_lazy("Article, part, paragraph"),
    "award": gettext_lazy("Awarded"),
    "ceiling": gettext_lazy("Ceiling for one project"),
    "closes_at": gettext_lazy("Until"),
    "code": gettext_lazy("Code"),
    "contest": gettext_lazy("Contest"),
    "customer": gettext_lazy("Customer"),
    "deadline": gettext_lazy("Deadline"),
    "document": gettext_lazy("Document"),
    "due_on": gettext_lazy("Due"),
    "edition": gettext_lazy("Edition"),
    "ends_on": gettext_lazy("Last day of the contract"),
    "fields": gettext_lazy("What changes"),
    "for": gettext_lazy("Votes for"),
    "form": gettext_lazy("Form"),
    "from": gettext_lazy("From"),
    "ground": gettext_lazy("Ground"),
    "group": gettext_lazy("Target group"),
    "key": gettext_lazy("Rule"),
    "kind": gettext_lazy("Kind"),
    "late": gettext_lazy("Delay"),
    "line": gettext_lazy("Line"),
    "measure": gettext_lazy("Measure"),
    "missing": gettext_lazy("Missing money"),
    "months": gettext_lazy("Months"),
    "number": gettext_lazy("Number"),
    "organisation": gettext_lazy("Organisation"),
    "outcome": gettext_lazy("Result"),
    "package": gettext_lazy("The package"),
    "payments": gettext_lazy("Payments"),
    "people_served": gettext_lazy("People helped"),
    "place": gettext_lazy("Place"),
    "programme": gettext_lazy("Programme"),
    "protocol": gettext_lazy("Protocol"),
    "published_on": gettext_lazy("Published"),
    "reason": gettext_lazy("Reason"),
    "received_at": gettext_lazy("Received"),
    "returned": gettext_lazy("Returned"),
    "role": gettext_lazy("Role"),
    "rule": gettext_lazy("Rule"),
    "seats": gettext_lazy("Members"),
    "section": gettext_lazy("Section"),
    "side": gettext_lazy("Side"),
    "source": gettext_lazy("Source"),
    "spent": gettext_lazy("Spent"),
    "starts_on": gettext_lazy("First day of the contract"),
    "step": gettext_lazy("Stage"),
    "subject": gettext_lazy("Subject"),
    "title": gettext_lazy("Title"),
    "tranche": gettext_lazy("Tranche"),
    "until": gettext_lazy("Until"),
    "value": gettext_lazy("Value"),
    "version": gettext_lazy("Version"),
    "was": gettext_lazy("Before"),
    "year": gettext_lazy("Year"),
    "years": gettext_lazy("Years"),
}
"""Entries without a word here are told by the name they have in the data."""

_FINGERPRINT = gettext_lazy("Fingerprint (SHA-256)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z")
_SUM = re.compile(r"-?\d+\.\d{2}")
_CODE = re.compile(r"[a-z][a-z_]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CONTEXTS = ("state", "rule code", "organisation kind")


def lines(entries: Mapping[str, Any]) -> list[str]:
    """«Amount: 1 200 som», an entry to a line, in the order of their names in the data."""
    return [f"{_label(name, value)}: {_value(name, value)}" for name, value in sorted(entries.items())]


def _label(name: str, value: Any) -> str:
    if isinstance(value, str) and _DIGEST.fullmatch(value) and name not in LABELS:
        return f"{_FINGERPRINT}, {name.removesuffix('_sha256')}" if name != "sha256" else str(_FINGERPRINT)
    return str(LABELS.get(name, name))


def _value(name: str, value: Any) -> str:
    match value:
        case None | "" | [] | {}:
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case int():
            return str(value) if name in ("year", "years") else formats.number(value)
        case list() if name == "months" and len(value) == 12:
            return _months(value)
        case list():
            return ", ".join(_value(name, one) for one in value)
        case dict() if value.keys() <= {"ky", "ru", "en"}:
            return in_language(value)
        case dict():
            return ", ".join(f"{one}: {_value(name, said)}" for one, said in sorted(value.items()))
        case str():
            return _text(name, value)
        case _:
            return str(value)


def _months(sums: list[str]) -> str:
    planned = [(formats.month(n), Decimal(one)) for n, one in enumerate(sums, start=1) if Decimal(one)]
    return ", ".join(f"{month} {formats.som(one)}" for month, one in planned) or "–"


def _text(name: str, value: str) -> str:
    if _SUM.fullmatch(value):
        return formats.som(Decimal(value))
    if _DAY.fullmatch(value):
        return formats.day(date.fromisoformat(value))
    if _INSTANT.fullmatch(value):
        return formats.instant(datetime.fromisoformat(value))
    if name == "role" and value in ROLE_LABELS:
        return str(ROLE_LABELS[value])
    if name == "key":
        return words.rule(value)
    return _word(value) if _CODE.fullmatch(value) else value


def _word(code: str) -> str:
    """A code in the words of whichever list knows it; else with spaces."""
    spaced = code.replace("_", " ")
    for context in _CONTEXTS:
        for one in (code, spaced):
            if (said := pgettext(context, one)) != one:
                return said
    if code in words.THING:
        return str(words.THING[code])
    said = words.refusal_code(code)
    return spaced if said == code else said
