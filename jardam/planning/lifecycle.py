"""Studies and programmes as tables of transitions."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE, LAW

from .rules import has_measures, has_study

_STATE = HOUSE["H-17"].basis

STUDY = Lifecycle(
    "study",
    ("published",),
    (Transition("publish_study", (NEW,), "published", LAW["needs_study"]),),
)

PROGRAMME = Lifecycle(
    "programme",
    ("draft", "submitted", "adopted"),
    (
        Transition("draft_programme", (NEW,), "draft", LAW["programme_approval"]),
        Transition("add_measure", ("draft",), "draft", LAW["programme_approval"]),
        Transition("submit_to_council", ("draft",), "submitted", LAW["programme_approval"], (has_study, has_measures)),
        Transition("return_for_rework", ("submitted",), "draft", LAW["programme_approval"]),
        Transition("record_adoption", ("submitted",), "adopted", LAW["programme_approval"], (has_measures,)),
        Transition("allocate", ("adopted",), "adopted", HOUSE["H-11"].basis),
    ),
)
