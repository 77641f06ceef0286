"""Contracts at the customer's desk: their list, making one, its page, signing it, ordering a tranche."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import operations, queries
from jardam.contracts.policy import CONTRACT, RETURN
from jardam.fields import in_language
from jardam.review import queries as review
from jardam.treasury import queries as treasury
from jardam.treasury.policy import PAYMENT

from ... import documents, formats, lists, papers, public, words
from ...forms import DayField, LongTextField, MoneyField, TextField
from ...pages import page
from ...steps import StepForm, allows, confirm, crumbs, cursor, fill_in, wrong_role
from ...templatetags.ui import Cell, Column, Download, Link, SummaryRow, Table
from ..contests import contest_crumbs
from .shared import contract_crumbs, contract_url, own_contract


@page("customer")
def contracts(request: Any) -> HttpResponse:
    own = request.actor.organisation_ids
    before = cursor(request, lambda ref: queries.contract(ref, request.actor))
    rows, more = lists.cut(queries.contracts(request.actor, customer_id=own, before=before, limit=lists.PAGE + 1))
    lines = [
        [
            Cell(
                one.title, contract_url(one), words.with_mark(one, in_language(one.executor.title), one.number or "")
            ),
            one.amount,
            Cell(words.word(words.CONTRACT, one.state), tone=words.tone(words.CONTRACT, one.state)),
        ]
        for one in rows
    ]
    columns = [Column(_("Contract")), Column(_("Amount"), "money"), Column(_("State"), "tag")]
    context = {
        "title": _("Contracts"),
        "table": Table(_("Contracts"), columns, lines, empty=_("There is no contract yet."), hide_caption=True),
        "pager": lists.pager(request, rows, more),
        "files": [Download(_("This list"), reverse("desk_contracts_csv"), "CSV")],
        "new": _("Enter a contract signed on paper before"),
        "new_url": reverse("desk_contract_existing_new") if allows(CONTRACT, "enter_existing", request.actor) else "",
        "breadcrumbs": crumbs((_("Contracts"), "")),
    }
    return render(request, "steps/list.html", context)


@page("customer")
def contracts_csv(request: Any) -> Any:
    """The same contracts with what was paid and what was accepted of each."""
    head = ("number", "ref", "state", "title", "executor", "amount", "starts_on", "ends_on", "ordered", "paid",
            "returned", "accepted")  # fmt: skip
    own = request.actor.organisation_ids

    def lines() -> Iterator[list[Any]]:
        last = 0
        while rows := queries.contracts(request.actor, customer_id=own, before=last, limit=lists.BATCH):
            trails = treasury.trails_of("contract", [one.pk for one in rows])
            for one in rows:
                yield _contract_line(one, trails.get(one.pk))
            last = rows[-1].pk

    return lists.stream_csv("contracts.csv", head, lines())


def _contract_line(contract: Any, trail: Any) -> list[Any]:
    money = [trail.ordered, trail.paid, trail.returned, trail.accepted] if trail else [""] * 4
    return [
        contract.number,
        contract.ref,
        contract.state,
        contract.title,
        in_language(contract.executor.title, "ru"),
        contract.amount,
        contract.starts_on,
        contract.ends_on,
        *money,
    ]


@page("customer", writes=True)
def contract_prepare(request: Any, award_ref: str) -> HttpResponse:
    """The contract of an award. Parties, title and amount are the protocol's; only the schedule is shown to agree."""
    award = review.award(award_ref)
    contest = award.protocol.proceeding.commission.contest
    if not request.actor.acts_for(contest.customer_id):
        raise Http404
    if made := queries.contracts_of_awards([award.pk]).get(award.pk):
        return _prepared(request, made)
    shares = operations.default_schedule(award.amount, contest.settlement)
    rows = [
        [_("Tranche %(n)s") % {"n": n}, share.amount, str(words.CONDITION[share.condition])]
        for n, share in enumerate(shares, start=1)
    ]
    columns = [Column(_("Tranche")), Column(_("Amount"), "money"), Column(_("When"))]
    most = contest.settlement.value("con.max_tranches") or MOST_TRANCHES
    form = ScheduleForm(request.POST or None, tranches=most)
    return fill_in(
        request,
        form,
        lambda actor, data: operations.prepare_contract(
            actor=actor, award=award, shares=form.shares, not_before=data["not_before"]
        ),
        verb="contract:prepare_contract",
        then=contract_url,
        said=_("The contract is prepared. Now both heads sign it."),
        title=_("Prepare the contract?"),
        consequences=[
            _("Executor, project and amount are those of the protocol and cannot be changed."),
            _("The budget lines and indicators of the application become part of the contract, and public with it."),
            _("The executor sees the contract and can sign it when the waiting time is over."),
        ],
        submit=_("Prepare the contract"),
        kind="primary",
        back_url=reverse("desk_contest", args=[contest.ref]),
        refusals=wrong_role(CONTRACT, "prepare_contract", request.actor),
        template="customer/contract_prepare.html",
        facts=[
            SummaryRow(_("Executor"), in_language(award.applicant.title)),
            SummaryRow(_("Project"), award.project_title),
            SummaryRow(_("Amount"), formats.som(award.amount)),
            SummaryRow(
                _("Term"),
                _("%(n)s months from the day of the last signature") % {"n": formats.number(contest.months)},
            ),
        ],
        table=Table(_("Tranches"), columns, rows, [_("Total"), award.amount, ""]),
        breadcrumbs=contest_crumbs(contest, _("Contract")),
    )


