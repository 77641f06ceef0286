"""The types of values a key may have, each with one plain form shared by YAML files, forms and canonical
JSON.

`read(plain)` gives the typed value or raises ValueError with a sentence; `plain(value)` is its inverse. A
float is refused everywhere: a share or a mark is exact or it is not a rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor
from typing import Any, ClassVar

from jardam.kernel.money import Money
from jardam.kernel.time import Term

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_SHARE = re.compile(r"(>=|>) (\d{1,4})/(\d{1,4})")
_MONEY = re.compile(r"(\d{1,14}(?:\.\d{1,2})?) ([A-Z]{3})")

LANGUAGES = ("ky", "ru", "en")

NONE = "none"
"""The plain form of "the rule is known, and it sets no limit". Unknown is something else: it has no value at
all."""


# --- values -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """An exact part of a whole: at least (`strict` false) or more than (`strict` true)
    numerator/denominator."""

    numerator: int
    denominator: int
    strict: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator or self.denominator == 0:
            raise ValueError("a share lies between 0/1 and 1/1")
        if self.strict and self.numerator == self.denominator:
            raise ValueError("more than the whole cannot be reached")

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    def least(self, whole: int) -> int:
        """The smallest part of `whole` that is enough: more than 1/2 of 6 is 4, at least 2/3 of 7 is 5."""
        needed = self.fraction * whole
        return floor(needed) + 1 if self.strict else ceil(needed)

    def met(self, part: int, whole: int) -> bool:
        """Whether `part` of `whole` is enough. Of nobody, nothing is: an empty room decides nothing."""
        return whole > 0 and part >= self.least(whole)

    def __str__(self) -> str:
        return f"{'>' if self.strict else '>='} {self.numerator}/{self.denominator}"


@dataclass(frozen=True, slots=True)
class Names:
    """One text in the languages of the instance; any of them may be empty, not all."""

    ky: str = ""
    ru: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language`, else the first there is."""
        return getattr(self, language, "") or self.ru or self.ky or self.en

    def __str__(self) -> str:
        """For logs and the command line; pages ask for the reader's language."""
        return self.in_language("en")


@dataclass(frozen=True, slots=True)
class Level:
    """What a score on a scale stands for, so that two members mean the same by it."""

    score: Decimal
    names: Names


@dataclass(frozen=True, slots=True)
class Criterion:
    """`weight` is relative to the other weights; `minimum` is the mark below which an application fails
    alone."""

    code: str
    names: Names
    weight: Decimal
    scale_min: Decimal
    scale_max: Decimal
    minimum: Decimal | None = None
    levels: tuple[Level, ...] = ()

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ValueError(f"criterion {self.code}: the weight is above zero")
        if self.scale_min >= self.scale_max:
            raise ValueError(f"criterion {self.code}: the scale ends above its beginning")
        marks = [level.score for level in self.levels] + ([] if self.minimum is None else [self.minimum])
        if any(not self.scale_min <= mark <= self.scale_max for mark in marks):
            raise ValueError(f"criterion {self.code}: a mark lies outside of the scale")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the review with its own term; it begins when the one before it ends."""

    code: str
    term: Term


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the application package."""

    code: str
    names: Names
    mandatory: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """A coded ground of inadmissibility; a curable one gives the equal chance to mend."""

    code: str
    names: Names
    curable: bool


# --- reading helpers ----------------------------------------------------------------------------------------


def _mapping(plain: Any, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, Any]:
    if not isinstance(plain, Mapping):
        raise ValueError(f"expected {', '.join(required)}, not {plain!r}")
    if missing := [name for name in required if name not in plain]:
        raise ValueError(f"missing: {', '.join(missing)}")
    if extra := [str(name) for name in plain if name not in required + optional]:
        raise ValueError(f"unexpected: {', '.join(extra)}")
    return plain


def _list(plain: Any) -> list[Any]:
    if not isinstance(plain, list | tuple):
        raise ValueError(f"expected a list, not {plain!r}")
    return list(plain)


def _code(plain: Any) -> str:
    if not isinstance(plain, str) or not _CODE.fullmatch(plain):
        raise ValueError(f"{plain!r} is no code: small letters, digits and underscores")
    return plain


def _bool(plain: Any) -> bool:
    if not isinstance(plain, bool):
        raise ValueError(f"expected true or false, not {plain!r}")
    return plain


