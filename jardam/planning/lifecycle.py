"""Studies and programmes as tables of transitions."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE, LAW

from .rules import (
    another_entered_it,
    changes_something,
    comments_answered,
    council_adopts,
    discussion_ended,
    has_measures,
    has_sections,
    has_study,
    head_adopts,
    is_discussed,
    is_in_languages,
    no_other_version,
    not_published,
    nothing_below_given,
    programme_in_force,
    programme_over,
    study_is_fresh,
    takes_comments,
    term_is_allowed,
    years_closed,
)

_STATE = HOUSE["H-17"].basis
_DRAFT = HOUSE["H-70"].basis

_ORDER = HOUSE["H-72"].basis
_SLIP = HOUSE["H-68"].basis

_READY = (
    has_study,
    has_measures,
    has_sections,
    is_discussed,
    discussion_ended,
    comments_answered,
    study_is_fresh,
    term_is_allowed,
    is_in_languages,
)
"""What is asked of a draft before anybody adopts it."""

STUDY = Lifecycle(
    "study",
    ("published",),
    (
        Transition("publish_study", (NEW,), "published", LAW["needs_study"]),
        Transition("correct_record", ("published",), "published", _SLIP),
    ),
)

PROGRAMME = Lifecycle(
    "programme",
    (
        "draft",
        "discussion",
        "submitted",
        "adopted",
        "rejected",
        "annulled",
        "closed",
        "entered",
        "discarded",
        "dropped",
    ),
    (
        Transition("draft_programme", (NEW,), "draft", LAW["programme_approval"]),
        Transition("add_measure", ("draft",), "draft", LAW["programme_approval"]),
        Transition("add_measure", ("entered",), "entered", LAW["programme_approval"]),
        *(
            Transition(verb, (state,), state, _DRAFT)
            for state in ("draft", "entered")
            for verb in ("change_head", "change_measure", "remove_measure")
        ),
        Transition("drop_programme", ("draft",), "dropped", _DRAFT),
        Transition("write_section", ("draft",), "draft", LAW["programme_approval"]),
        Transition("write_section", ("entered",), "entered", LAW["programme_approval"]),
        Transition(
            "open_discussion", ("draft",), "discussion", HOUSE["H-08"].basis, (has_study, has_measures, has_sections)
        ),
        Transition(
            "close_discussion", ("discussion",), "draft", HOUSE["H-08"].basis, (discussion_ended, comments_answered)
        ),
        Transition(
            "submit_to_council",
            ("draft", "discussion"),
            "submitted",
            LAW["programme_approval"],
            (council_adopts, *_READY),
        ),
        Transition("adopt_by_order", ("draft", "discussion"), "adopted", _ORDER, (head_adopts, *_READY)),
        Transition("return_for_rework", ("submitted",), "draft", LAW["programme_approval"]),
        Transition("record_adoption", ("submitted",), "adopted", LAW["programme_approval"], (has_measures,)),
        Transition("record_opinion", ("submitted",), "submitted", LAW["programme_approval"]),
        Transition("record_rejection", ("submitted",), "rejected", LAW["programme_approval"]),
        Transition("rework_programme", ("rejected",), "draft", LAW["programme_approval"]),
        Transition("publish_resolution", ("adopted",), "adopted", LAW["programme_approval"], (not_published,)),
        Transition("annul_programme", ("adopted",), "annulled", LAW["programme_approval"]),
        Transition("report_year", ("adopted",), "adopted", _STATE),
        Transition("hold_gathering", ("adopted",), "adopted", _STATE),
        Transition("close_programme", ("adopted",), "closed", _STATE, (programme_over, years_closed)),
        Transition("allocate", ("adopted",), "adopted", HOUSE["H-11"].basis),
        # Adopted on paper before the system: entered by one person, checked by another.
        Transition("enter_existing", (NEW,), "entered", HOUSE["H-10"].basis),
        Transition(
            "confirm_existing", ("entered",), "adopted", HOUSE["H-10"].basis, (another_entered_it, has_measures)
        ),
        Transition("discard_existing", ("entered",), "discarded", HOUSE["H-10"].basis),
        Transition("put_in_force", ("adopted",), "adopted", HOUSE["H-28"].basis),
        *(
            Transition(verb, (state,), state, _SLIP)
            for state in ("draft", "discussion", "submitted", "adopted", "rejected", "annulled", "closed")
            for verb in ("correct_record", "correct_resolution")
        ),
    ),
)

_VERSION = HOUSE["H-28"].basis

REVISION = Lifecycle(
    "revision",
    ("draft", "submitted", "adopted", "rejected", "dropped"),
    (
        Transition("draft_revision", (NEW,), "draft", _VERSION, (programme_in_force, no_other_version)),
        Transition("revise_measure", ("draft",), "draft", _VERSION, (programme_in_force,)),
        Transition("revise_section", ("draft",), "draft", _VERSION, (programme_in_force,)),
        Transition(
            "submit_revision",
            ("draft",),
            "submitted",
            LAW["programme_approval"],
            (council_adopts, programme_in_force, changes_something, nothing_below_given),
        ),
        Transition(
            "adopt_revision_by_order",
            ("draft",),
            "adopted",
            _ORDER,
            (head_adopts, programme_in_force, changes_something, nothing_below_given),
        ),
        Transition("return_revision", ("submitted",), "draft", LAW["programme_approval"]),
        Transition(
            "adopt_revision",
            ("submitted",),
            "adopted",
            LAW["programme_approval"],
            (programme_in_force, nothing_below_given),
        ),
        Transition("reject_revision", ("submitted",), "rejected", LAW["programme_approval"]),
        Transition("drop_revision", ("draft",), "dropped", _VERSION),
    ),
)

PROBLEM = Lifecycle(
    "problem",
    ("proposed", "published", "declined", "taken_up", "turned_down"),
    (
        Transition("propose_problem", (NEW,), "proposed", HOUSE["H-27"].basis),
        Transition("publish_problem", ("proposed",), "published", HOUSE["H-27"].basis),
        Transition("decline_problem", ("proposed",), "declined", HOUSE["H-25"].basis),
        Transition("take_up_problem", ("published",), "taken_up", HOUSE["H-27"].basis),
        Transition("turn_down_problem", ("published",), "turned_down", HOUSE["H-27"].basis),
        # Its measure was written anew, or taken out of the draft.
        Transition("follow_measure", ("taken_up",), "taken_up", _DRAFT),
        Transition("return_problem", ("taken_up",), "published", _DRAFT),
        *(Transition("correct_record", (state,), state, _SLIP) for state in ("taken_up", "turned_down")),
    ),
)

COMMENT = Lifecycle(
    "comment",
    ("made", "taken_up", "turned_down"),
    (
        Transition("make_comment", (NEW,), "made", HOUSE["H-08"].basis, (takes_comments,)),
        Transition("take_up_comment", ("made",), "taken_up", HOUSE["H-08"].basis),
        Transition("turn_down_comment", ("made",), "turned_down", HOUSE["H-08"].basis),
    ),
)
