"""Who the two parties are on the day that counts, and who signed for them on what ground.

A contract that both sides signed can be read by everybody, so that its paper says less of an account and of an
entrepreneur than the one its parties sign (H-64).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jardam.documents import wording
from jardam.documents.models import Signature
from jardam.documents.papers import Block, facts
from jardam.fields import in_language
from jardam.journal.models import Record
from jardam.parties import queries as parties
from jardam.parties.models import BankAccount, Mandate, Organisation
from jardam.parties.policy import ROLE_LABELS
from jardam.parties.rules import Kind, Part, Role

from ..models import Contract, InkSignature

SIDES = {"customer": _("Customer"), "executor": _("Executor")}
SCHEMES = {"KG-TIN": _("TIN"), "KG-OKPO": _("OKPO code")}
ACCOUNT_KINDS = {
    "separate": _("A separate account for the money of the order alone"),
    "treasury": _("An account at the treasury"),
    "ordinary": _("Another account of the organisation"),
}
HEADS = {"customer": Role.HEAD, "executor": Role.APPLICANT_HEAD}


@dataclass(frozen=True, slots=True)
class Hand:
    """Who signed for a side. *Role*: empty on paper, where the signatory may be anybody with an authority; *ground*:
    the document the person acts on; *at*: the instant on the platform, *on*: the day on paper."""

    side: str
    name: str
    role: str
    acting: bool
    ground: str
    at: datetime | None = None
    on: date | None = None

    def who(self) -> str:
        """«Name, head of the organisation, acting on: Order 12»."""
        role = str(ROLE_LABELS[Role(self.role)]) if self.role else ""
        if self.acting:
            role = gettext("%(role)s, standing in") % {"role": role}
        ground = gettext("acts on: %(document)s") % {"document": self.ground}
        return ", ".join(filter(None, (self.name, role, ground)))

    def how(self) -> str:
        """How the signature was given, and when."""
        if self.at is not None:
            return gettext("signed on the platform, %(when)s") % {"when": wording.instant(self.at)}
        return gettext("on paper, %(day)s") % {"day": wording.day(self.on)} if self.on else ""


@dataclass(frozen=True, slots=True)
class Party:
    """One side as the register knows it on a day; what is not entered is empty."""

    organisation: Organisation
    title: Mapping[str, str]
    numbers: Sequence[tuple[str, str]]
    address: str
    account: BankAccount | None
    treasury: Mapping[str, str] | None


def parties_on(contract: Contract, day: date) -> dict[str, Party]:
    """Both sides by the names, addresses and accounts of the day."""
    sides = {"customer": contract.customer, "executor": contract.executor}
    treasury = contract.customer.treasury
    asked = [*sides.values(), *([treasury] if treasury else [])]
    names, accounts = (
        parties.names_on([one.pk for one in asked], day),
        parties.bank_accounts_on([one.pk for one in sides.values()], day),
    )
    return {
        side: Party(
            organisation=one,
            title=names.get(one.pk, one.title),
            numbers=parties.identifiers_of(one),
            address=_address(one, day),
            account=accounts.get(one.pk),
            treasury=names.get(treasury.pk, treasury.title) if treasury and side == "customer" else None,
        )
        for side, one in sides.items()
    }


def _address(organisation: Organisation, day: date) -> str:
    said = parties.profile_on(organisation, day).get(Part.ADDRESS)
    return str(said.content.get("text", "")) if said else ""


def hands_of(signed: Sequence[Signature], ink: Sequence[InkSignature] = ()) -> tuple[Hand, ...]:
    """Everybody who signed, the customer's side first."""
    mandates = parties.mandates_by_id(one.mandate_id for one in signed)
    found = [_by_mandate(one.side, one.person_name, mandates[one.mandate_id], one.at) for one in signed]
    found += [Hand(one.side, one.signatory, "", False, one.authority, on=one.signed_on) for one in ink]
    return tuple(sorted(found, key=lambda one: one.side))


