"""What is due, what is late, and what a party has to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from jardam.documents.models import Signature
from jardam.kernel.time import Deadline, bishkek_day
from jardam.parties.queries import barred_sources
from jardam.regime import operations as regime
from jardam.treasury import queries as treasury
from jardam.treasury.models import PaymentOrder
from jardam.treasury.rules import PAID

from ..models import Amendment, Contract, InkSignature, Letter, Report, Return, Tranche
from ..policy import OPEN_RETURN, report_due, runs_here, settlement_of, signed_sides, signing_deadline
from .core import is_hindered, settled, unsigned


def reports_due(executor_id: int, limit: int = 50) -> list[tuple[Tranche, Deadline | None]]:
    """Paid tranches without a report, each with the deadline of its report, none where its time was over before the
    contract was recorded (H-63); oldest first. Four queries."""
    rows = _with_deadlines(_unreported(contract__executor_id=executor_id), limit)
    return [(tranche, due if runs_here(tranche.contract, due) else None) for tranche, due in rows]


def decision_due(report: Report) -> Deadline | None:
    """Until when the customer accepts a report or returns it (`rep.review_term`)."""
    return regime.deadline_or_none(settlement_of(report), "rep.review_term", report.submitted_at)


def reports_late(customer_id: int, at: datetime, limit: int = 50) -> list[tuple[Tranche, Deadline]]:
    """The same of a customer's executors, as far as the deadline is over and not on record yet (H-39)."""
    return _late(at, contract__customer_id=customer_id)[:limit]


def _late(at: datetime, **of: int) -> list[tuple[Tranche, Deadline]]:
    rows = _with_deadlines(_unreported(**of), None)
    late = [(tranche, due) for tranche, due in rows if at >= due.at and runs_here(tranche.contract, due)]
    known = barred_sources("tranche", [tranche.pk for tranche, _ in late])
    return [(tranche, due) for tranche, due in late if tranche.pk not in known]


def corrections_late(at: datetime, limit: int = 50, **of: int) -> list[tuple[Report, Deadline]]:
    """Returned reports that were not corrected in time (`rep.fix_term`) and are not on record yet, oldest first."""
    late = [(report, due) for report, due in _returned(None, **of) if at >= due.at]
    known = barred_sources("report", [report.pk for report, _ in late])
    return [(report, due) for report, due in late if report.pk not in known][:limit]


def corrections_due(executor_id: int, limit: int = 50) -> list[tuple[Report, Deadline]]:
    """Reports that came back with remarks, each with the end of `rep.fix_term`; oldest first."""
    return _returned(limit, contract__executor_id=executor_id)


def _returned(limit: int | None, **of: int) -> list[tuple[Report, Deadline]]:
    rows = Report.objects.filter(state="returned", returned_at__isnull=False, **of)
    rows = rows.select_related(*settled("contract__"), "tranche")
    rows = rows.defer("contract__content", "contract__award__protocol__content").order_by("id")[:limit]
    return [
        (row, regime.deadline(settlement_of(row), "rep.fix_term", row.returned_at)) for row in rows if row.returned_at
    ]


def returns_late(at: datetime, limit: int = 50, **of: int) -> list[Return]:
    """Demands whose day is over and that are not on record yet, oldest first."""
    rows = Return.objects.filter(due_on__lt=bishkek_day(at), state__in=OPEN_RETURN, **of)
    found = list(rows.select_related("contract").defer("contract__content").order_by("due_on", "id"))
    known = barred_sources("return", [row.pk for row in found])
    return [row for row in found if row.pk not in known][:limit]


def signing_missed(at: datetime, limit: int = 50, **of: int) -> list[tuple[Contract, Deadline]]:
    """Contracts whose term for signing (`con.sign_term`) is over, each with its end; oldest first."""
    rows = [(row, signing_deadline(row, settlement_of(row))) for row in unsigned().filter(**of)]
    return [(row, ends) for row, ends in rows if ends is not None and at >= ends.at and not is_hindered(row)][:limit]


def executors_silent(at: datetime, limit: int = 50) -> list[Contract]:
    """Of these, those the executor has not signed in any way: the clock says so (H-50). Where the executor did its
    part, a person has to."""
    entered = InkSignature.objects.filter(side="executor", state="entered").values("contract_id")
    return [
        row
        for row, _ in signing_missed(at, limit)
        if "executor" not in signed_sides(row) and not entered.filter(contract=row).exists()
    ]


def contracts_overdue(at: datetime, limit: int = 50) -> list[Contract]:
    """Contracts whose executor is late with what is not on record yet (H-39), oldest first."""
    found = [tranche.contract for tranche, _ in _late(at)]
    found += [report.contract for report, _ in corrections_late(at, limit)]
    found += [demand.contract for demand in returns_late(at, limit)]
    return sorted({one.pk: one for one in found}.values(), key=lambda one: one.pk)[:limit]


