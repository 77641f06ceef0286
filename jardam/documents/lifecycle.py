"""An official document is issued with its act and printed once, right after."""

from __future__ import annotations

from jardam.kernel.lifecycle import NEW, Lifecycle, Transition
from jardam.rulebook.house import HOUSE

DOCUMENT = Lifecycle(
    "document",
    ("issued", "printed"),
    (
        Transition("issue_document", (NEW,), "issued", HOUSE["H-26"].basis),
        Transition("print_document", ("issued",), "printed", HOUSE["H-26"].basis),
    ),
)
