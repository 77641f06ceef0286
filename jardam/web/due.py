"""The due list: what the signed-in person has to do now, one verb a row, the most pressing first.

Each kind of duty is one bounded query, asked only where its things stand in the state it needs (one statement tells
which do); nothing is asked row by row. Whether a role has a duty is read from the same permission table the operations
ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.contests import queries as contests
from jardam.contests.policy import APPLICATION, CONTEST, OUTAGE, PARTNER, QUESTION
from jardam.contracts import queries as contracts
from jardam.contracts.policy import AMENDMENT, CONTRACT, INK, LETTER, REPORT, RETURN
from jardam.documents import queries as documents
from jardam.documents.policy import INCIDENT
from jardam.fields import in_language
from jardam.kernel.actor import Actor
from jardam.kernel.time import Deadline, bishkek_day
from jardam.notices import waiting
from jardam.parties import queries as parties
from jardam.parties.policy import AUDIENCES, BANK_ACCOUNT, HEADS, KEEPERS, ORGANISATION, TERRITORY
from jardam.planning import queries as planning
from jardam.planning.policy import COMMENT, PROBLEM, PROGRAMME
from jardam.regime import operations as rules
from jardam.regime import queries as regime
from jardam.regime.policy import CONFIRMATION
from jardam.review import queries as review
from jardam.review.policy import APPEAL, APPEAL_PANEL, CANDIDACY, COMMISSION, CUT, MENDING, PROCEEDING, PROTOCOL
from jardam.treasury import queries as treasury
from jardam.treasury.policy import PACKAGE, PAYMENT, SHORTFALL

from . import contest_page, formats, undelivered, words
from .steps import allows
from .templatetags.ui import Due, Link

MOST = 30
"""Of each kind of duty; who has more finds them in the lists."""


def items(actor: Actor) -> list[Due]:
    """Everything due, late things first, then by the days left; what has no day stands last in its own order."""
    duties_here = _DUTIES if actor.standing else (_together, _registered)
    found = [one for duties in duties_here for one in duties(actor)]
    # What was open where another organisation stood before is open here (H-47).
    found += [one for side in actor.sides()[1:] for duties in _TAKEN_OVER for one in duties(side)]
    return sorted(found, key=lambda one: (one.left is None, one.left or 0))


def workplaces(actor: Actor) -> list[Link]:
    """Where this person works."""
    named = [
        ("customer", _("Studies of needs"), "desk_studies"),
        ("customer", _("Problems people propose"), "desk_problems"),
        ("customer", _("Programmes"), "desk_programmes"),
        ("customer", _("Contests"), "desk_contests"),
        ("customer", _("Contracts"), "desk_contracts"),
        ("customer", _("Payments"), "desk_payments"),
        ("customer", _("Budget money"), "desk_budget"),
        ("customer", _("The customer's own act"), "desk_rules"),
        ("customer", _("E-mail that was not delivered"), "desk_undelivered"),
        ("council", _("Programmes before the council"), "council"),
        ("council", _("Programmes the council decided on"), "council_decided"),
        ("applicant", _("Applications and grants"), "apply"),
        ("applicant", _("Bank accounts"), "bank_accounts"),
        ("commission", _("Commission"), "commission"),
        ("commission", _("Appeals you answer"), "panel_appeals"),
        ("treasury", _("Payments"), "treasury"),
        ("treasury", _("Bank accounts to be checked"), "treasury_accounts"),
        ("treasury", _("Statements"), "statements"),
        ("treasury", _("Payments no statement shows"), "statement_unseen"),
        ("operator", _("Rules found in the law"), "operator_rules"),
        ("operator", _("Organisations"), "operator_organisations"),
        ("registrar", _("Verified organisations"), "operator_verified"),
        ("operator", _("Territories"), "operator_territories"),
        ("operator", _("Load territories from a file"), "operator_territories_load"),
        ("operator", _("Register an outage"), "operator_outage_new"),
        ("registrar", _("Damage and failed prints"), "operator_faults"),
        ("registrar", _("E-mail that was not delivered"), "operator_undelivered"),
        ("audit", _("Journal of acts"), "audit"),
        ("audit", _("Looks at sealed content"), "audit_looks"),
    ]
    # The operators share pages to read; a page that is one step is shown to those who take it.
    steps = {
        "operator_territories_load": allows(TERRITORY, "add_territory", actor),
        "operator_outage_new": allows(OUTAGE, "register_outage", actor),
    }
    found = [
        Link(label, reverse(name))
        for audience, label, name in named
        if actor.has(*AUDIENCES[audience]) and steps.get(name, True)
    ]
    return [*found, Link(_("Your organisation"), reverse("organisation_mine"))]


def _due(title: str, url: str, thing: str, until: Deadline | None = None, at: datetime | None = None) -> Due:
    """One row; with the day until which the rules of the contest want it done."""
    if until is None or at is None:
        return Due(title, url, object=thing)
    left, unit = _left(until, bishkek_day(at))
    return Due(title, url, _("until %(when)s") % {"when": formats.day(until.due_on)}, left, thing, unit)


def _left(until: Deadline, today: date) -> tuple[int, str]:
    """Days until the end, below zero when it is over; working days where the term counts them."""
    if until.term.legs[-1].unit != "working_days":
        return (until.due_on - today).days, "calendar"
    calendar = regime.calendar()
    if today > until.due_on:
        return -calendar.working_days_between(until.due_on, today), "working"
    return calendar.working_days_between(today, until.due_on), "working"


def _clock(contest: Any, key: str, start: date | datetime) -> Deadline | None:
    return rules.deadline_or_none(contest.settlement, key, start)


def _stage(contest: Any, code: str) -> Deadline | None:
    """When a stage of the review ends by the clock of the rules."""
    return dict(rules.review_clock(contest.settlement, contest.opened_at)).get(code)


# --- the customer ----------------------------------------------------------------------------------------------


def _customer(actor: Actor) -> Iterator[Due]:
    if not actor.has(*AUDIENCES["customer"]):
        return
    own = actor.organisation_id or 0
    here = waiting.at(own)
    yield from _voices(actor, own, here)
    yield from _planning(actor, own, here)
    yield from _contests(actor, own, here)
    if here("paper", "late", "opened"):
        yield from _papers(actor, own)
    yield from _review(actor, own, here)
    if here("appeal", "filed", "upheld"):
        yield from _appeals(actor, own)
    if here("candidacy", "declined"):
        yield from _reserve(actor, own)
    if here("contest", "opened", "decided", "void"):
        yield from _untold(actor, own)
    yield from _contracts(actor, own, here)


def _planning(actor: Actor, own: int, here: waiting.Waits) -> Iterator[Due]:
    if allows(PROGRAMME, "adopt_by_order", actor) or allows(PROGRAMME, "submit_to_council", actor):
        unsent = planning.programmes(actor, own, "draft", limit=MOST) if here("programme", "draft") else []
        discussed = planning.discussions_over(own, actor.at, MOST) if here("programme", "discussion") else []
        by_order = [one for one in [*unsent, *discussed][:1] if planning.is_adopted_by_order(one, actor.at)]
        verb = _("Finish the programme and send it to the council")
        if by_order:
            verb = _("Finish the programme: the head adopts it by an order")
        for one in [*unsent, *discussed]:
            yield _due(verb, reverse("desk_programme", args=[one.ref]), in_language(one.title))
    if allows(PROGRAMME, "confirm_existing", actor):
        entered = planning.entered_waiting(own, actor.person_id, MOST) if here("programme", "entered") else []
        for one in entered:
            url = reverse("desk_existing_confirm", args=[one.ref])
            yield _due(_("Compare the programme with its paper"), url, in_language(one.title))
        for version in planning.revisions_drafted(own, MOST) if here("revision", "draft") else []:
            url, title = reverse("desk_revision", args=[version.ref]), in_language(version.programme.title)
            yield _due(_("Finish the new version and send it to the council"), url, title)
    if not here("programme", "adopted"):
        return
    if allows(PROGRAMME, "adopt_by_order", actor):
        unpublished = planning.orders_unpublished(own, MOST)
        terms = planning.publication_terms(unpublished, actor.at)
        for one in unpublished:
            url, title = reverse("desk_order_publish", args=[one.ref]), in_language(one.title)
            yield _due(_("Publish the order and record it"), url, title, terms[one.pk], actor.at)
    adopted = planning.adopted_programmes(own, MOST)
    if allows(PROGRAMME, "report_year", actor):
        for one, year in planning.years_unreported(adopted, actor.at):
            url = reverse("desk_year_report", args=[one.ref])
            yield _due(_("Report the year to the council"), url, f"{in_language(one.title)}, {year}")
    funded = treasury.owners_with_money("programme", [one.pk for one in adopted])
    if allows(PROGRAMME, "allocate", actor):
        for one in adopted:
            if one.pk not in funded:
                url = reverse("desk_appropriation_new", args=[one.ref])
                yield _due(_("Record the money of the budget"), url, in_language(one.title))
    if allows(CONTEST, "draft_contest", actor):
        for measure in contests.measures_without_contest(own, MOST):
            if measure.programme_id in funded:
                url = f"{reverse('desk_contest_new')}?programme={measure.programme.ref}"
                yield _due(_("Begin a contest for the measure"), url, f"{in_language(measure.title)}, {measure.year}")


def _voices(actor: Actor, own: int, here: waiting.Waits) -> Iterator[Due]:
    """What people said and nobody has read or answered."""
    if allows(PROBLEM, "publish_problem", actor) and here("problem", "proposed", "published"):
        titles = {"proposed": _("Read the problem and publish it"), "published": _("Answer the problem")}
        for one in planning.problems_waiting(own, MOST):
            yield _due(titles[one.state], reverse("desk_problem", args=[one.ref]), one.place)
    if allows(COMMENT, "take_up_comment", actor) and here("comment", "made"):
        for comment in planning.comments_waiting(own, MOST):
            url = reverse("desk_comment_answer", args=[comment.ref])
            yield _due(_("Answer the comment on the draft"), url, in_language(comment.programme.title))


def _contests(actor: Actor, own: int, here: waiting.Waits) -> Iterator[Due]:
    if allows(CONTEST, "announce", actor) and here("contest", "draft"):
        for one in contests.contests(actor, customer_id=own, state="draft", limit=MOST):
            url = reverse("desk_contest", args=[one.ref])
            yield _due(_("Finish the announcement and announce"), url, in_language(one.title))
    if allows(CONTEST, "open_applications", actor) and here("contest", "announced"):
        for one in contests.deadlines_passed(own, actor.at, MOST):
            url = reverse("desk_opening", args=[one.ref])
            term = _clock(one, "app.opening_term", one.deadline_at or actor.at)
            yield _due(_("Open the applications"), url, in_language(one.title), term, actor.at)
    if here("question", "asked"):
        yield from _questions(actor, own)


def _questions(actor: Actor, own: int) -> Iterator[Due]:
    """Questions, by the term of the rules."""
    if allows(QUESTION, "answer", actor):
        for question in contests.questions_waiting(own, MOST):
            term = _clock(question.contest, "ann.answer_term", question.asked_at)
            url = reverse("desk_question", args=[question.ref])
            yield _due(_("Answer the question"), url, in_language(question.contest.title), term, actor.at)


def _without_result(actor: Actor, stuck: list[Any]) -> Iterator[Due]:
    """The way on from a contest to which nobody came, or in which nobody passed: void, then again."""
    for one in stuck:
        title = in_language(one.title)
        if contests.is_repeatable(one):
            if allows(CONTEST, "repeat_contest", actor):
                verb = _("Repeat the lots without an award") if one.state == "decided" else _("Repeat the contest")
                yield _due(verb, reverse("desk_repeat", args=[one.ref]), title)
        elif one.state == "opened" and one.settlement.choice("dec.no_bid_rule") == "extend":
            if allows(CONTEST, "reopen", actor):
                verb = _("Take applications again: nobody applied")
                yield _due(verb, reverse("desk_reopen", args=[one.ref]), title)
        elif allows(CONTEST, "declare_void", actor):
            yield _due(_("Declare the contest void"), reverse("desk_void", args=[one.ref]), title)


def _papers(actor: Actor, own: int) -> Iterator[Due]:
    """Envelopes on which somebody has to go on, so that the review can begin."""
    if not allows(APPLICATION, "compare", actor):
        return
    for one in contests.papers_to_do(own, MOST):
        application = getattr(one, "application", None)
        compares = application is not None and application.state == "keyed"
        if application is not None and compares and application.keyed_by_id == actor.person_id:
            continue  # another person does it (H-10)
        if not compares and not allows(APPLICATION, "key_in", actor):
            continue
        verb = _("Compare with the scan") if compares else _("Key in what came on paper")
        yield _due(verb, reverse("desk_paper", args=[one.ref]), one.number or "")


def _together(actor: Actor) -> Iterator[Due]:
    """Invitations, sign-offs and partnerships that wait for this person."""
    for one in contests.invitations(actor.person_id or 0, MOST):
        url = reverse("invitation", args=[one.ref])
        yield _due(_("Answer an invitation to an application"), url, in_language(one.application.contest.title))
    for application in contests.waits_for_sign_off(actor.person_id or 0, actor.at, MOST):
        url = reverse("application_check", args=[application.ref])
        yield _due(_("Check the budget and sign it off"), url, in_language(application.contest.title))
    if allows(PARTNER, "confirm_partner", actor):
        for partner in contests.partner_requests(actor.organisation_ids, actor.at, MOST):
            url = reverse("partner_request", args=[partner.ref])
            yield _due(_("Say whether you are a partner"), url, in_language(partner.application.contest.title))


def _review(actor: Actor, own: int, here: waiting.Waits) -> Iterator[Due]:
    if not here("contest", "opened", "decided", "void"):
        return
    stuck = contests.contests_without_result(own, MOST)
    yield from _without_result(actor, stuck)
    found = contests.contests(actor, customer_id=own, state="opened", limit=MOST)
    opened = [one for one in found if one not in stuck]
    seen: set[int] = set()
    for one in review.standings(contest.pk for contest in opened):
        title = in_language(one.lot.contest.title)
        if one.commission is None:
            if one.lot.contest_id not in seen and allows(COMMISSION, "appoint_commission", actor):
                yield _due(_("Appoint the commission"), reverse("desk_commission", args=[one.lot.contest.ref]), title)
            seen.add(one.lot.contest_id)
            continue
        if (duty := _next_of_lot(one, actor)) is not None:
            verb, url, until = duty
            yield _due(verb, url, _("%(title)s, lot %(n)s") % {"title": title, "n": one.lot.number}, until, actor.at)


def _untold(actor: Actor, own: int) -> Iterator[Due]:
    """Applicants whom no inbox told of the decision."""
    if allows(CANDIDACY, "record_notification", actor):
        for one, published_at in review.unnotified(own, actor.at, MOST):
            term = _clock(one.proceeding.commission.contest, "dec.notify_term", published_at)
            url = reverse("desk_notify", args=[one.ref])
            yield _due(_("Tell the applicant the result on paper"), url, one.number, term, actor.at)


def _reserve(actor: Actor, own: int) -> Iterator[Due]:
    """Winners who declined: somebody is called, or the money goes back."""
    if allows(CANDIDACY, "call_reserve", actor):
        for one in review.declined_waiting(own, MOST):
            url = reverse("desk_candidacy", args=[one.ref])
            yield _due(_("Call the next of the reserve list"), url, f"{one.number}, {one.award.project_title}")


def _next_of_lot(standing: Any, actor: Actor) -> tuple[str, str, Deadline | None] | None:
    """The verb that is next for a lot, when it is this actor's; and until when."""
    proceeding, protocol, lot = standing.proceeding, standing.protocol, standing.lot
    if proceeding is None:
        if not allows(PROCEEDING, "begin_review", actor):
            return None
        return _("Begin the review"), reverse("desk_review_begin", args=[lot.contest.ref, lot.ref]), None
    if proceeding.stopped_at:
        return None
    if proceeding.state == "interests":
        term = review.interest_until(proceeding)
        if term is None or not term.passed(actor.at) or not allows(PROCEEDING, "begin_review", actor):
            return None
        title = _("Declarations of interest are missing: see whose, remind or replace them")
        return title, reverse("desk_proceeding", args=[proceeding.ref]), term
    until = proceeding.mending_until
    over = proceeding.state == "admissibility" and until is not None and actor.at >= until
    if over and standing.mending and allows(PROCEEDING, "close_mending", actor):
        return _("Close the mending"), reverse("desk_mending_close", args=[proceeding.ref]), None
    if proceeding.state == "admissibility" and allows(CANDIDACY, "admit", actor):
        title = _("Screen the applications: %(n)s left") % {"n": formats.number(standing.undecided)}
        return title, reverse("desk_proceeding", args=[proceeding.ref]), _stage(lot.contest, "admissibility")
    if proceeding.state == "revealed" and allows(PROCEEDING, "decide", actor):
        url = reverse("desk_sitting", args=[proceeding.ref])
        return _("Record the sitting"), url, _stage(lot.contest, "sitting")
    if protocol and protocol.state == "signed" and allows(PROTOCOL, "publish_protocol", actor):
        url = reverse("desk_protocol_publish", args=[protocol.ref])
        held_on = date.fromisoformat(review.content_of(protocol)["held_on"])
        publish = _clock(lot.contest, "dec.publish_term", held_on)
        if lot.contest.settlement.choice("dec.approval_act") != "order_of_head":
            return _("Publish the protocol"), url, publish
        approve = _clock(lot.contest, "dec.approval_term", standing.signed_at or actor.at)
        ends = [one for one in (approve, publish) if one]
        return _("Have the protocol approved and publish it"), url, min(ends, key=lambda one: one.at)
    return None


