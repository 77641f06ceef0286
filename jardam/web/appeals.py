"""Appeals and errata, for everybody they concern: the applicant who files, the panel that answers, the customer who
appoints the panel and carries an upheld appeal out, and the public, which sees state, dates and answer."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import queries as contests
from jardam.contracts import operations as contracts
from jardam.documents.operations import bytes_of
from jardam.fields import in_language
from jardam.journal.queries import history
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.parties.policy import AUDIENCES
from jardam.review import operations, queries
from jardam.review.operations import MemberEntry, Seat
from jardam.review.policy import APPEAL, APPEAL_PANEL

from . import contest_page, editions, formats, lists, words
from .customer.contests import contest_crumbs, own_contest
from .door import in_transaction
from .forms import ChoiceField, DayField, DocumentField, LongTextField, ManyField, NumberField, choices_of
from .pages import page
from .public import public
from .steps import ShortField, StepForm, allows, confirm, crumbs, cursor, fill_in, not_now, unfinished, wrong_role
from .templatetags.ui import Cell, Column, Event, Link, SummaryRow, Table

PANEL_SEATS = range(1, 6)
(ROLE,) = AUDIENCES["commission"]


def _title(appeal: Any) -> str:
    return _("Appeal %(number)s") % {"number": appeal.number}


def _contest_of(appeal: Any) -> Any:
    return appeal.protocol.proceeding.commission.contest


def _shown(appeal: Any) -> dict[str, Any]:
    """What everybody sees of an appeal: who, what, when, and the answer."""
    contest = _contest_of(appeal)
    facts = [
        SummaryRow(_("Appellant"), in_language(appeal.appellant.title)),
        SummaryRow(_("What is appealed"), str(words.APPEAL_SUBJECT[appeal.subject])),
        SummaryRow(_("Application"), appeal.candidacy.number),
        SummaryRow(_("Filed"), formats.instant(appeal.filed_at)),
        SummaryRow(_("Answer due"), formats.instant(appeal.answer_by)),
    ]
    if appeal.answered_at:
        facts.append(SummaryRow(_("Answered"), formats.instant(appeal.answered_at)))
    if appeal.ground:
        facts.append(SummaryRow(_("Why it was left unexamined"), str(words.UNEXAMINED[appeal.ground])))
    if appeal.step:
        numbers = [one.number for one in queries.returned_by(appeal)]
        facts.append(SummaryRow(_("What is returned"), [str(words.APPEAL_STEP[appeal.step]), *numbers]))
    events = [
        Event(one.at, str(words.VERB.get(one.verb, one.verb)), by=one.organisation_name)
        for one in reversed(history("appeal", appeal.pk))
    ]
    return {
        "appeal": appeal,
        "title": _title(appeal),
        "contest": contest,
        "contest_title": in_language(contest.title),
        "state": words.word(words.APPEAL, appeal.state),
        "tone": words.tone(words.APPEAL, appeal.state),
        "facts": facts,
        "events": events,
        "protocol_url": reverse("protocol", args=[appeal.protocol.ref]),
        "panel": _panel_table(appeal.panel) if appeal.panel else None,
    }


def _panel_table(panel: Any) -> Table:
    rows = [
        [Cell(one.name, note=in_language(one.organisation.title)), str(words.SEAT[one.seat])]
        for one in queries.panel_members(panel)
    ]
    return Table(_("Appeal panel"), [Column(_("Member")), Column(_("Seat"))], rows)


# --- everybody -------------------------------------------------------------------------------------------------


@public
def register(request: Any) -> HttpResponse:
    """The public register of appeals, newest first."""
    found = queries.appeals(cursor(request, queries.appeal), lists.PAGE + 1)
    rows, more = lists.cut(found)
    context = {
        "title": _("Appeals"),
        "lead": _("Every appeal and its answer is public. What the appellant wrote is not."),
        "table": contest_page.appeals_table(rows),
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": [Link(_("Contests"), reverse("contests")), Link(_("Appeals"), "")],
    }
    return render(request, "steps/list.html", context)


@public
def appeal(request: Any, ref: str) -> HttpResponse:
    found = queries.appeal(ref)
    contest = _contest_of(found)
    context = _shown(found) | {
        "breadcrumbs": [
            Link(_("Contests"), reverse("contests")),
            Link(contest.number, reverse("contest", args=[contest.ref])),
            Link(found.number, ""),
        ]
    }
    return render(request, "appeals/appeal.html", context)


# --- the applicant ---------------------------------------------------------------------------------------------


class AppealForm(StepForm):
    subject = ChoiceField(
        gettext_lazy("What do you appeal?"), choices=lambda: choices_of(words.APPEAL_SUBJECT, words.APPEAL_SUBJECT.get)
    )
    why = LongTextField(
        gettext_lazy("Why is it wrong?"),
        hint=gettext_lazy("Only the appeal panel and the customer read this. It is not published."),
        rows=8,
    )
    asks = LongTextField(gettext_lazy("What do you ask for?"), rows=3)
    attachment = DocumentField(gettext_lazy("A document that shows it"), required=False)


def _trail(application: Any, label: str) -> list[Link]:
    return crumbs(
        (_("My applications"), reverse("apply")),
        (in_language(application.contest.title), reverse("application", args=[application.ref])),
        (label, ""),
    )


@page("applicant", writes=True)
def appeal_new(request: Any, ref: str) -> HttpResponse:
    application = contests.application(ref, request.actor)
    wanted = queries.new_appeal(application)
    if wanted is None or not request.actor.acts_for(application.applicant_id):
        raise Http404
    form = AppealForm(request.POST or None, request.FILES or None)
    until = wanted.protocol.appeal_until
    return fill_in(
        request,
        form,
        lambda actor, data: operations.file_appeal(
            actor=actor,
            application=application,
            subject=data["subject"],
            why=data["why"],
            asks=data["asks"],
            attachment=(data["attachment"].name, data["attachment"].read()) if data["attachment"] else None,
        ),
        verb="appeal:file_appeal",
        then=lambda filed: reverse("own_appeal", args=[filed.ref]),
        said=_("The appeal is registered."),
        title=_("File an appeal"),
        caption=application.number,
        lead=_("Appeals are taken until %(when)s.") % {"when": formats.instant(until)} if until else "",
        submit=_("File the appeal"),
        back_url=reverse("application_result", args=[ref]),
        refusals=queries.appeal_refusals(wanted, "file_appeal", request.actor),
        breadcrumbs=_trail(application, _("Appeal")),
    )


def _own_appeal(request: Any, ref: str) -> Any:
    found = queries.appeal(ref)
    if not request.actor.acts_for(found.appellant_id):
        raise Http404
    return found


@page("applicant")
def own_appeal(request: Any, ref: str) -> HttpResponse:
    """The appeal with its receipt, as its author follows it."""
    found = _own_appeal(request, ref)
    may_withdraw = "withdraw_appeal" in queries.appeal_actions(found, request.actor)
    context = _shown(found) | {
        "receipt": found,
        "content": queries.own_appeal_text(found),
        "links": [(_("Withdraw the appeal"), reverse("own_appeal_withdraw", args=[ref]))] if may_withdraw else [],
        "breadcrumbs": crumbs((_("My applications"), reverse("apply")), (found.number, "")),
    }
    return render(request, "appeals/appeal.html", context)


@page("applicant", writes=True)
def own_appeal_withdraw(request: Any, ref: str) -> HttpResponse:
    found = _own_appeal(request, ref)
    back = reverse("own_appeal", args=[ref])
    return confirm(
        request,
        lambda actor: operations.withdraw_appeal(actor=actor, appeal=found),
        verb="appeal:withdraw_appeal",
        then=back,
        said=_("The appeal is withdrawn."),
        title=_("Withdraw the appeal?"),
        consequences=[_("Nobody answers it."), _("Until the end of the term you may file another one.")],
        submit=_("Withdraw the appeal"),
        back_url=back,
        refusals=queries.appeal_refusals(found, "withdraw_appeal", request.actor),
        breadcrumbs=crumbs((_("My applications"), reverse("apply")), (found.number, back)),
    )


@page("person", writes=True)
def appeal_attachment(request: Any, ref: str) -> HttpResponse:
    """The document filed with an appeal; asked for by POST, because the look is recorded."""
    found = queries.appeal(ref)
    if request.method != "POST" or found.attachment is None:
        raise Http404
    file = in_transaction(partial(operations.open_attachment, actor=request.actor, appeal=found))
    response = HttpResponse(bytes_of(file), content_type=file.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    return response


# --- the panel -------------------------------------------------------------------------------------------------


@page("commission")
def panel_list(request: Any) -> HttpResponse:
    rows = queries.appeals_for_panel(request.actor)
    context = {
        "title": _("Appeals you answer"),
        "table": contest_page.appeals_table(rows, "panel_appeal"),
        "breadcrumbs": crumbs((_("Commissions"), reverse("commission")), (_("Appeals"), "")),
    }
    return render(request, "steps/list.html", context)


def _panels_appeal(request: Any, ref: str) -> Any:
    found = queries.appeal(ref)
    if queries.panel_seat(found, request.actor) is None:
        raise Http404
    return found


def _read(request: Any, found: Any) -> dict[str, str] | None:
    """Asked for by POST the appeal is opened, and the look is recorded."""
    if request.method != "POST":
        return None
    return in_transaction(partial(operations.read_appeal, actor=request.actor, appeal=found))


@page("commission", writes=True)
def panel_appeal(request: Any, ref: str) -> HttpResponse:
    found = _panels_appeal(request, ref)
    verbs = queries.appeal_actions(found, request.actor)
    labels = {
        "take_up": _("Take the appeal up"),
        "uphold": _("Uphold the appeal"),
        "reject_appeal": _("Reject the appeal"),
        "leave_unexamined": _("Leave it unexamined"),
    }
    context = _shown(found) | {
        "content": _read(request, found),
        "may_open": True,
        "links": [(label, reverse(f"panel_{verb}", args=[ref])) for verb, label in labels.items() if verb in verbs],
        "breadcrumbs": crumbs(
            (_("Commissions"), reverse("commission")), (_("Appeals"), reverse("panel_appeals")), (found.number, "")
        ),
    }
    return render(request, "appeals/appeal.html", context)


def _panel_trail(found: Any, label: str) -> list[Link]:
    return crumbs(
        (_("Appeals"), reverse("panel_appeals")),
        (found.number, reverse("panel_appeal", args=[found.ref])),
        (label, ""),
    )


@page("commission", writes=True)
def panel_take_up(request: Any, ref: str) -> HttpResponse:
    found = _panels_appeal(request, ref)
    back = reverse("panel_appeal", args=[ref])
    return confirm(
        request,
        lambda actor: operations.take_up_appeal(actor=actor, appeal=found),
        verb="appeal:take_up",
        then=back,
        said=_("The appeal is taken up."),
        title=_("Take the appeal up?"),
        consequences=[
            _("Your panel answers it until %(when)s.") % {"when": formats.instant(found.answer_by)},
            _("It is checked once more that no member took part in the decision or acts for an applicant."),
        ],
        submit=_("Take the appeal up"),
        kind="primary",
        back_url=back,
        refusals=queries.appeal_refusals(found, "take_up", request.actor),
        breadcrumbs=_panel_trail(found, _("Take the appeal up")),
    )


class AnswerForm(StepForm):
    """The answer and the vote on it."""

    answer = LongTextField(
        gettext_lazy("The answer, with its reasons"),
        hint=gettext_lazy("It is published. Name organisations, not private persons."),
        rows=8,
    )
    held_on = DayField(gettext_lazy("When was the sitting held?"))
    present = ManyField(gettext_lazy("Who was present?"))
    recused = ManyField(gettext_lazy("Who declared an interest and did not take part?"), required=False)
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

    def __init__(self, voting: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voting = {str(n): one for n, one in enumerate(voting, start=1)}
        for name in ("present", "recused"):
            self.fields[name].choices = [(n, one.name) for n, one in self.voting.items()]  # type: ignore[attr-defined]

    def vote(self) -> operations.AnswerVote:
        data = self.cleaned_data
        present, recused = (frozenset(self.voting[n].person_id for n in data[name]) for name in ("present", "recused"))
        return operations.AnswerVote(
            held_on=data["held_on"],
            present=present,
            votes_for=data["votes_for"],
            votes_against=data["votes_against"],
            abstained=data["abstained"],
            chair_for={"yes": True, "no": False}.get(data["chair_for"]),
            recused=recused,
        )


class UpholdForm(AnswerForm):
    step = ChoiceField(
        gettext_lazy("Where do the applications go back to?"),
        choices=lambda: choices_of(words.APPEAL_STEP, words.APPEAL_STEP.get),
    )
    candidacies = ManyField(gettext_lazy("Which applications are returned?"))
    field_order = ("step", "candidacies", "answer")

    def __init__(self, candidacies: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named = {one.ref: one for one in candidacies}
        self.fields["candidacies"].choices = [  # type: ignore[attr-defined]
            (one.ref, f"{one.number}, {in_language(one.application.applicant.title)}") for one in candidacies
        ]


def _answer(request: Any, found: Any, verb: str, form: AnswerForm, work: Any, **texts: Any) -> HttpResponse:
    back = reverse("panel_appeal", args=[found.ref])
    settlement = _contest_of(found).settlement
    return fill_in(
        request,
        form,
        work,
        verb=f"appeal:{verb}",
        then=back,
        back_url=back,
        caption=found.number,
        kind="warning",
        refusals=queries.appeal_refusals(found, verb, request.actor),
        template="customer/commission_new.html",
        rules=[editions.row(settlement.parameter(key)) for key in ("com.quorum", "com.majority")],
        breadcrumbs=_panel_trail(found, texts["title"]),
        **texts,
    )


def _voting(found: Any) -> list[Any]:
    return [one for one in queries.panel_members(found.panel) if one.seat != Seat.SECRETARY] if found.panel else []


@page("commission", writes=True)
def panel_uphold(request: Any, ref: str) -> HttpResponse:
    found = _panels_appeal(request, ref)
    start = {"held_on": bishkek_day(request.at)}
    listed = queries.candidacies_of(found.protocol.proceeding)
    form = UpholdForm(listed, _voting(found), request.POST or None, initial=start)
    return _answer(
        request,
        found,
        "uphold",
        form,
        lambda actor, data: operations.uphold_appeal(
            actor=actor,
            appeal=found,
            step=data["step"],
            candidacies=[form.named[one] for one in data["candidacies"]],
            answer=data["answer"],
            vote=form.vote(),
        ),
        said=_("The appeal is upheld. The customer carries it out."),
        title=_("Uphold the appeal"),
        submit=_("Uphold the appeal"),
    )


@page("commission", writes=True)
def panel_reject(request: Any, ref: str) -> HttpResponse:
    found = _panels_appeal(request, ref)
    form = AnswerForm(_voting(found), request.POST or None, initial={"held_on": bishkek_day(request.at)})
    return _answer(
        request,
        found,
        "reject_appeal",
        form,
        lambda actor, data: operations.reject_appeal(
            actor=actor, appeal=found, answer=data["answer"], vote=form.vote()
        ),
        said=_("The appeal is rejected. The protocol stands."),
        title=_("Reject the appeal"),
        submit=_("Reject the appeal"),
    )


class UnexaminedForm(StepForm):
    ground = ChoiceField(
        gettext_lazy("On which ground?"), choices=lambda: choices_of(words.UNEXAMINED, words.UNEXAMINED.get)
    )
    answer = LongTextField(
        gettext_lazy("The answer, with its reasons"),
        hint=gettext_lazy("It is published. Name organisations, not private persons."),
        rows=5,
    )


@page("commission", writes=True)
def panel_unexamined(request: Any, ref: str) -> HttpResponse:
    found = _panels_appeal(request, ref)
    back = reverse("panel_appeal", args=[ref])
    return fill_in(
        request,
        UnexaminedForm(request.POST or None),
        lambda actor, data: operations.leave_unexamined(actor=actor, appeal=found, **data),
        verb="appeal:leave_unexamined",
        then=back,
        said=_("The appeal is left unexamined."),
        title=_("Leave it unexamined"),
        caption=found.number,
        submit=_("Leave it unexamined"),
        kind="warning",
        back_url=back,
        refusals=queries.appeal_refusals(found, "leave_unexamined", request.actor),
        breadcrumbs=_panel_trail(found, _("Leave it unexamined")),
    )


@page("commission", writes=True)
def erratum_sign(request: Any, ref: str) -> HttpResponse:
    """The erratum as those sign it whose seats signed the protocol."""
    found = queries.erratum(ref)
    said = queries.erratum_content(found)
    back = reverse("commission_protocol", args=[found.protocol.ref])
    return confirm(
        request,
        lambda actor: operations.sign_erratum(actor=actor, erratum=found),
        verb="erratum:sign_erratum",
        then=back,
        said=_("You signed the erratum."),
        title=_("Sign the erratum to protocol %(number)s?") % {"number": found.protocol.number},
        consequences=[
            str(words.ERRATUM_PART[said["part"]]),
            _("Reads: %(text)s") % {"text": said["reads"]},
            _("Should read: %(text)s") % {"text": said["should_read"]},
            _("The protocol itself is not changed. The erratum is published beside it."),
        ],
        submit=_("Sign"),
        kind="primary",
        back_url=back,
        refusals=queries.erratum_refusals(found, "sign_erratum", request.actor),
        breadcrumbs=[Link(_("Commissions"), reverse("commission")), Link(found.protocol.number, back)],
    )


# --- the customer ----------------------------------------------------------------------------------------------


@page("customer")
def desk_appeals(request: Any, ref: str) -> HttpResponse:
    """The appeals of one contest: who answers, until when, and what is to be carried out."""
    contest = own_contest(request, ref)
    found = queries.appeals_of(contest)
    panel = queries.panel_of(contest)
    upheld = {one.protocol.ref: one.protocol for one in found if one.state == "upheld"}
    carries_out = allows(APPEAL, "carry_out", request.actor)
    context = {
        "title": _("Appeals"),
        "contest_title": in_language(contest.title),
        "table": contest_page.appeals_table(found, "desk_appeal"),
        "panel": _panel_table(panel) if panel else None,
        "panel_url": reverse("desk_panel_new", args=[ref])
        if contest.is_announced and allows(APPEAL_PANEL, "appoint_panel", request.actor)
        else "",
        "carry_out": [(one.number, reverse("desk_carry_out", args=[one.ref])) for one in upheld.values()]
        if carries_out
        else [],
        "breadcrumbs": contest_crumbs(contest, _("Appeals")),
    }
    return render(request, "appeals/desk.html", context)


class PanelForm(StepForm):
    """The order, and up to five seats."""

    template_name = "customer/seats.html"
    HEAD = ("order_number", "ordered_on", "body")
    PARTS = ("person", "seat")

    order_number = ShortField(gettext_lazy("Number of the order"), max_length=40)
    ordered_on = DayField(gettext_lazy("Date of the order"))
    body = ChoiceField(gettext_lazy("Whose order is it?"), select=True)

    def __init__(self, mandates: list[Any], own: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mandates = {one.ref: one for one in mandates}
        self.bodies = {one.ref: one for one in (own, *(one.organisation for one in mandates))}
        self.fields["body"].choices = [(ref, in_language(one.title)) for ref, one in self.bodies.items()]  # type: ignore[attr-defined]
        people = [("", _("Nobody"))] + [
            (one.ref, f"{one.person.name}, {in_language(one.organisation.title)}") for one in mandates
        ]
        seats = [(seat, words.SEAT[seat]) for seat in ("chair", "member", "secretary")]
        for n in PANEL_SEATS:
            self.fields |= {
                f"person_{n}": unfinished(ChoiceField(_("Who?"), choices=lambda: people, select=True)),
                f"seat_{n}": unfinished(ChoiceField(_("Seat"), choices=seats)),
            }

    @property
    def head(self) -> list[Any]:
        return [self[name] for name in self.HEAD]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [{"n": n, "fields": [self[f"{part}_{n}"] for part in self.PARTS]} for n in PANEL_SEATS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        filled = [n for n in PANEL_SEATS if data.get(f"person_{n}")]
        for n in filled:
            if not data.get(f"seat_{n}") and f"seat_{n}" not in self.errors:
                self.add_error(f"seat_{n}", _("Choose one of the answers."))
        if not filled:
            self.add_error("person_1", _("Choose at least one person."))
        return data

    def entries(self) -> list[MemberEntry]:
        chosen = [
            (self.mandates[ref], self.cleaned_data[f"seat_{n}"])
            for n in PANEL_SEATS
            if (ref := self.cleaned_data.get(f"person_{n}"))
        ]
        return [
            MemberEntry(one.person_id, one.pk, one.organisation_id, one.person.name, "", seat) for one, seat in chosen
        ]


@page("customer", writes=True)
def desk_panel_new(request: Any, ref: str) -> HttpResponse:
    contest = own_contest(request, ref)
    if not contest.is_announced:
        raise Http404
    mandates = parties.mandates_in_role(ROLE, request.at)
    form = PanelForm(mandates, contest.customer, request.POST or None, initial={"seat_1": "chair"})
    back = reverse("desk_appeals", args=[ref])
    return fill_in(
        request,
        form,
        lambda actor, data: operations.appoint_panel(
            actor=actor,
            contest=contest,
            body=form.bodies[data["body"]],
            order_number=data["order_number"],
            ordered_on=data["ordered_on"],
            members=form.entries(),
        ),
        verb="appeal_panel:appoint_panel",
        then=back,
        said=_("The appeal panel is appointed."),
        title=_("Appoint the appeal panel"),
        caption=in_language(contest.title),
        lead=_("Nobody sits in it who took part in the decision or acts for an applicant."),
        submit=_("Appoint the appeal panel"),
        back_url=back,
        refusals=wrong_role(APPEAL_PANEL, "appoint_panel", request.actor),
        template="customer/commission_new.html",
        rules=[editions.row(contest.settlement.parameter("appeal.body"))],
        breadcrumbs=contest_crumbs(contest, _("Appeal panel")),
    )


@page("customer", writes=True)
def desk_appeal(request: Any, ref: str) -> HttpResponse:
    found = queries.appeal(ref)
    contest = _contest_of(found)
    if not request.actor.acts_for(contest.customer_id):
        raise Http404
    ready = not queries.appeal_refusals(found, "carry_out", request.actor)
    context = _shown(found) | {
        "content": _read(request, found),
        "may_open": queries.may_open_appeal(found, request.actor),
        "links": [(_("Carry the appeal out"), reverse("desk_carry_out", args=[found.protocol.ref]))] if ready else [],
        "breadcrumbs": contest_crumbs(contest, found.number),
    }
    return render(request, "appeals/appeal.html", context)


def _own_protocol(request: Any, ref: str) -> Any:
    found = queries.protocol(ref, request.actor)
    if not request.actor.acts_for(found.proceeding.commission.contest.customer_id):
        raise Http404
    return found


@page("customer", writes=True)
def desk_carry_out(request: Any, ref: str) -> HttpResponse:
    found = _own_protocol(request, ref)
    upheld = queries.upheld_against(found)
    if not upheld and request.method != "POST":
        raise Http404
    contest = found.proceeding.commission.contest
    back = reverse("desk_appeals", args=[contest.ref])
    refusals = queries.appeal_refusals(upheld[0], "carry_out", request.actor) if upheld else ()
    named = [f"{one.number}: {words.APPEAL_STEP[one.step]}" for one in upheld]
    return confirm(
        request,
        lambda actor: contracts.carry_out_appeals(actor=actor, protocol=found),
        verb="appeal:carry_out",
        then=reverse("desk_proceeding", args=[found.proceeding.ref]),
        said=_("The appeal is carried out. The review of the lot goes on."),
        title=_("Carry out the upheld appeals against protocol %(number)s?") % {"number": found.number},
        consequences=[
            *named,
            _("The protocol becomes superseded. It stays public for ever."),
            _("Its awards lose their effect, and contracts that are not signed by both sides become void."),
            _("The whole amount of the lot is reserved again."),
        ],
        submit=_("Carry out"),
        back_url=back,
        refusals=refusals,
        breadcrumbs=contest_crumbs(contest, found.number),
    )


class ErratumForm(StepForm):
    part = ChoiceField(
        gettext_lazy("What is corrected?"),
        choices=lambda: choices_of(words.ERRATUM_PART, words.ERRATUM_PART.get),
        hint=gettext_lazy("Ranking, scores, votes and amounts are never changed by an erratum."),
    )
    reads = LongTextField(gettext_lazy("How does it read now?"), rows=3)
    should_read = LongTextField(gettext_lazy("How should it read?"), rows=3)


@page("customer", writes=True)
def desk_erratum_new(request: Any, ref: str) -> HttpResponse:
    found = _own_protocol(request, ref)
    back = reverse("desk_protocol", args=[ref])
    if found.state not in ("published", "superseded"):
        return not_now(request, queries.protocol_refusals(found, "supersede", request.actor), back)
    return fill_in(
        request,
        ErratumForm(request.POST or None),
        lambda actor, data: operations.rectify(actor=actor, protocol=found, **data),
        verb="erratum:rectify",
        then=back,
        said=_("The erratum waits for the signatures of those who signed the protocol."),
        title=_("Rectify protocol %(number)s") % {"number": found.number},
        lead=_("The protocol is not changed. The erratum is published beside it once it is signed."),
        submit=_("Draft the erratum"),
        back_url=back,
        refusals=queries.erratum_refusals(queries.new_erratum(found), "rectify", request.actor),
        breadcrumbs=contest_crumbs(found.proceeding.commission.contest, found.number),
    )


public_urls = [
    path("appeals/<str:ref>/document/", appeal_attachment, name="appeal_attachment"),
    path("appeals/", register, name="appeals"),
    path("appeals/<str:ref>/", appeal, name="appeal"),
]
applicant_urls = [
    path("appeals/<str:ref>/", own_appeal, name="own_appeal"),
    path("appeals/<str:ref>/withdraw/", own_appeal_withdraw, name="own_appeal_withdraw"),
    path("<str:ref>/appeal/", appeal_new, name="appeal_new"),
]
panel_urls = [
    path("appeals/", panel_list, name="panel_appeals"),
    path("appeals/<str:ref>/", panel_appeal, name="panel_appeal"),
    path("appeals/<str:ref>/take-up/", panel_take_up, name="panel_take_up"),
    path("appeals/<str:ref>/uphold/", panel_uphold, name="panel_uphold"),
    path("appeals/<str:ref>/reject/", panel_reject, name="panel_reject_appeal"),
    path("appeals/<str:ref>/unexamined/", panel_unexamined, name="panel_leave_unexamined"),
    path("errata/<str:ref>/", erratum_sign, name="erratum_sign"),
]
desk_urls = [
    path("contests/<str:ref>/appeals/", desk_appeals, name="desk_appeals"),
    path("contests/<str:ref>/panel/", desk_panel_new, name="desk_panel_new"),
    path("appeals/<str:ref>/", desk_appeal, name="desk_appeal"),
    path("protocols/<str:ref>/carry-out/", desk_carry_out, name="desk_carry_out"),
    path("protocols/<str:ref>/erratum/", desk_erratum_new, name="desk_erratum_new"),
]
