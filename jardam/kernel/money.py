"""Exact money: a Decimal of two places and a currency. No floats; rounding names its rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
LIMIT = Decimal(10) ** 16  # numeric(18,2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency, two decimal places. Adding two currencies is an error, not a conversion."""

    amount: Decimal
    currency: str = "KGS"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise TypeError(f"money is a finite Decimal, not {self.amount!r}")
        if self.amount != self.amount.quantize(CENT) or abs(self.amount) >= LIMIT:
            raise ValueError(f"money has at most two decimal places and sixteen digits: {self.amount}")
        object.__setattr__(self, "amount", self.amount.quantize(CENT))

    @classmethod
    def som(cls, amount: int | str | Decimal) -> Money:
        return cls(Decimal(amount))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"

    def percent(self, share: Decimal) -> Money:
        """`share` per cent of the amount, rounded half up to the tyiyn."""
        return Money((self.amount * share / 100).quantize(CENT, ROUND_HALF_UP), self.currency)

    def split(self, weights: Sequence[Decimal | int]) -> list[Money]:
        """Parts in proportion to `weights` by largest remainder: they always add up to the whole.

        Ties in the remainder go to the earlier part. Weights are not negative and not all zero.
        """
        shares = [Decimal(w) for w in weights]
        total = sum(shares, Decimal(0))
        if total <= 0 or min(shares) < 0:
            raise ValueError("weights are not negative and not all zero")
        cents = int(self.amount / CENT)
        sign, cents = (-1, -cents) if cents < 0 else (1, cents)
        quotas = [Decimal(cents) * share / total for share in shares]
        parts = [int(quota) for quota in quotas]
        by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - quotas[i], i))
        for i in by_remainder[: cents - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part * CENT, self.currency) for part in parts]


def total(parts: Sequence[Money], currency: str = "KGS") -> Money:
    return sum(parts, Money(Decimal(0), currency))
