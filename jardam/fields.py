"""How the kernel's values are stored in PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language

from jardam.kernel.ref import LENGTH, new_ref

LANGUAGES = ("ky", "ru", "en")


class _Nfc:
    """The database itself refuses text that is not in Unicode normal form C (decisions.md §4.5)."""

    def db_check(self, connection: Any) -> str:  # noqa: ARG002
        return f'"{self.column}" IS NFC NORMALIZED'  # type: ignore[attr-defined]


class Text(_Nfc, models.CharField):
    """One line of bounded text."""


class LongText(_Nfc, models.TextField):
    """Several lines of text."""


class Ref(models.CharField):
    """The public name of a row: random, with a check character; the id is never shown."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"max_length": LENGTH, "default": new_ref, "unique": True, "editable": False}
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "default", "unique", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs


class Amount(models.DecimalField):
    """Som with two places, `numeric(18,2)`; the currency stands on the account or the document."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**(kwargs | {"max_digits": 18, "decimal_places": 2}))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_digits", None)
        kwargs.pop("decimal_places", None)
        return name, path, args, kwargs


class Localised(models.JSONField):
    """`{"ky": …, "ru": …, "en": …}` for display only: never sorted, searched or compared."""


def in_language(texts: dict[str, str] | None, language: str | None = None) -> str:
    """The text in the reader's language, else the first there is in the order ky, ru, en; "" for none."""
    texts = texts or {}
    wanted = (language or get_language() or "ru")[:2]
    for code in (wanted, *LANGUAGES):
        if texts.get(code):
            return texts[code]
    return ""
