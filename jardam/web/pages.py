"""Every page declares its audience; the routes' access matrix is made from these declarations."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from jardam.demonstration import progress
from jardam.fields import in_language
from jardam.kernel.permission import NO_MANDATE, WRONG_ROLE
from jardam.kernel.refusal import Refused
from jardam.notices import queries as notices
from jardam.parties.policy import AUDIENCES, ROLE_LABELS
from jardam.rulebook.house import HOUSE

from . import door

LANGUAGE_NAMES = {"ky": "Кыргызча", "ru": "Русский", "en": "English"}
View = Callable[..., HttpResponse]


def page(audience: str, *, writes: bool = False) -> Callable[[View], View]:
    """Declare who a page is for: `public`, `person` (anyone signed in) or a name of parties.policy.AUDIENCES.

    Only pages that say `writes` take POST. Everything that is not public is never kept by a cache.
    """
    if audience not in ("public", "person") and audience not in AUDIENCES:
        raise ValueError(f"no audience is called {audience!r}")
    methods = ("GET", "HEAD", "POST") if writes else ("GET", "HEAD")

    def declare(view: View) -> View:
        @wraps(view)
        def asked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            if audience != "public":
                if not request.user.is_authenticated:
                    return redirect(f"{reverse('account_login')}?next={request.path}")
                if turned_away := _turned_away(audience, request):
                    return door.refused(request, turned_away, status=403)
            request.audience = audience
            response = view(request, *args, **kwargs)
            if audience != "public":
                response.headers.setdefault("Cache-Control", "no-store")
            return response

        asked.audience = audience  # type: ignore[attr-defined]
        asked.writes = writes  # type: ignore[attr-defined]
        return asked

    return declare


def _turned_away(audience: str, request: Any) -> Refused | None:
    """Why this person is not of the audience; None when they are."""
    if audience == "person":
        return None
    if request.actor.standing is None:
        return NO_MANDATE.refuse(HOUSE["H-18"].basis)
    if not request.actor.has(*AUDIENCES[audience]):
        return WRONG_ROLE.refuse(HOUSE["H-18"].basis, roles=tuple(sorted(AUDIENCES[audience])))
    return None


# --- what base.html asks for -----------------------------------------------------------------------------------


def page_context(request: Any) -> dict[str, Any]:
    """Context of every page. A public page does not touch the session: it is the same for everyone."""
    public = getattr(request, "audience", "public") == "public"
    actor = None if public else request.actor
    return {
        "language_links": _language_links(request),
        "nav": _nav(request),
        "actor": actor,
        "actor_organisation": in_language(dict(actor.standing.titles)) if actor and actor.standing else "",
        "messages": get_messages(request),
        "actor_role": ROLE_LABELS[actor.standing.role] if actor and actor.standing else "",
        "switch_url": _address("role"),
        "inbox_url": _address("inbox"),
        "unread": notices.unread(actor.person_id) if actor and actor.person_id else 0,
        "demo": settings.DEMO,
        "demo_text": _demo_text(request),
        "demo_progress": _demo_progress(),
        "footer_links": [
            {"label": _("House rules"), "url": _address("rules")},
            {"label": _("Editions of the law"), "url": _address("editions")},
            {"label": _("Check a receipt"), "url": _address("receipts")},
            {"label": _("Appeals"), "url": _address("appeals")},
            {"label": _("How this site is made"), "url": _address("styleguide")},
        ],
        "search_url": _address("search"),
        "theme": request.COOKIES.get("theme", ""),
        "theme_url": _address("theme"),
        "save_data": request.headers.get("Save-Data", "").lower() == "on",
        "act_key": door.new_key(),
    }


def _demo_text(request: HttpRequest) -> str:
    """What is invented here. The pages of the real record are not."""
    match = request.resolver_match
    if match and (match.url_name or "").startswith("record"):
        return gettext("this record is real; contests and bodies elsewhere on this site are invented.")
    return gettext("invented bodies and people.")


def _demo_progress() -> str:
    """While the demonstration is still being filled, how far it is."""
    state = progress.read() if settings.DEMO and not settings.TESTING else None
    if state is None or state.is_complete:
        return ""
    return gettext("It is still being filled: %(done)s of %(of)s parts stand.") % {"done": state.done, "of": state.of}


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


_NAV = (
    ("contests", _("Contests")),
    ("programmes", _("Programmes")),
    ("record", _("The record since 2009")),
    ("search", _("Search")),
    ("desk", _("My desk")),
)


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": url, "current": request.path == url} for name, label in _NAV if (url := _address(name))
    ]


def _language_links(request: HttpRequest) -> list[dict[str, str]]:
    """This page in the other languages; addresses differ by their first part only."""
    match: ResolverMatch | None = request.resolver_match
    links = []
    for code, name in LANGUAGE_NAMES.items():
        with override(code):
            try:
                url = reverse(match.view_name, args=match.args, kwargs=match.kwargs) if match else f"/{code}/"
            except NoReverseMatch:
                url = f"/{code}/"
        links.append({"code": code, "name": name, "url": url})
    return links


def language() -> str:
    return (get_language() or "ru")[:2]