def _to_order(tranche: Any) -> Deadline | None:
    """Until when the rules of the contest want a tranche that is due ordered; no day for a contract recorded
    afterwards, whose paper says it."""
    contest, since = contracts.contest_of(tranche.contract), contracts.to_order_since(tranche)
    if contest is None or since is None or "con.tranche_term" not in contest.settlement.parameters:
        return None
    return _clock(contest, "con.tranche_term", since)


def _contracts(actor: Actor, own: int, here: waiting.Waits) -> Iterator[Due]:
    if allows(CONTRACT, "prepare_contract", actor):
        for award in contracts.awards_without_contract(own, MOST):
            url = reverse("desk_contract_prepare", args=[award.ref])
            yield _due(_("Prepare the contract"), url, f"{award.project_title}, {in_language(award.applicant.title)}")
    unsigned = here("contract", "prepared", "half_signed")
    if allows(CONTRACT, "sign_contract", actor) and unsigned:
        for contract, signing_from in contracts.contracts_to_sign(own, MOST):
            if signing_from is None or actor.at >= signing_from:
                yield _due(_("Sign the contract"), reverse("desk_contract_sign", args=[contract.ref]), contract.title)
    if allows(CONTRACT, "confirm_existing", actor) and here("contract", "entered"):
        for contract in contracts.recorded_waiting(own, actor.person_id, MOST):
            yield _due(
                _("Compare the contract with its paper"), reverse("desk_contract", args=[contract.ref]), contract.title
            )
    running = here("contract", "in_force", "terminating")
    if allows(CONTRACT, "order_tranche", actor) and running:
        for tranche in contracts.tranches_to_order(own, MOST):
            url = reverse("desk_tranche_order", args=[tranche.contract.ref])
            thing = f"{tranche.contract.title}, {formats.som(tranche.agreed)}"
            yield _due(_("Order the next tranche"), url, thing, _to_order(tranche), actor.at)
    yield from _payments(actor, own, here)
    if allows(REPORT, "accept_report", actor) and here("report", "submitted"):
        for report in contracts.reports_waiting(own, MOST):
            thing = _("%(title)s, tranche %(n)s") % {"title": report.contract.title, "n": report.tranche.number}
            url = reverse("desk_report", args=[report.ref])
            yield _due(_("Accept the report or return it"), url, thing, contracts.decision_due(report), actor.at)

    yield from _correspondence(actor, own, here)
    if allows(CONTRACT, "record_overdue", actor):
        for tranche, until in contracts.reports_late(own, actor.at, MOST) if running else []:
            url = reverse("desk_contract_overdue", args=[tranche.contract.ref])
            thing = _("%(title)s, tranche %(n)s") % {"title": tranche.contract.title, "n": tranche.number}
            yield _due(_("Put the missing report on record"), url, thing, until, actor.at)
        returned = here("report", "returned")
        corrections = contracts.corrections_late(actor.at, MOST, contract__customer_id=own) if returned else []
        for back, until in corrections:
            url = reverse("desk_contract_overdue", args=[back.contract.ref])
            thing = _("%(title)s, tranche %(n)s") % {"title": back.contract.title, "n": back.tranche.number}
            yield _due(_("Put the missing correction on record"), url, thing, until, actor.at)
        demanded = here("return", "demanded", "partly", "returned")
        for demand in contracts.returns_late(actor.at, MOST, contract__customer_id=own) if demanded else []:
            url, thing = reverse("desk_contract_overdue", args=[demand.contract.ref]), demand.contract.title
            yield _on_day(_("Put on record that money was not returned"), url, thing, demand.due_on, actor)
    if allows(CONTRACT, "miss_signing_term", actor) and unsigned:
        for contract, until in contracts.signing_missed(actor.at, MOST, customer_id=own):
            url = reverse("desk_contract_unsigned", args=[contract.ref])
            yield _due(_("Record that the term for signing was missed"), url, contract.title, until, actor.at)
    if allows(INK, "check_ink", actor) and here("ink_signature", "entered"):
        for copy in contracts.ink_waiting(own, MOST):
            if copy.entered_by_id != actor.person_id:
                url = reverse("desk_ink", args=[copy.ref])
                yield _due(_("Check the signed copy"), url, copy.contract.title)
    if allows(RETURN, "return_money", actor) and here("return", "demanded", "partly", "returned"):
        for demand in contracts.returns_open(MOST, customer_id=own):
            url = reverse("desk_return", args=[demand.ref])
            label = _("Record the penalty") if demand.state == "returned" else _("Record the money that comes back")
            yield _on_day(label, url, demand.contract.title, demand.due_on, actor)


