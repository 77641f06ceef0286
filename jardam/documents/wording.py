"""How documents write money, numbers and days, in the language that is active while their content is built.

The same forms as on the pages (jardam.web.formats; a test holds them together), for rooms below the pages.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext

from jardam.kernel.time import BISHKEK, bishkek_day

NBSP = "\u00a0"
_MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "ky": "январы февралы марты апрели майы июну июлу августу сентябры октябры ноябры декабры".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_LONG_DAY = {
    "ru": f"{{day}}{NBSP}{{month}} {{year}}{NBSP}г.",
    "ky": "{year}-жылдын {day}-{month}",
    "en": f"{{day}}{NBSP}{{month}} {{year}}",
}
_INSTANT = {
    "ru": "{day}, {clock} по бишкекскому времени",
    "ky": "{day}, {clock}, Бишкек убактысы боюнча",
    "en": "{day}, {clock} Bishkek time",
}


def _language() -> str:
    return (get_language() or "ru")[:2]


def code(value: str) -> str:
    """A code of the rulebook, in words."""
    return capfirst(pgettext("rule code", value.replace("_", " ")))


def number(value: int | Decimal, places: int | None = None) -> str:
    exact = Decimal(value)
    shown = max(0, -int(exact.normalize().as_tuple().exponent)) if places is None else places
    symbols = Locale(_language()).number_symbols["latn"]
    return format(exact, f",.{shown}f").translate(
        str.maketrans({",": symbols["group"], ".": symbols["decimal"], "-": "−"})
    )


def money(value: Decimal) -> str:
    """Som with two places: «1 234 567,50 сом»."""
    text = number(value, 2)
    return f"KGS{NBSP}{text}" if _language() == "en" else f"{text}{NBSP}сом"


def day(value: date | datetime) -> str:
    """«8 марта 2026 г.», «2026-жылдын 8-марты», "8 March 2026"."""
    on = bishkek_day(value) if isinstance(value, datetime) else value
    return _LONG_DAY[_language()].format(day=on.day, month=_MONTHS[_language()][on.month - 1], year=on.year)


def instant(value: datetime) -> str:
    """«08.03.2026, 18:00 по бишкекскому времени»."""
    on = f"{bishkek_day(value):%d.%m.%Y}"
    return _INSTANT[_language()].format(day=on, clock=value.astimezone(BISHKEK).strftime("%H:%M"))
