"""How money, days, instants, shares and counts are written in Kyrgyz, Russian and English.

The separators and plural rules are Babel's; the forms that Babel gets wrong (experience.md §6) stand here: the place
of the currency, the Kyrgyz dates, the words of big amounts. Money is never a float. Every function takes the language
last and falls back to the active one.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext, ngettext, pgettext

from jardam.documents.wording import act_name as act_name
from jardam.documents.wording import cited as cited
from jardam.kernel.actor import SYSTEM
from jardam.kernel.money import CENT, Money
from jardam.kernel.refusal import Refusal
from jardam.kernel.time import BISHKEK, bishkek_day
from jardam.parties.policy import ROLE_LABELS
from jardam.rulebook.values import Names

NBSP = "\u00a0"
MINUS = "−"
_EXACT = Context(prec=40)
_SHORT_FROM = 10_000

_UNITS = {
    "ru": ("тыс.", "млн", "млрд", "трлн"),
    "ky": ("миң", "млн", "млрд", "трлн"),
    "en": ("thousand", "million", "billion", "trillion"),
}
_SIZES = {"ru": ("Б", "КБ", "МБ", "ГБ"), "ky": ("Б", "КБ", "МБ", "ГБ"), "en": ("B", "KB", "MB", "GB")}
_CURRENCY = {"KGS": "сом"}
_BISHKEK_TIME = {
    "ru": "{day}, {clock} по бишкекскому времени",
    "ky": "{day}, {clock}, Бишкек убактысы боюнча",
    "en": "{day}, {clock} Bishkek time",
}
_MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "ky": "январы февралы марты апрели майы июну июлу августу сентябры октябры ноябры декабры".split(),
    "en": ("January February March April May June July August September October November December").split(),
}
_LONG_DAY = {
    "ru": f"{{day}}{NBSP}{{month}} {{year}}{NBSP}г.",
    "ky": "{year}-жылдын {day}-{month}",
    "en": f"{{day}}{NBSP}{{month}} {{year}}",
}


def language_of(language: str | None = None) -> str:
    """ky, ru or en; Russian when none is active."""
    code = (language or get_language() or "ru")[:2]
    return code if code in _MONTHS else "ru"


@lru_cache
def _separators(language: str) -> dict[int, str]:
    """`format(x, ",.2f")` writes commas and a point; this turns them into the language's own."""
    symbols = Locale(language).number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"], "-": MINUS})


def _written(value: Decimal, places: int, language: str) -> str:
    return format(value, f",.{places}f").translate(_separators(language))


def _decimal(value: Any) -> Decimal:
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, float):
        raise TypeError("a float is never shown: give a Decimal")
    return value if isinstance(value, Decimal) else Decimal(value)


def _rounded(value: Any) -> Decimal:
    return _decimal(value).quantize(CENT, ROUND_HALF_UP, _EXACT)


def _with_currency(text: str, value: Any, language: str) -> str:
    code = value.currency if isinstance(value, Money) else "KGS"
    if language == "en":
        return f"{code}{NBSP}{text}"
    return f"{text}{NBSP}{_CURRENCY.get(code, code)}"


# --- numbers and money -----------------------------------------------------------------------------------------


def number(value: Any, language: str | None = None) -> str:
    """1 234 567 or 12,5: as many places as the value has, without idle zeros."""
    if value is None:
        return ""
    exact = _decimal(value)
    places = max(0, -int(exact.normalize(_EXACT).as_tuple().exponent))
    return _written(exact, places, language_of(language))


def amount(value: Any, language: str | None = None) -> str:
    """Money without its currency, always two places: for the box of a form."""
    return "" if value is None else _written(_decimal(value), 2, language_of(language))


def money(value: Any, language: str | None = None) -> str:
    """«1 234 567,50 сом», "KGS 1,234,567.50": always two places."""
    if value is None:
        return ""
    code = language_of(language)
    return _with_currency(_written(_rounded(value), 2, code), value, code)


def som(value: Any, language: str | None = None) -> str:
    """Money without tyiyn where there are none: «1 234 567 сом», but «0,50 сом». Nothing is rounded away."""
    if value is None:
        return ""
    code = language_of(language)
    exact = _rounded(value)
    places = 0 if exact == exact.to_integral_value() else 2
    return _with_currency(_written(exact, places, code), value, code)


def _short(value: Decimal, language: str) -> str:
    """At most three significant digits and a word for the thousands; exact below ten thousand."""
    if abs(value) < _SHORT_FROM:
        return _written(value, 0 if value == value.to_integral_value() else 2, language)
    rounded = Context(prec=3, rounding=ROUND_HALF_EVEN).plus(value)
    power = min(rounded.adjusted() // 3, 4)
    if power < 1:
        return _written(rounded, 0, language)
    scaled = (rounded / Decimal(1000) ** power).normalize()
    places = max(0, -int(scaled.as_tuple().exponent))
    return f"{_written(scaled, places, language)}{NBSP}{_UNITS[language][power - 1]}"


def short_number(value: Any, language: str | None = None) -> str:
    if value is None:
        return ""
    exact = _decimal(value)
    return number(exact, language) if abs(exact) < _SHORT_FROM else _short(exact, language_of(language))


def short_money(value: Any, language: str | None = None) -> str:
    """«1,23 млн сом», "KGS 340 thousand": for headings and charts; a table beside them holds the exact sum."""
    if value is None:
        return ""
    code = language_of(language)
    return _with_currency(_short(_decimal(value), code), value, code)


def percent(value: Any, language: str | None = None) -> str:
    """The value is in per cent already: `percent(Decimal("45.6"))` is «45,6 %»."""
    if value is None:
        return ""
    code = language_of(language)
    gap = NBSP if code != "en" else ""
    return f"{number(value, code)}{gap}%"


def share(part: Any, whole: Any, language: str | None = None, places: int = 0) -> str:
    """`part` of `whole` in per cent, rounded half up; «—» when there is no whole."""
    if part is None or not whole:
        return "—"
    value = _decimal(part) * 100 / _decimal(whole)
    return percent(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), language)


