"""What an act was about, who hears of it, and what lies in an inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from jardam.contests.models import Application, Collaborator, Contest, Partner, Question
from jardam.contracts.models import Amendment, Contract, Expense, InkSignature, Letter, Report, Return
from jardam.documents.models import Incident
from jardam.journal.models import Record
from jardam.journal.queries import Check
from jardam.kernel.time import bishkek_day
from jardam.parties.models import BankAccount, Mandate, Organisation, Person, User
from jardam.parties.queries import standing_organisation, valid_mandates
from jardam.parties.rules import Role
from jardam.planning.models import Comment, Problem, Programme, Revision
from jardam.regime.models import RuleConfirmation
from jardam.review.models import (
    Appeal,
    AppealPanel,
    Candidacy,
    Commission,
    Cut,
    Erratum,
    Member,
    Mending,
    PanelMember,
    Proceeding,
    Protocol,
)
from jardam.treasury.models import LineMatch, PaymentOrder, PaymentPackage, Shortfall, Statement, YearClose

from .models import Message, Subscription

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Matter:
    """The thing of an act as messages name it. `refs`: kind → reference, for the addresses of pages."""

    thing: Texts
    number: str = ""
    customer: Organisation | None = None
    applicant_ids: frozenset[int] = frozenset()
    person_ids: frozenset[int] = frozenset()
    other_ids: frozenset[int] = frozenset()  # organisations named beside the applicant
    refs: dict[str, str] = field(default_factory=dict)


# --- what an act was about -------------------------------------------------------------------------------------


def _of_contest(contest: Contest, **refs: str) -> Matter:
    return Matter(contest.title, contest.number or "", contest.customer, refs={"contest": contest.ref} | refs)


def _contest(pk: int) -> Matter:
    contest = Contest.objects.select_related("customer").get(pk=pk)
    applicants = contest.applications.exclude(state="withdrawn").values_list("applicant_id", flat=True)
    found = _of_contest(contest)
    return Matter(found.thing, found.number, found.customer, frozenset(applicants), refs=found.refs)


def _application(pk: int) -> Matter:
    one = Application.objects.select_related("contest__customer", "paper").get(pk=pk)
    about = _of_contest(one.contest, application=one.ref, **({"paper": one.paper.ref} if one.paper else {}))
    return Matter(about.thing, one.number or "", about.customer, frozenset({one.applicant_id}), refs=about.refs)


def _question(pk: int) -> Matter:
    one = Question.objects.select_related("contest__customer").get(pk=pk)
    about = _of_contest(one.contest, question=one.ref)
    return Matter(about.thing, about.number, about.customer, person_ids=frozenset({one.asker_id}), refs=about.refs)


def _collaborator(pk: int) -> Matter:
    one = Collaborator.objects.only("ref", "application_id", "person_id").get(pk=pk)
    about = _application(one.application_id)
    return replace(about, person_ids=frozenset({one.person_id}), refs=about.refs | {"collaborator": one.ref})


def _partner(pk: int) -> Matter:
    one = Partner.objects.only("ref", "application_id", "organisation_id").get(pk=pk)
    about = _application(one.application_id)
    named = frozenset({one.organisation_id} if one.organisation_id else ())
    return replace(about, other_ids=named, refs=about.refs | {"partner": one.ref})


def _commission(pk: int) -> Matter:
    one = Commission.objects.select_related("contest__customer").get(pk=pk)
    return _with_members(_of_contest(one.contest), one.pk)


def _with_members(matter: Matter, commission_id: int) -> Matter:
    people = Member.objects.filter(commission_id=commission_id, departure=None).values_list("person_id", flat=True)
    return replace(matter, person_ids=frozenset(people))


def _proceeding(pk: int) -> Matter:
    one = Proceeding.objects.select_related("commission__contest__customer").get(pk=pk)
    about = _of_contest(one.commission.contest, proceeding=one.ref)
    applicants = one.candidacies.values_list("application__applicant_id", flat=True)
    return _with_members(replace(about, applicant_ids=frozenset(applicants)), one.commission_id)


def _candidacy(pk: int) -> Matter:
    one = Candidacy.objects.select_related("application__contest__customer").get(pk=pk)
    about = _application(one.application_id)
    return Matter(
        about.thing, one.number, about.customer, about.applicant_ids, refs=about.refs | {"candidacy": one.ref}
    )


def _protocol(pk: int) -> Matter:
    one = Protocol.objects.select_related("proceeding__commission__contest__customer").get(pk=pk)
    proceeding = one.proceeding
    contest = proceeding.commission.contest
    applicants = proceeding.candidacies.values_list("application__applicant_id", flat=True)
    about = _of_contest(contest, proceeding=proceeding.ref, protocol=one.ref)
    told = Matter(about.thing, one.number, about.customer, frozenset(applicants), refs=about.refs)
    return _with_members(told, proceeding.commission_id)


def _of_candidacy(model: type[Cut | Mending]) -> Callable[[int], Matter]:
    return lambda pk: _candidacy(model._default_manager.only("candidacy_id").get(pk=pk).candidacy_id)


def _appeal_panel(pk: int) -> Matter:
    one = AppealPanel.objects.select_related("contest__customer").get(pk=pk)
    return replace(_of_contest(one.contest), person_ids=_panel_people(one.pk))


def _panel_people(panel_id: int | None) -> frozenset[int]:
    return frozenset(PanelMember.objects.filter(panel_id=panel_id).values_list("person_id", flat=True))


def _appeal(pk: int) -> Matter:
    """Before a panel takes it up, the contest's last panel hears of it."""
    one = Appeal.objects.only("ref", "number", "candidacy_id", "appellant_id", "panel_id").get(pk=pk)
    about = _candidacy(one.candidacy_id)
    contest = AppealPanel.objects.filter(contest__ref=about.refs["contest"]).order_by("-id")
    panel_id = one.panel_id or contest.values_list("id", flat=True).first()
    refs = about.refs | {"appeal": one.ref}
    return Matter(
        about.thing, one.number, about.customer, frozenset({one.appellant_id}), _panel_people(panel_id), refs=refs
    )


