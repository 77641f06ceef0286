"""The law as data: editions of a form's rules, and what a contest settles from them. Pure; no Django.

Words: a *key* names one parameter (`catalogue.py` is the list of them all); an *edition* is one file of
`regimes/<form>/`, a complete snapshot of every key for the days it is valid; a *parameter* is a key with its
value, basis and status; an *overlay* gives assumed values to demonstration instances; a *confirmation* is a
value a lawyer found in the official text; an *adoption* is a value from the customer's own act; a
*settlement* is what one contest or programme obeys for ever; a *house rule* is Jardam's own, never shown as
law.

Statuses: `confirmed` (read in the official text), `adopted` (the customer's act), `assumed` (demonstration
only), `unknown` (null never means zero: needing it refuses `rule_unknown`).

Invariants: files are pinned by hash; a faulty folder stops the start with the full list of faults; a value is
never guessed; after a settlement no needed key is unknown; the same input gives the same ranking, byte for
byte.

Start with `catalogue.py`, then `edition.resolve`. `values.py`: the types of values; `reading.py`: YAML files;
`clock.py`: deadlines from keys; `methods.py`: scoring and voting; `house.py`: house rules and known law.
"""
