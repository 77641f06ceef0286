"""The procedure of a contest and of an application, as tables."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import (
    announcement_complete,
    applicant_eligible,
    applicant_not_barred,
    applicant_verified,
    before_deadline,
    contest_takes_applications,
    deadline_over,
    has_lot,
    only_one_in_the_lot,
    programme_adopted,
    within_number_allowed,
)

_CONTEST = HOUSE["H-17"].basis
_SEALED = HOUSE["H-13"].basis
_DEADLINE = HOUSE["H-09"].basis
_APPLICANT = (contest_takes_applications, before_deadline, applicant_eligible, applicant_not_barred)

CONTEST = Lifecycle(
    "contest",
    ("draft", "announced", "opened", "decided"),
    (
        Transition("draft_contest", (NEW,), "draft", _CONTEST),
        Transition("edit_announcement", ("draft",), "draft", _CONTEST),
        Transition("announce", ("draft",), "announced", _CONTEST, (announcement_complete, has_lot, programme_adopted)),
        Transition("open_applications", ("announced",), "opened", _SEALED, (deadline_over,)),
        Transition("mark_decided", ("opened",), "decided", _CONTEST),
    ),
)

APPLICATION = Lifecycle(
    "application",
    ("draft", "submitted", "withdrawn", "opened"),
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
        Transition("mend_content", ("opened",), "opened", HOUSE["H-02"].basis, when="adm.mending"),
    ),
)
