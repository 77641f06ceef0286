"""The budget at the customer's desk: appropriations and their versions, cuts, and the end of the year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contracts import queries as contracts
from jardam.fields import in_language
from jardam.parties.queries import organisations_by_id
from jardam.planning import queries as planning
from jardam.treasury import operations, queries
from jardam.treasury.policy import APPROPRIATION, YEAR_CLOSE

from .. import formats, lists, words
from ..forms import ChoiceField, DayField, MoneyField, NumberField, TextField
from ..pages import page
from ..steps import StepForm, confirm, crumbs, fill_in, wrong_role
from ..templatetags.ui import Cell, Column, Download, Link, SummaryRow, Table


def _crumbs(*links: tuple[str, str]) -> Any:
    return crumbs((_("Budget money"), reverse("desk_budget")), *links)


@page("customer")
def budget(request: Any) -> HttpResponse:
    """The money of every year, the newest first."""
    own = request.actor.organisation_ids
    short = {one.appropriation_id for one in queries.shortfalls_open(own)}
    columns = [Column(_("Budget line")), Column(_("Amount"), "money"), Column(_("State"), "tag")]
    tables, links = [], []
    for year in queries.years_with_money(own)[:5]:
        rows = [
            [
                Cell(one.line, reverse("desk_appropriation", args=[one.ref]), one.document),
                one.amount,
                Cell(_("Money is missing"), tone="danger")
                if one.pk in short
                else Cell(words.word(words.APPROPRIATION, one.state), tone=words.tone(words.APPROPRIATION, one.state)),
            ]
            for one in queries.appropriations_of_year(own, year)
        ]
        tables.append(Table(str(year), columns, rows))
        links.append(Link(_("Cash plan of %(year)s") % {"year": year}, reverse("desk_cash", args=[year])))
        if queries.year_closes(own, year):
            links.append(Link(_("How %(year)s was closed") % {"year": year}, reverse("desk_closed", args=[year])))
        closable = request.at.year > year and not wrong_role(YEAR_CLOSE, "close_year", request.actor)
        if closable and queries.unclosed(own, year):
            links.append(Link(_("Close the year %(year)s") % {"year": year}, reverse("desk_close", args=[year])))
    context = {
        "title": _("Budget money"),
        "lead": _("The money of each budget document, and what became of it."),
        "facts": [],
        "tables": tables,
        "links": links,
        "breadcrumbs": crumbs((_("Budget money"), "")),
    }
    return render(request, "customer/payment.html", context)


def _own(request: Any, ref: str) -> Any:
    found = queries.appropriation(ref)
    if not request.actor.acts_for(found.organisation_id):
        raise Http404
    return found


def _url(found: Any) -> str:
    return reverse("desk_appropriation", args=[found.ref])


def _amount(found: Any) -> str:
    """Som as everywhere; a donor's money in its own currency, never converted."""
    return formats.som(found.amount) if found.currency == "KGS" else f"{found.amount} {found.currency}"


@page("customer")
def appropriation(request: Any, ref: str) -> HttpResponse:
    """One appropriation: where its money stands, its versions, and after a cut the contracts to amend."""
    found = _own(request, ref)
    shortfall = queries.shortfall_of(found)
    missing = queries.missing(found)
    stages = queries.stages_of(found)
    offered = [
        ("revise_appropriation", _("The budget gives another total"), "desk_revise"),
        ("move_allocation", _("Move money between measures"), "desk_move"),
    ]
    facts = [
        SummaryRow(_("Year"), str(found.year)),
        SummaryRow(_("Whose money"), str(words.SOURCE[found.source])),
        SummaryRow(_("Amount"), _amount(found)),
        SummaryRow(_("Classification code"), found.code, missing=not found.code),
        SummaryRow(_("Document"), [found.document, formats.day(found.document_on)]),
    ]
    if found.is_existing:
        facts.append(SummaryRow(_("Recorded afterwards"), _("given before this system")))
    if shortfall:
        facts.append(SummaryRow(_("Missing"), formats.som(missing)))
    context = {
        "title": found.line,
        "caption": str(found.year),
        "state": _("Money is missing") if shortfall else words.word(words.APPROPRIATION, found.state),
        "tone": "danger" if shortfall else words.tone(words.APPROPRIATION, found.state),
        "facts": facts,
        "actions": [
            *(
                Link(label, reverse(name, args=[ref]))
                for verb, label, name in offered
                if not wrong_role(APPROPRIATION, verb, request.actor) and found.state == "recorded"
            ),
            *([Link(_("Cover the missing money"), reverse("desk_cover", args=[ref]))] if shortfall else []),
        ],
        "tables": [_stages(stages), *([_to_amend(found)] if shortfall else []), *_versions(found), *_movements(found)],
        "files": [Download(_("Every movement of this money"), reverse("desk_ledger_csv", args=[ref]), "CSV")],
        "breadcrumbs": _crumbs((found.line, "")),
    }
    return render(request, "customer/payment.html", context)


