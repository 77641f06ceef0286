"""The forms of an application's sections: what is typed, and the same as the data that `save_section` keeps.

A form of rows (activities, team, indicators) is one plain form with numbered fields; «Add rows» and «Recalculate» show
it again with everything typed, without any script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .forms import AgreeField, ChoiceField, LongTextField, MoneyField, NumberField, TextField
from .steps import LANGUAGES, StepForm
from .words import DECLARATION, EXPERIENCE

LINE, STORY = 300, 6000  # as contests.rules bounds them
MONTHS = 36


@dataclass(frozen=True)
class Setting:
    """What a section takes from the rest of the application and from the contest's rules."""

    activities: tuple[str, ...] = ()  # their titles, in order
    categories: tuple[tuple[str, str], ...] = ()  # of the budget: code and words
    languages: tuple[str, ...] = tuple(LANGUAGES)  # in which an application may be written
    left_out: frozenset[str] = frozenset()  # places that the rules do not ask for: `team.experience`
    experience: int = 0  # months of it that the rules demand


class SectionForm(StepForm):
    """`given` is the section as it was saved, or nothing."""

    template: ClassVar[str] = "applicant/section.html"

    def __init__(
        self,
        data: Any = None,
        *,
        given: Mapping[str, Any] | None = None,
        lenient: bool = False,
        setting: Setting | None = None,
    ) -> None:
        self.lenient, self.setting = lenient, setting or Setting()
        super().__init__(data, initial=dict(given or {}))

    def section(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ProjectForm(SectionForm):
    title = TextField(gettext_lazy("Name of the project"), max_length=LINE)
    language = ChoiceField(gettext_lazy("In which language do you write the application?"))
    summary = LongTextField(
        gettext_lazy("The project in short"),
        hint=gettext_lazy("What is done, for whom and what it brings. Everybody reads this first."),
        max_length=STORY,
        rows=4,
    )
    goal = LongTextField(
        gettext_lazy("What will be different at the end?"),
        hint=gettext_lazy("One goal that can be measured."),
        max_length=STORY,
        rows=4,
    )
    sustainability = LongTextField(
        gettext_lazy("What stays when the money has ended?"),
        hint=gettext_lazy("Who goes on with it, and from what."),
        max_length=STORY,
        rows=4,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [(code, LANGUAGES[code]) for code in self.setting.languages]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        for name in ("summary", "sustainability"):
            if f"project.{name}" in self.setting.left_out:
                del self.fields[name]


class ProblemForm(SectionForm):
    problem = LongTextField(
        gettext_lazy("Which problem does it solve?"),
        hint=gettext_lazy("For whom and where."),
        max_length=STORY,
    )
    evidence = LongTextField(
        gettext_lazy("How do you know?"),
        hint=gettext_lazy("Figures and their sources, people you asked."),
        max_length=STORY,
        rows=4,
    )


class PeopleForm(SectionForm):
    count = NumberField(gettext_lazy("How many people get help?"), min_value=1, max_value=10_000_000)
    who = LongTextField(
        gettext_lazy("Who are they?"),
        hint=gettext_lazy("Describe the group. Never write names of people who are helped."),
        max_length=STORY,
        rows=4,
    )
    where = TextField(gettext_lazy("Where do they live?"), max_length=LINE)
    reached = LongTextField(
        gettext_lazy("How do you find and choose them?"),
        hint=gettext_lazy("If more people come than there are places, who is first?"),
        max_length=STORY,
        rows=4,
    )


class DeclarationsForm(SectionForm):
    true_data = AgreeField(DECLARATION["true_data"], required=False)
    no_debt = AgreeField(DECLARATION["no_debt"], required=False)
    no_double_funding = AgreeField(DECLARATION["no_double_funding"], required=False)
    experience_months = NumberField(
        EXPERIENCE,
        hint=gettext_lazy("In months. The customer checks it by your documents."),
        max_value=1200,
        required=False,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if not self.setting.experience:
            del self.fields["experience_months"]


class RowsForm(SectionForm):
    """Numbered rows of the same fields; a row left blank does not count. blank ones wait to be filled."""

    template = "applicant/rows.html"
    row_name: ClassVar[Any] = ""
    limit: ClassVar[int] = 40
    spare: ClassVar[int] = 2
    blank: ClassVar[Mapping[str, Any]] = {}  # what a cell left blank means in a row that is begun

    def cells(self) -> dict[str, Any]:
        """Fresh fields of one row."""
        raise NotImplementedError

    def __init__(
        self,
        data: Any = None,
        *,
        given: Mapping[str, Any] | None = None,
        lenient: bool = False,
        setting: Setting | None = None,
        more: int = 0,
    ) -> None:
        rows = list((given or {}).get("rows", ()))
        typed = self._typed_count(data)
        self.count = min(self.limit, (typed or (len(rows) + 1 if rows else self.spare)) + more)
        initial = {f"{n}-{name}": cell for n, row in enumerate(rows) for name, cell in self._shown(row).items()}
        super().__init__(data, given=initial, lenient=lenient, setting=setting)
        for number in range(self.count):
            for name, field in self.cells().items():
                field.required, field.silent_optional = False, True
                self.fields[f"{number}-{name}"] = field

    def _typed_count(self, data: Any) -> int:
        text = data.get("count", "") if data is not None else ""
        return max(1, min(self.limit, int(text))) if text.isdecimal() and len(text) < 4 else 0

    def _shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return dict(row)

    def groups(self) -> list[tuple[str, list[Any]]]:
        """For the template: the name of each row with its fields."""
        names = list(self.cells())
        return [
            (f"{self.row_name} {number + 1}", [self[f"{number}-{name}"] for name in names])
            for number in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.lenient:
            return cleaned
        for number in range(self.count):
            self._complete(number, cleaned)
        if not self.errors and not self.section()["rows"]:
            self.add_error(None, _("Fill in at least one row."))
        return cleaned

    def _complete(self, number: int, cleaned: Mapping[str, Any]) -> None:
        """A begun row wants all its cells."""
        cells = {name: cleaned.get(f"{number}-{name}") for name in self.cells()}
        if all(value in (None, "") for value in cells.values()):
            return
        for name, meant in self.blank.items():
            if cells[name] in (None, "") and f"{number}-{name}" not in self.errors:
                cells[name] = self.cleaned_data[f"{number}-{name}"] = meant
        for name, value in cells.items():
            if value in (None, "") and name not in self.blank and f"{number}-{name}" not in self.errors:
                self.add_error(f"{number}-{name}", _("Fill in this field, or clear the whole row."))
        self.check_row(number, cells)

    def check_row(self, number: int, cells: Mapping[str, Any]) -> None:
        """What the cells of a row owe each other."""

    def section(self) -> dict[str, Any]:
        names = list(self.cells())
        rows = [{name: self.cleaned_data.get(f"{n}-{name}") for name in names} for n in range(self.count)]
        return {"rows": [row for row in rows if any(value not in (None, "") for value in row.values())]}


class ActivitiesForm(RowsForm):
    template = "applicant/activities.html"
    row_name = gettext_lazy("Activity")

    def cells(self) -> dict[str, Any]:
        return {
            "title": TextField(gettext_lazy("What is done"), max_length=LINE),
            "month_from": NumberField(gettext_lazy("From month"), min_value=1, max_value=MONTHS),
            "month_to": NumberField(gettext_lazy("To month"), min_value=1, max_value=MONTHS),
        }

    def check_row(self, number: int, cells: Mapping[str, Any]) -> None:
        begin, end = cells["month_from"], cells["month_to"]
        if begin and end and end < begin:
            self.add_error(f"{number}-month_to", _("An activity ends in the month it begins, or later."))


class BudgetForm(RowsForm):
    """The costs, each of one activity; the sums are shown by «Recalculate» before anything is saved."""

    template = "applicant/budget.html"
    row_name = gettext_lazy("Cost")
    limit = 80
    blank: ClassVar[Mapping[str, Any]] = {
        "own": Decimal("0.00"),
        "in_kind": Decimal("0.00"),
        "third": Decimal("0.00"),
        "proof": "",
    }
    MONEY: ClassVar[tuple[str, ...]] = ("requested", "own", "in_kind", "third")

    def cells(self) -> dict[str, Any]:
        activities = [(str(number), f"{number}. {title}") for number, title in enumerate(self.setting.activities, 1)]
        return {
            "activity": ChoiceField(gettext_lazy("For which activity"), choices=activities, select=True),
            "category": ChoiceField(gettext_lazy("Kind of cost"), choices=self.setting.categories, select=True),
            "title": TextField(gettext_lazy("What is paid for"), max_length=LINE),
            "requested": MoneyField(gettext_lazy("Asked for")),
            "own": MoneyField(gettext_lazy("Own money")),
            "in_kind": MoneyField(gettext_lazy("Own, in kind")),
            "proof": TextField(gettext_lazy("What shows the value in kind"), max_length=LINE),
            "third": MoneyField(gettext_lazy("Money of others")),
        }

    def _shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        money = {name: Decimal(row.get(name) or 0) for name in self.MONEY}
        return dict(row) | money | {"activity": str(row["activity"])}

    def totals(self) -> dict[str, Decimal]:
        """The sums by column, of what can be read as numbers so far."""
        if not self.is_bound:
            given = self.initial
        else:
            self.is_valid()
            given = self.cleaned_data
        return {
            name: sum((given.get(f"{n}-{name}") or Decimal(0) for n in range(self.count)), Decimal(0))
            for name in self.MONEY
        }


class TeamForm(RowsForm):
    row_name = gettext_lazy("Person")

    def cells(self) -> dict[str, Any]:
        cells = {
            "name": TextField(gettext_lazy("Full name"), max_length=LINE),
            "role": TextField(gettext_lazy("Work in the project"), max_length=LINE),
        }
        if "team.experience" not in self.setting.left_out:
            cells["experience"] = TextField(gettext_lazy("Experience"), max_length=LINE)
        return cells


class IndicatorsForm(RowsForm):
    row_name = gettext_lazy("Indicator")
    limit = 20

    def cells(self) -> dict[str, Any]:
        return {
            "title": TextField(gettext_lazy("What is counted"), max_length=LINE),
            "baseline": NumberField(gettext_lazy("Now"), max_value=10_000_000),
            "target": NumberField(gettext_lazy("At the end"), max_value=10_000_000),
            "measured": TextField(gettext_lazy("How it is measured"), max_length=LINE),
        }


class RisksForm(RowsForm):
    row_name = gettext_lazy("Risk")
    limit = 20

    def cells(self) -> dict[str, Any]:
        return {
            "risk": TextField(gettext_lazy("What may go wrong"), max_length=LINE),
            "response": TextField(gettext_lazy("What you do then"), max_length=LINE),
        }


FORMS: dict[str, type[SectionForm]] = {
    "project": ProjectForm,
    "problem": ProblemForm,
    "people": PeopleForm,
    "activities": ActivitiesForm,
    "team": TeamForm,
    "budget": BudgetForm,
    "indicators": IndicatorsForm,
    "risks": RisksForm,
    "declarations": DeclarationsForm,
}
