"""The letter to an applicant: own scores by criterion, the reasons, what would have been enough, how to appeal.

The customer reads the same words as the applicant. No member is named.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.regime import operations as regime

from . import contest_page, formats, words
from .pages import language
from .templatetags.ui import Column, Table


def letter_context(application: Any, letter: Any) -> dict[str, Any]:
    settlement = application.contest.settlement
    return {
        "application": application,
        "letter": letter,
        "outcome": words.word(words.CANDIDACY, letter.outcome),
        "outcome_tone": words.tone(words.CANDIDACY, letter.outcome),
        "total": Decimal(letter.row["total"]) if "total" in letter.row else None,
        "awarded": contest_page.amount(letter.row["amount"]) if letter.outcome == "awarded" else None,
        "ground": _ground(settlement, letter.row.get("ground", "")),
        "points": _own_points(letter, settlement),
        "reasons": _reasons(letter, settlement),
        "failed_on": _failed_on(letter, settlement),
        "pass_mark": settlement.decimal("eval.pass_mark"),
        "protocol_url": reverse("protocol", args=[letter.protocol.ref]),
        "appeal": _appeal(settlement, letter.protocol),
    }


def _appeal(settlement: Any, protocol: Any) -> dict[str, Any] | None:
    """To whom, and until when; None where the rules know no appeal."""
    if not settlement.flag("appeal.allowed"):
        return None
    until = regime.deadline(settlement, "appeal.term", protocol.published_at)
    return {
        "body": words.code(settlement.choice("appeal.body")),
        "until": formats.instant(until.at),
        "basis": words.basis(settlement.basis("appeal.term")),
    }


def _ground(settlement: Any, code: str) -> str:
    names = {ground.code: ground.names.in_language(language()) for ground in settlement.value("adm.grounds")}
    return names.get(code, code)


def _failed_on(letter: Any, settlement: Any) -> list[str]:
    """The pass mark or the criteria below their own minimum, with what would have been enough."""
    failed = set(letter.row.get("failed_on", ()))
    return [
        _("%(criterion)s: at least %(least)s was needed")
        % {"criterion": one.names.in_language(language()), "least": formats.number(one.minimum)}
        for one in settlement.criteria()
        if one.code in failed and one.minimum is not None
    ]


def _own_points(letter: Any, settlement: Any) -> Table | None:
    """The average of each criterion: the published one, or made of the sheets where the protocol keeps silent."""
    points = letter.points
    if not points:
        return None
    rows = [
        [one.names.in_language(language()), one.weight, points.get(one.code), one.scale_max]
        for one in settlement.criteria()
    ]
    columns = [
        Column(_("Criterion")),
        Column(_("Weight"), "number"),
        Column(_("Your points"), "number"),
        Column(_("Highest possible"), "number"),
    ]
    return Table(_("Your points by criterion"), columns, rows)


def _reasons(letter: Any, settlement: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (one.names.in_language(language()), [(formats.number(score), text) for score, text in letter.scores[one.code]])
        for one in settlement.criteria()
        if one.code in letter.scores
    ]
