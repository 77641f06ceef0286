"""Payment orders and their packages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from jardam.journal.procedure import actions, may
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refusal
from jardam.parties.models import Organisation
from jardam.parties.queries import ids_of

from ..models import PaymentOrder, PaymentPackage
from ..policy import PACKAGE, PAYMENT


def payment(ref: str) -> PaymentOrder:
    return PaymentOrder.objects.get(ref=ref)


def payment_actions(payment: PaymentOrder, actor: Actor) -> tuple[str, ...]:
    """The verbs open to this actor now: what the buttons show."""
    return actions(PAYMENT, payment, actor)


def payment_refusals(payment: PaymentOrder, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(PAYMENT, payment, verb, actor)


def payments_of_sources(source_kind: str, source_ids: Iterable[int]) -> dict[int, PaymentOrder]:
    """The latest payment order of each source (tranche), by the source's id."""
    rows = PaymentOrder.objects.filter(source_kind=source_kind, source_id__in=list(source_ids)).order_by("id")
    return {row.source_id: row for row in rows}


def payments_waiting(
    state: str,
    organisation_id: int | Iterable[int] | None = None,
    *,
    treasury_id: int | Iterable[int] | None = None,
    limit: int = 50,
    after: int = 0,
) -> list[PaymentOrder]:
    """The oldest orders in a state; of one payer, or of all payers a treasury works for. The next page begins after
    the last id."""
    rows = PaymentOrder.objects.filter(state=state, id__gt=after).select_related("account")
    if treasury_id is not None:
        rows = rows.filter(organisation_id__in=payers_of(treasury_id))
    if organisation_id is not None:
        rows = rows.filter(organisation_id__in=ids_of(organisation_id))
    return list(rows.order_by("id")[:limit])


def payers_of(treasury_id: int | Iterable[int]) -> QuerySet[Organisation]:
    """Those whose payments a treasury executes."""
    return Organisation.objects.filter(treasury_id__in=ids_of(treasury_id))


def package(ref: str) -> PaymentPackage:
    return PaymentPackage.objects.get(ref=ref)


def payments_of_package(package: PaymentPackage) -> list[PaymentOrder]:
    return list(package.payments.select_related("appropriation", "account").order_by("id"))


def packages_waiting(organisation_id: int, limit: int = 50) -> list[PaymentPackage]:
    """Drawn up and not sent, oldest first."""
    rows = PaymentPackage.objects.filter(organisation_id=organisation_id, state__in=["drawn_up", "half_signed"])
    return list(rows.order_by("id")[:limit])


def package_totals(packages: Iterable[PaymentPackage]) -> dict[int, Decimal]:
    """The money of each package, by its key."""
    rows = PaymentOrder.objects.filter(package__in=[one.pk for one in packages])
    return dict(rows.values_list("package_id").annotate(total=Sum("amount")).order_by("package_id"))


def package_refusals(package: PaymentPackage, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(PACKAGE, package, verb, actor)


def package_actions(package: PaymentPackage, actor: Actor) -> tuple[str, ...]:
    return actions(PACKAGE, package, actor)


def payments_of_payer(
    organisation_id: int | Iterable[int], *, state: str = "", before: int = 0, limit: int = 30
) -> list[PaymentOrder]:
    """A page of a payer's orders, newest first; the next begins before the last id."""
    rows = PaymentOrder.objects.filter(organisation_id__in=ids_of(organisation_id))
    rows = rows.select_related("appropriation", "account")
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])
