"""What both parties of a contract do alike: letters, amendments, notices, acts of acceptance, and the files of all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from jardam.contracts import operations, queries
from jardam.contracts.policy import INK
from jardam.documents.operations import bytes_of
from jardam.fields import in_language

from . import documents, formats, words
from .forms import AgreeField, ChoiceField, DayField, DocumentField, LongTextField, MoneyField, TextField
from .pages import page
from .steps import StepForm, allows, confirm, crumbs, fill_in
from .templatetags.ui import Cell, Column, Link, SummaryRow, Table


def contract_url(contract: Any, actor: Any) -> str:
    """The contract at the workplace of whoever looks."""
    name = "desk_contract" if actor.acts_for(contract.customer_id) else "grant"
    return reverse(name, args=[contract.ref])


def _contract(request: Any, ref: str) -> Any:
    """A contract the actor's organisation is a party of; anything else is not found."""
    found = queries.contract(ref, request.actor)
    if not _is_party(request.actor, found):
        raise Http404
    return found


def _is_party(actor: Any, contract: Any) -> bool:
    return bool(actor.acts_for(contract.customer_id) or actor.acts_for(contract.executor_id))


def _trail(contract: Any, actor: Any, label: str) -> list[Link]:
    return crumbs((contract.number or contract.title, contract_url(contract, actor)), (label, ""))


def upload_of(data: dict[str, Any], field: str = "file") -> dict[str, Any]:
    """What an operation takes of a chosen file: its bytes and its name."""
    given = data.get(field)
    return {"content": given.read(), "name": given.name} if given else {"content": None, "name": ""}


def file_cell(file: Any) -> Any:
    return Cell(_("Document"), reverse("contract_paper_file", args=[file.ref])) if file else None


@page("person")
def file(request: Any, ref: str) -> HttpResponse:
    """A stored file, for the two parties only."""
    found = queries.files_of_party(ref, request.actor)
    response = HttpResponse(bytes_of(found), content_type=found.media_type)
    ending = found.media_type.rpartition("/")[2]
    response.headers["Content-Disposition"] = f'attachment; filename="{found.ref}.{ending}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


UNSIGNED = ("prepared", "half_signed")


@page("person")
def contract_print(request: Any, ref: str) -> HttpResponse:
    """The prepared contract as a PDF, to be signed in ink; afterwards its scan is entered."""
    found = _contract(request, ref)
    if found.state not in UNSIGNED:
        raise Http404
    with override("ky"):
        address = settings.PUBLIC_ADDRESS + reverse("contract", args=[ref])
    made = queries.print_to_sign(found, address, request.at)
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{ref}.pdf"'
    return response


# --- what a contract's page shows ------------------------------------------------------------------------------


def papers(contract: Any, actor: Any, verbs: Iterable[str], rows: Iterable[Any]) -> dict[str, Any]:
    """The tables and the actions of a contract's page, for either party. *Verbs*: those open to the actor now; *rows*:
    its tranches."""
    demands, agreed = queries.returns(contract), queries.plan(contract)
    return {
        "demands": demands,
        "budget": budget_table(queries.budget(contract, agreed=agreed)),
        "goals": goals_table(agreed, rows),
        "amendments": _amendments(contract),
        "letters": _letters(contract),
        "assets": _assets(contract, actor),
        "returns": returns_table(demands, actor.acts_for(contract.customer_id), reasons=True),
        "ended": notice_rows(queries.notice(contract)),
        "earlier": _earlier(contract, actor),
        "paper_links": [*_links(contract, verbs, actor)],
    }


def _earlier(contract: Any, actor: Any) -> Table | None:
    """Texts of the same award that were taken back before this one was prepared."""
    rows = queries.earlier_texts(contract)
    lines = [
        [
            Cell(formats.instant(one.prepared_at) if one.prepared_at else one.title, contract_url(one, actor)),
            one.remark,
        ]
        for one in rows
    ]
    return (
        Table(_("Earlier texts"), [Column(_("Prepared")), Column(_("Why it was taken back"))], lines) if rows else None
    )