def _correspondence(actor: Actor, own: int, here: waiting.Waits) -> Iterator[Due]:
    """What either party of a contract owes the other: answers and signatures."""
    if allows(LETTER, "answer_letter", actor) and here("letter", "waiting"):
        for one in contracts.letters_waiting(own, MOST):
            url = reverse("letter", args=[one.ref])
            yield _on_day(_("Answer the letter"), url, f"{one.number}, {one.subject}", one.answer_by, actor)
    if allows(AMENDMENT, "sign_amendment", actor) and here("amendment", "proposed", "half_signed"):
        for change in contracts.amendments_waiting(own, MOST):
            yield _due(_("Sign the amendment"), reverse("amendment", args=[change.ref]), change.contract.title)
    if allows(REPORT, "sign_acceptance", actor) and here("report", "accepted"):
        for report in contracts.acceptances_to_sign(own, MOST):
            url = reverse("acceptance_sign", args=[report.ref])
            yield _due(_("Sign the act of acceptance"), url, report.contract.title)


def _on_day(title: str, url: str, thing: str, due_on: date | None, actor: Actor) -> Due:
    """One row with a last day that was fixed when it began."""
    if due_on is None:
        return _due(title, url, thing)
    left = (due_on - bishkek_day(actor.at)).days
    return Due(title, url, _("until %(when)s") % {"when": formats.day(due_on)}, left, thing)


