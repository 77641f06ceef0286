"""Contests of socially useful projects, and the applications to them.

Words: a *contest* is announced by a customer under one edition of the rules; a *lot* of it takes its money from one
measure; an *application* is a non-profit's answer to a lot, written in *sections*; a *version* is what was submitted,
sealed, with its receipt (reference, server time, SHA-256); *opening* ends the sealing towards the commission.

Invariants: nothing a contest will need is unknown once it is announced, and its rules never change after that; until
the opening nobody but the applicant reads an application; the deadline is one server-side question to the second;
one applicant has at most one living application in a lot; the register number is given at the opening, because a
running number would tell how many applied.

Start with `lifecycle.py`, then `operations.submit_application`.
"""
