"""Contests of socially useful projects, and the applications to them.

Words: a *contest* is announced by a customer under one edition of the rules; a *lot* of it takes its money from one
measure; an *application* is a non-profit's answer to a lot, written in *sections*; a *version* is what was submitted,
sealed, with its receipt (reference, server time, SHA-256); *opening* ends the sealing towards the commission. After
the announcement: a *question* is answered to everybody; an *amendment* publishes a new version of the *announcement*
with its diff; an *erratum* stands beside a version that stays; an *outage*, a *suspension* or an amendment *postpones*
the deadline; an *order* is the document behind a cancellation, a suspension or a void; a lot's *outcome* says what it
came to; a contest that ended without result, or the lots of one without an award, are *repeated* by a new one.

Invariants: nothing a contest will need is unknown once it is announced, and its rules never change after that; until
the opening nobody but the applicant reads an application; the deadline is one server-side question to the second and
moves only to a later instant, with the reason beside it; who asked a question is shown to nobody; a cancelled contest
holds no money and its applications are never opened; one applicant has at most one living application in a lot; the
register number is given at the opening, because a running number would tell how many applied.

Start with `lifecycle.py`, then `operations/application.py` (submit_application).
"""