def _payments(actor: Actor, own: int, here: waiting.Waits) -> Iterator[Due]:
    if allows(PACKAGE, "draw_up_package", actor) and here("payment", "prepared"):
        waiting = treasury.payments_waiting("prepared", own, limit=MOST)
        names = parties.organisations_by_id(one.payee_id for one in waiting)
        for one in waiting:
            thing = f"{in_language(names[one.payee_id].title)}, {formats.som(one.amount)}"
            yield _due(_("Put the payment into a package"), reverse("desk_payment", args=[one.ref]), thing)
    drawn_up = here("payment_package", "drawn_up", "half_signed")
    packages = treasury.packages_waiting(own, MOST) if drawn_up else []
    sums = treasury.package_totals(packages)
    for package in packages:
        signatory = package.first_id if package.state == "drawn_up" else package.second_id
        if signatory == actor.person_id:
            yield _due(
                _("Sign the package of payments"),
                reverse("desk_package", args=[package.ref]),
                formats.som(sums[package.pk]) if package.pk in sums else "",
            )
    if allows(PAYMENT, "confirm_existing_payment", actor) and here("payment", "entered"):
        for one in treasury.payments_waiting("entered", own, limit=MOST):
            thing = formats.som(one.amount)
            yield _due(_("Compare a payment with its paper"), reverse("desk_payment", args=[one.ref]), thing)
    if allows(CONTRACT, "order_tranche", actor) and here("payment", "executed", "credited"):
        for one, came_on in treasury.payments_come_back(payer_id=own, limit=MOST):
            thing = f"{formats.som(one.amount)}, {formats.day(came_on)}"
            yield _due(_("See to money that came in again"), reverse("desk_payment", args=[one.ref]), thing)
    if allows(SHORTFALL, "cover_shortfall", actor) and here("shortfall", "open"):
        for short in treasury.shortfalls_open(own, MOST):
            url = reverse("desk_appropriation", args=[short.appropriation.ref])
            yield _due(_("Amend contracts: the budget was cut"), url, short.appropriation.line)
    if allows(BANK_ACCOUNT, "confirm_bank_account", actor) and here("bank_account", "proposed"):
        yield from _accounts("desk_account", own)


