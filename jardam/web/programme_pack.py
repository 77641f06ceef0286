"""A programme put together for the session of the council: on its page there, and to print, for both sides."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from jardam.fields import in_language
from jardam.planning import queries

from . import formats, programme_page, study_page


def about(found: Any) -> dict[str, Any]:
    return {
        "title": in_language(found.title),
        "programme": found,
        "facts": programme_page.facts(found),
        "measures": programme_page.measures(queries.measures_of([found.pk])),
        "study_url": reverse("study", args=[found.study.ref]) if found.study else "",
    }


def whole(found: Any, *, within: bool) -> dict[str, Any]:
    """All a deputy needs on paper. `within`: for its customer and its council."""
    measures = queries.measures_of([found.pk])
    return about(found) | {
        "needs": study_page.needs(queries.needs_of(found.study)) if found.study else None,
        "study": found.study,
        "formula": study_page.formula(),
        "budget": programme_page.budget(measures),
        "sections": programme_page.sections(queries.sections_of(found)),
        "comments": programme_page.comments(queries.comments_of(found)) if queries.discussion_of(found) else None,
        "course": programme_page.course(queries.course_of(found), within=within),
        "total": sum(one.amount for one in measures),
        "years": formats.years(found.year_from, found.year_to),
        "languages": [
            {
                "code": code,
                "title": in_language(found.title, code),
                "customer": in_language(found.customer.title, code),
            }
            for code in ("ky", "ru")
        ],
    }
