"""The rows of `jardam-record/1`, read strictly: integers only, every key present, no key unknown.

`null` means that the source does not say. What names or classes a row cannot be null; every other fact can.
Text is brought to NFC and trimmed, and an empty text says nothing, so it becomes null; a control character is
a fault, because evidence is not altered silently.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from jardam.kernel.text import clean

from .money import MONEY_KINDS

TEXT_LIMIT = 10_000
KEY_LIMIT = 200
ADDRESS_LIMIT = 2_000
LIST_LIMIT = 1_000
SOM_LIMIT = 10**15
FIRST_YEAR, LAST_YEAR = 1900, 2100

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNSEEN = ("Cc", "Cs", "Co", "Cn")


def _fault(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("record", sentence)  # type: ignore[arg-type]


def _legible(text: str) -> str:
    if any(unicodedata.category(c) in _UNSEEN and c not in "\n\r\t" for c in text):
        raise _fault("contains a control character or one that is no character")
    return clean(text, multiline=True)


def _said(text: str | None) -> str | None:
    return (_legible(text) or None) if text is not None else None


def _stated(text: str) -> str:
    if not (text := _legible(text)):
        raise _fault("is empty")
    return text


def _key(text: str) -> str:
    """A key becomes part of an address, so it is refused rather than mended."""
    if not text or clean(text) != text or "/" in text or text.startswith("."):
        raise _fault("must be one trimmed line of text without '/', not beginning with '.'")
    return text


def _day(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise _fault("must be a date YYYY-MM-DD or null")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _fault(f"{value} is not a day of the calendar") from None


def _address(text: str) -> str:
    refused = _fault("must be an http(s) address")
    if any(c.isspace() or unicodedata.category(c) in _UNSEEN or c in '<>"\\' for c in text):
        raise refused
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 — reading it checks it
    except ValueError:
        raise refused from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refused
    return unicodedata.normalize("NFC", text)


def _money_kind(text: str) -> str:
    if text not in MONEY_KINDS:
        raise _fault(f"must be one of: {', '.join(MONEY_KINDS)}")
    return text


Key = Annotated[str, Field(max_length=KEY_LIMIT), AfterValidator(_key)]
Stated = Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(_stated)]
Subject = Annotated[str, Field(max_length=KEY_LIMIT), AfterValidator(_stated)]
Said = Annotated[str | None, Field(max_length=TEXT_LIMIT), AfterValidator(_said)]
Day = Annotated[date | None, BeforeValidator(_day)]
Som = Annotated[int, Field(ge=0, le=SOM_LIMIT)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
MoneyKindCode = Annotated[str, AfterValidator(_money_kind)]
Address = Annotated[str, Field(max_length=ADDRESS_LIMIT), AfterValidator(_address)]
Sources = Annotated[list[Address], Field(max_length=LIST_LIMIT)]
Code = Annotated[str, Field(pattern=r"^[0-9]{2,20}$")]
Level = Literal["republican", "municipal", "all"]
LEVELS = get_args(Level)
ContestType = Literal["contest", "voucher_programme", "year_total", "mention"]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Row(_Strict):
    """One stated fact. `key` is its name in the record, `content` what is kept and compared."""

    sources: Sources

    @property
    def key(self) -> str:
        return self.id  # type: ignore[attr-defined, no-any-return]

    @property
    def content(self) -> dict[str, Any]:
        """As JSON writes it. What an older file may leave out is there as null, so both mean the same."""
        return self.model_dump(mode="json")


class When(_Strict):
    """A time with the certainty the source gives: its words, and the days between which it lies, where
    known."""

    text: Stated
    earliest: Day
    latest: Day

    @model_validator(mode="after")
    def _in_order(self) -> When:
        if self.earliest and self.latest and self.earliest > self.latest:
            raise _fault("earliest is after latest")
        return self

    @property
    def years(self) -> set[int]:
        return {day.year for day in (self.earliest, self.latest) if day}


class Figure(Row):
    """An amount of money for a subject and a year."""

    id: Key
    year: Year | None
    body_text: Stated
    level: Level
    subject: Subject
    part_of: Subject | None
    is_gsz: bool
    kind: MoneyKindCode
    kgs: Som
    qualifier: Said
    scope_text: Said
    note: Said


class Amount(_Strict):
    kgs: Som
    kind: MoneyKindCode
    per: Literal["all", "project"]
    qualifier: Said


class Applications(_Strict):
    count: Count
    counts: Literal["organisations", "applications", "families"]


class Winner(_Strict):
    """The last three keys may be left out: older files do not know them."""

    organisation: Said
    project: Said
    amount_kgs: Som | None
    place: Said = None
    note: Said = None
    beneficiaries: Count | None = None


class Event(_Strict):
    when: When | None
    event: Stated


class PastContest(Row):
    """A contest, voucher programme, yearly total or mere mention. `legal_*` are as cited, never computed."""

    id: Key
    type: ContestType
    customer_text: Stated
    level: Level
    programme: Said
    theme: Said
    lots: Count | None
    target_groups_text: Annotated[list[Stated], Field(max_length=LIST_LIMIT)] | None
    announced: When | None
    deadline: When | None
    amounts: Annotated[list[Amount], Field(max_length=LIST_LIMIT)]
    applications: Applications | None
    projects_awarded: Count | None
    winners: Annotated[list[Winner], Field(max_length=LIST_LIMIT)]
    term_text: Said
    events: Annotated[list[Event], Field(max_length=LIST_LIMIT)]
    legal_period: Said
    legal_note: Said
    completeness: Said
    notes: Said

    @property
    def years(self) -> tuple[int, ...]:
        """Under which years the contest is filed: those in its id (2024-2026 is three) and those of its
        dates.

        An id is the name the compilers of the record gave, so its year is theirs; nothing is read out of free
        text.
        """
        times = [self.announced, self.deadline, *(event.when for event in self.events)]
        return tuple(sorted(_years_in(self.id).union(*(when.years for when in times if when))))


_ID_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:-((?:19|20)\d{2}))?(?!\d)", re.ASCII)


def _years_in(key: str) -> set[int]:
    found: set[int] = set()
    for first, last in _ID_YEARS.findall(key):
        found |= {int(first)} | set(range(int(first), int(last or first) + 1))
    return found


class Municipality(Row):
    """A municipality of the record. `soate` stays null until confirmed; `hierarchy` says how sure the
    place is."""

    id: Key
    name_ru: Stated
    name_ky: Said
    name_en: Said
    type: Stated
    region: Said
    district: Said
    hierarchy: Said
    soate: Code | None
    years: list[Year]
    named_in_2019_press_release: bool
    role: Said
    notes: Said


class TargetGroup(Row):
    code: Key
    name_ru: Stated
    name_ky: Said
    name_en: Stated
    years: list[Year]
    levels: list[Level]

    @property
    def key(self) -> str:
        return self.code


ROW_TYPES: dict[str, type[Row]] = {
    "budgets": Figure,
    "contests": PastContest,
    "municipalities": Municipality,
    "target_groups": TargetGroup,
}
"""Kind of file → its rows."""