def _accounts(name: str, own: int) -> Iterator[Due]:
    for one in parties.bank_accounts_waiting(own, limit=MOST):
        url = reverse(name, args=[one.ref])
        yield _due(_("Check a bank account"), url, in_language(one.organisation.title))


# --- the others ------------------------------------------------------------------------------------------------


def _council(actor: Actor) -> Iterator[Due]:
    if allows(PROGRAMME, "record_adoption", actor):
        for one in planning.before_council(actor.organisation_id or 0, limit=MOST):
            thing = f"{in_language(one.title)}, {in_language(one.customer.title)}"
            yield _due(_("Record the council's decision"), reverse("council_programme", args=[one.ref]), thing)
        for version in planning.revisions_before_council(actor.organisation_id, MOST):
            thing = f"{in_language(version.programme.title)}, {in_language(version.programme.customer.title)}"
            url = reverse("council_revision", args=[version.ref])
            yield _due(_("Record the council's decision on the new version"), url, thing)
        unpublished = planning.unpublished(actor.organisation_id, MOST)
        terms = planning.publication_terms(unpublished, actor.at)
        for one in unpublished:
            url, title = reverse("council_publish", args=[one.ref]), in_language(one.title)
            yield _due(_("Publish the resolution and record it"), url, title, terms[one.pk], actor.at)