def _erratum(pk: int) -> Matter:
    return _protocol(Erratum.objects.only("protocol_id").get(pk=pk).protocol_id)


def _contract(pk: int) -> Matter:
    one = Contract.objects.select_related("customer").get(pk=pk)
    executor = frozenset({one.executor_id})
    return Matter({"ky": one.title}, one.number or "", one.customer, executor, refs={"contract": one.ref})


def _of_contract(model: type[Amendment | Expense | InkSignature | Letter | Return]) -> Callable[[int], Matter]:
    def find(pk: int) -> Matter:
        one = model._default_manager.only("ref", "contract_id").get(pk=pk)
        about = _contract(one.contract_id)
        return replace(about, refs=about.refs | {model.KIND: one.ref})

    return find


def _report(pk: int) -> Matter:
    one = Report.objects.only("ref", "contract_id").get(pk=pk)
    about = _contract(one.contract_id)
    return Matter(
        about.thing, about.number, about.customer, about.applicant_ids, refs=about.refs | {"report": one.ref}
    )


def _programme(pk: int) -> Matter:
    one = Programme.objects.select_related("customer").get(pk=pk)
    return Matter(one.title, "", one.customer, refs={"programme": one.ref})


def _revision(pk: int) -> Matter:
    one = Revision.objects.select_related("programme__customer").get(pk=pk)
    about = _programme(one.programme_id)
    return Matter(about.thing, str(one.number), about.customer, refs=about.refs | {"revision": one.ref})


def _problem(pk: int) -> Matter:
    """Named by the customer's title: the words of the problem stay on its page."""
    one = Problem.objects.select_related("customer").get(pk=pk)
    people = frozenset({one.proposed_by_id})
    return Matter(one.customer.title, "", one.customer, person_ids=people, refs={"problem": one.ref})


def _comment(pk: int) -> Matter:
    one = Comment.objects.only("programme_id", "made_by_id").get(pk=pk)
    about = _programme(one.programme_id)
    return Matter(about.thing, "", about.customer, person_ids=frozenset({one.made_by_id}), refs=about.refs)


