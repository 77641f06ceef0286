"""The treasury's statements: a file is read, every line is matched, returned or left for two people to match."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.kernel.text import clean
from jardam.parties import queries as parties
from jardam.treasury import operations, queries
from jardam.treasury.operations import STATEMENT_KINDS, STATEMENT_LIMIT
from jardam.treasury.policy import STATEMENT

from . import formats, lists, words
from .forms import ChoiceField, DocumentField, TextField
from .pages import page
from .steps import StepForm, crumbs, cursor, fill_in, wrong_role
from .templatetags.ui import Cell, Column, Link, SummaryRow, Table


def _crumbs(*links: tuple[str, str]) -> Any:
    return crumbs((_("Statements"), reverse("statements")), *links)


@page("treasury")
def statements(request: Any) -> HttpResponse:
    own = request.actor.organisation_ids
    before = cursor(request, lambda ref: queries.statement(ref, own))
    rows, more = lists.cut(queries.statements_of(own, before=before, limit=lists.PAGE + 1))
    lines = [
        [
            Cell(one.file.name, reverse("statement", args=[one.ref]), one.sha256[:12]),
            one.lines_count,
            one.total_out,
            one.total_in,
        ]
        for one in rows
    ]
    columns = [
        Column(_("File")),
        Column(_("Lines"), "number"),
        Column(_("Gone out"), "money"),
        Column(_("Come in"), "money"),
    ]
    context = {
        "title": _("Statements"),
        "lead": _("Every line is a payment, money that came back, or waits for two people to say what it is."),
        "table": Table(_("Statements"), columns, lines, empty=_("No statement was read yet."), hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "new_url": reverse("statement_new"),
        "new": _("Read a statement"),
        "breadcrumbs": crumbs((_("Statements"), "")),
    }
    return render(request, "steps/list.html", context)


class StatementForm(StepForm):
    file = DocumentField(
        gettext_lazy("Statement file"),
        kinds=STATEMENT_KINDS,
        max_size=STATEMENT_LIMIT,
        help_text=gettext_lazy(
            "CSV with the columns date, number, amount, direction (out or in) and account, or the 1C exchange format "
            "(1CClientBankExchange)."
        ),
    )


@page("treasury", writes=True)
def statement_new(request: Any) -> HttpResponse:
    return fill_in(
        request,
        StatementForm(request.POST or None, request.FILES or None),
        lambda actor, data: operations.reconcile(actor=actor, content=data["file"].read(), name=data["file"].name),
        verb="statement:import_statement",
        then=lambda made: reverse("statement", args=[made.ref]),
        said=_("The statement is read. The same file is read once."),
        title=_("Read a statement"),
        submit=_("Read the file"),
        back_url=reverse("statements"),
        refusals=wrong_role(STATEMENT, "import_statement", request.actor),
        breadcrumbs=_crumbs((_("New statement"), "")),
    )


@page("treasury")
def statement(request: Any, ref: str) -> HttpResponse:
    """What became of the lines of a file; `?found=` shows one kind."""
    own = request.actor.organisation_ids
    found = queries.statement(ref, own)
    kind = clean(request.GET.get("found", ""))
    kind = kind if kind in words.FOUND else ""
    after = cursor(request, lambda line: queries.statement_line(line, own))
    rows, more = lists.cut(queries.lines_of(found, kind, after=after, limit=lists.PAGE + 1))
    counts, matches = queries.counts_of(found), queries.matches_of(one.pk for one in rows)
    columns = [
        Column(_("Payment document")),
        Column(_("Day"), "date"),
        Column(_("Amount"), "money"),
        Column(_("What it is"), "tag"),
    ]
    context = {
        "title": _("Statement"),
        "lead": found.file.name,
        "facts": [
            SummaryRow(_("Lines"), formats.number(found.lines_count)),
            SummaryRow(_("Gone out"), formats.som(found.total_out)),
            SummaryRow(_("Come in"), formats.som(found.total_in)),
            *(SummaryRow(str(word), formats.number(counts.get(code, 0))) for code, (word, _t) in words.FOUND.items()),
        ],
        "tables": [Table(_("Lines"), columns, [_row(one, matches.get(one.pk)) for one in rows])],
        "links": [
            *(
                Link(str(word), f"{request.path}?found={code}")
                for code, (word, _t) in words.FOUND.items()
                if counts.get(code)
            ),
            *([Link(_("More lines"), lists.pager(request, rows, more).next_url)] if more else []),
        ],
        "breadcrumbs": _crumbs((found.file.name, "")),
    }
    return render(request, "customer/payment.html", context)


def _row(line: Any, match: Any) -> list[Any]:
    payment = line.payment or (match.payment if match else None)
    state = Cell(words.word(words.FOUND, line.found), tone=words.tone(words.FOUND, line.found))
    if match:
        state = Cell(words.word(words.MATCH, match.state), tone=words.tone(words.MATCH, match.state))
    url = reverse("treasury_payment", args=[payment.ref]) if payment else ""
    if line.found == "unmatched" and (match is None or match.state == "proposed"):
        url = reverse("statement_line", args=[line.ref])
    way = _("came in") if line.direction == "in" else ""
    return [Cell(line.document, url, way), line.day, line.amount, state]


class MatchForm(StepForm):
    payment = ChoiceField(gettext_lazy("What is this line?"), select=True)
    reason = TextField(
        gettext_lazy("How do you know?"),
        hint=gettext_lazy("If it is money of another kind, say which: a penalty, a payment of another programme."),
        max_length=300,
    )

    def __init__(self, payments: list[Any], refunds: list[Any], names: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paid = [
            (one.ref, f"{_name(names, one.payee_id)}, {one.document_number}, {formats.day(one.executed_on)}")
            for one in payments
        ]
        back = [
            (
                one.ref,
                _("Given back: %(who)s, No. %(number)s, %(day)s")
                % {
                    "who": _name(names, one.payee_id),
                    "number": one.number,
                    "day": formats.day(date.fromisoformat(one.on)),
                },
            )
            for one in refunds
        ]
        none = (OTHER_MONEY, _("Money of another kind"))
        self.fields["payment"].choices = [("", _("Choose…")), *paid, *back, none]  # type: ignore[attr-defined]


OTHER_MONEY = "other"


def _name(names: Any, payee_id: int) -> str:
    return in_language(names[payee_id].title)


class CheckForm(StepForm):
    agreed = ChoiceField(
        gettext_lazy("Is the line that?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
    )


@page("treasury", writes=True)
def statement_line(request: Any, ref: str) -> HttpResponse:
    """An unmatched line: one person says which payment it is, another checks it."""
    line = queries.statement_line(ref, request.actor.organisation_ids)
    match = queries.match_of(line)
    back = reverse("statement", args=[line.statement.ref])
    facts = [
        SummaryRow(_("Payment document"), [line.document, formats.day(line.day)]),
        SummaryRow(_("Amount"), formats.som(line.amount)),
        SummaryRow(_("Bank account"), line.account, missing=not line.account),
    ]
    shared = {
        "then": back,
        "back_url": back,
        "title": _("Line %(n)s of the statement") % {"n": line.number},
        "template": "steps/facts_form.html",
        "breadcrumbs": _crumbs((_("Statement"), back), (_("Line"), "")),
    }
    if match:
        facts += [SummaryRow(_("What it is"), _meant(match)), SummaryRow(_("Reason"), match.reason)]
        return fill_in(
            request,
            CheckForm(request.POST or None),
            lambda actor, data: operations.check_match(actor=actor, match=match, agreed=data["agreed"] == "yes"),
            verb="line_match:confirm_match",
            said=_("Your answer is recorded."),
            submit=_("Record the answer"),
            refusals=queries.match_refusals(match, "confirm_match", request.actor),
            facts=facts,
            **shared,
        )
    payments = {one.ref: one for one in queries.payments_that_may_be(line, request.actor.organisation_ids)}
    refunds = {one.ref: one for one in queries.refunds_that_may_be(line, request.actor.organisation_ids)}
    meant: list[Any] = [*payments.values(), *refunds.values()]
    names = parties.organisations_by_id(one.payee_id for one in meant)
    return fill_in(
        request,
        MatchForm([*payments.values()], [*refunds.values()], names, request.POST or None),
        lambda actor, data: operations.propose_match(
            actor=actor,
            line=line,
            payment=payments.get(data["payment"]),
            refund=refunds.get(data["payment"]),
            reason=data["reason"],
        ),
        verb="line_match:propose_match",
        said=_("What the line is stands proposed. Another person checks it."),
        submit=_("Propose it"),
        facts=facts,
        **shared,
    )


def _meant(match: Any) -> Any:
    if match.payment:
        names = parties.organisations_by_id([match.payment.payee_id])
        return [_name(names, match.payment.payee_id), match.payment.document_number]
    if act := queries.refund_of(match):
        return [
            _("Given back, No. %(number)s") % {"number": act.public_data["number"]},
            formats.day(date.fromisoformat(act.public_data["on"])),
        ]
    return _("Money of another kind")


@page("treasury")
def unseen(request: Any) -> HttpResponse:
    """Executed payments that no statement shows yet."""
    own = request.actor.organisation_ids
    after = cursor(request, queries.payment)
    rows, more = lists.cut(queries.payments_without_line(own, after=after, limit=lists.PAGE + 1))
    names = parties.organisations_by_id(one.payee_id for one in rows)
    lines = [
        [
            Cell(
                in_language(names[one.payee_id].title),
                reverse("treasury_payment", args=[one.ref]),
                one.document_number,
            ),
            one.executed_on,
            one.amount,
        ]
        for one in rows
    ]
    columns = [Column(_("Payee")), Column(_("Day"), "date"), Column(_("Amount"), "money")]
    empty = _("Every payment stands in a statement.")
    title = _("Payments no statement shows")
    context = {
        "title": title,
        "table": Table(title, columns, lines, empty=empty, hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": _crumbs((title, "")),
    }
    return render(request, "steps/list.html", context)


urlpatterns = [
    path("", statements, name="statements"),
    path("new/", statement_new, name="statement_new"),
    path("unseen/", unseen, name="statement_unseen"),
    path("lines/<str:ref>/", statement_line, name="statement_line"),
    path("<str:ref>/", statement, name="statement"),
]