def _applicant(actor: Actor) -> Iterator[Due]:
    if not actor.has(*AUDIENCES["applicant"]):
        return
    own = actor.organisation_id or 0
    for one in contests.applications_of(own, limit=MOST):
        ends = one.contest.deadline_at
        if one.state == "draft" and one.contest.state == "announced" and ends and actor.at < ends:
            said = _("until %(when)s") % {"when": contest_page.deadline(ends)}
            left = (bishkek_day(ends) - bishkek_day(actor.at)).days
            url, title = reverse("application", args=[one.ref]), _("Finish the application and submit it")
            yield Due(title, url, said, left, in_language(one.contest.title))
    yield from _asked(actor, own)
    here = waiting.at(own)
    if allows(CONTRACT, "sign_contract", actor) and here("contract", "prepared", "half_signed"):
        for contract, signing_from in contracts.contracts_to_sign(own, MOST):
            if signing_from is None or actor.at >= signing_from:
                yield _due(_("Sign the contract"), reverse("grant_sign", args=[contract.ref]), contract.title)
    yield from _correspondence(actor, own, here)
    demanded = here("return", "demanded", "partly", "returned")
    for demand in contracts.returns_open(MOST, executor_id=own) if demanded else []:
        url = reverse("grant", args=[demand.contract.ref])
        label = _("Pay the penalty") if demand.state == "returned" else _("Return the money")
        yield _on_day(label, url, demand.contract.title, demand.due_on, actor)
    running = here("contract", "in_force", "terminating")
    for tranche, until in contracts.reports_due(own, MOST) if running else []:
        url = reverse("grant_report", args=[tranche.contract.ref])
        thing = _("%(title)s, tranche %(n)s") % {"title": tranche.contract.title, "n": tranche.number}
        yield _due(_("Report on the money received"), url, thing, until, actor.at)
    for report, until in contracts.corrections_due(own, MOST) if here("report", "returned") else []:
        url = reverse("grant_report_page", args=[report.ref])
        yield _due(_("Correct the returned report"), url, report.contract.title, until, actor.at)


