"""The verbs of parties.

`organisations` registers, verifies, renames, succeeds and restricts them; `people` holds those who sign in, their
mandates and the limits on tries; `territories` lists the places; `bank_accounts` says where an organisation wants its
money.
"""

from .bank_accounts import confirm_bank_account, propose_bank_account, reject_bank_account
from .organisations import (
    correct_organisation,
    lift_restriction,
    lift_source,
    name_bodies,
    refuse_verification,
    register_organisation,
    rename,
    restrict,
    succeed,
    succeed_by_tin,
    take_names,
    update_profile,
    verify_organisation,
)
from .people import (
    demand_within,
    forget_sessions,
    forget_tallies,
    grant_mandate,
    grant_mandate_by_email,
    hold_mandate,
    keep_new_user,
    register_person,
    revoke_mandate,
)
from .territories import COLUMNS, add_territory, end_territory, enter_code, load_territories, merge_territory

__all__ = [
    "COLUMNS",
    "add_territory",
    "confirm_bank_account",
    "correct_organisation",
    "demand_within",
    "end_territory",
    "enter_code",
    "forget_sessions",
    "forget_tallies",
    "grant_mandate",
    "grant_mandate_by_email",
    "hold_mandate",
    "keep_new_user",
    "lift_restriction",
    "lift_source",
    "load_territories",
    "merge_territory",
    "name_bodies",
    "propose_bank_account",
    "refuse_verification",
    "register_organisation",
    "register_person",
    "reject_bank_account",
    "rename",
    "restrict",
    "revoke_mandate",
    "succeed",
    "succeed_by_tin",
    "take_names",
    "update_profile",
    "verify_organisation",
]
