"""Every page declares its audience; the routes' access matrix is made from these declarations."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from jardam.demonstration import progress
from jardam.fields import in_language
from jardam.kernel.permission import NO_MANDATE, WRONG_ROLE
from jardam.kernel.refusal import Refused
from jardam.notices import queries as notices
from jardam.parties.policy import AUDIENCES, ROLE_LABELS
from jardam.rulebook.house import HOUSE

from . import door, typed

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
                    return _to_sign_in(request)
                if turned_away := _turned_away(audience, request):
                    return door.refused(request, turned_away, status=403)
            request.audience = audience
            asked_again = writes and audience != "public" and request.method == "GET"
            before = typed.take_back(request, request.actor.person_id) if asked_again else None
            response = _given_back(view, request, before, args, kwargs) if before else None
            response = response or view(request, *args, **kwargs)
            if audience != "public":
                response.headers.setdefault("Cache-Control", "no-store")
            return response

        asked.audience = audience  # type: ignore[attr-defined]
        asked.writes = writes  # type: ignore[attr-defined]
        return asked

    return declare


def _to_sign_in(request: Any) -> HttpResponse:
    """What was typed while the session ended comes back after signing in; the address keeps what was asked for."""
    if request.method == "POST" and typed.keep(request):
        return redirect(f"{reverse('account_login')}?next={quote(request.get_full_path())}")
    return redirect(f"{reverse('account_login')}?next={request.path}")


def _given_back(view: View, request: Any, before: QueryDict, args: Any, kwargs: Any) -> HttpResponse | None:
    """The page with its form filled in as it was sent; None where the page holds no such form any more. The page is
    asked as if it was sent again, and the door opens no transaction meanwhile."""
    request.method, request.POST, request._files, request.given_back = "POST", before, MultiValueDict(), True
    try:
        with door.held():
            response = view(request, *args, **kwargs)
    except (door.Held, Refused, ObjectDoesNotExist, Http404):
        response = None
    request.method = "GET"
    if response is not None and response.status_code == 200:
        return response
    request.POST, request.given_back = QueryDict(), False
    return None


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
        "act_key": typed.new_key(actor.person_id if actor else None),
        "given_back": getattr(request, "given_back", False),
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