class TakeBackForm(StepForm):
    reason = LongTextField(gettext_lazy("Why?"), hint=gettext_lazy("The two parties read it."), rows=3)


@page("customer", writes=True)
def contract_take_back(request: Any, ref: str) -> HttpResponse:
    """What nobody has signed is taken back; the next page prepares it anew."""
    found = own_contract(request, ref)
    return fill_in(
        request,
        TakeBackForm(request.POST or None),
        lambda actor, data: operations.take_back_contract(actor=actor, contract=found, reason=data["reason"]),
        verb="contract:take_back_contract",
        then=reverse("desk_contract_prepare", args=[found.award.ref]),
        said=_("The contract is taken back. Prepare it anew."),
        title=_("Take the contract back?"),
        lead=_("Nobody has signed it. The executor is told why, and its text stays readable for the two parties."),
        submit=_("Take the contract back"),
        kind="warning",
        back_url=contract_url(found),
        refusals=queries.contract_refusals(found, "take_back_contract", request.actor),
        breadcrumbs=contract_crumbs(found, _("Take back")),
    )


MOST_TRANCHES = 6
"""Offered where the rules set no limit."""


class ScheduleForm(StepForm):
    """A later first day; another schedule than the usual one: an advance, then tranches after accepted reports. All
    empty: as shown."""

    not_before = DayField(
        gettext_lazy("First day, if it is to be later than the last signature"),
        hint=gettext_lazy("Leave it empty to begin on the day of the last signature."),
        required=False,
    )
    advance = MoneyField(gettext_lazy("In advance"), required=False)

    def __init__(self, *args: Any, tranches: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.later = range(1, tranches)
        for n in self.later:
            label = _("After the accepted report, part %(n)s") % {"n": n}
            self.fields[f"part_{n}"] = MoneyField(label, required=False)
            label = _("What must be reached before part %(n)s is paid") % {"n": n}
            self.fields[f"milestone_{n}"] = TextField(label, max_length=200, required=False)

    @property
    def shares(self) -> list[Any] | None:
        data = self.cleaned_data
        first = [operations.Share(data["advance"], "advance")] if data.get("advance") else []
        rest = [
            operations.Share(data[f"part_{n}"], "report", data[f"milestone_{n}"])
            for n in self.later
            if data.get(f"part_{n}")
        ]
        return [*first, *rest] or None


def _prepared(request: Any, contract: Any) -> HttpResponse:
    """The award has its contract already: a second press leads to it."""
    return confirm(
        request,
        lambda _actor: contract,
        verb="contract:prepare_contract",
        then=contract_url,
        said="",
        title=_("The contract is prepared already"),
        consequences=[],
        submit=_("Go to the contract"),
        kind="primary",
        back_url=contract_url(contract),
    )


TO_LOOK_AT = ("prepared", "packed", "entered")
"""States of a payment in which its payer has something to do with it."""


@page("customer")
def contract(request: Any, ref: str) -> HttpResponse:
    found = own_contract(request, ref)
    rows = queries.tranches(found)
    verbs = queries.contract_actions(found, request.actor, rows)
    signs = {"sign_contract", "countersign_contract"} & set(verbs)
    waiting = [one.payment for one in rows if one.payment and one.payment.state in TO_LOOK_AT]
    signing_from = queries.waits_until(found)
    unsigned = found.state in ("prepared", "half_signed")
    context = public.contract_context(found, rows, lambda report: reverse("desk_report", args=[report.ref])) | {
        "papers": documents.papers("contract", [found.pk], request.actor)
        + documents.papers("report", [row.report.pk for row in rows if row.report], request.actor),
        "title": found.title,
        "sign_url": reverse("desk_contract_sign", args=[ref]) if signs else "",
        "order_url": reverse("desk_tranche_order", args=[ref]) if "order_tranche" in verbs else "",
        "payment_url": reverse("desk_payment", args=[waiting[0].ref]) if waiting else "",
        "waits_until": signing_from if signing_from and request.at < signing_from else None,
        "hindered": queries.signing_hindered(found, request.actor) if unsigned else (),
        "public_url": reverse("contract", args=[ref]) if found.number else "",
        **papers.papers(found, request.actor, verbs, rows),
        "breadcrumbs": contract_crumbs(found),
    }
    left = queries.left_to_demand(context["trail"], context["demands"])
    links = _desk_links(found, rows, verbs, left, request.actor)
    if not wrong_role(RETURN, "lower_demand", request.actor):
        links += _demand_links(found, context["demands"])
    context |= {
        "desk_links": links,
        "paper": _ink_table(context["ink"]),
    }
    return render(request, "customer/contract.html", context)


def _desk_links(contract: Any, rows: list[Any], verbs: Any, left: Decimal, actor: Any) -> list[Link]:
    """What else the customer can do with a contract now. *Left*: som it may still demand back."""
    named = [
        ("confirm_existing", _("Confirm: it agrees with the paper"), "desk_contract_existing_confirm"),
        ("discard_existing", _("Discard: it was copied wrongly"), "desk_contract_existing_discard"),
        ("take_back_contract", _("Take it back and prepare it anew"), "desk_contract_take_back"),
        ("miss_signing_term", _("Record that the term was missed"), "desk_contract_unsigned"),
        ("record_overdue", _("Put the delay on record"), "desk_contract_overdue"),
        ("terminate", _("End the contract now"), "desk_contract_terminate"),
        ("close_contract", _("Close the contract"), "desk_contract_close"),
    ]
    links = [Link(label, reverse(name, args=[contract.ref])) for verb, label, name in named if verb in verbs]
    if contract.state in ("prepared", "half_signed"):
        links.append(Link(_("Enter a signed copy"), reverse("desk_ink_new", args=[contract.ref])))
    if _following(contract, rows) and not wrong_role(PAYMENT, "record_existing_payment", actor):
        links.append(Link(_("Enter a payment made before"), reverse("desk_tranche_paid", args=[contract.ref])))
    if actor.acts_for(contract.customer_id) and contract.number and left > 0:
        links.append(Link(_("Demand money back"), reverse("desk_return_new", args=[contract.ref])))
    return links


def _demand_links(contract: Any, demands: Iterable[Any]) -> Iterator[Link]:
    """Where the head puts right what was demanded back or entered by mistake."""
    for demand in demands:
        told = {"sum": formats.som(demand.amount)}
        if demand.state in ("demanded", "partly"):
            yield Link(
                _("Put the demand over %(sum)s right") % told, reverse("desk_return_correct", args=[demand.ref])
            )
        if demand.settled and contract.state != "closed":
            label = _("Reverse an entry under the demand over %(sum)s") % told
            yield Link(label, reverse("desk_return_reverse", args=[demand.ref]))


def _ink_table(rows: list[Any]) -> Table | None:
    lines = [
        [
            Cell(one.signatory, reverse("desk_ink", args=[one.ref]), one.authority),
            str(words.SIDE[one.side]),
            one.signed_on,
            Cell(words.word(words.INK, one.state), tone=words.tone(words.INK, one.state)),
        ]
        for one in rows
    ]
    columns = [Column(_("Signatory")), Column(_("Side")), Column(_("Signed on"), "date"), Column(_("State"), "tag")]
    return Table(_("Signed on paper"), columns, lines) if rows else None


@page("customer", writes=True)
def contract_sign(request: Any, ref: str) -> HttpResponse:
    found = own_contract(request, ref)
    verb = "sign_contract" if found.state == "prepared" else "countersign_contract"
    second = verb == "countersign_contract"
    return confirm(
        request,
        lambda actor: operations.sign_contract(actor=actor, contract=found),
        verb="contract:sign_contract",
        then=contract_url(found),
        said=_("You have signed the contract."),
        title=_("Sign the contract?"),
        consequences=[
            _("You sign for %(customer)s: %(amount)s to %(executor)s.")
            % {
                "customer": in_language(found.customer.title),
                "amount": formats.som(found.amount),
                "executor": in_language(found.executor.title),
            },
            _("The contract comes into force and its money is bound.")
            if second
            else _("The contract comes into force when the executor signs too."),
            _("A signature cannot be taken back."),
        ],
        submit=_("Sign the contract"),
        back_url=contract_url(found),
        refusals=queries.contract_refusals(found, verb, request.actor),
        breadcrumbs=contract_crumbs(found, _("Signature")),
    )


@page("customer", writes=True)
def tranche_order(request: Any, ref: str) -> HttpResponse:
    found = own_contract(request, ref)
    following = next((one.tranche for one in queries.tranches(found) if one.can_be_ordered), None)
    amount = formats.som(following.agreed) if following else ""
    return confirm(
        request,
        lambda actor: operations.order_tranche(actor=actor, contract=found),
        verb="contract:order_tranche",
        then=contract_url(found),
        said=_("The payment is ordered. Put it into a package that two people sign."),
        title=_("Order the next tranche?"),
        consequences=[
            _("%(amount)s goes to %(executor)s.") % {"amount": amount, "executor": in_language(found.executor.title)},
            _("It goes to the bank account of today, which a second person has checked."),
            _("Two people sign its package before the treasury sees it."),
        ],
        submit=_("Order the payment"),
        kind="primary",
        back_url=contract_url(found),
        refusals=queries.contract_refusals(found, "order_tranche", request.actor),
        breadcrumbs=contract_crumbs(found, _("Payment")),
    )


def _following(contract: Any, rows: list[Any]) -> Any:
    """The tranche of a running contract that is ordered, or was paid, next."""
    if contract.state not in ("in_force", "terminating"):
        return None
    return next((one.tranche for one in rows if one.can_be_ordered), None)


class PaidForm(StepForm):
    number = TextField(gettext_lazy("Number of the payment document"), max_length=40, width="20")
    executed_on = DayField(gettext_lazy("Day of the payment document"))


@page("customer", writes=True)
def tranche_paid(request: Any, ref: str) -> HttpResponse:
    """A tranche that was paid past this system is entered from its payment document."""
    found = own_contract(request, ref)
    following = _following(found, queries.tranches(found))
    if following is None:
        raise Http404
    return fill_in(
        request,
        PaidForm(request.POST or None),
        lambda actor, data: operations.record_paid_tranche(actor=actor, contract=found, **data),
        verb="payment:record_existing_payment",
        then=lambda made: reverse("desk_payment", args=[made.ref]),
        said=_("The payment is entered. Another person compares it with the paper."),
        title=_("Enter a payment made before"),
        caption=found.number or found.title,
        lead=_(
            "For a payment the treasury made on paper, past this system. Its money counts as paid when a second "
            "person has compared the entry with the payment document."
        ),
        facts=[
            SummaryRow(_("Tranche"), str(following.number)),
            SummaryRow(_("Amount"), formats.som(following.agreed)),
            SummaryRow(_("Payee"), in_language(found.executor.title)),
        ],
        template="steps/facts_form.html",
        submit=_("Enter the payment"),
        back_url=contract_url(found),
        refusals=wrong_role(PAYMENT, "record_existing_payment", request.actor),
        breadcrumbs=contract_crumbs(found, _("Payment")),
    )