def _unreported(**of: int) -> QuerySet[Tranche]:
    paid = PaymentOrder.objects.filter(source_kind="tranche", source_id=OuterRef("pk"), state__in=PAID)
    rows = Tranche.objects.filter(Exists(paid), report=None, **of).select_related("contract")
    return rows.filter(contract__state__in=["in_force", "terminating"]).defer("contract__content").order_by("id")


def _with_deadlines(found: QuerySet[Tranche], limit: int | None) -> list[tuple[Tranche, Deadline]]:
    rows = list(found[:limit])
    contracts = _with_settlements(row.contract_id for row in rows)
    standing = Tranche.objects.filter(contract_id__in=contracts).exclude(cuts__leaves=0)
    last = dict(standing.values_list("contract_id").annotate(Max("number")))
    paid = treasury.payments_of_sources("tranche", [row.pk for row in rows])
    due = []
    for row in rows:
        contract, on = contracts[row.contract_id], paid[row.pk].executed_on
        kind = "final" if last[row.contract_id] == row.number else "interim"
        assert on is not None  # executed
        due.append((row, report_due(kind, on, contract.ends_on, settlement_of(contract))))
    return due


def _with_settlements(ids: Iterable[int]) -> dict[int, Contract]:
    rows = Contract.objects.filter(pk__in=set(ids)).defer("content", "award__protocol__content")
    rows = rows.select_related(*settled())
    return {row.pk: row for row in rows}


OVER = ("void", "not_signed", "taken_back", "discarded", "closed")
"""States of a contract in which nobody owes the other an answer any more. One that is terminated is still settled."""


def letters_waiting(organisation_id: int, limit: int = 50) -> list[Letter]:
    """Letters this party has to answer, the most pressing first; those on a contract that is over may be answered and
    wait on nobody's desk."""
    to_me = Q(side="executor", contract__customer_id=organisation_id) | Q(
        side="customer", contract__executor_id=organisation_id
    )
    rows = Letter.objects.filter(to_me, state="waiting").exclude(contract__state__in=OVER)
    rows = rows.select_related("contract").defer("contract__content")
    return list(rows.order_by("answer_by", "id")[:limit])


def amendments_waiting(organisation_id: int, limit: int = 50) -> list[Amendment]:
    """Amendments this party has not signed, of contracts that run, oldest first."""
    sides = {"customer": "contract__customer_id", "executor": "contract__executor_id"}
    mine = Q()
    for side, column in sides.items():
        over = {"object_id": OuterRef("pk"), "content_sha256": OuterRef("content_sha256"), "side": side}
        ink = InkSignature.objects.filter(amendment_id=OuterRef("pk"), side=side, state="checked")
        missing = ~Exists(Signature.objects.filter(object_kind="amendment", **over)) & ~Exists(ink)
        mine |= Q(missing, **{column: organisation_id})
    rows = Amendment.objects.filter(mine, state__in=["proposed", "half_signed"], contract__state="in_force")
    rows = rows.select_related("contract")
    return list(rows.defer("content", "contract__content").order_by("id")[:limit])


def ink_waiting(customer_id: int, limit: int = 50) -> list[InkSignature]:
    """Signed copies a second person has to check, oldest first."""
    rows = InkSignature.objects.filter(contract__customer_id=customer_id, state="entered")
    unsigned_contract = Q(amendment=None, contract__state__in=["prepared", "half_signed"])
    unsigned_amendment = Q(amendment__state__in=["proposed", "half_signed"], contract__state="in_force")
    rows = rows.filter(unsigned_contract | unsigned_amendment).select_related("contract")
    return list(rows.defer("contract__content").order_by("id")[:limit])


def returns_open(limit: int = 50, **of: int) -> list[Return]:
    """Demands nobody has settled and penalties nobody has paid, of one `customer_id` or one `executor_id`; the most
    pressing first."""
    rows = Return.objects.filter(**{f"contract__{name}": pk for name, pk in of.items()})
    rows = rows.filter(Q(state__in=OPEN_RETURN) | Q(penalty__gt=0, penalty_paid_on=None))
    rows = rows.select_related("contract").defer("contract__content")
    return list(rows.order_by("due_on", "id")[:limit])


def acceptances_to_sign(organisation_id: int, limit: int = 50) -> list[Report]:
    """Accepted reports whose act this party has not signed, where the act is signed; oldest first."""
    mine = Q()
    for side, column in (("customer", "contract__customer_id"), ("executor", "contract__executor_id")):
        over = {"object_id": OuterRef("pk"), "content_sha256": OuterRef("acceptance__content_sha256"), "side": side}
        mine |= Q(~Exists(Signature.objects.filter(object_kind="report", **over)), **{column: organisation_id})
    rows = Report.objects.filter(mine, state="accepted").exclude(acceptance__content_sha256="")
    rows = rows.select_related("tranche", *settled("contract__"))
    rows = rows.defer("contract__content", "contract__award__protocol__content").order_by("id")[:limit]
    return [row for row in rows if settlement_of(row).flag("rep.acceptance_act")]
