"""Named reads of the rules in force here."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jardam.journal.procedure import may
from jardam.journal.queries import Check, agrees_with_act
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Basis, Refusal
from jardam.kernel.time import WorkCalendar, bishkek_day
from jardam.parties.models import Organisation
from jardam.rulebook import edition as rulebook
from jardam.rulebook.calendars import load_calendar
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.edition import Adoption, Confirmation, Edition, Overlay, resolve
from jardam.rulebook.settlement import Settlement

from .models import RuleAdoption, RuleConfirmation
from .policy import CONFIRMATION


@lru_cache(maxsize=4)
def _editions(folder: Path) -> tuple[Edition, ...]:
    return rulebook.load_editions(folder)


@lru_cache(maxsize=4)
def _calendar(folder: Path, jurisdiction: str) -> WorkCalendar:
    return load_calendar(folder, jurisdiction)


@lru_cache(maxsize=4)
def _overlay(path: Path) -> Overlay:
    return rulebook.load_overlay(path)


def editions() -> tuple[Edition, ...]:
    """Every edition of `regimes/`, by form and validity."""
    return _editions(settings.REGIMES)


def edition(key: str) -> Edition:
    """By its key. LookupError when there is none."""
    for one in editions():
        if one.key == key:
            return one
    raise LookupError(key)


def calendar(jurisdiction: str = "KG") -> WorkCalendar:
    return _calendar(settings.REGIMES, jurisdiction)


def overlay(form: str) -> Overlay | None:
    """The assumed values; None outside of demonstrations (decisions.md §2.3)."""
    path = settings.REGIMES / "demonstration" / f"{form}.yaml"
    return _overlay(path) if settings.DEMO and path.is_file() else None


def edition_for(form: str, at: datetime, jurisdiction: str = "KG") -> Edition:
    """The edition for an announcement at this instant. Refuses `no_edition`."""
    return rulebook.choose(editions(), form, bishkek_day(at), jurisdiction)


def confirmations() -> list[Confirmation]:
    """Those already checked by a second person."""
    rows = RuleConfirmation.objects.filter(state="confirmed").order_by("id")
    return [Confirmation(row.edition, row.key, _value(row.key, row.value), _law(row), row.revision) for row in rows]


def adoptions(customer: Organisation, form: str) -> list[Adoption]:
    rows = RuleAdoption.objects.filter(customer=customer, form=form).order_by("id")
    return [Adoption(r.key, _value(r.key, r.value), act_basis(r), r.silence_statement) for r in rows]


def known_rules(customer: Organisation, form: str, at: datetime) -> Settlement:
    """What is known now of the rules for this customer: for steps before any contest. A key that is unknown is not
    among its parameters."""
    return resolve(
        edition_for(form, at, customer.jurisdiction),
        overlay=overlay(form),
        confirmations=confirmations(),
        adoptions=adoptions(customer, form),
        needed=(),
    )


def _value(key: str, plain: object) -> object:
    return CATALOGUE[key].type.read(plain)


def _law(row: RuleConfirmation) -> Basis:
    return Basis("law", row.act, row.article, row.url, row.key)


def act_basis(row: RuleAdoption) -> Basis:
    return Basis("act", f"{row.act_number}, {row.act_on:%d.%m.%Y}", "", "", row.key)


def confirmations_waiting() -> list[RuleConfirmation]:
    return list(RuleConfirmation.objects.filter(state="entered").order_by("id"))


def confirmation(ref: str) -> RuleConfirmation:
    return RuleConfirmation.objects.get(ref=ref)


def confirmation_refusals(row: RuleConfirmation, verb: str, actor: Actor) -> tuple[Refusal, ...]:
    """Why this actor may not do `verb` now."""
    return may(CONFIRMATION, row, verb, actor)


def adoptions_of(customer_id: int) -> list[RuleAdoption]:
    return list(RuleAdoption.objects.filter(customer_id=customer_id).order_by("id"))


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """What was found in the law or adopted is what was entered."""
    return [
        agrees_with_act(
            RuleConfirmation,
            """t.edition = r.public_data->>'edition' AND t.key = r.public_data->>'key'
               AND t.value = r.public_data->'value' AND t.act = r.public_data->>'act'
               AND t.article = r.public_data->>'article' AND t.entered_by_id = r.person_id""",
            "enter_parameter",
        ),
        agrees_with_act(RuleConfirmation, "t.confirmed_at = r.at", "confirm_parameter"),
        agrees_with_act(
            RuleAdoption,
            """t.form = r.public_data->>'form' AND t.key = r.public_data->>'key' AND t.adopted_at = r.at
               AND t.value = r.public_data->'value' AND t.act_number = r.public_data->>'act'
               AND t.act_on = (r.public_data->>'act_on')::date""",
            "adopt_parameter",
        ),
    ]