def _asked(actor: Actor, own: int) -> Iterator[Due]:
    """What the review asks of an applicant, each with its end."""
    rows: list[tuple[str, str, Any, datetime | None]] = []
    if allows(MENDING, "mend", actor):
        for one in review.mendings_of(own, actor.at, MOST):
            application, until = one.candidacy.application, one.candidacy.proceeding.mending_until
            rows.append((_("Mend your application"), "mending", application, until))
    if allows(CUT, "consent_to_cut", actor):
        for cut in review.cuts_to_answer(own, actor.at, MOST):
            rows.append((_("Answer: a smaller amount"), "cut", cut.candidacy.application, cut.answer_until))
    for title, name, application, until in rows:
        if until is not None:
            left = (bishkek_day(until) - bishkek_day(actor.at)).days
            said = _("until %(when)s") % {"when": formats.instant(until)}
            yield Due(title, reverse(name, args=[application.ref]), said, left, in_language(application.contest.title))


def _commission(actor: Actor) -> Iterator[Due]:
    if not actor.has(*AUDIENCES["commission"]):
        return
    verbs = {
        "declare_interests": _("Declare your interests"),
        "submit_scores": _("Score the applications"),
        "sign_protocol": _("Sign the protocol"),
    }
    yield from _panel(actor)
    for verb, one in review.duties_of_member(actor, MOST):
        thing = _("%(title)s, lot %(n)s") % {"title": in_language(one.commission.contest.title), "n": one.lot.number}
        until = review.interest_until(one) if verb == "declare_interests" else None
        yield _due(verbs[verb], _place_of(verb, one), thing, until, actor.at)


def _panel(actor: Actor) -> Iterator[Due]:
    """What chairs and secretaries have to do after the protocol."""
    for appeal in review.appeals_to_answer(actor, MOST):
        contest = appeal.protocol.proceeding.commission.contest
        title = _("Take the appeal up") if appeal.state == "filed" else _("Answer the appeal")
        term = _clock(contest, "appeal.answer_term", appeal.filed_at)
        url = reverse("panel_appeal", args=[appeal.ref])
        yield _due(title, url, f"{appeal.number}, {in_language(contest.title)}", term, actor.at)
    for erratum in review.errata_to_sign(actor, MOST):
        yield _due(_("Sign the erratum"), reverse("erratum_sign", args=[erratum.ref]), erratum.protocol.number)


def _appeals(actor: Actor, own: int) -> Iterator[Due]:
    """The customer names who answers, and carries out what was upheld."""
    found = review.appeals_of_customer(own, ["filed", "upheld"], MOST)
    filed = {one.protocol.proceeding.commission.contest for one in found if one.state == "filed"}
    if allows(APPEAL_PANEL, "appoint_panel", actor):
        named = review.contests_with_panel(one.pk for one in filed)
        for contest in sorted(filed, key=lambda one: one.pk):
            if contest.pk not in named:
                url = reverse("desk_panel_new", args=[contest.ref])
                yield _due(_("Appoint the appeal panel"), url, in_language(contest.title))
    if allows(APPEAL, "carry_out", actor):
        for protocol in {one.protocol for one in found if one.state == "upheld"}:
            url = reverse("desk_carry_out", args=[protocol.ref])
            yield _due(_("Carry the appeal out"), url, protocol.number)


