"""Which rules are in force here: the shipped editions, with what this instance has learnt of them.

Words: a *confirmation* is a value a lawyer found in the official text, entered by one person and checked by another,
valid for the whole instance from then on; an *adoption* is a value from a customer's own act, for that customer's
later contests; to *settle* is to resolve every rule a contest may need, once and for ever.

Invariants: the shipped files stay as they are (they are pinned by hash); nothing learnt is retroactive; assumed
values are let in on demonstration instances only; a local rule tightens, never loosens.
"""
