"""The road, told: who does what, under which rule and basis, with which deadline, what is refused on the way and why.

`tell(road)` walks the whole road and yields `Line`s for the console; it writes through the road's operations only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jardam.contests import operations as contests
from jardam.journal.queries import history
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refusal, Refused
from jardam.kernel.time import BISHKEK, bishkek_day
from jardam.parties.policy import ROLE_LABELS
from jardam.planning import operations as planning
from jardam.planning.rules import Vote
from jardam.review.queries import content_of
from jardam.rulebook.settlement import Settlement
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.treasury.queries import Trail, trail_of_appropriations

from .road import MEMBERS, Road

Kind = Literal["chapter", "act", "rule", "fact", "refused", "protocol", "ledger", "verify"]


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    text: str


class StoryBroken(Exception):
    """Something was allowed that must be refused, or the other way round. The story is a check, too."""


def tell(road: Road) -> Iterator[Line]:
    """Walk from study to acceptance. Raises StoryBroken when a refusal that must come does not."""
    yield from _planning(road)
    yield from _contest(road)
    yield from _review(road)
    yield from _contract(road)
    yield from _ending(road)


# --- chapters --------------------------------------------------------------------------------------------------


def _planning(road: Road) -> Iterator[Line]:
    yield Line("chapter", _("Need, programme, money"))
    yield _act(
        road,
        "specialist",
        _("publishes the study of needs, ranked by people without help × severity"),
        road.publish_study,
    )
    yield _act(road, "specialist", _("drafts the programme with one measure: care at home"), road.draft_programme)
    yield from _refused(road, "specialist", _("tries to adopt the programme at the desk"), _adopt_at_desk(road))
    yield _act(road, "specialist", _("sends the programme to the council"), road.submit_to_council)
    yield _act(
        road, "secretary", _("records the session: 15 for, 1 against, 1 abstained, resolution 14-3"), road.adopt
    )
    yield _act(
        road, "accountant", _("records the appropriation, its total typed twice, and allocates it"), road.appropriate
    )


def _contest(road: Road) -> Iterator[Line]:
    yield Line("chapter", _("Contest and applications"))
    yield _act(road, "specialist", _("writes the announcement and one lot"), road.draft_contest)
    soon = bishkek_day(road.at) + timedelta(days=3)
    yield from _refused(road, "head", _("tries to close the submission in three days"), lambda: road.announce(soon))
    yield _act(road, "head", _("announces; every rule the contest may need is settled now"), road.announce)
    settlement = road.contest.settlement
    yield _rule(settlement, "ann.min_term")
    yield Line("fact", _("Deadline: {when}, by Bishkek time").format(when=_when(road.contest.deadline_at)))
    yield Line(
        "fact",
        _("{count} rules rest on assumed values: this is a demonstration").format(count=len(settlement.assumed_keys)),
    )
    yield _act(
        road,
        "umut_editor",
        _("writes an application, section by section, sealed"),
        lambda: road.write_application("umut", "umut_editor"),
    )
    yield from _refused(road, "umut_editor", _("tries to submit it"), _submit_as_editor(road))
    yield from _submitted(road, "umut")
    yield _act(road, "birge_head", _("writes an application"), lambda: road.write_application("birge"))
    yield from _submitted(road, "birge")
    yield from _refused(road, "specialist", _("tries to open the applications before the deadline"), road.open)
    road.pass_deadline()
    yield from _refused(
        road, "umut_head", _("tries to replace the application after the deadline"), lambda: road.submit("umut")
    )
    yield from _refused(road, "specialist", _("tries to amend the announcement after the deadline"), _amend_late(road))
    yield _act(road, "specialist", _("opens the applications; they get their register numbers"), road.open)


def _review(road: Road) -> Iterator[Line]:
    yield Line("chapter", _("Review"))
    yield _act(road, "head", _("appoints the commission: two of the state side, one civil"), road.appoint_commission)
    settlement = road.contest.settlement
    yield _rule(settlement, "com.size_min")
    yield _rule(settlement, "com.civil_min_share")
    yield _act(road, "specialist", _("begins the review of the lot"), road.begin_review)
    yield from _refused(
        road,
        "specialist",
        _("tries to admit an application before interests are declared"),
        lambda: road.admit("umut"),
    )
    for member, *_rest in MEMBERS:
        yield _act(road, member, _("declares about every applicant: no interest"), partial(road.declare, member))
    for name in ("umut", "birge"):
        yield _act(
            road,
            "specialist",
            _("admits {number}").format(number=road.applications[name].number),
            partial(road.admit, name),
        )
    for member, *_rest in MEMBERS:
        for name in ("umut", "birge"):
            yield _act(
                road,
                member,
                _("hands in sealed scores for {number}").format(number=road.applications[name].number),
                partial(road.score, member, name),
            )
        if member == MEMBERS[0][0]:
            yield from _refused(road, "specialist", _("tries to decide while scores are missing"), road.decide)
    yield _rule(settlement, "eval.aggregation")
    yield _rule(settlement, "eval.pass_mark")
    yield _rule(settlement, "com.quorum")
    yield _act(road, "specialist", _("records the sitting; the protocol is generated from the records"), road.decide)
    yield from _refused(road, "specialist", _("tries to publish before all have signed"), road.publish_protocol)
    for member, *_rest in MEMBERS:
        yield _act(road, member, _("signs the protocol's hash"), partial(road.sign_protocol, member))
    yield _act(road, "specialist", _("publishes the protocol; the award takes effect"), road.publish_protocol)


def _contract(road: Road) -> Iterator[Line]:
    yield Line("chapter", _("Contract, money, report"))
    settlement = road.contest.settlement
    yield _act(
        road,
        "specialist",
        _("prepares the contract: its amount is the protocol's and cannot be typed"),
        road.prepare_contract,
    )
    yield from _refused(road, "head", _("tries to sign during the standstill"), lambda: road.sign_contract("head"))
    yield _rule(settlement, "appeal.standstill_term")
    road.pass_standstill()
    yield _act(road, "head", _("signs for the customer"), lambda: road.sign_contract("head"))
    yield _act(
        road,
        "umut_head",
        _("signs for the executor: in force, the money is committed"),
        lambda: road.sign_contract("umut_head"),
    )
    yield _rule(settlement, "con.advance_pct")
    yield _act(road, "accountant", _("orders the first tranche"), road.order_tranche)
    yield from _payment_way(road)
    yield from _refused(
        road, "accountant", _("tries to order the second tranche without a report"), road.order_tranche
    )
    yield _act(road, "treasurer", _("executes the payment: document 000417"), road.execute_payment)
    yield from _refused(road, "umut_head", _("tries to report without primary documents"), road.hand_in)
    yield _act(road, "umut_head", _("enters the primary documents and reports on the tranche"), road.submit_report)
    yield _act(road, "specialist", _("accepts the report; the ledger books the acceptance"), road.accept_report)
    for side in ("head", "umut_head"):
        yield _act(road, side, _("signs the act of acceptance"), partial(road.sign_acceptance, side))
    yield from _refused(road, "specialist", _("tries to close the contract"), road.close_contract)


def _payment_way(road: Road) -> Iterator[Line]:
    """Cash plan, package, two signatures."""
    yield from _refused(
        road, "accountant", _("tries to send the payment off before the cash is planned"), road.draw_up_package
    )
    yield _act(road, "accountant", _("plans the cash of the month"), road.plan_cash)
    yield _act(
        road,
        "accountant",
        _("puts the payment into a package and names two people to sign it"),
        road.draw_up_package,
    )
    yield from _refused(road, "head", _("tries to sign before the first signatory"), road.send_package)
    yield _act(road, "accountant", _("signs the package"), road.sign_package)
    yield from _refused(road, "accountant", _("tries to sign as the second person, too"), _send_as_accountant(road))
    yield _act(road, "head", _("signs as the second person; it goes to the treasury"), road.send_package)


def _ending(road: Road) -> Iterator[Line]:
    yield Line("chapter", _("What everybody can see"))
    for row in content_of(road.protocol)["ranking"]:
        yield Line(
            "protocol",
            f"{row['rank']}. {row['number']}  {row['applicant']}  «{row['title']}»  {row['total']}  "
            f"{pgettext('state', row['outcome'])}  {row['amount']}",
        )
    yield Line("protocol", f"SHA-256 {road.protocol.content_sha256}")
    trail = trail_of_appropriations("programme", [road.programme.pk])
    for name in Trail.__dataclass_fields__:
        yield Line("ledger", f"{pgettext('money', name):<24}{Money(getattr(trail, name)).amount:>16,.2f}")
    acts = sum(len(history(kind, pk)) for kind, pk in (("contest", road.contest.pk), ("contract", road.contract.pk)))
    yield Line("fact", _("The journal explains contest and contract with {count} acts").format(count=acts))
    faults = list(verify())
    for fault in faults:
        yield Line("verify", fault)
    if faults:
        raise StoryBroken("verify found faults")
    yield Line("verify", _("jardam verify: everything holds"))


# --- telling ---------------------------------------------------------------------------------------------------


def _who(road: Road, name: str) -> str:
    actor = road.actor(name)
    standing = actor.standing
    assert standing is not None
    return f"{actor.name} ({ROLE_LABELS[standing.role]}, {standing.organisation_name})"


def _when(at: Any) -> str:
    return at.astimezone(BISHKEK).strftime("%d.%m.%Y %H:%M")


def _act(road: Road, who: str, what: str, step: Callable[[], Any]) -> Line:
    told = f"{_when(road.at)}  {_who(road, who)} {what}"
    step()
    return Line("act", told)


def _submitted(road: Road, name: str) -> Iterator[Line]:
    told = _when(road.at) + "  " + _who(road, f"{name}_head") + " " + _("submits it and gets a receipt")
    version = road.submit(name)
    yield Line("act", told)
    yield Line("fact", _("Receipt {ref}, SHA-256 {sha}…").format(ref=version.ref, sha=version.content_sha256[:16]))


def _refused(road: Road, who: str, what: str, step: Callable[[], Any]) -> Iterator[Line]:
    """The attempt must fail; its reasons are told with code and basis."""
    yield Line("act", f"{_when(road.at)}  {_who(road, who)} {what}")
    try:
        step()
    except Refused as refused:
        for refusal in refused.refusals:
            yield Line("refused", _reason(refusal))
        return
    raise StoryBroken(what)


def _reason(refusal: Refusal) -> str:
    params = {name: _plain(value) for name, value in refusal.params.items()}
    sentence = pgettext(refusal.code, refusal.sentence).format_map(params)
    key = f" [{refusal.basis.key}]" if refusal.basis.key else ""
    return f"{sentence}  ({refusal.code}; {refusal.basis}{key})"


def _plain(value: Any) -> str:
    if hasattr(value, "astimezone"):
        return _when(value)
    if isinstance(value, tuple):
        return ", ".join(str(ROLE_LABELS.get(one, one)) for one in value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _rule(settlement: Settlement, key: str) -> Line:
    parameter = settlement.parameter(key)
    basis = settlement.basis(key)
    return Line("rule", f"{key} = {_value(parameter.value)}  [{pgettext('status', parameter.status)}; {basis}]")


def _value(value: Any) -> str:
    return _("no limit") if value is None else str(value)


def _adopt_at_desk(road: Road) -> Callable[[], Any]:
    vote = Vote(members=21, quorum=11, present=17, votes_for=17, votes_against=0, abstained=0)
    return lambda: road.do(
        lambda: planning.record_adoption(
            actor=road.actor("specialist"),
            programme=road.programme,
            body=road.cast.organisations["okmotu"],
            number="1",
            adopted_on=road.at.date(),
            vote=vote,
        )
    )


def _submit_as_editor(road: Road) -> Callable[[], Any]:
    return lambda: road.do(
        lambda: contests.submit_application(actor=road.actor("umut_editor"), application=road.applications["umut"])
    )


def _send_as_accountant(road: Road) -> Callable[[], Any]:
    return lambda: road.do(lambda: treasury.send_package(package=road.package, actor=road.actor("accountant")))


def _amend_late(road: Road) -> Callable[[], Any]:
    tasks = road.text("contest")["tasks"]
    return lambda: road.amend(tasks={language: f"{text}." for language, text in tasks.items()})