def _stages(stages: dict[str, Any]) -> Table:
    rows = [[str(word), stages[code]] for code, word in words.STAGE.items() if stages.get(code)]
    return Table(_("Where the money stands"), [Column(_("Stage")), Column(_("Amount"), "money")], rows)


NEWEST = 60  # entries; a movement has two to four


def _movements(found: Any) -> list[Table]:
    """The newest movements, each from where to where; the file holds all of them, entry by entry."""
    entries, more = lists.cut(queries.movements(found, limit=NEWEST + 1), NEWEST)
    moved: dict[Any, list[Any]] = {}
    for one in entries:
        moved.setdefault(one.posting, []).append(one)
    if more:
        moved.pop(entries[-1].posting)  # its other entries are behind the cut
    rows = [
        [Cell(str(words.MOVEMENT[posting.verb]), note=_way(both)), posting.at, max(one.amount for one in both)]
        for posting, both in moved.items()
    ]
    columns = [Column(_("Movement")), Column(_("When"), "instant"), Column(_("Amount"), "money")]
    return [Table(_("Last movements"), columns, rows)] if rows else []


def _way(entries: list[Any]) -> str:
    """«With measures → Reserved for contests»; the counter-accounts have no name of their own."""
    ordered = sorted(entries, key=lambda one: one.amount)
    return " → ".join(str(words.STAGE[one.account.stage]) for one in ordered if one.account.stage in words.STAGE)


@page("customer")
def ledger_csv(request: Any, ref: str) -> Any:
    """The ledger of one appropriation, newest first: every entry with its stage, sign and contract."""
    found = _own(request, ref)
    head = ("at", "movement", "stage", "amount", "currency", "of", "contract", "because_of", "reverses_another")

    def lines() -> Iterator[list[Any]]:
        last = 0
        while rows := queries.movements(found, before=last, limit=lists.BATCH):
            owners = {one.account.owner_id for one in rows if one.account.owner_kind == "contract"}
            named = contracts.contracts_by_id(owners)
            for one in rows:
                contract = named.get(one.account.owner_id) if one.account.owner_kind == "contract" else None
                yield _ledger_line(one, contract)
            last = rows[-1].pk

    return lists.stream_csv(f"ledger-{ref}.csv", head, lines())


def _ledger_line(entry: Any, contract: Any) -> list[Any]:
    posting, account = entry.posting, entry.account
    return [
        posting.at.isoformat(),
        posting.verb,
        account.stage,
        entry.amount,
        account.currency,
        account.owner_kind,
        contract.number if contract else "",
        posting.source_kind,
        "yes" if posting.reverses_id else "",
    ]


def _to_amend(found: Any) -> Table:
    bound = queries.bound_contracts(found)
    named = contracts.contracts_by_id(pk for pk, _left in bound)
    rows = [
        [Cell(named[pk].title, reverse("desk_contract", args=[named[pk].ref]), named[pk].number or ""), left]
        for pk, left in bound
        if pk in named
    ]
    columns = [Column(_("Contract")), Column(_("Bound and not ordered"), "money")]
    return Table(_("Contracts to amend"), columns, rows, empty=_("No contract binds this money."))


def _versions(found: Any) -> list[Table]:
    versions = queries.versions_of(found)
    if not versions:
        return []
    rows = [[Cell(one.document, note=one.reason), one.document_on, one.amount] for one in versions]
    return [
        Table(_("Versions"), [Column(_("Document")), Column(_("Date"), "date"), Column(_("Total"), "money")], rows)
    ]


class ReviseForm(StepForm):
    amount = MoneyField(gettext_lazy("New total in som"), min_value=0)
    unit = ChoiceField(
        gettext_lazy("In which unit does the paper give the total?"),
        choices=[("som", gettext_lazy("In som")), ("thousand", gettext_lazy("In thousand som"))],
    )
    retyped = NumberField(
        gettext_lazy("Type the total again, exactly as on the paper"),
        hint=gettext_lazy("In the unit of the paper: 600 when it says 600 thousand som."),
        places=3,
        width="20",
    )
    document = TextField(gettext_lazy("Name and number of the document"), max_length=200)
    document_on = DayField(gettext_lazy("Date of the document"))
    reason = TextField(gettext_lazy("Why has the total changed?"), max_length=300)


@page("customer", writes=True)
def revise(request: Any, ref: str) -> HttpResponse:
    found = _own(request, ref)
    return fill_in(
        request,
        ReviseForm(request.POST or None),
        lambda actor, data: operations.revise_appropriation(actor=actor, appropriation=found, **data),
        verb="appropriation:revise_appropriation",
        then=_url(found),
        said=_("The new total is recorded."),
        title=_("The budget gives another total"),
        caption=found.line,
        lead=_("A cut takes free money first. What is bound stays bound; until it is amended nothing new is bound."),
        submit=_("Record the new total"),
        back_url=_url(found),
        refusals=wrong_role(APPROPRIATION, "revise_appropriation", request.actor),
        breadcrumbs=_crumbs((found.line, _url(found)), (_("New total"), "")),
    )


