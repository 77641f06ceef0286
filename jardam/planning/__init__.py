"""From need to money: studies, programmes with measures, adoption by the council, appropriation.

Words: a *study* tells per target group how many need help and how many are served; a *programme* rests on a study and
holds *measures* (a form of order, a target group, an amount a year, an indicator); an *adoption* is the council's
resolution or the ministry's order, with its votes; an *appropriation* (treasury) gives the money and is *allocated* to
the measures.

Invariants: a programme is adopted only by the body its rules name; measures do not change after adoption; no more is
allocated than is appropriated.
"""
