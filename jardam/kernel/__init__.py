"""Pure values that everything else speaks in. No Django, no database, no clock of its own.

Words: *Money* (exact amount and currency), *Term* (legs of working or calendar days), *Deadline* (an instant
with its derivation), *Actor* (a person acting for an organisation under a mandate), *Basis* (why a rule
binds: law, the customer's act, or a house rule), *Reason* and *Refusal* (a coded "no"), *Lifecycle* (states
and the one table of transitions of a thing).

Invariants: values are frozen; no float ever meets money; `now()` is never read here; a refusal always has
a code, a sentence and a basis.

Start with `refusal.py`, then `lifecycle.py`.
"""
