"""The procedure of a contest and of an application, as tables."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import (
    announcement_complete,
    applicant_eligible,
    applicant_not_barred,
    applicant_not_excluded,
    applicant_old_enough,
    applicant_verified,
    before_closing,
    before_deadline,
    can_still_ask,
    carrier_suffices,
    compared_by_another,
    contest_takes_applications,
    deadline_over,
    has_lot,
    keyed_without_a_vote,
    nobody_applied_and_rules_extend,
    nobody_to_award,
    only_one_in_the_lot,
    outage_is_new,
    outage_is_over,
    paper_contest_known,
    paper_contest_opened,
    paper_is_late,
    paper_opened,
    partner_is_another,
    partners_within_number,
    programme_adopted,
    repeated_only_once,
    repeats_an_ended_contest,
    scan_is_there,
    within_number_allowed,
)

_CONTEST = HOUSE["H-17"].basis
_SEALED = HOUSE["H-13"].basis
_DEADLINE = HOUSE["H-09"].basis
_OUTAGE = HOUSE["H-07"].basis
_PUBLISHED = HOUSE["H-26"].basis
_ASKER = HOUSE["H-29"].basis
_STANDSTILL = HOUSE["H-30"].basis
_SIGNED = HOUSE["H-31"].basis
_PAPER = HOUSE["H-32"].basis
_APPLICANT = (
    contest_takes_applications,
    before_deadline,
    applicant_eligible,
    applicant_not_excluded,
    applicant_old_enough,
    applicant_not_barred,
)

# After the opening the rules know no cancelling: neither of a contest (`ann.cancel_allowed` ends with the opening) nor
# of one lot. A lot nobody applied to ends with its own protocol, which gives its money back; one that a court stops
# is stopped by H-67, as soon as its review is begun.
CONTEST = Lifecycle(
    "contest",
    ("draft", "announced", "suspended", "opened", "decided", "cancelled", "void", "discarded"),
    (
        Transition("draft_contest", (NEW,), "draft", _CONTEST),
        Transition("edit_announcement", ("draft",), "draft", _CONTEST),
        Transition("discard_contest", ("draft",), "discarded", HOUSE["H-71"].basis),
        Transition("announce", ("draft",), "announced", _CONTEST, (announcement_complete, has_lot, programme_adopted)),
        Transition("open_applications", ("announced",), "opened", _SEALED, (deadline_over,)),
        Transition("mark_decided", ("opened",), "decided", _CONTEST),
        Transition("review_again", ("decided",), "opened", HOUSE["H-37"].basis),
        # After the announcement.
        Transition("amend", ("announced",), "announced", _CONTEST, (before_closing,), when="ann.amend_allowed"),
        Transition("extend_for_outage", ("announced",), "announced", _OUTAGE),
        Transition("extend_for_outage", ("suspended",), "suspended", _OUTAGE),
        Transition("suspend", ("announced",), "suspended", _STANDSTILL),
        Transition("resume", ("suspended",), "announced", _STANDSTILL),
        Transition("cancel", ("announced", "suspended"), "cancelled", _CONTEST, when="ann.cancel_allowed"),
        Transition("declare_void", ("opened", "decided"), "void", _CONTEST, (nobody_to_award,)),
        Transition("reopen", ("opened",), "announced", _CONTEST, (nobody_applied_and_rules_extend,)),
        Transition("repeat_contest", (NEW,), "draft", _CONTEST, (repeats_an_ended_contest, repeated_only_once)),
        *(
            Transition("rectify", (state,), state, _PUBLISHED)
            for state in ("announced", "suspended", "opened", "decided", "cancelled", "void")
        ),
    ),
)

QUESTION = Lifecycle(
    "question",
    ("asked", "answered"),
    (
        Transition("ask", (NEW,), "asked", _ASKER, (can_still_ask,), when="ann.questions_allowed"),
        Transition("answer", ("asked",), "answered", _ASKER),
    ),
)

OUTAGE = Lifecycle(
    "outage",
    ("registered",),
    (Transition("register_outage", (NEW,), "registered", _OUTAGE, (outage_is_over, outage_is_new)),),
)

APPLICATION = Lifecycle(
    "application",
    ("draft", "submitted", "withdrawn", "opened", "keying", "keyed"),
    (
        Transition(
            "start_application",
            (NEW,),
            "draft",
            _CONTEST,
            (*_APPLICANT, only_one_in_the_lot, within_number_allowed),
        ),
        Transition("submit", ("draft",), "submitted", _DEADLINE, (*_APPLICANT, applicant_verified)),
        Transition(
            "replace",
            ("submitted",),
            "submitted",
            _DEADLINE,
            (*_APPLICANT, applicant_verified),
            when="app.replace_allowed",
        ),
        Transition("withdraw", ("draft",), "withdrawn", _DEADLINE, (before_deadline,)),
        Transition(
            "withdraw", ("submitted",), "withdrawn", _DEADLINE, (before_deadline,), when="app.withdraw_allowed"
        ),
        Transition("open", ("submitted",), "opened", _SEALED),
        Transition("sign_off", ("draft",), "draft", _SIGNED, (*_APPLICANT, carrier_suffices)),
        Transition("sign_off", ("submitted",), "submitted", _SIGNED, (*_APPLICANT, carrier_suffices)),
        Transition(
            "key_in",
            (NEW,),
            "keying",
            _PAPER,
            (paper_opened, keyed_without_a_vote, only_one_in_the_lot),
            when="app.paper_allowed",
        ),
        Transition("finish_keying", ("keying",), "keyed", _PAPER, (keyed_without_a_vote, scan_is_there)),
        Transition("return_keying", ("keyed",), "keying", _PAPER, (compared_by_another,)),
        Transition("compare", ("keyed",), "opened", _PAPER, (compared_by_another,)),
        Transition("mend_content", ("opened",), "opened", HOUSE["H-02"].basis, when="adm.mending"),
    ),
)

COLLABORATOR = Lifecycle(
    "collaborator",
    ("invited", "accepted", "removed"),
    (
        Transition("invite_collaborator", (NEW,), "invited", _CONTEST),
        Transition("accept_invitation", ("invited",), "accepted", _CONTEST),
        Transition("remove_collaborator", ("invited", "accepted"), "removed", _CONTEST),
    ),
)

PARTNER = Lifecycle(
    "partner",
    ("named", "confirmed", "declined", "removed"),
    (
        Transition(
            "name_partner",
            (NEW,),
            "named",
            _CONTEST,
            (contest_takes_applications, before_deadline, partner_is_another, partners_within_number),
            when="app.consortium",
        ),
        Transition(
            "confirm_partner", ("named",), "confirmed", _CONTEST, (contest_takes_applications, before_deadline)
        ),
        Transition("decline_partner", ("named", "confirmed"), "declined", _CONTEST),
        Transition(
            "remove_partner", ("named", "confirmed", "declined"), "removed", _CONTEST, (contest_takes_applications,)
        ),
    ),
)

PAPER = Lifecycle(
    "paper",
    ("registered", "late", "opened", "taken_in", "refused"),
    (
        Transition(
            "register_paper",
            (NEW,),
            "registered",
            _DEADLINE,
            (contest_takes_applications, before_deadline),
            when="app.paper_allowed",
        ),
        Transition(
            "register_late",
            (NEW,),
            "late",
            _DEADLINE,
            (paper_contest_known, paper_is_late),
            when="app.paper_allowed",
        ),
        Transition("open_paper", ("registered",), "opened", _SEALED, (paper_contest_opened,)),
        Transition("refuse_paper", ("late", "opened"), "refused", _DEADLINE, (paper_contest_opened,)),
        Transition("take_in", ("opened",), "taken_in", _PAPER),
    ),
)
