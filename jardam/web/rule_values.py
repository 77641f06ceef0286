"""Values of rules as people give them: boxes, choices and numbers in their own words where a value is one; for the few
that are lists of things, and for the operator, the plain form of the YAML editions, exact, with an example."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.kernel.money import Money
from jardam.kernel.time import Term
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.values import (
    NONE,
    BoolType,
    ChoiceType,
    CodesType,
    DecimalType,
    IntType,
    MoneyType,
    ShareType,
    TermType,
    TextType,
    ValueType,
)

from . import words
from .forms import AgreeField, ChoiceField, LongTextField, ManyField, MoneyField, NumberField, TextField, YesNoField
from .pages import language
from .steps import unfinished

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


# --- in boxes --------------------------------------------------------------------------------------------------

TERM_UNITS = {
    "working_days": gettext_lazy("working days"),
    "calendar_days": gettext_lazy("calendar days"),
    "hours": gettext_lazy("hours"),
    "months": gettext_lazy("months"),
}
SHARES = {">=": gettext_lazy("at least"), ">": gettext_lazy("more than")}
VALUE, UNIT, HOW, NO_LIMIT = "value", "value_unit", "value_how", "value_none"


def boxes(key: str) -> dict[str, forms.Field]:
    """The fields in which a value of this key is given; `given` reads them back."""
    kind = CATALOGUE[key].type
    made: dict[str, forms.Field] = {VALUE: _box(key, kind)}
    if isinstance(kind, TermType):
        made[UNIT] = ChoiceField(_("Counted in what?"), choices=list(TERM_UNITS.items()))
    if isinstance(kind, ShareType):
        made = {HOW: ChoiceField(_("How is the share meant?"), choices=list(SHARES.items()))} | made
    if kind.optional:
        made[NO_LIMIT] = AgreeField(_("There is no such limit"), required=False)
        for field in made.values():
            unfinished(field)  # one of the two is asked for, which no single box can say
    return made


def _box(key: str, kind: ValueType) -> forms.Field:
    label = _("Value")
    match kind:
        case BoolType():
            return YesNoField(label)
        case ChoiceType():
            return ChoiceField(label, choices=[(one, _said(key, one)) for one in kind.codes])
        case CodesType() if kind.codes and not kind.prefixes:  # those with prefixes are an order, not a set
            many = ManyField(label, choices=[(one, _said(key, [one])) for one in kind.codes])
            return many if kind.least else unfinished(many)  # none may be a value, too
        case IntType() | DecimalType():
            limits = {"min_value": kind.least, "max_value": kind.most}
            return NumberField(label, places=0 if isinstance(kind, IntType) else 2, hint=_hint(key, kind), **limits)
        case MoneyType():
            return MoneyField(label)
        case TermType():
            return NumberField(label, width="4", min_value=1)
        case ShareType():
            return TextField(label, hint=_("As a fraction, for example 2/3."), width="4", max_length=20)
        case TextType():
            return TextField(label, max_length=300)
        case _:
            return RuleValueField(label, hint=_("Write it like this: %(example)s") % {"example": example(key)})


def _said(key: str, plain: Any) -> str:
    return "; ".join(words.plain_value(key, plain, language()))


def _hint(key: str, kind: Any) -> str:
    """«For example: 12 months»: the unit stands there in words, in its right case."""
    return _("For example: %(example)s") % {"example": _said(key, min(max(kind.least, 12), kind.most))}


def given(key: str, data: dict[str, Any]) -> Any:
    """What a YAML edition would hold for what stands in the boxes. ValidationError says what is missing."""
    kind = CATALOGUE[key].type
    value = data.get(VALUE)
    if data.get(NO_LIMIT):
        return NONE
    if kind.optional and value in (None, ""):
        raise ValidationError(_("Give the value, or say that there is no such limit."), code="required")
    if isinstance(value, str) and not isinstance(kind, ChoiceType | ShareType | TextType):
        return plain_of(key, value)
    match kind:
        case MoneyType():
            value = str(Money.som(data[VALUE]))
        case TermType():
            if not data.get(UNIT):
                raise ValidationError(_("Say what the term is counted in."), code="required")
            value = Term.of(f"{value} {data[UNIT]}").as_plain()
        case ShareType():
            value = f"{data.get(HOW) or '>='} {''.join(str(value).split())}"
    try:
        return kind.plain(kind.read(value))
    except ValueError:  # the boxes let through what they can judge: only a share is left to be unreadable
        raise ValidationError(_("Write a fraction of the whole, for example 2/3."), code="invalid") from None
