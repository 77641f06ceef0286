"""The two shapes of a page that acts: a form that is filled in, and a confirmation of something irreversible.

Both run one operation through the door. A page that is asked for at the wrong moment, or by somebody who may not do
it, says so with code and basis before anything is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.journal.procedure import Procedure
from jardam.kernel.actor import Actor
from jardam.kernel.permission import WRONG_ROLE
from jardam.kernel.refusal import Refusal, Refused
from jardam.kernel.text import clean

from . import forms, lists
from .door import act
from .templatetags.ui import Link

LANGUAGES = {"ky": gettext_lazy("Kyrgyz"), "ru": gettext_lazy("Russian"), "en": gettext_lazy("English")}
WRITTEN_IN = {"ky": gettext_lazy("in Kyrgyz"), "ru": gettext_lazy("in Russian"), "en": gettext_lazy("in English")}
FIRST_YEAR, LAST_YEAR = 2009, 2099


class StepForm(forms.Form):
    """A form that keeps the refusals it was blamed with, so that the page shows their codes and bases."""

    refusals: tuple[Refusal, ...] = ()

    def blame(self, refused: Refused) -> None:
        self.refusals = refused.refusals
        super().blame(refused)


class YearField(forms.NumberField):
    """A year is a name, not a quantity: it is shown without separators."""

    width = "4"

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **({"min_value": FIRST_YEAR, "max_value": LAST_YEAR} | kwargs))

    def shown(self, value: Any) -> str:
        return str(value)


class ShortField(forms.TextField):
    """A number or a name of a few characters."""

    width = "20"


def unfinished(field: Any) -> Any:
    """Not demanded yet, and not called optional either: it is asked for at a later step."""
    field.required = False
    field.widget.is_required = False
    field.silent_optional = True
    return field


def in_languages(
    label: Any, kind: type[forms.TextField] = forms.TextField, *, later: bool = False, **kwargs: Any
) -> tuple[Any, ...]:
    """Three fields for one text: Kyrgyz, Russian, and English if there is one. With `later`, drafts may lack all."""
    made = []
    for code, name in WRITTEN_IN.items():
        field = kind(format_lazy("{} ({})", label, name), required=code != "en", attrs={"lang": code}, **kwargs)
        made.append(unfinished(field) if later and code != "en" else field)
    return tuple(made)


def texts_of(data: Mapping[str, Any], name: str) -> dict[str, str]:
    """The localised text that three fields hold; languages without a text are left out."""
    return {code: data[f"{name}_{code}"] for code in LANGUAGES if data.get(f"{name}_{code}")}


def initial_of(texts: Mapping[str, str] | None, name: str) -> dict[str, str]:
    return {f"{name}_{code}": text for code, text in (texts or {}).items()}


def crumbs(*links: tuple[str, str]) -> list[Link]:
    """The trail below the desk; the last link stands for the page itself."""
    return [Link(_("My desk"), reverse("desk")), *(Link(label, url) for label, url in links)]


def cursor(request: HttpRequest, find: Callable[[str], Any]) -> int:
    """The id behind the cursor of the address, 0 at the beginning; a false one is not found."""
    ref = clean(request.GET.get(lists.CURSOR, ""))
    return find(ref).pk if ref else 0


def allows(procedure: Procedure, verb: str, actor: Actor) -> bool:
    """Whether the actor's role is one that does this: for lists, where each thing is not asked about."""
    return actor.has(*procedure.permissions[verb].roles)


def wrong_role(procedure: Procedure, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why the actor's role begins nothing of this kind; empty when it does."""
    rule = procedure.permissions[verb]
    return () if actor.has(*rule.roles) else (WRONG_ROLE.refusal(rule.basis, roles=rule.roles),)


def not_now(request: HttpRequest, refusals: Iterable[Refusal], back_url: str, **context: Any) -> HttpResponse:
    """The page stands there, but its step cannot be taken: why, and the way back."""
    shown = {name: context[name] for name in ("breadcrumbs", "next_steps") if name in context}
    return render(request, "refusal.html", shown | {"refusals": list(refusals), "back_url": back_url}, status=409)


def fill_in(
    request: Any,
    form: StepForm,
    work: Callable[[Actor, dict[str, Any]], Any],
    *,
    verb: str,
    then: str | Callable[[Any], str],
    said: str,
    title: str,
    submit: str,
    back_url: str,
    refusals: Sequence[Refusal] = (),
    template: str = "steps/form.html",
    **context: Any,
) -> HttpResponse:
    """Show the form; once it is sent and valid, run `work(actor, cleaned data)` and go on. A refusal blames the form,
    and everything typed stays."""
    if request.method == "POST":
        if form.is_valid():
            done = act(request, verb, lambda actor: work(actor, form.cleaned_data), then=then, form=form, said=said)
            if done is not None:
                return done
    elif refusals:
        return not_now(request, refusals, back_url, **context)
    shown = {"form": form, "title": title, "submit": submit, "cancel_url": back_url, "back_url": back_url}
    return render(request, template, shown | context)


def confirm(
    request: Any,
    work: Callable[[Actor], Any],
    *,
    verb: str,
    then: str | Callable[[Any], str],
    said: str,
    title: str,
    consequences: Sequence[str],
    submit: str,
    back_url: str,
    refusals: Sequence[Refusal] = (),
    template: str = "confirm.html",
    **context: Any,
) -> HttpResponse:
    """Name what will happen; once it is confirmed, run `work(actor)` and go on."""
    if request.method == "POST":
        done = act(request, verb, work, then=then, said=said)
        assert done is not None  # without a form the door answers itself
        return done
    if refusals:
        return not_now(request, refusals, back_url, **context)
    shown = {"form": None, "title": title, "consequences": consequences, "submit": submit, "cancel_url": back_url}
    return render(request, template, shown | {"back_url": back_url} | context)
