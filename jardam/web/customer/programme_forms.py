"""The forms of a programme and its measures: the same for the first draft and for what changes it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language

from .. import words
from ..forms import ChoiceField, LongTextField, MoneyField, NumberField, TextField
from ..steps import StepForm, YearField, in_languages, texts_of
from .shared import ORDER_FORMS, group_choices


class ProgrammeForm(StepForm):
    study = ChoiceField(
        gettext_lazy("On which study does the programme rest?"),
        hint=gettext_lazy("A programme without a study cannot go to the council."),
        select=True,
    )
    title_ky, title_ru, title_en = in_languages(gettext_lazy("Title"))
    goal_ky, goal_ru, goal_en = in_languages(gettext_lazy("Goal"), LongTextField, rows=3)
    year_from = YearField(gettext_lazy("First year"))
    year_to = YearField(gettext_lazy("Last year"))
    part_of = TextField(
        gettext_lazy("Of which social programme is it a part?"),
        hint=gettext_lazy("Its name and number, where there is one."),
        max_length=300,
        required=False,
    )
    level = ChoiceField(gettext_lazy("At which level is it?"), choices=list(words.LEVEL.items()), required=False)

    def __init__(self, studies: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.ref, f"{in_language(one.title)}, {one.year}") for one in studies]
        self.fields["study"].choices = [("", _("Choose…")), *named]  # type: ignore[attr-defined]

    def head(self, studies: list[Any]) -> dict[str, Any]:
        """What the operations take; `studies` are those the form offered."""
        data = self.cleaned_data
        same = {name: data[name] for name in ("year_from", "year_to", "part_of", "level")}
        texts = {name: texts_of(data, name) for name in ("title", "goal")}
        return same | texts | {"study": next((one for one in studies if one.ref == data["study"]), None)}


class MeasureForm(StepForm):
    form = ChoiceField(
        gettext_lazy("How is the help ordered?"),
        choices=ORDER_FORMS,
        hints={
            "grants": gettext_lazy("Non-profit organisations compete with their projects."),
            "vouchers": gettext_lazy("People choose their provider and bring a voucher."),
            "purchases": gettext_lazy("Any supplier; the tender runs on the procurement portal."),
        },
    )
    group = ChoiceField(gettext_lazy("For whom?"), select=True)
    title_ky, title_ru, title_en = in_languages(gettext_lazy("Name of the measure"))
    year = ChoiceField(gettext_lazy("Year"))
    amount = MoneyField(gettext_lazy("Amount for that year"), min_value=1)
    indicator_ky, indicator_ru, indicator_en = in_languages(
        gettext_lazy("What will be counted?"), hint=gettext_lazy("For example: people helped at home.")
    )
    unit = TextField(
        gettext_lazy("In which unit?"),
        hint=gettext_lazy("For example: people, visits, places."),
        max_length=60,
        required=False,
    )
    place = TextField(gettext_lazy("Where, when it is not the whole territory?"), max_length=200, required=False)
    baseline = NumberField(gettext_lazy("How many are there now?"))
    target = NumberField(gettext_lazy("How many will there be?"))

    def __init__(self, programme: Any, groups: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [str(year) for year in range(programme.year_from, programme.year_to + 1)]
        self.fields["group"].choices = [("", _("Choose…")), *group_choices(groups)]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]

    def measure(self) -> dict[str, Any]:
        """What the operations take."""
        data = self.cleaned_data
        same = {name: data[name] for name in ("form", "group", "amount", "baseline", "target", "unit", "place")}
        texts = {name: texts_of(data, name) for name in ("title", "indicator")}
        return same | texts | {"year": int(data["year"])}
