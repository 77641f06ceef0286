"""Bank accounts: an organisation's head names one, the treasury or a payer's accountant checks it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.parties import operations
from jardam.parties import queries as parties
from jardam.parties.policy import BANK_ACCOUNT

from . import formats, lists, words
from .forms import ChoiceField, DayField, TextField
from .pages import page
from .steps import ShortField, StepForm, crumbs, cursor, fill_in, wrong_role
from .templatetags.ui import Cell, Column, SummaryRow, Table

# --- the organisation's head -----------------------------------------------------------------------------------


class AccountForm(StepForm):
    bik = ShortField(gettext_lazy("Code of the bank (BIK)"), hint=gettext_lazy("6 digits."), max_length=6)
    account = ShortField(
        gettext_lazy("Account number"), hint=gettext_lazy("16 digits, without spaces."), max_length=16
    )
    kind = ChoiceField(
        gettext_lazy("What kind of account is it?"),
        hint=gettext_lazy("The rules of a contest may ask for one kind; other accounts are not paid to then."),
        choices=list(words.ACCOUNT_KIND.items()),
    )
    checker = ChoiceField(
        gettext_lazy("Who checks the numbers?"),
        hint=gettext_lazy("The customer that pays you, or its treasury."),
        select=True,
    )
    valid_from = DayField(gettext_lazy("From which day on?"))

    def __init__(self, bodies: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose…")), *((one.ref, in_language(one.title)) for one in bodies)]
        self.fields["checker"].choices = choices  # type: ignore[attr-defined]


@page("applicant")
def accounts(request: Any) -> HttpResponse:
    """The organisation's own accounts, newest first."""
    own = request.actor.organisation_id
    rows = parties.bank_accounts_of(request.actor.organisation_ids)
    lines = [
        [
            Cell(
                one.account,
                note=", ".join(
                    [one.bik, *([str(words.ACCOUNT_KIND[one.kind])] if one.kind else [])]
                    + ([] if one.organisation_id == own else [in_language(one.organisation.title)])
                ),
            ),
            one.valid_from,
            Cell(words.word(words.BANK_ACCOUNT, one.state), tone=words.tone(words.BANK_ACCOUNT, one.state)),
        ]
        for one in rows
    ]
    columns = [Column(_("Bank account")), Column(_("From the day"), "date"), Column(_("State"), "tag")]
    empty = _("No account is named yet. Without one nothing can be paid to you.")
    refused = wrong_role(BANK_ACCOUNT, "propose_bank_account", request.actor)
    context = {
        "title": _("Bank accounts"),
        "lead": _("The newest one that was checked receives the money."),
        "table": Table(_("Bank accounts"), columns, lines, empty=empty, hide_caption=True),
        "pager": lists.pager(request, rows, more=False),
        "new_url": "" if refused else reverse("bank_account_new"),
        "new": _("Name an account"),
        "breadcrumbs": crumbs((_("Bank accounts"), "")),
    }
    return render(request, "steps/list.html", context)


@page("applicant", writes=True)
def account_new(request: Any) -> HttpResponse:
    own = parties.organisations_by_id([request.actor.organisation_id])[request.actor.organisation_id]
    bodies = parties.checking_bodies()
    return fill_in(
        request,
        AccountForm(bodies, request.POST or None, initial={"valid_from": bishkek_day(request.at)}),
        lambda actor, data: operations.propose_bank_account(
            actor=actor,
            organisation=own,
            bik=data["bik"],
            account=data["account"],
            kind=data["kind"],
            checker=parties.organisation(data["checker"]),
            valid_from=data["valid_from"],
        ),
        verb="bank_account:propose_bank_account",
        then=reverse("bank_accounts"),
        said=_("The account is named. Money goes there once a second person has checked it."),
        title=_("Name an account"),
        submit=_("Name the account"),
        back_url=reverse("bank_accounts"),
        refusals=wrong_role(BANK_ACCOUNT, "propose_bank_account", request.actor),
        breadcrumbs=crumbs((_("Bank accounts"), reverse("bank_accounts")), (_("New account"), "")),
    )


