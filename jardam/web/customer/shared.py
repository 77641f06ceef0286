"""What the customer's pages share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from jardam.parties.queries import organisations_by_id

from .. import words
from ..steps import LANGUAGES

FORM = "grants"
"""The form of order whose whole procedure happens here."""

ORDER_FORMS = [("grants", _("Grants")), ("vouchers", _("Vouchers")), ("purchases", _("Purchases"))]

GROUPS = (
    "older_people_alone",
    "older_people",
    "children_disabilities",
    "adults_disabilities",
    "children_of_migrants",
    "children_in_need",
    "families_in_need",
    "parents",
    "youth",
    "violence_survivors",
    "homeless",
    "released_prisoners",
    "hiv_tb",
    "general_public",
)
"""Target groups a study may name; their words are `words.code`."""


def customer_of(request: Any) -> Any:
    """The organisation the actor acts for."""
    own = request.actor.organisation_id
    return organisations_by_id([own])[own]


def group_choices(more: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(code, words.code(code)) for code in dict.fromkeys((*GROUPS, *more))]


def group_title(code: str) -> dict[str, str]:
    """The name of a target group in every language, as a study keeps it."""
    titles = {}
    for language in LANGUAGES:
        with override(language):
            titles[language] = words.code(code)
    return titles
