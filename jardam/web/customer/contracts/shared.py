"""What the customer's pages of contracts share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.contracts import queries

from ...steps import crumbs


def contract_url(contract: Any) -> str:
    return reverse("desk_contract", args=[contract.ref])


def contract_crumbs(contract: Any, label: str = "") -> Any:
    name = contract.number or contract.title
    here = [(name, contract_url(contract)), (label, "")] if label else [(name, "")]
    return crumbs((_("Contracts"), reverse("desk_contracts")), *here)


def own_contract(request: Any, ref: str) -> Any:
    found = queries.contract(ref, request.actor)
    if not request.actor.acts_for(found.customer_id):
        raise Http404
    return found
