"""The review as the customer's desk keeps it: commission, screening, sitting, protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import queries as contests
from jardam.fields import in_language
from jardam.kernel.actor import system
from jardam.kernel.text import clean
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.parties.policy import AUDIENCES
from jardam.regime import operations as regime
from jardam.review import operations, queries
from jardam.review.operations import AdmissionVote, ItemVote, MemberEntry, Sitting, Way
from jardam.review.policy import COMMISSION, PROCEEDING

from .. import contest_page, editions, eligibility, formats, lists, public, words
from ..application_page import budget_table, difference_table, documents_of, partner_rows, whole
from ..door import in_transaction
from ..forms import ChoiceField, DayField, LongTextField, ManyField, NumberField
from ..pages import language, page
from ..steps import ShortField, StepForm, confirm, cursor, fill_in, not_now, unfinished, wrong_role
from ..templatetags.ui import Cell, Column, Stage, SummaryRow, Table
from ..together import file_response
from . import further
from .contests import contest_crumbs, contest_url, own_contest

SEATS = range(1, 10)
(ROLE,) = AUDIENCES["commission"]


# --- the commission --------------------------------------------------------------------------------------------


class CommissionForm(StepForm):
    """The order, and up to nine seats."""

    template_name = "customer/seats.html"
    HEAD = ("order_number", "ordered_on")
    PARTS = ("person", "side", "seat")

    order_number = ShortField(gettext_lazy("Number of the order"), max_length=40)
    ordered_on = DayField(gettext_lazy("Date of the order"))

    def __init__(self, mandates: list[Any], seats: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mandates = {one.ref: one for one in mandates}
        people = [("", _("Nobody"))] + [
            (one.ref, f"{one.person.name}, {in_language(one.organisation.title)}") for one in mandates
        ]
        sides = [("state", words.SIDE["state"]), ("civil", words.SIDE["civil"])]
        for n in SEATS:
            self.fields |= {
                f"person_{n}": unfinished(ChoiceField(_("Who?"), choices=lambda: people, select=True)),
                f"side_{n}": unfinished(ChoiceField(_("Whose side?"), choices=sides)),
                f"seat_{n}": unfinished(ChoiceField(_("Seat"), choices=[(seat, words.SEAT[seat]) for seat in seats])),
            }
            self.fields[f"side_{n}"].widget.inline = True

    @property
    def head(self) -> list[Any]:
        return [self[name] for name in self.HEAD]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"n": n, "fields": bound, "folded": n > 5 and not bound[0].value() and not any(b.errors for b in bound)}
            for n in SEATS
            for bound in [[self[f"{part}_{n}"] for part in self.PARTS]]
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        filled = [n for n in SEATS if data.get(f"person_{n}")]
        for n in filled:
            for part in ("side", "seat"):
                if not data.get(f"{part}_{n}") and f"{part}_{n}" not in self.errors:
                    self.add_error(f"{part}_{n}", _("Choose one of the answers."))
        if not filled:
            self.add_error("person_1", _("Choose at least one person."))
        return data

    def entries(self) -> list[MemberEntry]:
        data = self.cleaned_data
        entries = []
        for n in SEATS:
            if mandate := self.mandates.get(data.get(f"person_{n}") or ""):
                entries.append(
                    MemberEntry(
                        mandate.person_id,
                        mandate.pk,
                        mandate.organisation_id,
                        mandate.person.name,
                        data[f"side_{n}"],
                        data[f"seat_{n}"],
                    )
                )
        return entries


@page("customer", writes=True)
def commission(request: Any, ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    if not found.is_announced:
        raise Http404
    appointed = queries.commission_of(found)
    if appointed and request.method != "POST":
        return _appointed(request, found, appointed)
    settlement = found.settlement
    keys = ("com.appointment_act", "com.size_min", "com.size_odd", "com.civil_min_share", "com.secretary_votes")
    by_council = settlement.choice("com.appointment_act") == "council_resolution"
    form = CommissionForm(
        parties.mandates_in_role(ROLE, request.at),
        queries.seats(settlement),
        request.POST or None,
        initial={"seat_1": "chair"},
    )
    if by_council:
        form.fields["order_number"].label = _("Number of the council's resolution")
        form.fields["ordered_on"].label = _("Date of the council's resolution")
    return fill_in(
        request,
        form,
        lambda actor, data: operations.appoint_commission(
            actor=actor,
            contest=found,
            order_number=data["order_number"],
            ordered_on=data["ordered_on"],
            members=form.entries(),
        ),
        verb="commission:appoint_commission",
        then=contest_url(found),
        said=_("The commission is appointed."),
        title=_("Appoint the commission"),
        caption=in_language(found.title),
        submit=_("Appoint the commission"),
        back_url=contest_url(found),
        refusals=wrong_role(COMMISSION, "appoint_commission", request.actor),
        template="customer/commission_new.html",
        rules=[editions.row(settlement.parameter(key)) for key in keys if key in settlement.parameters],
        breadcrumbs=contest_crumbs(found, _("Commission")),
    )


def _appointing_act(contest: Any) -> str:
    """The act that appoints a commission, by the rules of the contest."""
    if contest.settlement.choice("com.appointment_act") == "council_resolution":
        return _("Resolution of the council No. %(n)s of %(day)s")
    return _("Order No. %(n)s of %(day)s")


def _appointed(request: Any, contest: Any, commission: Any) -> HttpResponse:
    rows = [
        [
            Cell(one.name, note=in_language(one.organisation.title)),
            str(words.SIDE[one.side]),
            str(words.SEAT[one.seat]),
        ]
        for one in queries.members(commission)
    ]
    context = {
        "title": _("Commission"),
        "contest_title": in_language(contest.title),
        "order": _appointing_act(contest)
        % {"n": commission.order_number, "day": formats.long_day(commission.ordered_on)},
        "table": Table(
            _("Members"), [Column(_("Member")), Column(_("Side")), Column(_("Seat"))], rows, hide_caption=True
        ),
        "changes": further.departures_table(commission),
        "further": further.commission_links(contest, commission, request.actor),
        "back_url": contest_url(contest),
        "breadcrumbs": contest_crumbs(contest, _("Commission")),
    }
    return render(request, "customer/commission.html", context)


@page("customer", writes=True)
def review_begin(request: Any, ref: str, lot_ref: str) -> HttpResponse:
    found = own_contest(request, ref)
    lot = contests.lot(lot_ref, request.actor)
    appointed = queries.commission_of(found)
    if lot.contest_id != found.pk or appointed is None:
        raise Http404
    return confirm(
        request,
        lambda actor: operations.begin_review(actor=actor, commission=appointed, lot=lot),
        verb="proceeding:begin_review",
        then=proceeding_url,
        said=_("The review has begun. The members declare their interests first."),
        title=_("Begin the review of lot %(n)s?") % {"n": lot.number},
        consequences=[
            _("The members see the list of applicants and declare their interests."),
            _("Nobody opens a file before every member has declared."),
        ],
        submit=_("Begin the review"),
        back_url=contest_url(found),
        kind="primary",
        refusals=wrong_role(PROCEEDING, "begin_review", request.actor),
        breadcrumbs=contest_crumbs(found, _("Lot %(n)s") % {"n": lot.number}),
    )


# --- screening -------------------------------------------------------------------------------------------------


def proceeding_url(proceeding: Any) -> str:
    return reverse("desk_proceeding", args=[proceeding.ref])


def _contest_of(proceeding: Any) -> Any:
    return proceeding.commission.contest


def _own_proceeding(request: Any, ref: str) -> Any:
    found = queries.proceeding(ref, request.actor)
    if not request.actor.acts_for(_contest_of(found).customer_id):
        raise Http404
    return found


def _crumbs(proceeding: Any, label: str = "") -> Any:
    trail = contest_crumbs(_contest_of(proceeding), _("Lot %(n)s") % {"n": proceeding.lot.number})
    if not label:
        return trail
    last = trail[-1]
    return [*trail[:-1], type(last)(last.label, proceeding_url(proceeding)), type(last)(label, "")]


NEXT_VERB = {
    "interests": "close_interests",
    "admissibility": "start_scoring",
    "scoring": "reveal",
}
"""The step a proceeding takes by itself; what stands against it is what is still missing."""


@page("customer")
def proceeding(request: Any, ref: str) -> HttpResponse:
    found = _own_proceeding(request, ref)
    contest = _contest_of(found)
    verb = NEXT_VERB.get(found.state)
    waits = queries.proceeding_refusals(found, verb, system(request.at)) if verb else ()
    protocol = queries.protocol_of(found)
    verbs = queries.proceeding_actions(found, request.actor)
    after = cursor(request, lambda key: queries.candidacy(key, request.actor))
    rows, more = lists.cut(queries.candidacies_page(found, after, lists.PAGE + 1))
    context = {
        "title": _("Review of lot %(n)s") % {"n": found.lot.number},
        "contest_title": in_language(contest.title),
        "stages": _stages(found.state),
        "halts": contest_page.order_events(queries.halts_of([found.lot])),
        "waits": [formats.sentence(one) for one in waits],
        "declare_until": _declare_until(found, request.at),
        "totals": _totals(queries.counts_of_lot(found)),
        "table": _candidacy_table(rows),
        "pager": lists.pager(request, rows, more),
        "sitting_url": reverse("desk_sitting", args=[ref]) if "decide" in verbs else "",
        "protocol_url": reverse("desk_protocol", args=[protocol.ref]) if protocol else "",
        "faults": further.faults_table(found, rows),
        "sittings": further.sittings_table(found),
        "further": further.proceeding_links(found, verbs),
        "back_url": contest_url(contest),
        "breadcrumbs": _crumbs(found),
    }
    return render(request, "customer/proceeding.html", context)


def _declare_until(proceeding: Any, at: Any) -> str:
    """Until when the members declare, and whether that day is over."""
    until = queries.interest_until(proceeding)
    if until is None:
        return ""
    said = _("The members declare their interests until %(day)s.")
    if until.passed(at):
        said = _("The term to declare ended on %(day)s. A declaration is still taken; a member can be replaced.")
    return said % {"day": formats.day(until.due_on)}


def _totals(counts: dict[str, int]) -> list[SummaryRow]:
    """Of the whole lot, whatever page is shown."""
    if not counts:
        return []
    states = [SummaryRow(words.word(words.CANDIDACY, state), formats.number(n)) for state, n in counts.items()]
    return [SummaryRow(_("Applications"), formats.number(sum(counts.values()))), *states]


def _stages(state: str) -> list[Stage]:
    order = ("interests", "admissibility", "scoring", "revealed", "decided", "published")
    labels = (_("Interests"), _("Screening"), _("Scoring"), _("Sitting"), _("Signatures"), _("Published"))
    here = order.index(state)
    done = len(order) if state == "published" else here
    return [
        Stage(label, "", "done" if n < done else "current" if n == here else "todo") for n, label in enumerate(labels)
    ]


def _candidacy_table(rows: list[Any]) -> Table:
    lines = [
        [
            Cell(one.number, reverse("desk_candidacy", args=[one.ref])),
            in_language(one.application.applicant.title),
            Cell(words.word(words.CANDIDACY, one.state), tone=words.tone(words.CANDIDACY, one.state)),
        ]
        for one in rows
    ]
    columns = [Column(_("Application")), Column(_("Applicant")), Column(_("State"), "tag")]
    return Table(_("Applications"), columns, lines, empty=_("Nobody applied to this lot."))


def _own_candidacy(request: Any, ref: str) -> Any:
    found = queries.candidacy(ref, request.actor)
    if not request.actor.acts_for(_contest_of(found.proceeding).customer_id):
        raise Http404
    return found


def candidacy_url(candidacy: Any) -> str:
    return reverse("desk_candidacy", args=[candidacy.ref])


def _kinds_of(candidacy: Any) -> Any:
    return _contest_of(candidacy.proceeding).settlement.value("app.documents")


@page("customer", writes=True)
def candidacy(request: Any, ref: str) -> HttpResponse:
    """An application under screening. Asked for by POST it is opened, and the look is recorded."""
    found = _own_candidacy(request, ref)
    content: dict[str, Any] = {}
    if request.method == "POST" and request.POST.get("file"):
        ref_of_file = clean(request.POST["file"])
        read = partial(operations.read_candidacy_file, actor=request.actor, candidacy=found, ref=ref_of_file)
        return file_response(*in_transaction(partial(read, purpose="screening")))
    if request.method == "POST":
        look = partial(operations.read_candidacy, actor=request.actor, candidacy=found, purpose="screening")
        content = in_transaction(look).as_plain()
    verbs = queries.candidacy_actions(found, request.actor)
    grounds = {one.code: one for one in _contest_of(found.proceeding).settlement.value("adm.grounds")}
    ground = grounds.get(found.ground)
    applicant = found.application.applicant
    facts = [
        SummaryRow(_("Applicant"), in_language(applicant.title)),
        SummaryRow(_("Registration data"), words.word(words.ORGANISATION, applicant.state)),
        *(SummaryRow(scheme, value) for scheme, value in parties.identifiers_of(applicant)),
    ]
    facts += eligibility.standing_rows(found.application, contests.standing(found.application, request.actor))
    if ground:
        facts.append(SummaryRow(_("Rejected because"), [ground.names.in_language(language()), found.ground_text]))
    facts += _admission_rows(queries.admission_votes_of(found)) + _told_rows(found)
    if cut := queries.cut_of(found.application):
        answer_by = [_("Answer until %(day)s") % {"day": formats.instant(cut.answer_until)}]
        said = [formats.som(cut.amount), words.word(words.CUT, cut.state)]
        facts.append(SummaryRow(_("Smaller amount"), said + (answer_by if cut.state == "proposed" else [])))
    context = {
        "title": _("Application %(number)s") % {"number": found.number},
        "candidacy": found,
        "facts": facts,
        "state": words.word(words.CANDIDACY, found.state),
        "tone": words.tone(words.CANDIDACY, found.state),
        "parts": whole(content) if content else None,
        "budget": budget_table(content) if content else None,
        "documents": documents_of(content, _kinds_of(found), language()) if content else None,
        "partners": partner_rows(content) if content else None,
        "difference": difference_table(queries.mending_difference(found), _kinds_of(found)) if content else None,
        "further": further.candidacy_links(found, verbs, request.actor),
        "admit_url": reverse("desk_admit", args=[ref]) if "admit" in verbs else "",
        "reject_url": reverse("desk_reject", args=[ref]) if "reject" in verbs else "",
        "may_open": found.proceeding.state != "interests",
        "back_url": proceeding_url(found.proceeding),
        "breadcrumbs": _crumbs(found.proceeding, found.number),
    }
    return render(request, "customer/candidacy.html", context)


class AdmissionForm(StepForm):
    """The vote of the commission on one application, where the rules leave its admission to the commission."""

    held_on = DayField(gettext_lazy("When was the sitting held?"))
    present = ManyField(gettext_lazy("Who was present?"))
    votes_for = NumberField(gettext_lazy("Votes for"), width="4")
    votes_against = NumberField(gettext_lazy("Votes against"), width="4")
    abstained = NumberField(gettext_lazy("Abstained"), width="4")
    chair_for = ChoiceField(
        gettext_lazy("How did the chair vote?"),
        hint=gettext_lazy("It decides when the votes are equal."),
        choices=[
            ("yes", gettext_lazy("For")),
            ("no", gettext_lazy("Against")),
            ("none", gettext_lazy("Abstained or absent")),
        ],
    )

    def __init__(self, proceeding: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        settlement = _contest_of(proceeding).settlement
        if not settlement.flag("com.casting_vote"):
            del self.fields["chair_for"]
        members = queries.voting_members(proceeding.commission)
        self.members = {str(n): one for n, one in enumerate(members, start=1)}
        self.fields["present"].choices = [(n, one.name) for n, one in self.members.items()]  # type: ignore[attr-defined]

    def vote(self) -> AdmissionVote:
        data = self.cleaned_data
        return AdmissionVote(
            held_on=data["held_on"],
            present=frozenset(self.members[n].person_id for n in data["present"]),
            votes_for=data["votes_for"],
            votes_against=data["votes_against"],
            abstained=data["abstained"],
            chair_for=_CHAIR.get(data.get("chair_for", "")),
        )


def _commission_admits(candidacy: Any) -> bool:
    return queries.commission_admits(_contest_of(candidacy.proceeding).settlement)


def _admission_rows(votes: list[Any]) -> list[SummaryRow]:
    """How the commission voted on the admission."""
    return [
        SummaryRow(
            _("Vote of the commission on admission"),
            _("%(day)s: %(for)s for, %(against)s against, %(abstained)s abstained")
            % {
                "day": formats.day(one.held_on),
                "for": formats.number(one.votes_for),
                "against": formats.number(one.votes_against),
                "abstained": formats.number(one.abstained),
            },
        )
        for one in votes
    ]


def _told_rows(candidacy: Any) -> list[SummaryRow]:
    """When and how the applicant was told outside of the inbox."""
    told = queries.notification_of(candidacy)
    if told is None:
        return []
    said = [f"{formats.day(told.told_on)}, {words.WAY[told.way]}"]
    return [SummaryRow(_("Told on paper"), said + contest_page.late_note(_notify_until(candidacy), told.told_on))]


def _notify_until(candidacy: Any) -> Any:
    """Until when the applicant is to be told, by the rules; None before the protocol is published."""
    protocol = queries.published_protocol(candidacy.proceeding_id)
    if protocol is None or protocol.published_at is None:
        return None
    settlement = _contest_of(candidacy.proceeding).settlement
    return regime.deadline(settlement, "dec.notify_term", protocol.published_at)


class NotifyForm(StepForm):
    told_on = DayField(gettext_lazy("On which day?"))
    way = ChoiceField(gettext_lazy("How?"), choices=list(words.WAY.items()))


@page("customer", writes=True)
def notify(request: Any, ref: str) -> HttpResponse:
    """The letter handed over or sent to an applicant for whom nobody reads an inbox."""
    found = _own_candidacy(request, ref)
    until = _notify_until(found)
    refusals = queries.candidacy_refusals(found, "record_notification", request.actor)
    if not refusals and until is None:
        refusals = queries.proceeding_refusals(found.proceeding, "mark_published", request.actor)
    return fill_in(
        request,
        NotifyForm(request.POST or None, initial={"told_on": bishkek_day(request.at)}),
        lambda actor, data: operations.record_notification(
            actor=actor, candidacy=found, told_on=data["told_on"], way=Way(data["way"])
        ),
        verb="candidacy:record_notification",
        then=candidacy_url(found),
        said=_("It is on record that the applicant was told."),
        title=_("Record that the applicant was told: %(number)s") % {"number": found.number},
        caption=in_language(found.application.applicant.title),
        lead=_("Print the letter to the applicant and hand it over or send it. The rules set %(day)s as the last day.")
        % {"day": formats.day(until.due_on)}
        if until
        else "",
        submit=_("Record it"),
        back_url=candidacy_url(found),
        refusals=refusals,
        breadcrumbs=_crumbs(found.proceeding, found.number),
    )


@page("customer", writes=True)
def admit(request: Any, ref: str) -> HttpResponse:
    found = _own_candidacy(request, ref)
    if _commission_admits(found):
        form = AdmissionForm(found.proceeding, request.POST or None, initial={"held_on": bishkek_day(request.at)})
        return fill_in(
            request,
            form,
            lambda actor, _data: operations.admit(actor=actor, candidacy=found, vote=form.vote()),
            verb="candidacy:admit",
            then=proceeding_url(found.proceeding),
            said=_("The application is admitted."),
            title=_("The commission admits application %(number)s") % {"number": found.number},
            lead=_("As it voted on this application. Members with an interest in it have no vote on it."),
            submit=_("Admit"),
            back_url=candidacy_url(found),
            refusals=_screening_refusals(found, request.actor),
            breadcrumbs=_crumbs(found.proceeding, found.number),
        )
    return confirm(
        request,
        lambda actor: operations.admit(actor=actor, candidacy=found),
        verb="candidacy:admit",
        then=proceeding_url(found.proceeding),
        said=_("The application is admitted."),
        title=_("Admit application %(number)s?") % {"number": found.number},
        consequences=[
            _("The members score it once all applications are screened."),
            _("This cannot be taken back."),
        ],
        submit=_("Admit"),
        kind="primary",
        back_url=candidacy_url(found),
        refusals=_screening_refusals(found, request.actor),
        breadcrumbs=_crumbs(found.proceeding, found.number),
    )


class RejectForm(StepForm):
    ground = ChoiceField(gettext_lazy("On which ground?"))
    text = LongTextField(
        gettext_lazy("The reason in your own words"),
        hint=gettext_lazy("The applicant reads it in the letter. Say what exactly is missing or wrong."),
        rows=4,
    )

    def __init__(self, grounds: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(one.code, one.names.in_language(language())) for one in grounds]  # type: ignore[attr-defined]


class VotedRejectForm(AdmissionForm):
    """Ground and reason, and the vote of the commission on them."""

    ground = RejectForm.base_fields["ground"]
    text = RejectForm.base_fields["text"]
    field_order = ("ground", "text")

    def __init__(self, grounds: Any, proceeding: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(proceeding, *args, **kwargs)
        self.fields["ground"].choices = [(one.code, one.names.in_language(language())) for one in grounds]  # type: ignore[attr-defined]


@page("customer", writes=True)
def reject(request: Any, ref: str) -> HttpResponse:
    found = _own_candidacy(request, ref)
    grounds = _contest_of(found.proceeding).settlement.value("adm.grounds")
    form: Any = RejectForm(grounds, request.POST or None)
    if _commission_admits(found):
        today = {"held_on": bishkek_day(request.at)}
        form = VotedRejectForm(grounds, found.proceeding, request.POST or None, initial=today)
    return fill_in(
        request,
        form,
        lambda actor, data: operations.reject(
            actor=actor,
            candidacy=found,
            ground=data["ground"],
            text=data["text"],
            vote=form.vote() if isinstance(form, AdmissionForm) else None,
        ),
        verb="candidacy:reject",
        then=proceeding_url(found.proceeding),
        said=_("The application is rejected."),
        title=_("Reject application %(number)s") % {"number": found.number},
        lead=_("Ground and reason stand in the published protocol. This cannot be taken back."),
        submit=_("Reject the application"),
        kind="warning",
        back_url=candidacy_url(found),
        refusals=_screening_refusals(found, request.actor),
        breadcrumbs=_crumbs(found.proceeding, found.number),
    )


def _screening_refusals(candidacy: Any, actor: Any) -> Any:
    """Why this application is not screened now: another state of it, or of its lot."""
    if refusals := queries.candidacy_refusals(candidacy, "admit", actor):
        return refusals
    if candidacy.proceeding.state == "admissibility":
        return ()
    return queries.proceeding_refusals(candidacy.proceeding, "start_scoring", system(actor.at))


# --- the sitting -----------------------------------------------------------------------------------------------


class SittingForm(StepForm):
    held_on = DayField(gettext_lazy("When was the sitting held?"))
    present = ManyField(gettext_lazy("Who was present?"))
    votes_for = NumberField(gettext_lazy("Votes for"), width="4")
    votes_against = NumberField(gettext_lazy("Votes against"), width="4")
    abstained = NumberField(gettext_lazy("Abstained"), width="4")
    chair_for = ChoiceField(
        gettext_lazy("How did the chair vote?"),
        hint=gettext_lazy("It decides when the votes are equal."),
        choices=[
            ("yes", gettext_lazy("For")),
            ("no", gettext_lazy("Against")),
            ("none", gettext_lazy("Abstained or absent")),
        ],
    )
    dissent = LongTextField(
        gettext_lazy("Dissenting opinion"),
        hint=gettext_lazy("In the words of the member who disagrees."),
        required=False,
        rows=3,
    )

    WHOLE = ("votes_for", "votes_against", "abstained", "chair_for")

    def __init__(
        self,
        members: list[Any],
        tied: list[Any],
        *args: Any,
        voted: Sequence[Any] = (),
        casting: bool = True,
        **kwargs: Any,
    ) -> None:
        """`voted`: the applications that are voted on one by one; none where one vote decides about the ranking."""
        super().__init__(*args, **kwargs)
        self.voted = voted
        if not casting:
            del self.fields["chair_for"]
        for one in voted:
            for name in [name for name in self.WHOLE if name in self.fields]:
                field = copy(self.fields[name])
                field.label = f"{one.number}: {field.label}"
                self.fields[f"{name}_{one.ref}"] = field
        for name in self.WHOLE if voted else ():
            self.fields.pop(name, None)
        self.members = {str(n): one for n, one in enumerate(members, start=1)}
        self.fields["present"].choices = [(n, one.name) for n, one in self.members.items()]  # type: ignore[attr-defined]
        self.tied = tied
        for one in tied:
            self.fields[f"drawn_{one.ref}"] = NumberField(
                _("Place drawn for %(number)s") % {"number": one.number},
                hint=one.applicant,
                min_value=1,
                max_value=len(tied),
                width="2",
            )

    def sitting(self) -> Sitting:
        data = self.cleaned_data
        return Sitting(
            held_on=data["held_on"],
            present=frozenset(self.members[n].person_id for n in data["present"]),
            votes_for=data.get("votes_for", 0),
            votes_against=data.get("votes_against", 0),
            abstained=data.get("abstained", 0),
            chair_for=_CHAIR.get(data.get("chair_for", "")),
            drawing={one.ref: data[f"drawn_{one.ref}"] for one in self.tied},
            dissent=data["dissent"],
            items={one.ref: self._vote_on(one.ref) for one in self.voted},
        )

    def _vote_on(self, ref: str) -> ItemVote:
        data = self.cleaned_data
        chair = _CHAIR.get(data.get(f"chair_for_{ref}", ""))
        return ItemVote(data[f"votes_for_{ref}"], data[f"votes_against_{ref}"], data[f"abstained_{ref}"], chair)


_CHAIR = {"yes": True, "no": False}


@page("customer", writes=True)
def sitting(request: Any, ref: str) -> HttpResponse:
    found = _own_proceeding(request, ref)
    refusals = queries.proceeding_refusals(found, "decide", request.actor)
    if refusals and request.method != "POST":
        return not_now(request, refusals, proceeding_url(found))
    if found.state not in queries.REVEALED:
        return not_now(request, refusals, proceeding_url(found))
    candidates = {one.ref: one for one in queries.candidates(found)}
    ranking = queries.preview(found)
    tied = [candidates[ref] for place in ranking.unbroken_ties if place.passed for ref in place.refs]
    voting = queries.voting_members(found.commission)
    settlement = _contest_of(found).settlement
    one_by_one = settlement.choice("dec.award_rule") == "sitting_decides"
    form = SittingForm(
        voting,
        tied,
        request.POST or None,
        initial={"held_on": bishkek_day(request.at)},
        voted=list(candidates.values()) if one_by_one else (),
        casting=settlement.flag("com.casting_vote"),
    )
    return fill_in(
        request,
        form,
        lambda actor, _data: operations.decide(actor=actor, proceeding=found, sitting=form.sitting()),
        verb="proceeding:decide",
        then=lambda protocol: reverse("desk_protocol", args=[protocol.ref]),
        said=_("The sitting is recorded, and the protocol is made. Now the members sign it."),
        title=_("Record the sitting"),
        caption=in_language(_contest_of(found).title),
        submit=_("Record the sitting and make the protocol"),
        kind="warning",
        back_url=proceeding_url(found),
        template="customer/sitting.html",
        table=_preview_table(ranking, candidates),
        diverging=_diverging(candidates.values(), settlement),
        pass_mark=contest_page.pass_mark(settlement),
        recused=_recused(found, voting),
        tied=tied,
        rules=[editions.row(settlement.parameter(key)) for key in ("com.quorum", "com.majority")],
        breadcrumbs=_crumbs(found, _("Sitting")),
    )


def _diverging(candidates: Iterable[Any], settlement: Any) -> list[str]:
    """The applications on which the members' scores lie far apart: the sitting talks about them first."""
    found = [(one, queries.divergence(one, settlement)) for one in candidates]
    return [
        _("%(title)s (%(number)s): %(spread)s of the scale; the rules point out more than %(allowed)s.")
        % {
            "title": one.title,
            "number": one.number,
            "spread": formats.percent(apart.spread),
            "allowed": formats.percent(apart.allowed),
        }
        for one, apart in found
        if apart
    ]


