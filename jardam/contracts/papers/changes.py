"""What the paper of an amendment says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from jardam.documents import wording
from jardam.documents.papers import Block, Paper, facts, heading, paragraph, signatures, table

from ..models import Amendment
from .parties import Hand, head_rows, names, room_for_ink, signed_by


def amendment(amendment: Amendment, hands: tuple[Hand, ...]) -> Paper:
    """The amendment in force, with both signatures: what changes, as both sides signed it."""
    return Paper(gettext("Amendment of the contract"), [*_changes(amendment), signatures(*signed_by(hands))])


def amendment_to_sign(amendment: Amendment) -> Paper:
    """The same before it is signed, with room for ink."""
    room = room_for_ink(amendment.contract)
    return Paper(gettext("Amendment of the contract"), [*_changes(amendment), signatures(*room)])


def _changes(amendment: Amendment) -> list[Block]:
    """What the two agree to change, from the bytes that are signed."""
    content = json.loads(bytes(amendment.content))
    before, after = content["before"], content["after"]
    columns = ((gettext("What"), "text"), (gettext("Before"), "text"), (gettext("After"), "text"))
    rows = [
        [gettext("Last day"), *(wording.day(date.fromisoformat(one["ends_on"])) for one in (before, after))],
        *_amounts(before, after),
        *(
            [f"{n}. {title}", wording.money(Decimal(old)), wording.money(Decimal(new))]
            for n, ((title, old), (_title, new)) in enumerate(zip(before["lines"], after["lines"], strict=True), 1)
            if old != new
        ),
    ]
    return [
        paragraph(
            gettext("%(customer)s, the customer, and %(executor)s, the executor, change their contract.")
            % names(amendment.contract)
        ),
        facts(*head_rows(amendment.contract)),
        facts(
            (gettext("Amendment"), str(amendment.number)),
            (gettext("Fingerprint of the contract (SHA-256)"), content["contract"]),
            (gettext("Fingerprint of the signed text (SHA-256)"), amendment.content_sha256),
        ),
        heading(gettext("What changes")),
        table(columns, [row for row in rows if row[1] != row[2]]),
        paragraph(gettext("Everything else in the contract stays as it is.")),
        heading(gettext("Signatures")),
    ]


def _amounts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[list[str]]:
    """The amount and the tranches of an amendment that lowers them."""
    if "amount" not in after:
        return []
    left = dict(after["tranches"])
    tranches = [
        [
            gettext("Tranche %(n)s") % {"n": number},
            wording.money(Decimal(amount)),
            wording.money(Decimal(left[number])) if number in left else gettext("falls away"),
        ]
        for number, amount in before["tranches"]
    ]
    amounts = [wording.money(Decimal(one["amount"])) for one in (before, after)]
    return [[gettext("Amount"), *amounts], *tranches]