def _place_of(verb: str, proceeding: Any) -> str:
    match verb:
        case "declare_interests":
            return reverse("declaration", args=[proceeding.ref])
        case "sign_protocol":
            return reverse("commission_protocol", args=[proceeding.unsigned[0].ref])
        case _:
            return reverse("proceeding", args=[proceeding.ref])


def _treasury(actor: Actor) -> Iterator[Due]:
    if not allows(PAYMENT, "execute_payment", actor):
        return
    waiting = treasury.payments_waiting("approved", treasury_id=actor.organisation_id, limit=MOST)
    named = contracts.contracts_by_id(one.owner_id for one in waiting)
    for one in waiting:
        contract = named[one.owner_id]
        payer, payee = in_language(contract.customer.title), in_language(contract.executor.title)
        thing = f"{payer} → {payee}, {formats.som(one.amount)}"
        yield _due(_("Execute the payment or refuse it"), reverse("treasury_payment", args=[one.ref]), thing)
    yield from _accounts("treasury_account", actor.organisation_id or 0)
    for one, came_on in treasury.payments_come_back(treasury_id=actor.organisation_id or 0, limit=MOST):
        thing = f"{one.document_number}, {formats.som(one.amount)}, {formats.day(came_on)}"
        yield _due(_("Record that a payment came back"), reverse("treasury_bounce", args=[one.ref]), thing)
    for match in treasury.matches_to_check(actor.organisation_id or 0, MOST):
        if match.proposed_by_id != actor.person_id:
            url = reverse("statement_line", args=[match.line.ref])
            yield _due(_("Check a line of a statement"), url, match.line.document)


def _registered(actor: Actor) -> Iterator[Due]:
    """What this person registered and a registrar refused."""
    for one in parties.registered_by(actor.person_id, MOST):
        if one.state == "refused":
            url = reverse("organisation_correct", args=[one.ref])
            yield _due(_("Correct the registration data"), url, in_language(one.title))


def _own_organisation(actor: Actor) -> Iterator[Due]:
    """What whoever keeps an organisation has to see to: mandates that end, and data that were refused."""
    if actor.organisation_id is None or not actor.has(*KEEPERS):
        return
    today = bishkek_day(actor.at)
    everywhere = actor.has(*AUDIENCES["operator"])
    for one in parties.mandates_ending(None if everywhere else actor.organisation_id, actor.at, limit=MOST):
        if one.valid_until is None or (everywhere and one.role not in HEADS):
            continue  # the registrar renews the heads; the others are renewed by them
        said = _("until %(when)s") % {"when": formats.day(one.valid_until)}
        thing = f"{one.person.name}, {in_language(one.organisation.title)}"
        url = reverse("organisation_own", args=[one.organisation.ref])
        yield Due(_("A mandate ends: enter the next one"), url, said, (one.valid_until - today).days, thing)


def _operator(actor: Actor) -> Iterator[Due]:
    if allows(ORGANISATION, "verify", actor):
        for one in parties.organisations_waiting(limit=MOST):
            url = reverse("operator_organisation", args=[one.ref])
            yield _due(_("Check the registration data"), url, in_language(one.title))
    if allows(CONFIRMATION, "confirm_parameter", actor):
        for row in regime.confirmations_waiting():
            if row.entered_by_id != actor.person_id:
                url = reverse("operator_rule", args=[row.ref])
                thing = f"{words.rule(row.key)}, {formats.act_name(row.act)}"
                yield _due(_("Check a rule found in the law"), url, thing)
    if allows(INCIDENT, "close_incident", actor):
        for broken in documents.incidents_open(actor, MOST):
            url = reverse("operator_incident", args=[broken.ref])
            yield _due(_("Restore what is damaged"), url, f"{broken.ref}, {broken.subject}")
        for failed in documents.prints_failed(actor, limit=MOST):
            url = reverse("operator_print", args=[failed.document.ref])
            yield _due(_("A print failed: see why, try again"), url, failed.document.number)


_TAKEN_OVER = (_customer, _council, _applicant, _treasury)
_DUTIES = (
    _together,
    _registered,
    _own_organisation,
    _customer,
    _council,
    _applicant,
    _commission,
    _treasury,
    _operator,
    undelivered.due,
)
