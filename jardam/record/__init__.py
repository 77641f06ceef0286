"""The real record: what public sources say of the state social order of 2009–2026.

Words: a *row* is one stated fact (a *figure* of money, a *past contest*, a *municipality*, a *target group*)
with the addresses of its *sources*; a *file* holds rows of one kind in the format `jardam-record/1`
(data/record/README.md); a *fault* is why a file is refused; an *earlier version* is what a row said before a
correction; a *money kind* says which fact a figure is, a *family* which kinds may stand in one chart; the
*alias table* (data/record/aliases.yaml) says which texts mean the same customer, place or group.

Invariants: rows are evidence about the past, never acts of this system: nothing here makes a contest, a
contract or a ledger entry, and no journal record explains them; a faulty file changes nothing; null means
that the source does not say, and is shown so; figures are never added up; a day the source does not give is
never shown; no code (SOATE, TIN) is invented, and a text that no alias matches stays a text.

Start with `rules/rows.py` (the format), then `operations.load_files`.
"""
