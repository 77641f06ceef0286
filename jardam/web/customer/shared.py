"""What the customer's pages share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from jardam.parties.queries import organisations_by_id

from .. import words
from ..forms import LongTextField
from ..steps import LANGUAGES, StepForm, texts_of

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


class SectionsForm(StepForm):
    """Each section in Kyrgyz, and in Russian where there is a text."""

    def __init__(self, codes: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = codes
        for code in codes:
            for language, name, needed in (("ky", _("Kyrgyz"), True), ("ru", _("Russian"), False)):
                self.fields[f"{code}_{language}"] = LongTextField(
                    f"{words.code(code)} ({name})", required=needed, rows=5, attrs={"lang": language}
                )

    def texts(self) -> dict[str, dict[str, str]]:
        return {code: texts_of(self.cleaned_data, code) for code in self.codes}
