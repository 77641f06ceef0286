"""Who may apply: the questions that anybody may ask themselves, and what the screening sees of an applicant.

The self-check is a form that asks by GET and keeps nothing: what is answered stands in the address alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from jardam.contests import queries as contests
from jardam.fields import in_language
from jardam.kernel.time import last_day_before
from jardam.rulebook.settlement import Settlement

from . import contest_page, formats, words
from .forms import Form, YesNoField
from .pages import language
from .public import public, trail
from .steps import unfinished
from .templatetags.ui import Cell, Column, SummaryRow, Table


def _name(key: str) -> str:
    """The key of a rule as the name of a field."""
    return key.replace(".", "-")


class SelfCheckForm(Form):
    """One question for each rule about who may apply; any of them may stay open."""

    def __init__(self, questions: list[tuple[Any, str, str]], data: Any = None) -> None:
        super().__init__(data)
        for one, text, hint in questions:
            self.fields[_name(one.key)] = unfinished(YesNoField(text, hint=hint))  # one left out says so in the answer


def _question(key: str, settlement: Settlement, registered_by: date | None) -> tuple[str, str]:
    """What is asked, and what exactly is meant."""
    said = "; ".join(words.value(settlement.parameter(key), language())) if "." in key else ""
    match key:
        case "elig.types":
            return _("Is your organisation one of these?"), said
        case "elig.excluded_types":
            return _("Is your organisation one of these, by its legal form or by what it does?"), said
        case "elig.min_age_months":
            day = formats.day(registered_by)
            return _("Was your organisation registered on %(day)s or earlier?") % {"day": day}, ""
        case "elig.min_experience_months":
            return _("Has your organisation done such work for so long?"), said
        case "elig.bars":
            return _("Is one of these the case with your organisation?"), said
        case "app.cofin_min_pct":
            return _("Can you give so much of the costs yourselves?"), said
        case "app.documents":
            mandatory = [one for one in settlement.value(key) if one.mandatory]
            names = "; ".join(one.names.in_language(language()) for one in mandatory)
            return _("Do you have these documents, or can you get them before the deadline?"), names
        case _:
            declared = " ".join(str(text) for text in words.DECLARATION.values())
            return _("Can the head of your organisation declare all of this?"), declared


@public
def may_we_apply(request: Any, ref: str) -> HttpResponse:
    """A few questions with yes or no, and what the rules of the contest say to the answers."""
    found: Any = contests.contest(ref, request.visitor)
    checks, registered_by = contests.self_check(found)
    questions = [(one, *_question(one.key, found.settlement, registered_by)) for one in checks]
    form = SelfCheckForm(questions, request.GET or None)
    answers = form.cleaned_data if form.is_bound and form.is_valid() else {}
    given = [(one, text, answers.get(_name(one.key))) for one, text, _hint in questions]
    against = [one for one, _text, said in given if said is not None and said != one.right]
    context = {
        "title": _("May we apply?"),
        "contest": found,
        "called": in_language(found.title),
        "form": form,
        "verdict": _verdict(answers, against, [said for _one, _text, said in given]),
        "answers": _answers(given) if answers else None,
        "deadline": contest_page.deadline(found.deadline_at),
        "takes": found.state == "announced" and request.at < found.deadline_at,
        "assumed": contest_page.assumed_note(found.settlement),
        "breadcrumbs": trail(
            (_("Contests"), reverse("contests")),
            (found.number, reverse("contest", args=[ref])),
            (_("May we apply?"), ""),
        ),
    }
    return render(request, "public/may_we_apply.html", context)


def _verdict(answers: dict[str, Any], against: list[Any], given: list[bool | None]) -> str:
    """ "no", "open" or "yes"; nothing before anything was asked."""
    if not answers:
        return ""
    return "no" if against else "open" if None in given else "yes"


def _answers(given: list[tuple[Any, str, bool | None]]) -> Table:
    """Each question with what was answered, what that means and the rule it rests on."""
    rows = []
    for one, text, said in given:
        meaning, tone = _meaning(one.right, said)
        answered = "—" if said is None else _("Yes") if said else _("No")
        rows.append([Cell(text, note=words.basis(one.basis)), answered, Cell(meaning, tone=tone)])
    columns = [Column(_("Question")), Column(_("Your answer")), Column(_("What it means"), "tag")]
    return Table(_("Your answers and the rules"), columns, rows)


def _meaning(right: bool, said: bool | None) -> tuple[str, str]:
    if said is None:
        return _("Not answered"), "plain"
    return (_("Nothing against it"), "done") if said == right else (_("You may not apply"), "danger")


# --- the screening ---------------------------------------------------------------------------------------------


def standing_rows(application: Any, standing: Any) -> list[SummaryRow]:
    """What the register says of an applicant beside the rules about who takes part."""
    form = str(words.LEGAL_FORM.get(standing.legal_form, "")) or _("not known")
    day = last_day_before(application.contest.deadline_at)
    registered, age = _("not known"), _("not known")
    if standing.registered_on:
        registered = formats.day(standing.registered_on)
        age = _("%(age)s on %(day)s") % {"age": words.months(standing.age), "day": formats.day(day)}
    against = [f"{formats.sentence(one)} {words.basis(one.basis)}" for one in standing.faults]
    unclear = [f"{words.NOT_KNOWN[key]} {_('Ask the applicant for a proof.')}" for key in standing.not_known]
    return [
        SummaryRow(_("Legal form"), form),
        SummaryRow(_("Registered on"), registered),
        SummaryRow(_("Age at the deadline"), age),
        SummaryRow(_("Against the rules about who may apply"), [*against, *unclear] or _("nothing")),
    ]


urlpatterns = [path("contests/<str:ref>/may-we-apply/", may_we_apply, name="may_we_apply")]
