"""Parts of addresses that are more than a word: a year is one that budgets and programmes can have."""

from __future__ import annotations

from django.urls import register_converter

from .steps import FIRST_YEAR, LAST_YEAR


class YearConverter:
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        """ValueError, which is "not found", for a year before the first law or far away."""
        year = int(value)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError
        return year

    def to_url(self, value: int) -> str:
        return f"{value:04}"


register_converter(YearConverter, "year")