def _preview_table(ranking: Any, candidates: dict[str, Any]) -> Table:
    rows = []
    for place in ranking.places:
        for ref in place.refs:
            one = candidates[ref]
            word, tone = (_("passed"), "done") if place.passed else (_("below the pass mark"), "plain")
            if place.is_tie:
                word, tone = _("equal, draw lots"), "wait"
            rows.append(
                [
                    Cell(one.title, note=f"{one.applicant}, {one.number}"),
                    place.position,
                    place.total,
                    one.requested,
                    Cell(word, tone=tone),
                ]
            )
    columns = [
        Column(_("Project")),
        Column(_("Place"), "number"),
        Column(_("Total"), "number"),
        Column(_("Asked for"), "money"),
        Column(_("Outcome"), "tag"),
    ]
    return Table(_("The ranking by the scores"), columns, rows, empty=_("There is nothing to rank."))


def _recused(proceeding: Any, members: list[Any]) -> list[str]:
    recused = queries.recused_members(proceeding)
    return [f"{one.name}: {', '.join(recused[one.pk])}" for one in members if one.pk in recused]


# --- the protocol ----------------------------------------------------------------------------------------------


def _own_protocol(request: Any, ref: str) -> Any:
    found = queries.protocol(ref, request.actor)
    if not request.actor.acts_for(_contest_of(found.proceeding).customer_id):
        raise Http404
    return found


