"""Values of rules as people type them: the plain form of the YAML editions, exact, with an example for each kind."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.rulebook.catalogue import CATALOGUE

from .forms import LongTextField

AS_TYPED = frozenset({"choice", "money", "share", "term", "text"})
"""Kinds whose plain form is a text: what is typed is taken as it stands unless it is a YAML list or quoted."""

EXAMPLES = {
    "bool": "true",
    "int": "5",
    "decimal": "60.5",
    "percent": "30",
    "money": "500000.00 KGS",
    "share": ">= 1/2",
    "term": "20 calendar_days",
    "text": gettext_lazy("a short text"),
    "codes": "[first_code, second_code]",
    "stages": "- {stage: admissibility, term: 5 working_days}",
    "documents": "- {code: charter, names: {ky: Устав, ru: Устав}, mandatory: true}",
    "grounds": "- {code: late, names: {ky: …, ru: …}, curable: false}",
    "criteria": "- {code: need, names: {ky: …, ru: …}, weight: 25, scale: [0, 10]}",
}


class _Exact(yaml.SafeLoader):
    """Makes no floats: a number with a point is an exact Decimal."""


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal | str:
    text = str(loader.construct_scalar(node))
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


_Exact.add_constructor("tag:yaml.org,2002:float", _number)


def example(key: str) -> str:
    """How a value of this key is written."""
    kind = CATALOGUE[key].type
    codes = getattr(kind, "codes", ())
    if codes and kind.name == "choice":
        return _("one of: %(codes)s") % {"codes": ", ".join(codes)}
    if codes:
        return f"[{', '.join(codes)}]"
    return str(EXAMPLES.get(kind.name, ""))


def plain_of(key: str, typed: str) -> Any:
    """What a YAML edition would hold for this text, in its one spelling. ValidationError says what is wrong; a key
    that does not exist is left to the operation."""
    if key not in CATALOGUE:
        return typed
    kind = CATALOGUE[key].type
    try:
        return kind.plain(kind.read(_read(kind.name, typed.strip())))
    except yaml.YAMLError:
        reason = _("the signs do not fit together")
    except (ValueError, TypeError, AttributeError) as error:
        reason = str(error)
    words = _("This cannot be read (%(why)s). Write it like this: %(example)s.")
    raise ValidationError(words % {"why": reason, "example": example(key)}, code="parameter_value_wrong")


def _read(kind: str, typed: str) -> Any:
    if kind in AS_TYPED and not typed.startswith(("[", "-", "'", '"')):
        return typed
    return yaml.load(typed, _Exact)  # a SafeLoader


class RuleValueField(LongTextField):
    """The value as typed; the form reads it with `plain_of` once it knows the key."""

    limit = 20_000

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, rows=4, attrs={"spellcheck": "false", "autocapitalize": "off"}, **kwargs)