def _links(contract: Any, verbs: Iterable[str], actor: Any) -> Iterable[Link]:
    """What else can be done now, one link each."""
    named = [
        ("give_notice", _("End the contract"), "contract_notice"),
        ("withdraw_notice", _("Take the notice back"), "contract_notice_withdraw"),
    ]
    if contract.state == "in_force":
        yield Link(_("Propose an amendment"), reverse("amendment_new", args=[contract.ref]))
    if contract.state in UNSIGNED:
        yield Link(_("Print it to sign on paper"), reverse("contract_print", args=[contract.ref]))
    yield Link(_("Write a letter"), reverse("letter_new", args=[contract.ref]))
    for verb, label, name in named:
        if verb in verbs:
            yield Link(label, reverse(name, args=[contract.ref]))


def goals_table(agreed: Any, rows: Iterable[Any]) -> Table | None:
    """The indicators the two agreed on, and what the last accepted report says was reached."""
    if agreed is None or not agreed.indicators:
        return None
    accepted = [row.report.indicators for row in rows if row.report and row.report.state == "accepted"]
    reached = accepted[-1] if accepted else []
    columns = [
        Column(_("Indicator")),
        Column(_("At the beginning"), "number"),
        Column(_("Wanted"), "number"),
        Column(_("Reached"), "number"),
    ]
    lines = [[*row, fact] for row, fact in zip_longest(agreed.indicators, reached[: len(agreed.indicators)])]
    return Table(_("Indicators"), columns, lines)


def budget_table(rows: Iterable[Any]) -> Table:
    """The budget by line: planned, reported, accepted, and what is left to be accepted."""
    rows = list(rows)
    lines = [[f"{row.number}. {row.title}", row.planned, row.spent, row.accepted, row.left] for row in rows]
    columns = [
        Column(_("Budget line")),
        Column(_("Planned"), "money"),
        Column(_("Reported"), "money"),
        Column(_("Accepted"), "money"),
        Column(_("What is left"), "money"),
    ]
    names = ("planned", "spent", "accepted", "left")
    total = [sum((getattr(row, name) for row in rows), Decimal(0)) for name in names]
    return Table(_("Budget"), columns, lines, [_("Total"), *total])


def use_table(rows: Iterable[Any]) -> Table:
    """The budget by line as one report meets it; a line it exceeds says so."""
    rows = list(rows)
    lines = [[_use_title(row), row.planned, row.taken, row.asked, max(row.rest, Decimal("0.00"))] for row in rows]
    columns = [
        Column(_("Budget line")),
        Column(_("Planned"), "money"),
        Column(_("In other reports"), "money"),
        Column(_("In this report"), "money"),
        Column(_("What is left"), "money"),
    ]
    return Table(_("Budget: plan and fact"), columns, lines)


def _use_title(row: Any) -> Cell:
    over = _("%(sum)s more than is left") % {"sum": formats.som(-row.rest)} if row.asked and row.rest < 0 else ""
    return Cell(f"{row.number}. {row.title}", note=over)


def _amendments(contract: Any) -> Table:
    lines = [
        [
            Cell(_("Amendment %(n)s") % {"n": one.number}, reverse("amendment", args=[one.ref])),
            str(words.AMENDMENT_REASON[one.reason]),
            Cell(words.word(words.AMENDMENT, one.state), tone=words.tone(words.AMENDMENT, one.state)),
        ]
        for one in queries.amendments(contract)
    ]
    columns = [Column(_("Amendment")), Column(_("Reason")), Column(_("State"), "tag")]
    return Table(_("Amendments"), columns, lines, empty=_("The contract was not amended."))