class MoveForm(StepForm):
    giver = ChoiceField(gettext_lazy("From which measure?"), select=True)
    taker = ChoiceField(gettext_lazy("To which measure?"), select=True)
    amount = MoneyField(gettext_lazy("How much?"), min_value=1)

    def __init__(self, measures: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose…")), *((str(one.pk), f"{in_language(one.title)}, {one.year}") for one in measures)]
        self.fields["giver"].choices = self.fields["taker"].choices = choices  # type: ignore[attr-defined]


@page("customer", writes=True)
def move(request: Any, ref: str) -> HttpResponse:
    found = _own(request, ref)
    measures = planning.measures_of_programme(found.owner_id, found.year)
    return fill_in(
        request,
        MoveForm(measures, request.POST or None),
        lambda actor, data: operations.move_allocation(
            actor=actor,
            appropriation=found,
            giver=operations.Owner("measure", int(data["giver"])),
            taker=operations.Owner("measure", int(data["taker"])),
            amount=data["amount"],
        ),
        verb="appropriation:move_allocation",
        then=_url(found),
        said=_("The money is moved."),
        title=_("Move money between measures"),
        caption=found.line,
        lead=_("Only what no contest has reserved can be moved."),
        submit=_("Move the money"),
        back_url=_url(found),
        refusals=wrong_role(APPROPRIATION, "move_allocation", request.actor),
        breadcrumbs=_crumbs((found.line, _url(found)), (_("Measures"), "")),
    )


@page("customer", writes=True)
def cover(request: Any, ref: str) -> HttpResponse:
    found = _own(request, ref)
    shortfall = queries.shortfall_of(found)
    if shortfall is None:
        raise Http404
    return confirm(
        request,
        lambda actor: operations.cover_shortfall(actor=actor, shortfall=shortfall),
        verb="shortfall:cover_shortfall",
        then=_url(found),
        said=_("What was free covers the missing money."),
        title=_("Cover the missing money?"),
        consequences=[
            _("%(amount)s is missing.") % {"amount": formats.som(queries.missing(found))},
            _("Money that measures and lots have set free is taken for it. Once nothing is missing, contests go on."),
        ],
        submit=_("Cover the missing money"),
        back_url=_url(found),
        refusals=queries.shortfall_refusals(shortfall, "cover_shortfall", request.actor),
        breadcrumbs=_crumbs((found.line, _url(found)), (_("Missing money"), "")),
    )


@page("customer", writes=True)
def close(request: Any, year: int) -> HttpResponse:
    # Its own year first; then that of a customer it has taken over.
    open_ones = queries.unclosed(request.actor.organisation_ids, year) or [request.actor.organisation_id]
    customer = organisations_by_id(open_ones)[open_ones[0]]
    return confirm(
        request,
        lambda actor: operations.close_year(actor=actor, customer=customer, year=year),
        verb="year_close:close_year",
        then=reverse("desk_closed", args=[year]),
        said=_("The year is closed."),
        title=_("Close the year %(year)s?") % {"year": year},
        consequences=[
            *([in_language(customer.title)] if customer.pk != request.actor.organisation_id else []),
            _("Every balance lapses, is carried over or stays payable, as the rules in force say."),
            _("Accepted services that are not paid yet stay payable."),
            _("Nothing more is bound by money of that year. This cannot be undone."),
        ],
        submit=_("Close the year"),
        back_url=reverse("desk_budget"),
        refusals=wrong_role(YEAR_CLOSE, "close_year", request.actor),
        breadcrumbs=_crumbs((_("End of the year"), "")),
    )


@page("customer")
def closed(request: Any, year: int) -> HttpResponse:
    """The report: what became of every balance."""
    found = queries.year_closes(request.actor.organisation_ids, year)
    if not found:
        raise Http404
    lines = queries.lines_of_close(found)
    rows = [
        [
            Cell(one.account.appropriation.line, note=str(words.STAGE[one.account.stage])),
            Cell(words.word(words.OUTCOME, one.outcome), tone=words.tone(words.OUTCOME, one.outcome)),
            one.amount,
        ]
        for one in lines
    ]
    columns = [Column(_("Budget line")), Column(_("Outcome"), "tag"), Column(_("Amount"), "money")]
    empty = _("Nothing was left.")
    context = {
        "title": _("How %(year)s was closed") % {"year": year},
        "facts": [],
        "tables": [Table(_("What became of every balance"), columns, rows, empty=empty)],
        "breadcrumbs": _crumbs((_("End of the year"), "")),
    }
    return render(request, "customer/payment.html", context)