def hand_of(side: str, act: Record) -> Hand:
    """Who did an act for a side."""
    assert act.mandate_id is not None
    return _by_mandate(side, act.person_name, parties.mandates_by_id([act.mandate_id])[act.mandate_id], act.at)


def _by_mandate(side: str, name: str, mandate: Mandate, at: datetime | None) -> Hand:
    return Hand(side, name, mandate.role, mandate.acting, mandate.document, at)


def heads_of(contract: Contract, at: datetime) -> tuple[Hand, ...]:
    """Who may sign for each side at the instant, where that is one person."""
    found = []
    for side, role in HEADS.items():
        held = parties.people_in_roles(getattr(contract, f"{side}_id"), [role], at)
        found += [_by_mandate(side, one.person.name, one, None) for one in held if len(held) == 1]
    return tuple(found)


# --- blocks ----------------------------------------------------------------------------------------------------


def names(contract: Contract) -> dict[str, str]:
    return {"customer": in_language(contract.customer.title), "executor": in_language(contract.executor.title)}


def head_rows(contract: Contract) -> list[tuple[str, str]]:
    """At the head of every paper of a contract: whose it is."""
    said = names(contract)
    return [
        (gettext("Customer"), said["customer"]),
        (gettext("Executor"), said["executor"]),
        (gettext("Contract"), contract.number or ""),
        (gettext("Project"), contract.title),
    ]


def party_block(side: str, party: Party, hands: Iterable[Hand], *, everybody: bool) -> Block:
    """What is known of one side. *Everybody*: whether everybody can read the paper (H-64)."""
    withheld = everybody and party.organisation.kind == Kind.ENTREPRENEUR
    hidden = gettext("Not printed here: it is a person's, and everybody can read this contract.")
    numbers = [(str(SCHEMES.get(scheme, scheme)), hidden if withheld else value) for scheme, value in party.numbers]
    signs = [one.who() for one in hands if one.side == side]
    return facts(
        (str(SIDES[side]), in_language(dict(party.title))),
        *(numbers or [(gettext("TIN"), gettext("Not entered in the register on that day."))]),
        (gettext("Address"), _or_missing(hidden if withheld and party.address else party.address)),
        *_money_rows(side, party, everybody=everybody),
        (gettext("Who signs"), "; ".join(signs)),
    )


def _or_missing(value: str) -> str:
    return value or gettext("Not entered in the register on that day.")


def _money_rows(side: str, party: Party, *, everybody: bool) -> list[tuple[str, str]]:
    account = party.account
    if side == "customer" and account is None:
        pays = in_language(dict(party.treasury)) if party.treasury else ""
        return [(gettext("Pays through"), _or_missing(pays))]
    if account is None:
        return [(gettext("Bank account"), gettext("No checked account was entered on that day."))]
    told = {"bik": account.bik, "account": account.account, "last": account.account[-4:]}
    said = (
        gettext("BIK %(bik)s, account ending in %(last)s; the parties and the treasury know the whole number")
        if everybody
        else gettext("BIK %(bik)s, account %(account)s")
    ) % told
    kind = str(ACCOUNT_KINDS.get(account.kind, ""))
    return [(gettext("Bank account"), said), *([(gettext("Kind of the account"), kind)] if kind else [])]


def signed_by(hands: Iterable[Hand]) -> list[tuple[str, str, str]]:
    """Signature lines of those who signed."""
    return [(_office(one), one.name, one.how()) for one in hands]


def _office(hand: Hand) -> str:
    told = {"side": SIDES[hand.side], "role": str(ROLE_LABELS[Role(hand.role)]) if hand.role else ""}
    if hand.role in HEADS.values():
        return gettext("%(side)s, head") % told
    return f"{told['side']}, {told['role']}" if hand.role else str(told["side"])


def written(value: object) -> str:
    """A number of an indicator as documents write it; anything else as it stands."""
    return wording.number(value) if isinstance(value, int) else str(value)


def room_for_ink(contract: Contract) -> list[tuple[str, str, str]]:
    """A line for each side, to be signed by hand."""
    return [(str(SIDES[side]), name, "") for side, name in names(contract).items()]