@page("customer")
def protocol(request: Any, ref: str) -> HttpResponse:
    found = _own_protocol(request, ref)
    context = public.protocol_context(found) | {
        "title": _("Protocol %(number)s") % {"number": found.number},
        "state": words.word(words.PROTOCOL, found.state),
        "tone": words.tone(words.PROTOCOL, found.state),
        "publish_url": reverse("desk_protocol_publish", args=[ref])
        if "publish_protocol" in queries.protocol_actions(found, request.actor)
        else "",
        "public_url": reverse("protocol", args=[ref]) if found.published_at else "",
        "erratum_url": reverse("desk_erratum_new", args=[ref]),
        "appeals_url": reverse("desk_appeals", args=[_contest_of(found.proceeding).ref]),
        "drafted": [one for one in queries.errata_of(found, published=False) if one.state == "drafted"],
        "breadcrumbs": _crumbs(found.proceeding, found.number),
    }
    return render(request, "customer/protocol.html", context)


class PublishForm(StepForm):
    approval_order = ShortField(
        gettext_lazy("Number of the order that approves the protocol"),
        hint=gettext_lazy("The rules of this contest want an order of the head."),
        max_length=40,
    )
    approved_on = DayField(gettext_lazy("Date of the order"))


class NothingForm(StepForm):
    """Only a button: a refusal is still shown on the page."""


