"""Decisions about signatures over plain facts."""

from __future__ import annotations

from jardam.kernel.refusal import Reason, when_broken
from jardam.rulebook.house import HOUSE

SIGNED_BY_YOU = Reason("signed_by_you", "You have signed this already; the other signature is another person's.")

when_broken("signature_once_each", SIGNED_BY_YOU.refusal(HOUSE["H-10"].basis))