def _organisation(pk: int) -> Matter:
    one = Organisation.objects.get(pk=pk)
    return Matter(one.title, applicant_ids=frozenset({one.pk}), refs={"organisation": one.ref})


def _mandate(pk: int) -> Matter:
    one = Mandate.objects.select_related("organisation").get(pk=pk)
    return Matter(one.organisation.title, person_ids=frozenset({one.person_id}))


def _payment(pk: int) -> Matter:
    one = PaymentOrder.objects.get(pk=pk)
    about = _contract(one.owner_id)
    number = one.document_number or about.number
    return Matter(about.thing, number, about.customer, about.applicant_ids, refs=about.refs | {"payment": one.ref})


def _body(organisation_id: int, **more: Any) -> Matter:
    """A matter of a public body itself."""
    body = Organisation.objects.get(pk=organisation_id)
    return Matter(body.title, "", body, **more)


def _bank_account(pk: int) -> Matter:
    one = BankAccount.objects.select_related("organisation", "checker").get(pk=pk)
    whose, checker = frozenset({one.organisation_id}), frozenset({one.checker_id})
    return Matter(one.organisation.title, applicant_ids=whose, other_ids=checker)


def _package(pk: int) -> Matter:
    one = PaymentPackage.objects.get(pk=pk)
    signatories = frozenset({one.first_id, one.second_id})
    return _body(one.organisation_id, person_ids=signatories, refs={PaymentPackage.KIND: one.ref})


def _shortfall(pk: int) -> Matter:
    one = Shortfall.objects.select_related("appropriation").get(pk=pk)
    return _body(one.appropriation.organisation_id, refs={"appropriation": one.appropriation.ref})


def _year_close(pk: int) -> Matter:
    return _body(YearClose.objects.only("organisation_id").get(pk=pk).organisation_id)


def _statement(pk: int) -> Matter:
    one = Statement.objects.only("ref", "organisation_id").get(pk=pk)
    return _body(one.organisation_id, refs={"statement": one.ref})


def _line_match(pk: int) -> Matter:
    one = LineMatch.objects.select_related("line__statement").get(pk=pk)
    return _body(one.line.statement.organisation_id, refs={"line_match": one.line.ref})


def _confirmation(pk: int) -> Matter:
    one = RuleConfirmation.objects.get(pk=pk)
    return Matter({"en": one.key}, refs={"confirmation": one.ref})


def _incident(pk: int) -> Matter:
    """Its number only: what is damaged stands on the operator's page."""
    return Matter({}, Incident.objects.only("ref").get(pk=pk).ref)


MATTERS: dict[str, Callable[[int], Matter]] = {
    "amendment": _of_contract(Amendment),
    "appeal": _appeal,
    "appeal_panel": _appeal_panel,
    "application": _application,
    "bank_account": _bank_account,
    "candidacy": _candidacy,
    "collaborator": _collaborator,
    "comment": _comment,
    "commission": _commission,
    "confirmation": _confirmation,
    "contest": _contest,
    "contract": _contract,
    "cut": _of_candidacy(Cut),
    "erratum": _erratum,
    "expense": _of_contract(Expense),
    "incident": _incident,
    "ink_signature": _of_contract(InkSignature),
    "letter": _of_contract(Letter),
    "line_match": _line_match,
    "mandate": _mandate,
    "mending": _of_candidacy(Mending),
    "organisation": _organisation,
    "partner": _partner,
    "payment": _payment,
    "payment_package": _package,
    "problem": _problem,
    "proceeding": _proceeding,
    "programme": _programme,
    "protocol": _protocol,
    "question": _question,
    "report": _report,
    "return": _of_contract(Return),
    "shortfall": _shortfall,
    "statement": _statement,
    "year_close": _year_close,
    "revision": _revision,
}
"""Kind of thing → what messages say of it. Every kind that has a moment is here."""


def refs_of(kind: str, number: int) -> frozenset[str]:
    """References of the thing and of what it belongs to; of kinds that no message is about, none."""
    find = MATTERS.get(kind)
    return frozenset(find(number).refs.values()) if find else frozenset()


# --- who hears of it -------------------------------------------------------------------------------------------


