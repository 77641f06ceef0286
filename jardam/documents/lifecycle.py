"""An official document is issued with its act and printed once, right after; an incident lasts until what was damaged
is whole again."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

from .rules import has_failed, is_whole_again

DOCUMENT = Lifecycle(
    "document",
    ("issued", "printed"),
    (
        Transition("issue_document", (NEW,), "issued", HOUSE["H-26"].basis),
        Transition("print_again", ("issued",), "issued", HOUSE["H-61"].basis, (has_failed,)),
        Transition("print_document", ("issued",), "printed", HOUSE["H-26"].basis),
    ),
)

INCIDENT = Lifecycle(
    "incident",
    ("open", "closed"),
    (
        Transition("report_incident", (NEW,), "open", HOUSE["H-60"].basis),
        Transition("close_incident", ("open",), "closed", HOUSE["H-60"].basis, (is_whole_again,)),
    ),
)
