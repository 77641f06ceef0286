"""Signing in: django-allauth with our people, and the one-click cast of demonstration instances."""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy

from jardam.kernel.refusal import Refused
from jardam.notices import operations as notices_operations
from jardam.notices import queries as notices
from jardam.parties import operations as parties
from jardam.parties import queries as people
from jardam.parties.policy import AUDIENCES, ROLE_LABELS

from . import limits, lists
from .formats import sentence
from .forms import Form, TextField
from .pages import page
from .urls_safe import safe_next


class Adapter(DefaultAccountAdapter):
    """A new user becomes a person with the name they give; organisations grant mandates later."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth asks before it looks at the password."""
        try:
            limits.ask_sign_in(request, credentials.get("email", ""))
        except Refused as refusal:
            raise ValidationError([sentence(one) for one in refusal.refusals]) from refusal

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        limits.count_failed_sign_in(request, credentials.get("email", ""))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        return parties.keep_new_user(user=user, name=form.cleaned_data.get("name") or user.email)


class SignupForm(Form):
    """What allauth's form asks for beyond e-mail and password."""

    name = TextField(gettext_lazy("Your name, as in your papers"), max_length=200, autocomplete="name")

    def signup(self, request: HttpRequest, user: Any) -> None:
        """allauth calls this after saving; everything is done by the adapter."""


@page("public", writes=True)
def cast(request: Any) -> HttpResponse:
    """The cast of the demonstration: one click signs in. On any other instance this page does not exist."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        user = next((u for u in people.cast() if str(u.pk) == request.POST.get("who")), None)
        if user is None:
            raise Http404
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect(safe_next(request, "desk"))
    return render(request, "cast.html", {"workplaces": _workplaces(people.cast_rows(request.at))})


def _workplaces(rows: list[tuple[Any, list[Any]]]) -> list[tuple[Any, list[tuple[Any, list[Any]]]]]:
    """(titles of the body, its people with their roles): customers first, then councils, applicants and the others,
    each in the order of registration. A person stands where they work first; last come, without titles, those who
    stand for nobody: a citizen proposes problems and comments without a mandate."""
    groups: dict[int, tuple[Any, list[tuple[Any, list[Any]]]]] = {}
    order: dict[int, int] = {}
    alone: list[tuple[Any, list[Any]]] = [(user, []) for user, held in rows if not held]
    for user, held in rows:
        if not held:
            continue
        place = held[0].organisation_id
        _titles, persons = groups.setdefault(place, (held[0].titles, []))
        order.setdefault(place, _turn(held[0].role))
        persons.append((user, [(ROLE_LABELS[one.role], one) for one in held]))
    bodies = [groups[place] for place in sorted(groups, key=lambda place: order[place])]
    return [*bodies, ({}, alone)] if alone else bodies


_TURNS = ("customer", "council", "applicant", "commission", "treasury", "operator")


def _turn(role: Any) -> int:
    return next((turn for turn, name in enumerate(_TURNS) if role in AUDIENCES[name]), len(_TURNS))


@page("person", writes=True)
def role(request: Any) -> HttpResponse:
    """Choose the mandate to act under."""
    if request.method == "POST":
        chosen = request.POST.get("mandate", "")
        if chosen.isdecimal() and int(chosen) in {s.mandate_id for s in request.actor.others}:
            request.session["mandate"] = int(chosen)
        return redirect("desk")
    held = [(ROLE_LABELS[one.role], one) for one in (request.actor.standing, *request.actor.others) if one]
    return render(request, "role.html", {"standings": held})


@page("person")
def account(request: Any) -> HttpResponse:
    """What the site holds of a signed-in person, and where they change it."""
    user = request.user
    held = [one for one in (request.actor.standing, *request.actor.others) if one]
    context = {
        "name": user.person.name if user.person else "",
        "email": user.email,
        "sends_letters": settings.EMAIL_IS_SENT,
        "standings": [(ROLE_LABELS[one.role], one) for one in held],
        "cast": user.is_cast,
    }
    return render(request, "account.html", context)


@page("person")
def account_data(request: Any) -> HttpResponse:
    """What is held under a person's account, as a file for themselves: who they are, every mandate, how they want
    e-mail, and every message they were told. What they did stands in the journal."""
    user, person = request.user, request.user.person
    chosen = notices.subscription(person.pk) if person else None
    told = lists.every(lambda last: notices.inbox(person.pk, before=last, limit=lists.BATCH)) if person else ()
    held = {
        "name": person.name if person else "",
        "email": user.email,
        "wants_email": chosen.email if chosen else "",
        "language": chosen.language if chosen else "",
        "mandates": [_mandate(one) for one in people.mandates_of(person)] if person else [],
        "messages": [_message(one) for one in told],
    }
    response = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _mandate(one: Any) -> dict[str, Any]:
    return {
        "organisation": one.organisation.title,
        "role": one.role,
        "acting": one.acting,
        "from": one.valid_from,
        "until": one.valid_until,
        "document": one.document,
        "state": one.state,
        "revoked_at": one.revoked_at,
    }


def _message(one: Any) -> dict[str, Any]:
    subject, text = notices_operations.texts_of(one)
    return {"at": one.told_at, "read_at": one.read_at, "subject": subject, "text": text}


ALLAUTH = {
    "account_change_password": "person",
    "account_confirm_email": "public",
    "account_email_verification_sent": "public",
    "account_inactive": "public",
    "account_login": "public",
    "account_logout": "public",
    "account_reauthenticate": "person",
    "account_reset_password": "public",
    "account_reset_password_done": "public",
    "account_reset_password_from_key": "public",
    "account_reset_password_from_key_done": "public",
    "account_set_password": "person",
    "account_signup": "public",
}
"""The pages of allauth that are ours, too, with their audiences: they cannot declare them themselves. Its page of
addresses is not among them, for it writes when it is looked at."""


def _allauth_routes() -> list[URLPattern]:
    module: Any = import_module("allauth.account.urls")  # here, because it asks for our SignupForm
    return list(module.urlpatterns)


def _declared(route: URLPattern) -> URLPattern:
    view = route.callback

    @wraps(view)
    def asked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        request.audience = ALLAUTH[str(route.name)]
        return view(request, *args, **kwargs)

    return URLPattern(route.pattern, asked, route.default_args, route.name)


urlpatterns: list[URLPattern | URLResolver] = [
    path("cast/", cast, name="cast"),
    path("role/", role, name="role"),
    path("account/", account, name="account"),
    path("account/my-data.json", account_data, name="account_data"),
    *(_declared(route) for route in _allauth_routes() if route.name in ALLAUTH),
]
