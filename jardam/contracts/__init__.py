"""From the award to the accepted report.

Words: a *contract* is made from an award and cannot differ from its protocol; a *tranche* is one planned payment; a
*report* tells what was done and spent for a tranche; an *acceptance* is the act by which the customer takes it over.

Invariants: no contract before the standstill is over (H-03); signed by both sides it commits the lot's money; the next
tranche needs the accepted report on the last (H-06); whether a tranche is paid is read from its payment order, never
stored here; accepted ≤ committed, and on each budget line accepted ≤ planned (H-76); an award has one contract that
was not taken back (H-77); what was entered is put right by a new act, never erased (H-78).
"""
