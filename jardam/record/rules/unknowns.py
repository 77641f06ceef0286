"""Which facts a reader would want of a row, so that their absence is counted and shown."""

from __future__ import annotations

from .money import N_

UNKNOWN_FIELDS: dict[str, dict[str, str]] = {
    "budgets": {
        "year": N_("the year of the figure"),
        "sources": N_("where the figure comes from"),
    },
    "contests": {
        "announced": N_("when it was announced"),
        "deadline": N_("until when applications were accepted"),
        "programme": N_("the programme it belonged to"),
        "theme": N_("its theme"),
        "lots": N_("how many lots it had"),
        "target_groups_text": N_("for whom it was"),
        "amounts": N_("how much money it was about"),
        "applications": N_("how many applied"),
        "projects_awarded": N_("how many projects were awarded"),
        "winners": N_("who won"),
        "term_text": N_("how long the projects ran"),
        "legal_period": N_("under which law it was held"),
    },
    "municipalities": {
        "soate": N_("its code in the classifier"),
        "district": N_("its district"),
        "years": N_("in which years it took part"),
    },
    "target_groups": {
        "name_ky": N_("its Kyrgyz name"),
        "sources": N_("where it is named"),
    },
}
"""Kind → field → what the reader would want to know (message id)."""