def _letters(contract: Any) -> Table:
    lines = [
        [
            Cell(one.number, reverse("letter", args=[one.ref]), one.subject),
            str(words.SIDE[one.side]),
            one.answer_by,
            Cell(words.word(words.LETTER, one.state), tone=words.tone(words.LETTER, one.state)),
        ]
        for one in queries.letters(contract)
    ]
    columns = [Column(_("Letter")), Column(_("From")), Column(_("Answer by"), "date"), Column(_("State"), "tag")]
    return Table(_("Letters"), columns, lines, empty=_("There is no letter."))


def _assets(contract: Any, actor: Any) -> Table:
    name = "desk_asset" if actor.acts_for(contract.customer_id) else "grant_asset"
    lines = [
        [
            Cell(one.title, reverse(name, args=[one.ref]), f"{one.inventory}, {one.place}, {one.holder}"),
            one.value,
            Cell(words.word(words.ASSET, one.state), tone=words.tone(words.ASSET, one.state)),
        ]
        for one in queries.assets(contract)
    ]
    columns = [Column(_("Thing")), Column(_("Worth"), "money"), Column(_("State"), "tag")]
    return Table(_("Things bought"), columns, lines, empty=_("Nothing durable was bought."))


def returns_table(rows: Iterable[Any], linked: bool, reasons: bool = False) -> Table:
    """Money demanded back. `linked` leads the customer to where its coming is recorded; `reasons` are for the parties
    only."""
    lines = [
        [
            Cell(
                str(words.RETURN_REASON[one.reason]),
                reverse("desk_return", args=[one.ref]) if linked and _is_open(one) else "",
                "; ".join(filter(None, [_penalty(one), *(_changed(row, reasons) for row in one.changes.all())])),
            ),
            one.amount,
            one.settled,
            one.due_on,
            Cell(words.word(words.RETURN, one.state), tone=words.tone(words.RETURN, one.state)),
        ]
        for one in rows
    ]
    columns = [
        Column(_("Reason")),
        Column(_("Demanded"), "money"),
        Column(_("Came back"), "money"),
        Column(_("Until"), "date"),
        Column(_("State"), "tag"),
    ]
    return Table(_("Money to be returned"), columns, lines, empty=_("Nothing was demanded back."))


def _is_open(demand: Any) -> bool:
    owes = demand.penalty and demand.penalty_paid_on is None
    return bool(demand.state in ("demanded", "partly") or owes)


def _changed(change: Any, reasons: bool) -> str:
    """How a demand was put right, in one sentence."""
    told = {"before": formats.som(change.before), "after": formats.som(change.after)}
    told["part"] = formats.som(change.before - change.after)
    said = {
        "lowered": _("lowered from %(before)s to %(after)s"),
        "withdrawn": _("%(before)s were demanded by mistake"),
        "reversed": _("an entry of %(part)s that came back was reversed"),
        "penalty": _("the entry of the penalty of %(before)s was reversed"),
    }[change.kind] % told
    return f"{said} ({change.document}: {change.reason})" if reasons else said


def _penalty(demand: Any) -> str:
    """What is owed for coming late, and since when it is paid."""
    if not demand.penalty:
        return ""
    told = {"sum": formats.som(demand.penalty)}
    if demand.penalty_paid_on is None:
        return _("Penalty for coming late: %(sum)s, not paid yet") % told
    told["day"] = formats.day(demand.penalty_paid_on)
    return _("Penalty for coming late: %(sum)s, paid on %(day)s") % (
        told | {"day": formats.day(demand.penalty_paid_on)}
    )


def notice_rows(notice: Any) -> list[SummaryRow]:
    """A notice of termination, without what was written about it."""
    if notice is None:
        return []
    return [
        SummaryRow(_("Given by"), str(words.SIDE[notice.side])),
        SummaryRow(_("Ground"), words.code(notice.ground)),
        SummaryRow(_("The breach may be put right until"), formats.day(notice.cure_until)),
        SummaryRow(_("The notice ends on"), formats.day(notice.ends_on)),
    ]