def _in_role(at: datetime, roles: tuple[Role, ...], organisation_id: int | None = None) -> QuerySet[Mandate]:
    found = valid_mandates(at).filter(role__in=roles)
    if organisation_id is None:
        return found
    return found.filter(organisation_id=standing_organisation(organisation_id, bishkek_day(at)))


def _people(mandates: QuerySet[Mandate]) -> set[int]:
    return set(mandates.values_list("person_id", flat=True))


def _of_customer(*roles: Role) -> Callable[[Matter, datetime], set[int]]:
    def find(matter: Matter, at: datetime) -> set[int]:
        return _people(_in_role(at, roles, matter.customer.pk)) if matter.customer else set()

    return find


def _of_body(name: str, *roles: Role) -> Callable[[Matter, datetime], set[int]]:
    """People of the customer's council or treasury."""

    def find(matter: Matter, at: datetime) -> set[int]:
        body = getattr(matter.customer, f"{name}_id", None)
        return _people(_in_role(at, roles, body)) if body else set()

    return find


def _of_applicants(*roles: Role) -> Callable[[Matter, datetime], set[int]]:
    def find(matter: Matter, at: datetime) -> set[int]:
        # Whoever stands in the place of an applicant by now hears of it (H-47).
        now = {standing_organisation(pk, bishkek_day(at)) for pk in matter.applicant_ids}
        return _people(_in_role(at, roles).filter(organisation_id__in=now))

    return find


def _of_others(*roles: Role) -> Callable[[Matter, datetime], set[int]]:
    return lambda matter, at: _people(_in_role(at, roles).filter(organisation_id__in=matter.other_ids))


def _of_instance(*roles: Role) -> Callable[[Matter, datetime], set[int]]:
    return lambda _matter, at: _people(_in_role(at, roles))


def _named(matter: Matter, _at: datetime) -> set[int]:
    return set(matter.person_ids)


def _registrant(matter: Matter, _at: datetime) -> set[int]:
    """Whoever registered the organisation: before the check nobody heads it."""
    ids = Organisation.objects.filter(pk__in=matter.applicant_ids).values_list("registered_by_id", flat=True)
    return {pk for pk in ids if pk}


READERS: dict[str, Callable[[Matter, datetime], set[int]]] = {
    "accountants": _of_customer(Role.ACCOUNTANT),
    "applicant": _of_applicants(Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR),
    "asker": _named,
    "candidates": _of_applicants(Role.APPLICANT_HEAD, Role.APPLICANT_EDITOR),
    "checkers": _of_others(Role.ACCOUNTANT, Role.TREASURY_OFFICER),
    "commentator": _named,
    "council": _of_body("council", Role.COUNCIL_SECRETARY),
    "heads": _of_customer(Role.HEAD),
    "holder": _named,
    "invited": _named,
    "lawyers": _of_instance(Role.LAWYER, Role.AUDITOR),
    "members": _named,
    "organisation": _of_applicants(Role.APPLICANT_HEAD),
    "panel": _named,
    "partner": _of_others(Role.APPLICANT_HEAD),
    "proposer": _named,
    "registrant": _registrant,
    "registrars": _of_instance(Role.REGISTRAR),
    "signatories": _named,
    "specialists": _of_customer(Role.SPECIALIST),
    "treasury": _of_body("treasury", Role.TREASURY_OFFICER),
    "treasury_colleagues": _of_customer(Role.TREASURY_OFFICER),
}
"""Whom the codes in `Moment.to` mean, at the instant of the act."""


# --- inboxes ---------------------------------------------------------------------------------------------------

MOST_UNREAD = 99


def inbox(person_id: int, before: int = 0, limit: int = 30) -> list[Message]:
    """A page of a person's messages, newest first; the next page begins before the last id."""
    found = Message.objects.filter(person_id=person_id, channel="inbox")
    return list((found.filter(id__lt=before) if before else found).order_by("-id")[:limit])


def message(ref: str, person_id: int) -> Message:
    """One of the person's own; anybody else's does not exist."""
    return Message.objects.get(ref=ref, person_id=person_id, channel="inbox")


def sent_message(ref: str, person_id: int) -> Message:
    """One of the person's own, in the inbox or in an e-mail."""
    return Message.objects.get(ref=ref, person_id=person_id)


