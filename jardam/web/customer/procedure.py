"""The review off its straight road, at the customer's desk: successors, mending, lost quorum, cuts, the reserve."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.kernel.time import bishkek_day
from jardam.parties import queries as parties
from jardam.regime import operations as regime
from jardam.review import operations, queries
from jardam.review.policy import COMMISSION, CUT

from .. import formats, words
from ..application_page import place_label
from ..forms import ChoiceField, DayField, LongTextField, ManyField, MoneyField
from ..letter import letter_context
from ..pages import language, page
from ..steps import ShortField, StepForm, confirm, fill_in, not_now, wrong_role
from .contests import contest_crumbs, own_contest
from .review import ROLE, _contest_of, _crumbs, _own_candidacy, _own_proceeding, candidacy_url, proceeding_url

# --- who sits --------------------------------------------------------------------------------------------------


class SuccessorForm(StepForm):
    member = ChoiceField(gettext_lazy("Who leaves?"))
    mandate = ChoiceField(gettext_lazy("Who comes?"), select=True)
    order_number = ShortField(gettext_lazy("Number of the order"), max_length=40)
    left_on = DayField(gettext_lazy("From which day?"))

    def __init__(self, members: list[Any], mandates: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(n): one for n, one in enumerate(members, start=1)}
        self.mandates = {one.ref: one for one in mandates}
        self.fields["member"].choices = [  # type: ignore[attr-defined]
            (n, f"{one.name}, {words.SIDE[one.side]}") for n, one in self.members.items()
        ]
        self.fields["mandate"].choices = [  # type: ignore[attr-defined]
            (ref, f"{one.person.name}, {in_language(one.organisation.title)}") for ref, one in self.mandates.items()
        ]


def _commission(request: Any, ref: str) -> tuple[Any, Any]:
    contest = own_contest(request, ref)
    appointed = queries.commission_of(contest) if contest.is_announced else None
    if appointed is None:
        raise Http404
    return contest, appointed


@page("customer", writes=True)
def member_replace(request: Any, ref: str) -> HttpResponse:
    contest, appointed = _commission(request, ref)
    seats = queries.voting_members(appointed)
    form = SuccessorForm(seats, parties.mandates_in_role(ROLE, request.at), request.POST or None)
    back = reverse("desk_commission", args=[ref])
    return fill_in(
        request,
        form,
        lambda actor, data: operations.replace_member(
            actor=actor,
            member=form.members[data["member"]],
            mandate_id=form.mandates[data["mandate"]].pk,
            order_number=data["order_number"],
            left_on=data["left_on"],
        ),
        verb="commission:replace_member",
        then=back,
        said=_("The seat has passed to the successor, who declares interests first."),
        title=_("Replace a member"),
        caption=in_language(contest.title),
        submit=_("Replace the member"),
        kind="warning",
        back_url=back,
        refusals=wrong_role(COMMISSION, "replace_member", request.actor),
        template="customer/consequences.html",
        consequences=[
            _("The successor takes the same seat on the same side."),
            _("Scores that were sent stay. What was not sent, the successor gives."),
        ],
        breadcrumbs=contest_crumbs(contest, _("Commission")),
    )


class RenewalForm(StepForm):
    order_number = ShortField(gettext_lazy("Number of the order"), max_length=40)
    ordered_on = DayField(gettext_lazy("Date of the order"))


@page("customer", writes=True)
def commission_renew(request: Any, ref: str) -> HttpResponse:
    contest, appointed = _commission(request, ref)
    back = reverse("desk_commission", args=[ref])
    return fill_in(
        request,
        RenewalForm(request.POST or None),
        lambda actor, data: operations.renew_commission(actor=actor, commission=appointed, **data),
        verb="commission:renew_commission",
        then=back,
        said=_("The term of the commission is renewed."),
        title=_("Renew the term of the commission"),
        caption=in_language(contest.title),
        submit=_("Renew the term"),
        back_url=back,
        refusals=wrong_role(COMMISSION, "renew_commission", request.actor),
        breadcrumbs=contest_crumbs(contest, _("Commission")),
    )


# --- mending ---------------------------------------------------------------------------------------------------


class FaultForm(StepForm):
    ground = ChoiceField(gettext_lazy("Which fault?"))
    places = ManyField(gettext_lazy("Where is it?"))
    note = LongTextField(
        gettext_lazy("What is wrong, and what would be right?"),
        hint=gettext_lazy("The applicant reads it and can change only these places."),
        rows=4,
    )

    def __init__(self, settlement: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        curable = [one for one in settlement.value("adm.grounds") if one.curable]
        kinds = settlement.value("app.documents")
        self.fields["ground"].choices = [(one.code, one.names.in_language(language())) for one in curable]  # type: ignore[attr-defined]
        self.fields["places"].choices = [  # type: ignore[attr-defined]
            (place, place_label(place, kinds)) for place in queries.mendable_places(settlement)
        ]


@page("customer", writes=True)
def fault(request: Any, ref: str) -> HttpResponse:
    found = _own_candidacy(request, ref)
    settlement = _contest_of(found.proceeding).settlement
    noted = queries.noted_fault(found)
    given = {"ground": noted.ground, "places": noted.places, "note": noted.note} if noted else {}
    refusals = queries.candidacy_refusals(found, "admit", request.actor)
    if found.proceeding.state != "admissibility":
        refusals = queries.proceeding_refusals(found.proceeding, "request_mending", request.actor)
    return fill_in(
        request,
        FaultForm(settlement, request.POST or None, initial=given),
        lambda actor, data: operations.note_fault(actor=actor, candidacy=found, **data),
        verb="mending:note_fault",
        then=proceeding_url(found.proceeding),
        said=_("The fault is noted. Ask for mending when all applications are looked through."),
        title=_("Note a fault that can be mended: %(number)s") % {"number": found.number},
        lead=_("Everybody is asked at one moment and has the same time, once."),
        submit=_("Note the fault"),
        back_url=candidacy_url(found),
        refusals=refusals,
        breadcrumbs=_crumbs(found.proceeding, found.number),
    )


def _lapsed(proceeding: Any) -> str:
    """What becomes of an application that is not mended in time."""
    if queries.commission_admits(_contest_of(proceeding).settlement):
        return _("The commission votes on what was not mended in time.")
    return _("What is not mended in time is rejected on the noted ground.")


@page("customer", writes=True)
def mending_request(request: Any, ref: str) -> HttpResponse:
    found = _own_proceeding(request, ref)
    until = regime.deadline(_contest_of(found).settlement, "adm.cure_term", request.at)
    return confirm(
        request,
        lambda actor: operations.request_mending(actor=actor, proceeding=found),
        verb="proceeding:request_mending",
        then=proceeding_url(found),
        said=_("The applicants are asked to mend."),
        title=_("Ask the applicants to mend?"),
        consequences=[
            _("Each applicant with a noted fault can change the faulted places until %(when)s.")
            % {"when": formats.instant(until.at)},
            _("The time is the same for all, and there is one chance."),
            _lapsed(found),
        ],
        submit=_("Ask to mend"),
        kind="primary",
        back_url=proceeding_url(found),
        refusals=queries.proceeding_refusals(found, "request_mending", request.actor),
        breadcrumbs=_crumbs(found, _("Mending")),
    )


@page("customer", writes=True)
def mending_close(request: Any, ref: str) -> HttpResponse:
    found = _own_proceeding(request, ref)
    return confirm(
        request,
        lambda actor: operations.close_mending(actor=actor, proceeding=found),
        verb="proceeding:close_mending",
        then=proceeding_url(found),
        said=_("The mending is closed."),
        title=_("Close the mending?"),
        consequences=[_lapsed(found)],
        submit=_("Close the mending"),
        back_url=proceeding_url(found),
        refusals=queries.proceeding_refusals(found, "close_mending", request.actor),
        breadcrumbs=_crumbs(found, _("Mending")),
    )


# --- the sitting -----------------------------------------------------------------------------------------------


class AdjournForm(StepForm):
    held_on = DayField(gettext_lazy("When was the sitting held?"))
    present = ManyField(gettext_lazy("Who was present?"), required=False)

    def __init__(self, members: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(n): one for n, one in enumerate(members, start=1)}
        self.fields["present"].choices = [(n, one.name) for n, one in self.members.items()]  # type: ignore[attr-defined]


@page("customer", writes=True)
def adjourn(request: Any, ref: str) -> HttpResponse:
    found = _own_proceeding(request, ref)
    voting = queries.voting_members(found.commission)
    form = AdjournForm(voting, request.POST or None, initial={"held_on": bishkek_day(request.at)})
    return fill_in(
        request,
        form,
        lambda actor, data: operations.adjourn_sitting(
            actor=actor,
            proceeding=found,
            held_on=data["held_on"],
            present=frozenset(form.members[n].person_id for n in data["present"]),
        ),
        verb="proceeding:adjourn_sitting",
        then=proceeding_url(found),
        said=_("The sitting without a quorum is recorded. Another one is held."),
        title=_("Record a sitting without a quorum"),
        lead=_("Members with an interest do not count as present."),
        submit=_("Record and adjourn"),
        back_url=proceeding_url(found),
        refusals=queries.proceeding_refusals(found, "adjourn_sitting", request.actor),
        breadcrumbs=_crumbs(found, _("Sitting")),
    )


# --- cuts, the reserve, the letter -----------------------------------------------------------------------------


class CutForm(StepForm):
    amount = MoneyField(gettext_lazy("How much is proposed?"))
    reason = LongTextField(gettext_lazy("Why less?"), hint=gettext_lazy("The applicant reads it."), rows=3)


@page("customer", writes=True)
def cut(request: Any, ref: str) -> HttpResponse:
    found = _own_candidacy(request, ref)
    return fill_in(
        request,
        CutForm(request.POST or None),
        lambda actor, data: operations.propose_cut(actor=actor, candidacy=found, **data),
        verb="cut:propose_cut",
        then=candidacy_url(found),
        said=_("The applicant is asked for consent."),
        title=_("Propose a smaller amount: %(number)s") % {"number": found.number},
        lead=_("It holds only with the applicant's consent. Silence is no consent: the next in rank goes first."),
        submit=_("Propose"),
        back_url=candidacy_url(found),
        refusals=wrong_role(CUT, "propose_cut", request.actor),
        breadcrumbs=_crumbs(found.proceeding, found.number),
    )


@page("customer", writes=True)
def reserve_call(request: Any, ref: str) -> HttpResponse:
    found = _own_candidacy(request, ref)
    return confirm(
        request,
        lambda actor: operations.call_reserve(actor=actor, candidacy=found),
        verb="candidacy:call_reserve",
        then=proceeding_url(found.proceeding),
        said=_("The next of the reserve list has the award."),
        title=_("Call the next of the reserve list?"),
        consequences=[
            _("The next in rank gets the award in place of %(number)s.") % {"number": found.number},
            _("Money that is not needed goes back to the measure."),
        ],
        submit=_("Call"),
        kind="primary",
        back_url=candidacy_url(found),
        refusals=_declined_refusals(found, request),
        breadcrumbs=_crumbs(found.proceeding, found.number),
    )


@page("customer", writes=True)
def give_back(request: Any, ref: str) -> HttpResponse:
    found = _own_candidacy(request, ref)
    return confirm(
        request,
        lambda actor: operations.give_back(actor=actor, candidacy=found),
        verb="candidacy:give_back",
        then=proceeding_url(found.proceeding),
        said=_("The money is back with its measure."),
        title=_("Give the money of %(number)s back?") % {"number": found.number},
        consequences=[_("Nobody of the reserve list gets it.")],
        submit=_("Give back"),
        back_url=candidacy_url(found),
        refusals=_declined_refusals(found, request),
        breadcrumbs=_crumbs(found.proceeding, found.number),
    )


def _declined_refusals(candidacy: Any, request: Any) -> Any:
    return queries.candidacy_refusals(candidacy, "give_back", request.actor)


@page("customer")
def letter(request: Any, ref: str) -> HttpResponse:
    """The letter to one applicant, word for word as the applicant reads it."""
    found = _own_candidacy(request, ref)
    said = queries.letter(found.application)
    if said is None:
        refusals = queries.proceeding_refusals(found.proceeding, "mark_published", request.actor)
        return not_now(request, refusals, candidacy_url(found)) if refusals else _not_yet()
    context = letter_context(found.application, said) | {"breadcrumbs": _crumbs(found.proceeding, _("Letter"))}
    return render(request, "applicant/result.html", context)


def _not_yet() -> HttpResponse:
    raise Http404