def changes_table(amendment: Any) -> Table:
    """What an amendment changes, before and after: for everybody."""
    before, after = amendment.before, amendment.after
    lines: list[list[Any]] = []
    if before["ends_on"] != after["ends_on"]:
        days = [formats.day(date.fromisoformat(one["ends_on"])) for one in (before, after)]
        lines.append([_("Last day"), *days])
    lines += _lowered(before, after)
    for n, (old, new) in enumerate(zip(before["lines"], after["lines"], strict=True), start=1):
        if old != new:
            lines.append([f"{n}. {old[0]}", *(formats.som(Decimal(one[1])) for one in (old, new))])
    columns = [Column(_("What")), Column(_("Before")), Column(_("After"))]
    return Table(_("What changes"), columns, lines)


def _lowered(before: Any, after: Any) -> Iterable[list[Any]]:
    """The amount and the tranches of an amendment that lowers them."""
    if "amount" not in after:
        return
    yield [_("Amount"), *(formats.som(Decimal(one["amount"])) for one in (before, after))]
    left = dict(after["tranches"])
    for number, amount in before["tranches"]:
        if left.get(number) != amount:
            now = formats.som(Decimal(left[number])) if number in left else _("falls away")
            yield [_("Tranche %(n)s") % {"n": number}, formats.som(Decimal(amount)), now]


def public_papers(contract: Any, rows: Iterable[Any]) -> dict[str, Any]:
    """Amendments, budget, goals, returns and the end of a contract as everybody may see them: no text, no person.
    *Rows*: its tranches."""
    agreed = queries.plan(contract)
    return {
        "budget": budget_table(queries.budget(contract, public=True, agreed=agreed)),
        "goals": goals_table(agreed, rows),
        "amended": [
            (
                _("Amendment %(n)s") % {"n": one.number},
                str(words.AMENDMENT_REASON[one.reason]),
                one.signed_at,
                changes_table(one),
            )
            for one in queries.amendments(contract, public=True)
        ],
        "returns": returns_table(queries.returns(contract), linked=False),
        "ended": notice_rows(queries.notice(contract)),
    }


# --- letters ---------------------------------------------------------------------------------------------------


class LetterForm(StepForm):
    subject = TextField(gettext_lazy("Subject"), max_length=200)
    body = LongTextField(gettext_lazy("Text"), hint=gettext_lazy("Never write names of people who are helped."))
    wants_answer = AgreeField(gettext_lazy("I ask for an answer"), required=False)
    file = DocumentField(gettext_lazy("Enclosure"), required=False)


@page("person", writes=True)
def letter_new(request: Any, ref: str) -> HttpResponse:
    found = _contract(request, ref)
    return fill_in(
        request,
        LetterForm(request.POST or None, request.FILES or None, initial={"wants_answer": True}),
        lambda actor, data: operations.send_letter(
            actor=actor,
            contract=found,
            subject=data["subject"],
            body=data["body"],
            wants_answer=data["wants_answer"],
            **upload_of(data),
        ),
        verb="letter:send_letter",
        then=lambda made: reverse("letter", args=[made.ref]),
        said=_("The letter is sent and numbered."),
        title=_("Write a letter"),
        submit=_("Send the letter"),
        back_url=contract_url(found, request.actor),
        breadcrumbs=_trail(found, request.actor, _("Letter")),
    )


class AnswerForm(StepForm):
    answer = LongTextField(gettext_lazy("Answer"), hint=gettext_lazy("Never write names of people who are helped."))
    file = DocumentField(gettext_lazy("Enclosure"), required=False)