def _decimal(plain: Any) -> Decimal:
    """An integer, a Decimal (the reader of YAML makes them) or its text. Never a float, never NaN."""
    if isinstance(plain, bool) or not isinstance(plain, int | str | Decimal):
        raise ValueError(f"expected an exact number, not {plain!r}")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise ValueError(f"{plain!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{plain!r} is not a number")
    return number


def _number(value: Decimal) -> str:
    """One spelling of one number, so that equal rules have equal bytes: 10, 10.0 and 1E+1 are "10"."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _names(plain: Any) -> Names:
    texts = _mapping(plain, (), LANGUAGES)
    if not any(texts.values()) or not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("a name is a text in ky, ru or en")
    return Names(**{language: unicodedata.normalize("NFC", text).strip() for language, text in texts.items()})


def _plain_names(names: Names) -> dict[str, str]:
    return {language: text for language in LANGUAGES if (text := getattr(names, language))}


def _unique(codes: list[str]) -> None:
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise ValueError(f"stands twice: {', '.join(twice)}")


# --- types --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ValueType:
    """Base of all types. `optional` types also take `none`: known, and no limit (Python None)."""

    name: ClassVar[str] = ""
    optional: bool = False

    def read(self, plain: Any) -> Any:
        if self.optional and plain == NONE:
            return None
        if plain is None:
            raise ValueError("no value; a limit that does not exist is written `none`")
        return self._read(plain)

    def plain(self, value: Any) -> Any:
        return NONE if value is None else self._plain(value)

    def tightens(self, direction: str, before: Any, after: Any) -> bool | None:
        """Whether `after` is at least as tight as `before` in `direction` (`up`, `down`); None if no one can
        tell."""
        if before is None or after is None:
            # No limit is the loosest there is where a limit restricts; where more is tighter it is zero
            # anyway.
            return before is None
        low, high = (before, after) if direction == "up" else (after, before)
        return self._at_most(low, high)

    def _read(self, plain: Any) -> Any:
        raise NotImplementedError

    def _plain(self, value: Any) -> Any:
        return value

    def _at_most(self, _low: Any, _high: Any) -> bool | None:
        return None

    @property
    def unit(self) -> str:
        return ""


@dataclass(frozen=True)
class IntType(ValueType):
    """A whole number with its unit."""

    name: ClassVar[str] = "int"
    of: str = ""
    least: int = 0
    most: int = 10**9

    def _read(self, plain: Any) -> int:
        if isinstance(plain, bool) or not isinstance(plain, int) or not self.least <= plain <= self.most:
            raise ValueError(f"expected a whole number from {self.least} to {self.most}, not {plain!r}")
        return plain

    def _at_most(self, low: int, high: int) -> bool:
        return low <= high

    @property
    def unit(self) -> str:
        return self.of


@dataclass(frozen=True)
class DecimalType(ValueType):
    """An exact number."""

    name: ClassVar[str] = "decimal"
    of: str = ""
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(10) ** 9

    def _read(self, plain: Any) -> Decimal:
        number = _decimal(plain)
        if not self.least <= number <= self.most:
            raise ValueError(f"expected {self.least} to {self.most}, not {plain!r}")
        return Decimal(_number(number))

    def _plain(self, value: Decimal) -> str:
        return _number(value)

    def _at_most(self, low: Decimal, high: Decimal) -> bool:
        return low <= high

    @property
    def unit(self) -> str:
        return self.of


@dataclass(frozen=True)
class PercentType(DecimalType):
    """Per cent of a whole, 0 to 100."""

    name: ClassVar[str] = "percent"
    of: str = "percent"
    most: Decimal = Decimal(100)


@dataclass(frozen=True)
class BoolType(ValueType):
    """A claim that is true or false. For `up`, true is the tighter one."""

    name: ClassVar[str] = "bool"

    def _read(self, plain: Any) -> bool:
        return _bool(plain)

    def _at_most(self, low: bool, high: bool) -> bool:
        return low <= high


@dataclass(frozen=True)
class ChoiceType(ValueType):
    """One of the named ways the code knows. Without codes (reading a stored settlement) any code."""

    name: ClassVar[str] = "choice"
    codes: tuple[str, ...] = ()

    def _read(self, plain: Any) -> str:
        if not isinstance(plain, str) or (self.codes and plain not in self.codes):
            raise ValueError(f"expected one of {', '.join(self.codes)}, not {plain!r}")
        return plain


@dataclass(frozen=True)
class CodesType(ValueType):
    """A list of codes without repetition, in the order given. For `up`, more codes are tighter."""

    name: ClassVar[str] = "codes"
    codes: tuple[str, ...] = ()  # none: any code
    prefixes: tuple[str, ...] = ()  # "higher_score_on:" takes any code after the colon
    least: int = 0

    def _read(self, plain: Any) -> tuple[str, ...]:
        codes = [self._one(item) for item in _list(plain)]
        _unique(codes)
        if len(codes) < self.least:
            raise ValueError(f"expected at least {self.least}")
        return tuple(codes)

    def _one(self, item: Any) -> str:
        if isinstance(item, str):
            head, colon, tail = item.partition(":")
            if colon and (not self.codes or head + colon in self.prefixes) and _CODE.fullmatch(tail):
                return item
            if item in self.codes or (not self.codes and not colon and _CODE.fullmatch(item)):
                return item
        raise ValueError(f"{item!r} is not among {', '.join(self.codes + self.prefixes) or 'codes'}")

    def _plain(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    def _at_most(self, low: tuple[str, ...], high: tuple[str, ...]) -> bool:
        return set(low) <= set(high)


@dataclass(frozen=True)
class TextType(ValueType):
    """A short text: the name of a body, an act or a budget code."""

    name: ClassVar[str] = "text"

    def _read(self, plain: Any) -> str:
        if not isinstance(plain, str) or not plain.strip() or len(plain) > 300:
            raise ValueError(f"expected a text of 1 to 300 characters, not {plain!r}")
        return unicodedata.normalize("NFC", plain).strip()


@dataclass(frozen=True)
class TermType(ValueType):
    """A term: `5 working_days`, or a list of legs counted one after another."""

    name: ClassVar[str] = "term"

    def _read(self, plain: Any) -> Term:
        legs = [plain] if isinstance(plain, str) else _list(plain)
        if not all(isinstance(leg, str) for leg in legs):
            raise ValueError(f"a term is written `5 working_days`, not {plain!r}")
        return Term.of(*legs)

    def _plain(self, value: Term) -> list[str]:
        return value.as_plain()

    def _at_most(self, low: Term, high: Term) -> bool | None:
        """Leg by leg; five working days and a week cannot be compared without a calendar."""
        if [leg.unit for leg in low.legs] != [leg.unit for leg in high.legs]:
            return None
        return all(a.length <= b.length for a, b in zip(low.legs, high.legs, strict=True))


@dataclass(frozen=True)
class MoneyType(ValueType):
    """An amount with its currency: `500000.00 KGS`."""

    name: ClassVar[str] = "money"

    def _read(self, plain: Any) -> Money:
        if not isinstance(plain, str) or not (match := _MONEY.fullmatch(plain)):
            raise ValueError(f"an amount is written `500000.00 KGS`, not {plain!r}")
        return Money(Decimal(match[1]), match[2])

    def _plain(self, value: Money) -> str:
        return str(value)

    def _at_most(self, low: Money, high: Money) -> bool | None:
        return low <= high if low.currency == high.currency else None


@dataclass(frozen=True)
class ShareType(ValueType):
    """An exact part of a whole: `> 1/2`, `>= 2/3`, `>= 0/1`."""

    name: ClassVar[str] = "share"

    def _read(self, plain: Any) -> Share:
        if not isinstance(plain, str) or not (match := _SHARE.fullmatch(plain)):
            raise ValueError(f"a share is written `> 1/2` or `>= 2/3`, not {plain!r}")
        return Share(int(match[2]), int(match[3]), match[1] == ">")

    def _plain(self, value: Share) -> str:
        return str(value)

    def _at_most(self, low: Share, high: Share) -> bool:
        return (low.fraction, low.strict) <= (high.fraction, high.strict)


@dataclass(frozen=True)
class CriteriaType(ValueType):
    """The criteria of evaluation with weights, scales and anchored levels."""

    name: ClassVar[str] = "criteria"

    def _read(self, plain: Any) -> tuple[Criterion, ...]:
        criteria = tuple(self._one(item) for item in _list(plain))
        if not criteria:
            raise ValueError("expected at least one criterion")
        _unique([criterion.code for criterion in criteria])
        return criteria

    def _one(self, item: Any) -> Criterion:
        row = _mapping(item, ("code", "names", "weight", "scale"), ("minimum", "levels"))
        scale = _list(row["scale"])
        if len(scale) != 2:
            raise ValueError("a scale is written `[lowest, highest]`")
        levels = [_mapping(level, ("score", "names")) for level in _list(row.get("levels", []))]
        minimum = row.get("minimum")
        return Criterion(
            _code(row["code"]),
            _names(row["names"]),
            _exact(row["weight"]),
            _exact(scale[0]),
            _exact(scale[1]),
            None if minimum is None else _exact(minimum),
            tuple(Level(_exact(level["score"]), _names(level["names"])) for level in levels),
        )

    def _plain(self, value: tuple[Criterion, ...]) -> list[dict[str, Any]]:
        return [self._plain_one(criterion) for criterion in value]

    def _plain_one(self, criterion: Criterion) -> dict[str, Any]:
        row: dict[str, Any] = {
            "code": criterion.code,
            "names": _plain_names(criterion.names),
            "weight": _number(criterion.weight),
            "scale": [_number(criterion.scale_min), _number(criterion.scale_max)],
        }
        if criterion.minimum is not None:
            row["minimum"] = _number(criterion.minimum)
        if criterion.levels:
            row["levels"] = [
                {"score": _number(level.score), "names": _plain_names(level.names)} for level in criterion.levels
            ]
        return row


def _exact(plain: Any) -> Decimal:
    return Decimal(_number(_decimal(plain)))


@dataclass(frozen=True)
class StagesType(ValueType):
    """The review's clock: stages in order, each with its term."""

    name: ClassVar[str] = "stages"
    codes: tuple[str, ...] = ()

    def _read(self, plain: Any) -> tuple[Stage, ...]:
        rows = [_mapping(item, ("stage", "term")) for item in _list(plain)]
        stages = tuple(Stage(_code(row["stage"]), TermType().read(row["term"])) for row in rows)
        _unique([stage.code for stage in stages])
        if not stages:
            raise ValueError("expected at least one stage")
        if self.codes and (extra := [stage.code for stage in stages if stage.code not in self.codes]):
            raise ValueError(f"unknown stage: {', '.join(extra)}")
        return stages

    def _plain(self, value: tuple[Stage, ...]) -> list[dict[str, Any]]:
        return [{"stage": stage.code, "term": stage.term.as_plain()} for stage in value]