@page("customer", writes=True)
def protocol_publish(request: Any, ref: str) -> HttpResponse:
    found = _own_protocol(request, ref)
    settlement = _contest_of(found.proceeding).settlement
    wants_order = settlement.choice("dec.approval_act") == "order_of_head"
    form = (PublishForm if wants_order else NothingForm)(
        request.POST or None, initial={"approved_on": bishkek_day(request.at)}
    )
    standstill = regime.deadline_or_none(settlement, "appeal.standstill_term", request.at)
    waits = (
        _("Contracts can be signed from %(when)s on.") % {"when": formats.instant(standstill.at)} if standstill else ""
    )
    return fill_in(
        request,
        form,
        lambda actor, data: operations.publish_protocol(
            actor=actor,
            protocol=found,
            approval_order=data.get("approval_order", ""),
            approved_on=data.get("approved_on"),
        ),
        verb="protocol:publish_protocol",
        then=reverse("desk_protocol", args=[ref]),
        said=_("The protocol is published."),
        title=_("Publish protocol %(number)s?") % {"number": found.number},
        submit=_("Publish the protocol"),
        kind="warning",
        back_url=reverse("desk_protocol", args=[ref]),
        refusals=queries.protocol_refusals(found, "publish_protocol", request.actor),
        template="customer/consequences.html",
        consequences=[
            _("Everybody can read the ranking and the reasons."),
            _("The awards take effect. Money that was not awarded goes back to its measure."),
            *([waits] if waits else []),
            _("A published protocol stays for ever."),
        ],
        breadcrumbs=_crumbs(found.proceeding, _("Publication")),
    )
