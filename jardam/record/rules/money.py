"""Money kinds are different facts. A *family* gathers the kinds that may stand in one chart; nothing is
ever added."""

from __future__ import annotations

from dataclasses import dataclass


def N_(text: str) -> str:  # noqa: N802 — the name that message extraction knows
    """Marks an English message id; the doors translate it."""
    return text


@dataclass(frozen=True, slots=True)
class Family:
    """`is_level`: a figure says how much there was, so that years can be compared in a chart."""

    code: str
    label: str
    is_level: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class MoneyKind:
    code: str
    label: str
    family: str


FAMILIES: dict[str, Family] = {
    family.code: family
    for family in (
        Family(
            "level",
            N_("Money of a year"),
            True,
            N_("What was budgeted or allocated for a year, under the name the source gives it."),
        ),
        Family("contest", N_("Budgets of contests"), True, N_("What a contest was to give out.")),
        Family("awarded", N_("Awarded"), True, N_("What winners were awarded.")),
        Family(
            "change",
            N_("Promises and increases"),
            False,
            N_("Added on top of a base: a change is never a level."),
        ),
        Family("partial", N_("Part of a year"), False, N_("Spent in a part of the year, not in all of it.")),
        Family("ceiling", N_("Ceilings"), False, N_("The most that one project could ask for.")),
        Family("not_stated", N_("Kind not stated"), False, N_("The source does not say what the figure is.")),
    )
}

MONEY_KINDS: dict[str, MoneyKind] = {
    kind.code: kind
    for kind in (
        MoneyKind("budget", N_("budget"), "level"),
        MoneyKind("allocated", N_("allocated"), "level"),
        MoneyKind("annual", N_("year's figure of unstated kind"), "level"),
        MoneyKind("contest_budget", N_("budget of the contest"), "contest"),
        MoneyKind("awarded", N_("awarded"), "awarded"),
        MoneyKind("announced_additional", N_("promised on top"), "change"),
        MoneyKind("increase", N_("increase"), "change"),
        MoneyKind("spent_jan_oct", N_("spent from January to October"), "partial"),
        MoneyKind("ceiling", N_("ceiling"), "ceiling"),
        MoneyKind("not_stated", N_("kind not stated"), "not_stated"),
    )
}


def family_of(kind: str) -> Family:
    return FAMILIES[MONEY_KINDS[kind].family]


QUALIFIERS_BEFORE = (N_("about"), N_("more than"), N_("just over"), N_("at least"))
"""The qualifiers that are translated and stand before the amount; any other follows it in the words of the record."""
