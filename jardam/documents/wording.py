"""How documents write money, days, terms and acts, in the language that is active while their content is built.

The same forms as on the pages (jardam.web.formats; a test holds them together), for rooms below the pages.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, gettext_noop, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from jardam.kernel.refusal import Basis
from jardam.kernel.time import BISHKEK, Term, bishkek_day

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


def percent(value: int | Decimal) -> str:
    """The value is in per cent already: «45,6 %»."""
    return f"{number(value)}{'' if _language() == 'en' else NBSP}%"


def term(value: Term) -> str:
    """«20 calendar days, then 3 working days»."""
    texts = {
        "working_days": lambda n: ngettext("%(n)s working day", "%(n)s working days", n),
        "calendar_days": lambda n: ngettext("%(n)s calendar day", "%(n)s calendar days", n),
        "hours": lambda n: ngettext("%(n)s hour", "%(n)s hours", n),
        "months": lambda n: ngettext("%(n)s month", "%(n)s months", n),
    }
    return gettext(", then ").join(texts[leg.unit](leg.length) % {"n": number(leg.length)} for leg in value.legs)


# --- acts ------------------------------------------------------------------------------------------------------

BASIS = {"law": _("Law"), "act": _("The customer's own act"), "house": _("House rule of Jardam, not a law")}
_ACTS = {
    "Law": gettext_noop("Law %(number)s/%(year)s"),
    "Decree": gettext_noop("Decree %(number)s/%(year)s"),
    "Resolution": gettext_noop("Resolution %(number)s/%(year)s"),
}
_ARTICLES = {
    "Art.": gettext_noop("Art. %(place)s"),
    "Annex": gettext_noop("Annex %(place)s"),
    "Annexes": gettext_noop("Annexes %(place)s"),
}


def act_name(act: str) -> str:
    """«Law 70/2017» as the reader's language writes it; what is not named so stays as it stands."""
    found = re.fullmatch(r"(Law|Decree|Resolution) (\d+)/(\d{4})(, .+)?", act)
    if found is None:
        return act
    kind, numbered, year, rest = found.groups()
    said = gettext(_ACTS[kind]) % {"number": numbered, "year": year}
    return f"{said}, {article_name(rest[2:])}" if rest else said


def article_name(article: str) -> str:
    found = re.fullmatch(r"(Art\.|Annexes|Annex) (\d[\d(), ]*)", article)
    return gettext(_ARTICLES[found[1]]) % {"place": found[2]} if found else article


def cited(basis: Basis) -> str:
    """Where it is written: act and article."""
    act, article = act_name(basis.act), article_name(basis.article)
    return f"{act}, {article}" if article else act


def basis(why: Basis) -> str:
    """«Law: Law 70/2017, Art. 1(4)»: the kind is always said, so that a house rule never looks like law."""
    return f"{BASIS[why.kind]}: {cited(why)}"