# --- who checks ------------------------------------------------------------------------------------------------


class CheckForm(StepForm):
    answer = ChoiceField(
        gettext_lazy("Does the paper give the same numbers and the same kind of account?"),
        choices=[("confirm", gettext_lazy("Yes, the same")), ("reject", gettext_lazy("No, other ones"))],
    )
    checked_against = TextField(
        gettext_lazy("What did you compare them with?"),
        hint=gettext_lazy("For example: letter of the bank of 12.03.2026."),
        max_length=200,
    )


def _waiting(request: Any, name: str) -> HttpResponse:
    rows, more = lists.cut(
        parties.bank_accounts_waiting(
            request.actor.organisation_ids, cursor(request, parties.bank_account), lists.PAGE + 1
        )
    )
    lines = [
        [Cell(in_language(one.organisation.title), reverse(name, args=[one.ref])), one.valid_from] for one in rows
    ]
    columns = [Column(_("Organisation")), Column(_("From the day"), "date")]
    empty = _("No account waits to be checked.")
    context = {
        "title": _("Bank accounts to be checked"),
        "lead": _("Compare each with a paper of the bank. Only then money goes there."),
        "table": Table(_("Bank accounts to be checked"), columns, lines, empty=empty, hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((_("Bank accounts"), "")),
    }
    return render(request, "steps/list.html", context)


def _check(request: Any, ref: str, back: str) -> HttpResponse:
    found = parties.bank_account(ref)
    if not request.actor.acts_for(found.checker_id):
        raise Http404
    verbs = {"confirm": operations.confirm_bank_account, "reject": operations.reject_bank_account}
    return fill_in(
        request,
        CheckForm(request.POST or None),
        lambda actor, data: verbs[data["answer"]](account=found, actor=actor, checked_against=data["checked_against"]),
        verb="bank_account:confirm_bank_account",
        then=reverse(back),
        said=_("Your answer is recorded."),
        title=_("Check a bank account"),
        caption=in_language(found.organisation.title),
        submit=_("Record the answer"),
        back_url=reverse(back),
        refusals=parties.bank_account_refusals(found, "confirm_bank_account", request.actor),
        template="steps/facts_form.html",
        facts=[
            SummaryRow(_("Code of the bank (BIK)"), found.bik),
            SummaryRow(_("Account number"), found.account),
            SummaryRow(_("Kind of account"), str(words.ACCOUNT_KIND[found.kind]) if found.kind else _("not stated")),
            SummaryRow(_("From the day"), formats.day(found.valid_from)),
        ],
        breadcrumbs=crumbs((_("Bank accounts"), reverse(back)), (_("Check"), "")),
    )


@page("treasury")
def treasury_accounts(request: Any) -> HttpResponse:
    return _waiting(request, "treasury_account")


@page("treasury", writes=True)
def treasury_account(request: Any, ref: str) -> HttpResponse:
    return _check(request, ref, "treasury_accounts")


@page("customer")
def desk_accounts(request: Any) -> HttpResponse:
    if wrong_role(BANK_ACCOUNT, "confirm_bank_account", request.actor):
        raise Http404
    return _waiting(request, "desk_account")


@page("customer", writes=True)
def desk_account(request: Any, ref: str) -> HttpResponse:
    return _check(request, ref, "desk_accounts")


urlpatterns = [
    path("", accounts, name="bank_accounts"),
    path("new/", account_new, name="bank_account_new"),
    path("treasury/", treasury_accounts, name="treasury_accounts"),
    path("treasury/<str:ref>/", treasury_account, name="treasury_account"),
    path("desk/", desk_accounts, name="desk_accounts"),
    path("desk/<str:ref>/", desk_account, name="desk_account"),
]
