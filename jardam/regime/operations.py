"""Settling rules, and learning them: confirmed from the law, or adopted by the customer's own act."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from jardam.documents.models import File
from jardam.journal.operations import lock, perform
from jardam.kernel.actor import Actor
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.kernel.time import Deadline
from jardam.parties.models import Organisation
from jardam.rulebook import clock
from jardam.rulebook.catalogue import CATALOGUE, StageName, keys_for
from jardam.rulebook.edition import Adoption, resolve
from jardam.rulebook.settlement import Settlement

from . import queries
from .models import RuleAdoption, RuleConfirmation
from .policy import ADOPTION, CONFIRMATION
from .rules import value_fault


def settle(
    *,
    customer: Organisation,
    form: str,
    at: datetime,
    stage: StageName = "contest",
    needed: tuple[str, ...] | None = None,
) -> Settlement:
    """Every rule a contest announced now by this customer may need; with `stage="programme"`, a programme that begins
    its road now; or only the keys `needed` by another act. Refuses with the complete list of `rule_unknown`,
    `no_edition`, `rule_loosened`, `rules_disagree` (decisions.md §2.4)."""
    return resolve(
        queries.edition_for(form, at, customer.jurisdiction),
        overlay=queries.overlay(form),
        confirmations=queries.confirmations(),
        adoptions=queries.adoptions(customer, form),
        needed=needed or keys_for(stage, form),
    )


def missing_rules(*, customer: Organisation, form: str, at: datetime, stage: StageName = "contest") -> tuple[str, ...]:
    """The keys an announcement (a programme) now would be refused for: what the draft of the customer's act has to
    fill."""
    try:
        settle(customer=customer, form=form, at=at, stage=stage)
    except Refused as refused:
        return tuple(r.basis.key for r in refused.refusals if r.code == "rule_unknown")
    return ()


def deadline(settlement: Settlement, key: str, start: date | datetime) -> Deadline:
    """When the term of `key` from `start` is over, on the country's working calendar."""
    return clock.deadline_for(settlement, key, start, queries.calendar(settlement.jurisdiction))


def deadline_or_none(settlement: Settlement, key: str, start: date | datetime) -> Deadline | None:
    """The same, or None when the rule sets no limit."""
    return clock.deadline_if_any(settlement, key, start, queries.calendar(settlement.jurisdiction))


def review_clock(settlement: Settlement, start: datetime) -> tuple[tuple[str, Deadline], ...]:
    """The stages of the review (`rev.clock`) in order, each with its deadline; each begins when the last ends."""
    return clock.review_clock(settlement, start, queries.calendar(settlement.jurisdiction))


def enter_parameter(
    *,
    actor: Actor,
    edition: str,
    key: str,
    value: Any,
    act: str,
    article: str,
    edition_date: date,
    url: str = "",
    page_image: File | None = None,
) -> RuleConfirmation:
    """A lawyer enters a value found in the official text of `edition_date`; it counts once another person has checked
    it. `value` as a YAML file holds it. Refuses `no_such_parameter`, `parameter_value_wrong`."""
    refuse_if_any([fault for fault in (value_fault(key, value),) if fault])
    last = RuleConfirmation.objects.filter(edition=edition).aggregate(last=Max("revision"))["last"] or 0
    confirmation = RuleConfirmation(
        edition=edition,
        key=key,
        value=value,
        act=act,
        article=article,
        url=url,
        edition_date=edition_date,
        page_image=page_image,
        revision=max(last, queries.edition(edition).revision) + 1,
        entered_by_id=actor.person_id or 0,
    )
    public = {"edition": edition, "key": key, "value": value, "act": act, "article": article}
    perform(CONFIRMATION, confirmation, "enter_parameter", actor=actor, public=public, edition=edition)
    return confirmation


def confirm_parameter(*, actor: Actor, confirmation: RuleConfirmation) -> RuleConfirmation:
    """The second person has read the text too: a new revision of the edition, for contests announced from now on.
    Refuses `same_lawyer`."""
    (confirmation,) = lock(confirmation)
    perform(
        CONFIRMATION,
        confirmation,
        "confirm_parameter",
        actor=actor,
        public={"key": confirmation.key, "revision": confirmation.revision},
        edition=confirmation.edition,
        changes={"confirmed_at": actor.at},
    )
    return confirmation


def adopt_parameter(
    *,
    actor: Actor,
    customer: Organisation,
    form: str,
    key: str,
    value: Any,
    act_number: str,
    act_on: date,
    file: File | None = None,
    silence_statement: str = "",
) -> RuleAdoption:
    """The customer's own act sets a value, for its contests announced from now on. Refuses `no_such_parameter`,
    `parameter_value_wrong`, `not_delegated` (without a statement of silence), `rule_loosened`."""
    refuse_if_any([fault for fault in (value_fault(key, value),) if fault])
    adoption = RuleAdoption(
        customer=customer,
        form=form,
        key=key,
        value=value,
        act_number=act_number,
        act_on=act_on,
        file=file,
        silence_statement=silence_statement,
        adopted_at=actor.at,
    )
    _judge(adoption, actor.at)
    public = {"form": form, "key": key, "value": value, "act": act_number, "act_on": act_on}
    perform(ADOPTION, adoption, "adopt_parameter", actor=actor, public=public, acted_on=act_on)
    return adoption


def _judge(row: RuleAdoption, at: datetime) -> None:
    """Ask the rulebook about this one adoption, under today's edition, needing nothing else."""
    adoption = Adoption(
        row.key, CATALOGUE[row.key].type.read(row.value), queries.act_basis(row), row.silence_statement
    )
    resolve(
        queries.edition_for(row.form, at, row.customer.jurisdiction),
        confirmations=queries.confirmations(),
        adoptions=[adoption],
        needed=(),
    )
