"""The procedure of the review, as tables."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import all_declared, all_scored, all_screened, contest_opened, papers_compared, some_admitted

_LAW = HOUSE["H-17"].basis
_INTEREST = HOUSE["H-12"].basis
_HIDDEN = HOUSE["H-20"].basis
_EQUAL = HOUSE["H-02"].basis

COMMISSION = Lifecycle(
    "commission",
    ("appointed",),
    (Transition("appoint_commission", (NEW,), "appointed", _LAW),),
)

PROCEEDING = Lifecycle(
    "proceeding",
    ("interests", "admissibility", "scoring", "revealed", "decided", "published"),
    (
        Transition("begin_review", (NEW,), "interests", HOUSE["H-13"].basis, (contest_opened, papers_compared)),
        Transition("declare_interests", ("interests",), "interests", _INTEREST),
        Transition("close_interests", ("interests",), "admissibility", _INTEREST, (all_declared,)),
        Transition("start_scoring", ("admissibility",), "scoring", _EQUAL, (all_screened, some_admitted)),
        Transition("skip_scoring", ("admissibility",), "revealed", _EQUAL, (all_screened,)),
        Transition("submit_scores", ("scoring",), "scoring", _HIDDEN),
        Transition("reveal", ("scoring",), "revealed", _HIDDEN, (all_scored,)),
        Transition("decide", ("revealed",), "decided", _LAW),
        Transition("mark_published", ("decided",), "published", _LAW),
    ),
)

CANDIDACY = Lifecycle(
    "candidacy",
    ("listed", "admitted", "rejected", "awarded", "reserve", "not_awarded"),
    (
        Transition("list_candidacy", (NEW,), "listed", _LAW),
        Transition("admit", ("listed",), "admitted", _EQUAL),
        Transition("reject", ("listed",), "rejected", _EQUAL),
        Transition("award", ("admitted",), "awarded", _LAW),
        Transition("put_on_reserve", ("admitted",), "reserve", HOUSE["H-04"].basis),
        Transition("pass_over", ("admitted",), "not_awarded", _LAW),
    ),
)

PROTOCOL = Lifecycle(
    "protocol",
    ("drafted", "signed", "published"),
    (
        Transition("draft_protocol", (NEW,), "drafted", _LAW),
        Transition("sign_protocol", ("drafted",), "drafted", _LAW),
        Transition("complete_signatures", ("drafted",), "signed", _LAW),
        Transition("publish_protocol", ("signed",), "published", _LAW),
    ),
)
