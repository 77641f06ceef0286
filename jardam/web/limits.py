"""Very many tries in a short time wait a little (H-46): counted per person, or per machine where nobody has signed in.

The address of a machine is the one our own proxies report (`JARDAM_PROXIES` says how many stand in front); it is used
for a keyed hash and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from jardam.kernel.refusal import Refused
from jardam.parties import operations as parties
from jardam.parties.policy import ACTS, FAILED_SIGN_IN, ROUTE_LIMITS, Limit

from . import door


def place_of(request: Any) -> str:
    """The address of the machine that asks. What a client claims by itself in X-Forwarded-For counts for nothing."""
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.PROXIES
    return said[-proxies] if 0 < proxies <= len(said) else str(request.META.get("REMOTE_ADDR", ""))


def _who(limit: Limit, request: Any, account: str) -> str:
    match limit.per:
        case "person":
            return str(request.user.pk)
        case "pair":
            return f"{account.strip().lower()}|{place_of(request)}"
        case "account":
            return account.strip().lower()
        case _:
            return place_of(request)


def demand(limits: Iterable[Limit], request: Any, account: str = "", counts: bool = True) -> None:
    """Count and refuse `too_many_tries`."""
    for limit in limits:
        parties.demand_within(limit=limit, who=_who(limit, request, account), at=request.at, counts=counts)


def ask_sign_in(request: Any, account: str) -> None:
    demand(FAILED_SIGN_IN, request, account, counts=False)


def count_failed_sign_in(request: Any, account: str) -> None:
    try:
        demand(FAILED_SIGN_IN, request, account)
    except Refused:
        return  # this try has failed anyway; the next one is told


class LimitMiddleware:
    """Asks before the page: too many tries are answered with 429 and the refusal page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        try:
            self._demand(request)
        except Refused as refusal:
            request.audience = "public"
            answer = door.refused(request, refusal, status=429)
            answer.headers["Cache-Control"] = "no-store"
            return answer
        return self.get_response(request)

    @staticmethod
    def _demand(request: Any) -> None:
        posts = request.method == "POST"
        try:
            route = resolve(request.path_info).view_name
        except Resolver404:
            return
        limits = ROUTE_LIMITS.get(route, ())
        if limits and (posts or not route.startswith("account_")):
            signed_in_only = [one for one in limits if one.per != "person" or request.user.is_authenticated]
            demand(signed_in_only, request, request.POST.get("email", "") if posts else "")
        if posts and request.user.is_authenticated:
            demand(ACTS, request)