@dataclass(frozen=True)
class DocumentsType(ValueType):
    """The documents of an application. For `up`, more mandatory documents are tighter."""

    name: ClassVar[str] = "documents"

    def _read(self, plain: Any) -> tuple[Document, ...]:
        rows = [_mapping(item, ("code", "names", "mandatory")) for item in _list(plain)]
        _unique([str(row["code"]) for row in rows])
        return tuple(Document(_code(r["code"]), _names(r["names"]), _bool(r["mandatory"])) for r in rows)

    def _plain(self, value: tuple[Document, ...]) -> list[dict[str, Any]]:
        return [{"code": d.code, "names": _plain_names(d.names), "mandatory": d.mandatory} for d in value]

    def _at_most(self, low: tuple[Document, ...], high: tuple[Document, ...]) -> bool:
        return {d.code for d in low if d.mandatory} <= {d.code for d in high if d.mandatory}


@dataclass(frozen=True)
class GroundsType(ValueType):
    """The coded grounds of inadmissibility."""

    name: ClassVar[str] = "grounds"

    def _read(self, plain: Any) -> tuple[Ground, ...]:
        rows = [_mapping(item, ("code", "names", "curable")) for item in _list(plain)]
        _unique([str(row["code"]) for row in rows])
        return tuple(Ground(_code(r["code"]), _names(r["names"]), _bool(r["curable"])) for r in rows)

    def _plain(self, value: tuple[Ground, ...]) -> list[dict[str, Any]]:
        return [{"code": g.code, "names": _plain_names(g.names), "curable": g.curable} for g in value]


_ALL: tuple[type[ValueType], ...] = (
    IntType, DecimalType, PercentType, BoolType, ChoiceType, CodesType, TextType, TermType, MoneyType,
    ShareType, CriteriaType, StagesType, DocumentsType, GroundsType,
)  # fmt: skip

STORED: dict[str, ValueType] = {kind.name: kind(optional=True) for kind in _ALL}
"""Types by name, without a catalogue's limits: a stored settlement stays readable when the catalogue has
moved on."""
