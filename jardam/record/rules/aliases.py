"""What the project itself keeps beside the record: which texts mean the same customer, place or group, and
which questions are known to be open. A text that nothing matches stays a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from jardam.kernel.text import fold


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Label(_Strict):
    """Kyrgyz is left out where the wording is not certain; it is not guessed."""

    en: str
    ru: str
    ky: str | None = None

    @property
    def texts(self) -> dict[str, str]:
        return {code: text for code, text in self.model_dump().items() if text}


class Alias(_Strict):
    """One customer, place, group or subject and the texts that mean it. `place` ties a municipal customer
    to its municipality. One text may stand in several aliases when it names several of them."""

    key: Annotated[str, Field(min_length=1, max_length=200)]
    label: Label
    matches: list[str] = []
    place: str | None = None


class _AliasFile(_Strict):
    schema_: Annotated[str, Field(alias="schema", pattern=r"^jardam-record-aliases/1$")]
    customers: list[Alias]
    places: list[Alias]
    groups: list[Alias]
    subjects: list[Alias]

    @model_validator(mode="after")
    def _each_key_once(self) -> _AliasFile:
        for axis in (self.customers, self.places, self.groups, self.subjects):
            keys = [alias.key for alias in axis]
            if len(keys) != len(set(keys)):
                raise ValueError("an alias key stands twice")
        return self


class OpenQuestion(_Strict):
    """Something that public sources did not answer."""

    key: str
    question: Label


class _QuestionFile(_Strict):
    schema_: Annotated[str, Field(alias="schema", pattern=r"^jardam-record-questions/1$")]
    questions: list[OpenQuestion]


@dataclass(frozen=True)
class Axis:
    """The aliases of one sort: customers, places, groups or subjects."""

    aliases: tuple[Alias, ...]
    _by_text: dict[str, list[Alias]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for alias in self.aliases:
            for text in {fold(match) for match in alias.matches}:
                self._by_text.setdefault(text, []).append(alias)

    @cached_property
    def by_key(self) -> dict[str, Alias]:
        return {alias.key: alias for alias in self.aliases}

    def matching(self, text: str) -> tuple[Alias, ...]:
        """The aliases this text means; none if it stays a text."""
        return tuple(self._by_text.get(fold(text), ()))

    def folded(self, key: str) -> list[str]:
        """The folded texts that mean `key`; none for an unknown key."""
        alias = self.by_key.get(key)
        return sorted({fold(match) for match in alias.matches}) if alias else []


@dataclass(frozen=True)
class AliasTable:
    customers: Axis
    places: Axis
    groups: Axis
    subjects: Axis


def read_aliases(data: bytes) -> AliasTable:
    """Raises pydantic's ValidationError or yaml.YAMLError: the table is part of the project, not input."""
    file = _AliasFile.model_validate(yaml.safe_load(data))
    return AliasTable(
        Axis(tuple(file.customers)),
        Axis(tuple(_with_customers(file.places, file.customers))),
        Axis(tuple(file.groups)),
        Axis(tuple(file.subjects)),
    )


def _with_customers(places: Iterable[Alias], customers: list[Alias]) -> list[Alias]:
    """A place is also meant by every text that means its customer."""
    return [
        place.model_copy(
            update={"matches": place.matches + [m for c in customers if c.place == place.key for m in c.matches]}
        )
        for place in places
    ]


def read_questions(data: bytes) -> tuple[OpenQuestion, ...]:
    file = _QuestionFile.model_validate(yaml.safe_load(data))
    return tuple(file.questions)
