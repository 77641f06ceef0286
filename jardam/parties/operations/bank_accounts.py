"""Where an organisation wants its money, checked by a second person."""

from __future__ import annotations

from datetime import date

from jardam.fields import in_language
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import refuse_if_any
from jardam.kernel.time import bishkek_day
from jardam.rulebook.house import HOUSE

from ..models import (
    BankAccount,
    Organisation,
)
from ..policy import BANK_ACCOUNT
from ..rules import (
    CHECKING_KINDS,
    WRONG_BODY,
    account_faults,
)


def propose_bank_account(
    *,
    actor: Actor,
    organisation: Organisation,
    bik: str,
    account: str,
    checker: Organisation,
    kind: str = "ordinary",
    currency: str = "KGS",
    valid_from: date | None = None,
) -> BankAccount:
    """Say where the organisation wants its money from a day on, and what *kind* of account it is (`ACCOUNT_KINDS`):
    the rules of a contract may want one of its own. It counts once a person of `checker`, a customer that
    pays or a treasury, has checked it. Refuses `bad_bik`, `bad_account`, `wrong_body`. House rule H-10."""
    refuse_if_any(account_faults(bik, account))
    if checker.kind not in CHECKING_KINDS:
        raise WRONG_BODY.refuse(HOUSE["H-16"].basis, at_field="checker", body=in_language(checker.title))
    begins = valid_from or bishkek_day(actor.at)
    proposed = BankAccount(
        organisation=organisation,
        bik=bik,
        account=account,
        currency=currency,
        kind=kind,
        checker=checker,
        valid_from=begins,
        proposed_by_id=actor.person_id or 0,
    )
    perform(
        BANK_ACCOUNT,
        proposed,
        "propose_bank_account",
        actor=actor,
        public={
            "organisation": organisation.ref,
            "checker": checker.ref,
            "from": begins,
            "currency": currency,
            "kind": kind,
        },
        private={"bik": bik, "account": account},
    )
    return proposed


def confirm_bank_account(*, account: BankAccount, actor: Actor, checked_against: str) -> BankAccount:
    """The second person compared the numbers and the kind with `checked_against` (the bank's letter). Orders not
    yet sent ask for the new account from now on. Refuses `own_matter`."""
    return _check_account(account, "confirm_bank_account", actor, checked_against)


def reject_bank_account(*, account: BankAccount, actor: Actor, checked_against: str) -> BankAccount:
    """The numbers are not those of the paper. Refuses `own_matter`."""
    return _check_account(account, "reject_bank_account", actor, checked_against)


def _check_account(account: BankAccount, verb: str, actor: Actor, checked_against: str) -> BankAccount:
    (account,) = lock(account)
    changes = {"checked_by_id": actor.person_id, "checked_against": checked_against}
    perform(BANK_ACCOUNT, account, verb, actor=actor, private=changes, changes=changes)
    return account