@page("person", writes=True)
def letter(request: Any, ref: str) -> HttpResponse:
    """A letter, and the form to answer it for whoever has to."""
    found = queries.letter(ref, request.actor)
    back = contract_url(found.contract, request.actor)
    facts = [
        SummaryRow(_("From"), str(words.SIDE[found.side])),
        SummaryRow(_("Sent"), formats.instant(found.sent_at)),
        *([SummaryRow(_("Answer by"), formats.day(found.answer_by))] if found.answer_by else []),
        SummaryRow(_("Text"), found.body.splitlines()),
        *([SummaryRow(_("Answer"), found.answer.splitlines())] if found.answer else []),
    ]
    files = [Link(_("Enclosure"), reverse("contract_paper_file", args=[one.ref])) for one in _enclosed(found)]
    shown: dict[str, Any] = {
        "facts": facts,
        "links": files,
        "caption": found.number,
        "breadcrumbs": _trail(found.contract, request.actor, found.number),
    }
    if request.method != "POST" and queries.letter_refusals(found, "answer_letter", request.actor):
        return render(request, "papers/paper.html", shown | {"title": found.subject, "back_url": back})
    return fill_in(
        request,
        AnswerForm(request.POST or None, request.FILES or None),
        lambda actor, data: operations.answer_letter(
            actor=actor, letter=found, answer=data["answer"], **upload_of(data)
        ),
        verb="letter:answer_letter",
        then=back,
        said=_("The answer is sent."),
        title=found.subject,
        submit=_("Send the answer"),
        back_url=back,
        template="papers/paper.html",
        **shown,
    )


def _enclosed(letter: Any) -> list[Any]:
    return [one for one in (letter.file, letter.answer_file) if one]


# --- amendments ------------------------------------------------------------------------------------------------