def unread(person_id: int) -> int:
    """How many were not read, counted up to 99."""
    return Message.objects.filter(person_id=person_id, delivery="placed").order_by()[:MOST_UNREAD].count()


def subscription(person_id: int) -> Subscription:
    """As chosen, or as everybody begins."""
    return Subscription.objects.filter(person_id=person_id).first() or Subscription(person_id=person_id)


def deliveries(person_id: int, records: list[int]) -> dict[int, Message]:
    """Journal record → its e-mail to this person."""
    rows = Message.objects.filter(person_id=person_id, record_id__in=records, channel="email")
    return {row.record_id: row for row in rows}


def addresses(person_ids: set[int]) -> dict[int, str]:
    """Person → e-mail address of the active user."""
    users = User.objects.filter(person_id__in=person_ids, is_active=True, is_cast=False)
    return {pk: email for pk, email in users.values_list("person_id", "email") if pk}


# --- e-mail that was not delivered -----------------------------------------------------------------------------

TOLD_AFTER_OPENING = frozenset(
    {
        "amendment",
        "appeal",
        "appeal_panel",
        "candidacy",
        "commission",
        "contract",
        "cut",
        "erratum",
        "expense",
        "ink_signature",
        "letter",
        "mending",
        "payment",
        "proceeding",
        "protocol",
        "report",
        "return",
    }
)
"""Of whom a customer may hear that they were not reached: before the opening that would tell who is going to apply."""


def undelivered(organisation_ids: Iterable[int] | None = None, before: int = 0, limit: int = 30) -> list[Message]:
    """E-mails given up whose reader has not read the message in the inbox either, newest first: somebody has to tell
    them in another way. *Organisation_ids*: of acts of these only, as far as they may hear of it; None: of all."""
    unread = Message.objects.filter(
        record_id=OuterRef("record_id"), person_id=OuterRef("person_id"), channel="inbox", delivery="placed"
    )
    rows = Message.objects.filter(Exists(unread), channel="email", delivery="given_up").select_related("person")
    if organisation_ids is not None:
        own = Record.objects.filter(organisation_id__in=list(organisation_ids), object_kind__in=TOLD_AFTER_OPENING)
        rows = rows.filter(Exists(own.filter(pk=OuterRef("record_id"))))
    return list((rows.filter(id__lt=before) if before else rows).order_by("-id")[:limit])


def undelivered_message(ref: str, organisation_ids: Iterable[int] | None = None) -> Message:
    """One of them, for a cursor. Raises Message.DoesNotExist."""
    found = Message.objects.get(ref=ref, channel="email", delivery="given_up")
    if organisation_ids is not None and not Record.objects.filter(
        pk=found.record_id, organisation_id__in=list(organisation_ids), object_kind__in=TOLD_AFTER_OPENING
    ):
        raise Message.DoesNotExist
    return found


def titles_of(record: Record) -> Texts:
    """The name of the organisation that acted; of the day when it is gone."""
    titles = Organisation.objects.filter(pk=record.organisation_id or 0).values_list("title", flat=True).first()
    return dict(titles) if titles else {"ru": record.organisation_name or "Жардам"}


def person_of(pk: int) -> Person:
    return Person.objects.get(pk=pk)


# --- verify ----------------------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Every message stands on an act of the journal, and its delivery adds up."""
    return [_stands_on_an_act, _delivery_adds_up]


def _stands_on_an_act() -> Iterator[str]:
    orphan = Message.objects.exclude(record_id__in=Record.objects.values("id")).order_by("id").first()
    if orphan:
        yield f"notices_message {orphan.pk}: it tells of no act"


def _delivery_adds_up() -> Iterator[str]:
    rows = Message.objects.order_by("id")
    for wrong in (
        rows.filter(delivery="sent", sent_at=None),
        rows.filter(delivery="read", read_at=None),
        rows.filter(channel="inbox").exclude(delivery__in=["placed", "read"]),
        rows.filter(channel="email", delivery__in=["placed", "read"]),
    ):
        if found := wrong.first():
            yield f"notices_message {found.pk}: it is {found.delivery} without a time or in the wrong channel"
            return
