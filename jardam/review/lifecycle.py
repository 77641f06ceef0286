"""The procedure of the review, as tables."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import (
    all_answered,
    all_declared,
    all_scored,
    all_screened,
    appeal_in_time,
    contest_opened,
    decision_appealable,
    not_appealed_yet,
    papers_compared,
    some_admitted,
)

_LAW = HOUSE["H-17"].basis
_INTEREST = HOUSE["H-12"].basis
_HIDDEN = HOUSE["H-20"].basis
_EQUAL = HOUSE["H-02"].basis
_APPEAL = HOUSE["H-36"].basis
_RETURN = HOUSE["H-37"].basis

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
        Transition("return_to_admissibility", ("published",), "admissibility", _RETURN),
        Transition("return_to_scoring", ("published",), "scoring", _RETURN),
        Transition("return_to_decision", ("published",), "revealed", _RETURN),
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
        Transition("screen_again", ("rejected", "awarded", "reserve", "not_awarded"), "listed", _RETURN),
        Transition("decide_again", ("awarded", "reserve", "not_awarded"), "admitted", _RETURN),
    ),
)

PROTOCOL = Lifecycle(
    "protocol",
    ("drafted", "signed", "published", "superseded"),
    (
        Transition("draft_protocol", (NEW,), "drafted", _LAW),
        Transition("sign_protocol", ("drafted",), "drafted", _LAW),
        Transition("complete_signatures", ("drafted",), "signed", _LAW),
        Transition("publish_protocol", ("signed",), "published", _LAW),
        Transition("supersede", ("published",), "superseded", _RETURN),
    ),
)

# --- appeals and errata ----------------------------------------------------------------------------------------

APPEAL_PANEL = Lifecycle(
    "appeal_panel",
    ("appointed",),
    (Transition("appoint_panel", (NEW,), "appointed", _APPEAL),),
)

APPEAL = Lifecycle(
    "appeal",
    ("filed", "taken_up", "upheld", "rejected", "withdrawn", "unexamined", "carried_out"),
    (
        Transition(
            "file_appeal",
            (NEW,),
            "filed",
            _APPEAL,
            (decision_appealable, appeal_in_time, not_appealed_yet),
            when="appeal.allowed",
        ),
        Transition("take_up", ("filed",), "taken_up", _APPEAL),
        Transition("uphold", ("taken_up",), "upheld", _RETURN),
        Transition("reject_appeal", ("taken_up",), "rejected", _APPEAL),
        Transition("withdraw_appeal", ("filed", "taken_up"), "withdrawn", _APPEAL),
        Transition("leave_unexamined", ("filed", "taken_up"), "unexamined", _RETURN),
        Transition("carry_out", ("upheld",), "carried_out", _RETURN, (all_answered,)),
    ),
)

ERRATUM = Lifecycle(
    "erratum",
    ("drafted", "published"),
    (
        Transition("rectify", (NEW,), "drafted", HOUSE["H-26"].basis),
        Transition("sign_erratum", ("drafted",), "drafted", HOUSE["H-26"].basis),
        Transition("publish_erratum", ("drafted",), "published", HOUSE["H-26"].basis),
    ),
)