def size(octets: int | None, language: str | None = None) -> str:
    """«240 КБ», "1.2 MB": of 1024, at most one place."""
    if octets is None:
        return ""
    code, value, power = language_of(language), Decimal(octets), 0
    while value >= 1024 and power < 3:
        value, power = value / 1024, power + 1
    rounded = value.quantize(Decimal("0.1") if power and value < 10 else Decimal(1), ROUND_HALF_UP)
    return f"{number(rounded, code)}{NBSP}{_SIZES[code][power]}"


# --- days and instants -----------------------------------------------------------------------------------------


def _day(value: date | datetime) -> date:
    return bishkek_day(value) if isinstance(value, datetime) else value


def day(value: date | datetime | None, language: str | None = None) -> str:
    """08.03.2026 in every language."""
    return "" if value is None else f"{_day(value):%d.%m.%Y}"


def long_day(value: date | datetime | None, language: str | None = None) -> str:
    """«8 марта 2026 г.», «2026-жылдын 8-марты», "8 March 2026": for documents."""
    if value is None:
        return ""
    code, on = language_of(language), _day(value)
    return _LONG_DAY[code].format(day=on.day, month=_MONTHS[code][on.month - 1], year=on.year)


def clock(value: datetime, seconds: bool = False) -> str:
    """18:00 on the Bishkek clock."""
    return value.astimezone(BISHKEK).strftime("%H:%M:%S" if seconds else "%H:%M")


def instant(value: datetime | None, language: str | None = None, seconds: bool = False) -> str:
    """«08.03.2026, 18:00 по бишкекскому времени»: an instant never stands without its time zone."""
    if value is None:
        return ""
    return _BISHKEK_TIME[language_of(language)].format(day=day(value), clock=clock(value, seconds))


def days_left(days: int, unit: str = "calendar") -> str:
    """ "3 days left", "today", "2 working days late"."""
    if days == 0:
        return gettext("today")
    texts = {
        ("calendar", True): ngettext("%(n)s day left", "%(n)s days left", abs(days)),
        ("calendar", False): ngettext("%(n)s day late", "%(n)s days late", abs(days)),
        ("working", True): ngettext("%(n)s working day left", "%(n)s working days left", abs(days)),
        ("working", False): ngettext("%(n)s working day late", "%(n)s working days late", abs(days)),
    }
    return texts[unit, days > 0] % {"n": number(abs(days))}


# --- words -----------------------------------------------------------------------------------------------------


def plural_form(count: Any, language: str | None = None) -> str:
    """one, few, many or other, by CLDR: Russian has the first three, Kyrgyz and English one and other."""
    return Locale(language_of(language)).plural_form(abs(_decimal(count)))


CONTEXTS = {
    "state": "state",
    "stage": "money",
    "kind": "organisation kind",
    "missing": "rule code",
    "category": "rule code",
    "categories": "rule code",
    "carrier": "rule code",
    "languages": "rule code",
}
"""Parameters of refusals that are codes, and the context of their words."""


def sentence(refusal: Refusal) -> str:
    """The refusal's sentence in the reader's language, its parameters written as a reader writes them."""
    text = pgettext(refusal.code, refusal.sentence)
    return text.format_map({name: _parameter(name, value) for name, value in refusal.params.items()})


def _parameter(name: str, value: Any) -> str:
    match value:
        case Money():
            return som(value)
        case Names():
            return value.in_language(language_of(None))
        case bool():
            return gettext("yes") if value else gettext("no")
        case int() if name in ("year", "years", "first_year", "last_year"):
            return str(value)  # a year is a name, not a quantity
        case int() | Decimal():
            return number(value)
        case datetime():
            return instant(value)
        case date():
            return day(value)
        case list() | tuple() | set() | frozenset() if name == "roles" and len(value) > 1:
            return ", ".join(_parameter(name, one) for one in value if one != SYSTEM)  # who a reader can turn to
        case list() | tuple() | set() | frozenset():
            return ", ".join(_parameter(name, one) for one in value)
        case str() if name in ("role", "roles"):
            return gettext("The clock") if value == SYSTEM else str(ROLE_LABELS.get(value, value))
        case str() if value and name in CONTEXTS:
            said = pgettext(CONTEXTS[name], value)
            return said if said != value else value.replace("_", " ")  # English has no catalogue
        case str() if value and name in ("answering", "excluded"):
            return pgettext("rule code", value.replace("_", " "))
        case str() if value and name == "items":
            return pgettext("compared", value.replace("_", " "))
        case str() if value and name in ("whose", "parameter"):
            return gettext(value)
        case _:
            return str(value)


def years(first: int, last: int) -> str:
    """One year, or the first and the last."""
    return str(first) if first == last else f"{first}–{last}"


def month(number: int) -> str:
    """«January» … «December», standing alone, in the reader's language."""
    return str(MONTHS[number]).capitalize()
