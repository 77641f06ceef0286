"""The ledger: every som from the budget document to the act of acceptance.

Words: an *account* is one stage of money (appropriated, allocated, reserved, committed, ordered, paid, returned,
and beside them undelivered and accepted) of one owner out of one *appropriation*; a *posting* is a set of *entries*
that sum to zero; a *balance* is what stands on an account; a *payment order* travels from its maker to a checker and
on to the treasury.

Invariants (decisions.md §8): committed ≤ reserved ≤ allocated ≤ appropriated; ordered ≤ committed; paid ≤ ordered;
returned ≤ paid; accepted ≤ committed. They hold because money only moves from a balance that has it, in one
conditional UPDATE. Postings and entries are append-only; a mistake is reversed, not edited. Maker ≠ checker.

The ledger cites its sources by kind and id and knows nothing of programmes, contests or contracts. Start with
`operations.post`, then the verbs below it.
"""