class AmendmentForm(StepForm):
    """The term, the amount, and one amount for each line of the budget."""

    reason = ChoiceField(gettext_lazy("Reason"), choices=list(words.AMENDMENT_REASON.items()))
    explanation = LongTextField(gettext_lazy("Why?"), hint=gettext_lazy("Only the two parties read this."), rows=4)
    ends_on = DayField(gettext_lazy("Last day of the contract"))
    amount = MoneyField(
        gettext_lazy("Amount of the contract"),
        hint=gettext_lazy("It can be lowered, never raised. The budget lines add up to it."),
        required=False,
    )

    def __init__(self, *args: Any, lines: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = len(lines)
        for row in lines:
            name = f"line_{row.number}"
            self.fields[name] = MoneyField(f"{row.number}. {row.title}", initial=row.planned)

    @property
    def amounts(self) -> list[Decimal]:
        return [Decimal(self.cleaned_data[f"line_{n}"]) for n in range(1, self.lines + 1)]


@page("person", writes=True)
def amendment_new(request: Any, ref: str) -> HttpResponse:
    found = _contract(request, ref)
    rows = queries.budget(found)
    form = AmendmentForm(request.POST or None, lines=rows, initial={"ends_on": found.ends_on, "amount": found.amount})
    return fill_in(
        request,
        form,
        lambda actor, data: operations.propose_amendment(
            actor=actor,
            contract=found,
            reason=data["reason"],
            explanation=data["explanation"],
            ends_on=data["ends_on"],
            amount=data["amount"],
            amounts=form.amounts,
        ),
        verb="amendment:propose_amendment",
        then=lambda made: reverse("amendment", args=[made.ref]),
        said=_("The amendment is proposed. Both heads sign it."),
        title=_("Propose an amendment"),
        submit=_("Propose the amendment"),
        back_url=contract_url(found, request.actor),
        breadcrumbs=_trail(found, request.actor, _("Amendment")),
    )


@page("person")
def amendment(request: Any, ref: str) -> HttpResponse:
    found = queries.amendment(ref, request.actor)
    verbs = queries.amendment_actions(found, request.actor)
    links = []
    if {"sign_amendment", "countersign_amendment"} & set(verbs):
        links.append(Link(_("Sign the amendment"), reverse("amendment_sign", args=[ref])))
    if found.state in ("proposed", "half_signed"):
        links.append(Link(_("Print the amendment"), reverse("amendment_print", args=[ref])))
    unsigned = found.state in ("proposed", "half_signed")
    if unsigned and request.actor.acts_for(found.contract.customer_id) and allows(INK, "enter_ink", request.actor):
        links.append(Link(_("Enter a signed copy"), reverse("desk_amendment_ink", args=[ref])))
    if "decline_amendment" in verbs:
        links.append(Link(_("Decline the amendment"), reverse("amendment_decline", args=[ref])))
    signed = [
        f"{one.person_name}, {words.SIDE[one.side]}, {formats.instant(one.at)}"
        for one in queries.amendment_signatures(found)
    ]
    signed += [
        f"{one.signatory}, {words.SIDE[one.side]}, {formats.day(one.signed_on)}, {words.word(words.INK, one.state)}"
        for one in queries.amendment_ink(found)
        if one.state != "rejected"
    ]
    context = {
        "title": _("Amendment %(n)s") % {"n": found.number},
        "caption": found.contract.title,
        "state": words.word(words.AMENDMENT, found.state),
        "tone": words.tone(words.AMENDMENT, found.state),
        "facts": [
            SummaryRow(_("Reason"), str(words.AMENDMENT_REASON[found.reason])),
            SummaryRow(_("Why?"), found.explanation.splitlines()),
            SummaryRow(_("Signatures"), signed or _("Nobody has signed yet.")),
            SummaryRow(_("Fingerprint of the text (SHA-256):"), found.content_sha256),
        ],
        "table": changes_table(found),
        "links": [*links, *documents.papers("amendment", [found.pk], request.actor)],
        "breadcrumbs": _trail(found.contract, request.actor, _("Amendment")),
    }
    return render(request, "papers/paper.html", context)


@page("person")
def amendment_print(request: Any, ref: str) -> HttpResponse:
    """The proposed amendment as a PDF, to be read or signed in ink before it is signed here."""
    found = queries.amendment(ref, request.actor)
    if found.state not in ("proposed", "half_signed"):
        raise Http404
    with override("ky"):
        address = settings.PUBLIC_ADDRESS + reverse("amendment", args=[ref])
    response = HttpResponse(queries.amendment_to_sign(found, address, request.at), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{ref}.pdf"'
    return response


@page("person", writes=True)
def amendment_sign(request: Any, ref: str) -> HttpResponse:
    found = queries.amendment(ref, request.actor)
    verb = "sign_amendment" if found.state == "proposed" else "countersign_amendment"
    return confirm(
        request,
        lambda actor: operations.sign_amendment(actor=actor, amendment=found),
        verb="amendment:sign_amendment",
        then=reverse("amendment", args=[ref]),
        said=_("You have signed the amendment."),
        title=_("Sign the amendment?"),
        consequences=[
            _("With both signatures the contract has the new term and the new budget."),
            *([_("Money the contract no longer needs is free again.")] if found.lowered else []),
            _("What changes is public."),
        ],
        submit=_("Sign the amendment"),
        back_url=reverse("amendment", args=[ref]),
        refusals=queries.amendment_refusals(found, verb, request.actor),
        breadcrumbs=_trail(found.contract, request.actor, _("Signature")),
    )


@page("person", writes=True)
def amendment_decline(request: Any, ref: str) -> HttpResponse:
    found = queries.amendment(ref, request.actor)
    return confirm(
        request,
        lambda actor: operations.decline_amendment(actor=actor, amendment=found),
        verb="amendment:decline_amendment",
        then=reverse("amendment", args=[ref]),
        said=_("The amendment is declined."),
        title=_("Decline the amendment?"),
        consequences=[_("The contract stays as it is.")],
        submit=_("Decline the amendment"),
        back_url=reverse("amendment", args=[ref]),
        refusals=queries.amendment_refusals(found, "decline_amendment", request.actor),
        breadcrumbs=_trail(found.contract, request.actor, _("Amendment")),
    )


# --- notice ----------------------------------------------------------------------------------------------------


class NoticeForm(StepForm):
    ground = ChoiceField(gettext_lazy("Ground"), choices=[])
    explanation = LongTextField(gettext_lazy("Why?"), hint=gettext_lazy("Only the two parties read this."), rows=4)

    def __init__(self, *args: Any, grounds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground: Any = self.fields["ground"]
        ground.choices = [(code, words.code(code)) for code in grounds]


@page("person", writes=True)
def notice(request: Any, ref: str) -> HttpResponse:
    found = _contract(request, ref)
    form = NoticeForm(request.POST or None, grounds=queries.termination_grounds(found))
    return fill_in(
        request,
        form,
        lambda actor, data: operations.give_notice(actor=actor, contract=found, **data),
        verb="contract:give_notice",
        then=contract_url(found, request.actor),
        said=_("The notice is given. The other party may put the breach right until it ends."),
        title=_("End the contract"),
        submit=_("Give notice"),
        kind="warning",
        back_url=contract_url(found, request.actor),
        refusals=queries.contract_refusals(found, "give_notice", request.actor),
        breadcrumbs=_trail(found, request.actor, _("Notice")),
    )


@page("person", writes=True)
def notice_withdraw(request: Any, ref: str) -> HttpResponse:
    found = _contract(request, ref)
    return confirm(
        request,
        lambda actor: operations.withdraw_notice(actor=actor, contract=found),
        verb="contract:withdraw_notice",
        then=contract_url(found, request.actor),
        said=_("The notice is taken back; the contract goes on."),
        title=_("Take the notice back?"),
        consequences=[_("The contract goes on as before.")],
        submit=_("Take the notice back"),
        kind="primary",
        back_url=contract_url(found, request.actor),
        refusals=queries.contract_refusals(found, "withdraw_notice", request.actor),
        breadcrumbs=_trail(found, request.actor, _("Notice")),
    )


# --- the act of acceptance -------------------------------------------------------------------------------------


@page("person", writes=True)
def acceptance_sign(request: Any, ref: str) -> HttpResponse:
    found = queries.report(ref, request.actor)
    contract = found.contract
    if found.state != "accepted" or not _is_party(request.actor, contract):
        raise Http404
    back = contract_url(contract, request.actor)
    return confirm(
        request,
        lambda actor: operations.sign_acceptance(actor=actor, report=found),
        verb="report:sign_acceptance",
        then=back,
        said=_("You have signed the act of acceptance."),
        title=_("Sign the act of acceptance?"),
        consequences=[
            _("Act %(number)s: services worth %(sum)s of %(executor)s were taken over.")
            % {
                "number": found.acceptance.number or found.acceptance.ref,
                "sum": formats.som(found.acceptance.amount),
                "executor": in_language(contract.executor.title),
            }
        ],
        submit=_("Sign the act"),
        kind="primary",
        back_url=back,
        refusals=queries.report_refusals(found, "sign_acceptance", request.actor),
        breadcrumbs=_trail(contract, request.actor, _("Acceptance")),
    )


urlpatterns = [
    path("files/<str:ref>/", file, name="contract_paper_file"),
    path("contracts/<str:ref>/print/", contract_print, name="contract_print"),
    path("contracts/<str:ref>/letter/", letter_new, name="letter_new"),
    path("contracts/<str:ref>/amendment/", amendment_new, name="amendment_new"),
    path("contracts/<str:ref>/notice/", notice, name="contract_notice"),
    path("contracts/<str:ref>/notice/withdraw/", notice_withdraw, name="contract_notice_withdraw"),
    path("letters/<str:ref>/", letter, name="letter"),
    path("amendments/<str:ref>/", amendment, name="amendment"),
    path("amendments/<str:ref>/print/", amendment_print, name="amendment_print"),
    path("amendments/<str:ref>/sign/", amendment_sign, name="amendment_sign"),
    path("amendments/<str:ref>/decline/", amendment_decline, name="amendment_decline"),
    path("acts/<str:ref>/sign/", acceptance_sign, name="acceptance_sign"),
]
