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
    award_without_contract,
    commission_in_term,
    contest_opened,
    cut_in_time,
    cut_over,
    decision_appealable,
    faults_noted,
    in_mending_time,
    mending_not_asked,
    mending_over,
    no_mending_open,
    not_appealed_yet,
    papers_compared,
    some_admitted,
    some_short_of_scorers,
    stands_still,
)

_LAW = HOUSE["H-17"].basis
_INTEREST = HOUSE["H-12"].basis
_HIDDEN = HOUSE["H-20"].basis
_EQUAL = HOUSE["H-02"].basis
_APPEAL = HOUSE["H-36"].basis
_RETURN = HOUSE["H-37"].basis

_STANDSTILL = HOUSE["H-67"].basis

HALTS: dict[str, frozenset[str]] = {
    "proceeding": frozenset(
        "declare_interests recuse prove_recusal request_mending close_mending close_interests start_scoring "
        "skip_scoring submit_scores reveal reopen_scoring adjourn_sitting decide suspend_review".split()
    ),
    "candidacy": frozenset({"admit", "reject", "call_reserve", "give_back"}),
    "protocol": frozenset({"draft_protocol", "sign_protocol", "complete_signatures", "publish_protocol"}),
    "mending": frozenset({"note_fault", "ask_mending", "mend", "lapse_mending"}),
    "cut": frozenset({"propose_cut", "consent_to_cut", "refuse_cut", "lapse_cut"}),
}
"""What is not done while the review of a lot stands still (H-67). What is everybody's right goes on: to appeal and to
have an appeal answered, to give up an award, to correct a slip, to fill an empty seat."""

COMMISSION = Lifecycle(
    "commission",
    ("appointed",),
    (
        Transition("appoint_commission", (NEW,), "appointed", _LAW),
        Transition("replace_member", ("appointed",), "appointed", _LAW),
        Transition("renew_commission", ("appointed",), "appointed", _LAW),
    ),
)

_UNDECIDED = ("interests", "admissibility", "scoring", "revealed")

PROCEEDING = Lifecycle(
    "proceeding",
    ("interests", "admissibility", "scoring", "revealed", "decided", "published"),
    (
        Transition(
            "begin_review",
            (NEW,),
            "interests",
            HOUSE["H-13"].basis,
            (contest_opened, papers_compared, commission_in_term),
        ),
        *(Transition("declare_interests", (state,), state, _INTEREST) for state in _UNDECIDED),  # later: a successor
        *(Transition("recuse", (state,), state, _INTEREST) for state in _UNDECIDED[1:]),
        *(Transition("prove_recusal", (state,), state, _INTEREST) for state in _UNDECIDED[1:]),
        Transition(
            "request_mending",
            ("admissibility",),
            "admissibility",
            _EQUAL,
            (mending_not_asked, faults_noted),
            when="adm.mending",
        ),
        Transition("close_mending", ("admissibility",), "admissibility", _EQUAL, (mending_over,)),
        Transition("close_interests", ("interests",), "admissibility", _INTEREST, (all_declared,)),
        Transition("start_scoring", ("admissibility",), "scoring", _EQUAL, (all_screened, some_admitted)),
        Transition("skip_scoring", ("admissibility",), "revealed", _EQUAL, (all_screened,)),
        Transition("submit_scores", ("scoring",), "scoring", _HIDDEN),
        Transition("reveal", ("scoring",), "revealed", _HIDDEN, (all_scored,)),
        Transition("reopen_scoring", ("revealed",), "scoring", _HIDDEN, (some_short_of_scorers,)),
        Transition("adjourn_sitting", ("revealed",), "revealed", _LAW, (commission_in_term,)),
        Transition("decide", ("revealed",), "decided", _LAW, (commission_in_term, all_declared)),
        Transition("mark_published", ("decided",), "published", _LAW),
        Transition("return_to_admissibility", ("published",), "admissibility", _RETURN),
        Transition("return_to_scoring", ("published",), "scoring", _RETURN),
        Transition("return_to_decision", ("published",), "revealed", _RETURN),
        # A court or an appeal body stops the lot where it is, and lets it go on from there.
        *(
            Transition("suspend_review", (state,), state, _STANDSTILL)
            for state in (*_UNDECIDED, "decided", "published")
        ),
        *(
            Transition("resume_review", (state,), state, _STANDSTILL, (stands_still,))
            for state in (*_UNDECIDED, "decided", "published")
        ),
    ),
)

CANDIDACY = Lifecycle(
    "candidacy",
    ("listed", "admitted", "rejected", "awarded", "reserve", "not_awarded", "declined"),
    (
        Transition("list_candidacy", (NEW,), "listed", _LAW),
        Transition("admit", ("listed",), "admitted", _EQUAL, (no_mending_open,)),
        Transition("reject", ("listed",), "rejected", _EQUAL),
        Transition("award", ("admitted",), "awarded", _LAW),
        Transition("put_on_reserve", ("admitted",), "reserve", HOUSE["H-04"].basis),
        Transition("pass_over", ("admitted",), "not_awarded", _LAW),
        Transition("screen_again", ("rejected", "awarded", "reserve", "not_awarded", "declined"), "listed", _RETURN),
        Transition("decide_again", ("awarded", "reserve", "not_awarded", "declined"), "admitted", _RETURN),
        Transition("decline_award", ("awarded",), "declined", _LAW, (award_without_contract,)),
        Transition("lose_award", ("awarded",), "declined", _LAW, (award_without_contract,)),
        Transition("call_reserve", ("reserve",), "awarded", HOUSE["H-04"].basis, when="dec.reserve_list"),
        Transition("give_back", ("declined",), "declined", HOUSE["H-04"].basis),
        *(
            Transition("record_notification", (state,), state, _LAW)
            for state in ("rejected", "awarded", "reserve", "not_awarded", "declined")
        ),
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

MENDING = Lifecycle(
    "mending",
    ("noted", "asked", "mended", "lapsed"),
    (
        Transition("note_fault", (NEW, "noted"), "noted", _EQUAL, (mending_not_asked,), when="adm.mending"),
        Transition("ask_mending", ("noted",), "asked", _EQUAL),
        Transition("mend", ("asked",), "mended", _EQUAL, (in_mending_time,)),
        Transition("lapse_mending", ("asked",), "lapsed", _EQUAL, (mending_over,)),
    ),
)

_CONSENT = HOUSE["H-05"].basis

CUT = Lifecycle(
    "cut",
    ("proposed", "agreed", "refused"),
    (
        Transition("propose_cut", (NEW,), "proposed", _CONSENT, when="eval.budget_adjust"),
        Transition("consent_to_cut", ("proposed",), "agreed", _CONSENT, (cut_in_time,)),
        Transition("refuse_cut", ("proposed",), "refused", _CONSENT, (cut_in_time,)),
        Transition("lapse_cut", ("proposed",), "refused", HOUSE["H-34"].basis, (cut_over,)),
    ),
)
