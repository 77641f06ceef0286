"""The commission's pages: declare first, then read and score, then sign the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.fields import in_language
from jardam.kernel.text import clean
from jardam.review import operations, queries

from . import contest_page, formats, words
from .application_page import budget_table, difference_table, documents_of, partner_rows, whole
from .door import act, in_transaction
from .forms import ChoiceField, Form, LongTextField, NumberField, YesNoField
from .pages import language, page
from .public import protocol_context
from .steps import StepForm, crumbs, fill_in
from .templatetags.ui import Cell, Column, Link, Table
from .together import file_response

MOST_STEPS = 51  # a scale with more steps than this is typed, not chosen


def _render(request: HttpRequest, template: str, context: Mapping[str, Any], *trail: tuple[str, str]) -> HttpResponse:
    shown = {
        "breadcrumbs": crumbs((_("Commissions"), reverse("commission") if trail else ""), *trail),
        "messages": get_messages(request),
    } | dict(context)
    return render(request, template, shown)


def _proceeding(ref: str, request: Any) -> Any:
    """A proceeding of a commission in which the actor votes."""
    return _voted_on(queries.proceeding(ref, request.actor), request)


def _voted_on(found: Any, request: Any) -> Any:
    if not queries.votes_in(found, request.actor):
        raise Http404
    return found


def _title(proceeding: Any) -> str:
    title = in_language(proceeding.commission.contest.title)
    return _("%(title)s, lot %(n)s") % {"title": title, "n": proceeding.lot.number}


@page("commission")
def own_list(request: Any) -> HttpResponse:
    rows = [
        [
            Cell(
                _title(one),
                reverse("proceeding", args=[one.ref]),
                in_language(one.commission.contest.customer.title),
            ),
            one.commission.contest.number,
            Cell(words.word(words.PROCEEDING, one.state), tone=words.tone(words.PROCEEDING, one.state)),
        ]
        for one in queries.proceedings_for_member(request.actor)
    ]
    columns = [Column(_("Contest")), Column(_("Number")), Column(_("State"), "tag")]
    table = Table(
        _("Commissions you vote in"), columns, rows, empty=_("No commission waits for you."), hide_caption=True
    )
    return _render(request, "commission/list.html", {"table": table})


@page("commission")
def proceeding(request: Any, ref: str) -> HttpResponse:
    """The applications of a lot, once the member has declared."""
    found = _proceeding(ref, request)
    desk = queries.desk_of(found, request.actor)
    declared = all(row.declared for row in desk)
    mine = [row for row in desk if not row.conflicted and row.candidacy.state == "admitted"]
    protocols = queries.protocols_of(found.commission.contest, request.actor)
    protocol = next((one for one in protocols if one.proceeding_id == found.pk and one.round == found.round), None)
    scoring = "submit_scores" in queries.proceeding_actions(found, request.actor)
    context = _head(found) | {
        "halts": contest_page.order_events(queries.halts_of([found.lot])),
        "desk": [_desk_row(row, scoring) for row in desk] if declared else [],
        "declared": declared,
        "may_declare": not declared and "declare_interests" in queries.proceeding_actions(found, request.actor),
        "count": len(desk),
        "until": queries.interest_until(found),
        "scoring": scoring,
        "scored": sum(row.scored for row in mine),
        "to_score": len(mine),
        "protocol": protocol,
        "may_sign": protocol is not None and _may_sign(protocol, request),
        "recusals_url": reverse("recusals", args=[ref]) if queries.chairs(found, request.actor) else "",
    }
    return _render(request, "commission/proceeding.html", context, (context["title"], ""))


def _head(proceeding: Any) -> dict[str, Any]:
    return {
        "proceeding": proceeding,
        "contest": proceeding.commission.contest,
        "title": _title(proceeding),
        "customer": in_language(proceeding.commission.contest.customer.title),
        "state": words.word(words.PROCEEDING, proceeding.state),
        "tone": words.tone(words.PROCEEDING, proceeding.state),
    }


def _desk_row(row: Any, scoring: bool) -> dict[str, Any]:
    """One application as this member sees it, with the one word that says what to do."""
    state = row.candidacy.state
    if row.conflicted:
        said, tone = _("Closed to you: interest"), "plain"
    elif row.scored:
        said, tone = _("Scored"), "done"
    elif scoring and state == "admitted":
        said, tone = _("To score"), "action"
    else:
        said, tone = words.word(words.CANDIDACY, state), words.tone(words.CANDIDACY, state)
    url = "" if row.conflicted else reverse("candidacy", args=[row.candidacy.ref])
    return {"applicant": row.applicant, "number": row.candidacy.number, "url": url, "said": said, "tone": tone}


# --- interests -------------------------------------------------------------------------------------------------


class DeclarationForm(Form):
    """One question for each applicant; the field's name is the candidacy's reference. Where the registers suggest a
    relation, it is said, and whoever denies it says why."""

    def __init__(self, desk: list[Any], hints: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data)
        self.refs = [row.candidacy.ref for row in desk]
        for row in desk:
            hinted = hints.get(row.candidacy.ref)
            said = _("The registers say: %(relations)s.") % {"relations": relations(hinted)} if hinted else ""
            self.fields[row.candidacy.ref] = YesNoField(
                _("Do you have an interest in %(applicant)s?") % {"applicant": row.applicant},
                hint=". ".join(part for part in (row.candidacy.number, said) if part),
            )
            if hinted:
                self.fields[f"{row.candidacy.ref}-denial"] = LongTextField(
                    _("If you have none: why not?"), rows=2, max_length=1000, required=False
                )

    def conflicts(self) -> dict[str, bool]:
        return {ref: self.cleaned_data[ref] for ref in self.refs}

    def denials(self) -> dict[str, str]:
        texts = {ref: self.cleaned_data.get(f"{ref}-denial", "") for ref in self.refs}
        return {ref: text for ref, text in texts.items() if text}


def relations(facts: Any) -> str:
    """«the same head: Жылдыз Асанова; the same address: …»."""
    return "; ".join(f"{words.RELATION[fact.relation]}: {fact.shown}" for fact in facts)


@page("commission", writes=True)
def declaration(request: Any, ref: str) -> HttpResponse:
    found = _proceeding(ref, request)
    desk = queries.desk_of(found, request.actor)
    hints = queries.hints_for(found, request.actor)
    form = DeclarationForm(desk, hints, request.POST if request.method == "POST" else None)
    back = reverse("proceeding", args=[ref])
    if request.method == "POST" and form.is_valid():
        answer = act(
            request,
            "proceeding:declare_interests",
            lambda actor: operations.declare_interests(
                actor=actor, proceeding=found, conflicts=form.conflicts(), denials=form.denials()
            ),
            then=back,
            form=form,
            said=_("Your interests are declared."),
        )
        if answer is not None:
            return answer
    elif request.method != "POST" and all(row.declared for row in desk):
        return redirect(back)
    until = queries.interest_until(found)
    context = _head(found) | {"form": form, "key": request.POST.get("key", ""), "back": back, "until": until}
    return _render(request, "commission/declaration.html", context, (context["title"], back), (_("Interests"), ""))


# --- reading and scoring ---------------------------------------------------------------------------------------


class ScoreForm(Form):
    """A score and its reason for each criterion; the levels stand as answers of the list."""

    def __init__(self, settlement: Any, data: Any = None) -> None:
        super().__init__(data)
        self.criteria = settlement.criteria()
        step = settlement.decimal("eval.score_step")
        reasons = settlement.flag("eval.comment_required")
        for one in self.criteria:
            self.fields[f"{one.code}-score"] = _score_field(one, step)
            self.fields[f"{one.code}-reason"] = LongTextField(
                gettext_lazy("Why this score?"), rows=3, max_length=2000, required=reasons
            )

    def scores(self) -> dict[str, tuple[Decimal, str]]:
        given = self.cleaned_data
        return {one.code: (Decimal(given[f"{one.code}-score"]), given[f"{one.code}-reason"]) for one in self.criteria}

    def blocks(self) -> list[tuple[str, str, Any, Any]]:
        """Name, weight and the two fields of each criterion."""
        return [
            (
                one.names.in_language(language()),
                formats.number(one.weight),
                self[f"{one.code}-score"],
                self[f"{one.code}-reason"],
            )
            for one in self.criteria
        ]


def _score_field(criterion: Any, step: Decimal) -> Any:
    steps = int((criterion.scale_max - criterion.scale_min) / step) + 1
    label = gettext_lazy("Score")
    if steps > MOST_STEPS:
        places = max(0, -int(step.normalize().as_tuple().exponent))
        return NumberField(
            label,
            min_value=criterion.scale_min,
            max_value=criterion.scale_max,
            places=places,
            hint="; ".join(
                f"{formats.number(level.score)} — {level.names.in_language(language())}" for level in criterion.levels
            ),
        )
    anchors = {level.score: level.names.in_language(language()) for level in criterion.levels}
    marks = [criterion.scale_min + step * n for n in range(steps)]
    choices = [
        (str(mark), f"{formats.number(mark)} — {anchors[mark]}" if mark in anchors else formats.number(mark))
        for mark in marks
    ]
    return ChoiceField(label, choices=choices, select=True)


@page("commission", writes=True)
def candidacy(request: Any, ref: str) -> HttpResponse:
    """An application. It is opened only by pressing a button, because the look is recorded; scores go the same way."""
    found = queries.candidacy(ref, request.actor)
    lot_review = _voted_on(found.proceeding, request)
    settlement = lot_review.commission.contest.settlement
    back = reverse("proceeding", args=[lot_review.ref])
    wants_score = request.method == "POST" and request.POST.get("do") == "score"
    form = ScoreForm(settlement, request.POST) if wants_score else None
    if form is not None and form.is_valid():
        scores = form.scores()
        answer = act(
            request,
            "proceeding:submit_scores",
            lambda actor: operations.submit_scores(actor=actor, candidacy=found, scores=scores),
            then=back,
            form=form,
            said=_("Your scores are in. They are locked now."),
        )
        if answer is not None:
            return answer
    content = None
    if request.method == "POST" and request.POST.get("file"):
        return file_response(
            *in_transaction(
                lambda: operations.read_candidacy_file(
                    actor=request.actor, candidacy=found, ref=clean(request.POST["file"])
                )
            )
        )
    if request.method == "POST":
        opened = in_transaction(lambda: operations.read_candidacy(actor=request.actor, candidacy=found))
        content = opened.as_plain()
    own = queries.own_scores(found, request.actor)
    may_do = queries.proceeding_actions(lot_review, request.actor)
    if form is None and "submit_scores" in may_do and found.state == "admitted" and own is None:
        form = ScoreForm(settlement)
    context = _head(lot_review) | {
        "candidacy": found,
        "applicant": in_language(found.application.applicant.title),
        "candidacy_state": words.word(words.CANDIDACY, found.state),
        "candidacy_tone": words.tone(words.CANDIDACY, found.state),
        "parts": whole(content) if content else None,
        "budget": budget_table(content) if content else None,
        "documents": documents_of(content, settlement.value("app.documents"), language()) if content else None,
        "partners": partner_rows(content) if content else None,
        "criteria": contest_page.criteria(settlement),
        "form": form if content else None,
        "own": _own_table(own, settlement) if own else None,
        "difference": difference_table(queries.mending_difference(found), settlement.value("app.documents"))
        if content
        else None,
        "recuse_url": reverse("recuse", args=[ref])
        if "recuse" in may_do and queries.may_still_recuse(found, request.actor)
        else "",
        "key": request.POST.get("key", "") if wants_score else "",
    }
    return _render(request, "commission/candidacy.html", context, (context["title"], back), (found.number, ""))


def _own_table(own: Mapping[str, Any], settlement: Any) -> Table:
    rows = [
        [one.names.in_language(language()), Decimal(own[one.code]["score"]), own[one.code]["reason"]]
        for one in settlement.criteria()
        if one.code in own
    ]
    columns = [Column(_("Criterion")), Column(_("Score"), "number"), Column(_("Reason"))]
    return Table(_("Your scores, locked"), columns, rows)


# --- interests found later -------------------------------------------------------------------------------------


class RecuseForm(StepForm):
    ground = ChoiceField(gettext_lazy("On which ground?"), choices=list(words.RECUSAL.items()))
    text = LongTextField(gettext_lazy("What is the interest?"), rows=3, max_length=1000)


@page("commission", writes=True)
def recuse(request: Any, ref: str) -> HttpResponse:
    """A member leaves an application; what they scored of it does not count any more."""
    found = queries.candidacy(ref, request.actor)
    lot_review = _proceeding(found.proceeding.ref, request)
    back = reverse("proceeding", args=[lot_review.ref])
    return fill_in(
        request,
        RecuseForm(request.POST or None),
        lambda actor, data: operations.recuse(actor=actor, candidacy=found, **data),
        verb="proceeding:recuse",
        then=back,
        said=_("You are recused from this application."),
        title=_("Recuse yourself from application %(number)s") % {"number": found.number},
        submit=_("Recuse myself"),
        kind="warning",
        back_url=back,
        refusals=queries.proceeding_refusals(lot_review, "recuse", request.actor),
        template="customer/consequences.html",
        consequences=[
            _("The application is closed to you."),
            _("The scores you gave it do not count any more."),
            _("This cannot be taken back."),
        ],
        breadcrumbs=_trail((_title(lot_review), back), (found.number, "")),
    )


def _trail(*links: tuple[str, str]) -> list[Link]:
    return [Link(_("Commissions"), reverse("commission")), *(Link(label, url) for label, url in links)]


class ProveForm(RecuseForm):
    """The chair names member and application, too."""

    def __init__(self, members: list[Any], candidacies: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(n): one for n, one in enumerate(members, start=1)}
        self.candidacies = {one.ref: one for one in candidacies}
        named = [(n, one.name) for n, one in self.members.items()]
        numbers = [
            (ref, f"{one.number}, {in_language(one.application.applicant.title)}")
            for ref, one in self.candidacies.items()
        ]
        own = self.fields
        self.fields = {
            "member": ChoiceField(_("Which member?"), choices=named, select=True),
            "candidacy": ChoiceField(_("Which application?"), choices=numbers, select=True),
            **own,
        }


@page("commission", writes=True)
def recusals(request: Any, ref: str) -> HttpResponse:
    """What the registers suggest about all members, for the chair; and the chair's own proof."""
    found = _proceeding(ref, request)
    if not queries.chairs(found, request.actor):
        raise Http404
    back = reverse("proceeding", args=[ref])
    voting = queries.voting_members(found.commission)
    form = ProveForm(voting, queries.candidacies_of(found), request.POST or None)

    def prove(actor: Any, data: dict[str, Any]) -> Any:
        return operations.prove_recusal(
            actor=actor,
            candidacy=form.candidacies[data["candidacy"]],
            member=form.members[data["member"]],
            ground=data["ground"],
            text=data["text"],
        )

    return fill_in(
        request,
        form,
        prove,
        verb="proceeding:prove_recusal",
        then=reverse("recusals", args=[ref]),
        said=_("The member is recused from this application."),
        title=_("Interests of the members"),
        caption=_title(found),
        submit=_("Recuse the member"),
        kind="warning",
        back_url=back,
        template="commission/recusals.html",
        table=_suggestions(queries.suggestions(found)),
        breadcrumbs=_trail((_title(found), back), (_("Interests"), "")),
    )


def _suggestions(rows: list[Any]) -> Table:
    lines = [
        [
            one.member.name,
            Cell(in_language(one.candidacy.application.applicant.title), note=one.candidacy.number),
            relations(one.facts),
            Cell(str(words.DECLARED[one.declared]), note=one.denial),
        ]
        for one in rows
    ]
    columns = [Column(_("Member")), Column(_("Applicant")), Column(_("The registers say")), Column(_("Declared"))]
    return Table(_("Relations found in the registers"), columns, lines, empty=_("The registers suggest no relation."))


# --- the protocol ----------------------------------------------------------------------------------------------


def _may_sign(protocol: Any, request: Any) -> bool:
    """A voting member who sat and has not signed yet."""
    return "sign_protocol" in queries.protocol_actions(protocol, request.actor) and (
        request.actor.name in queries.signatures_missing(protocol)
    )


@page("commission")
def protocol(request: Any, ref: str) -> HttpResponse:
    """Read the protocol, then sign over its hash."""
    found = queries.protocol(ref, request.actor)
    lot_review = _proceeding(found.proceeding.ref, request)
    back = reverse("proceeding", args=[lot_review.ref])
    context = protocol_context(found) | {
        "title": _("Protocol %(number)s") % {"number": found.number},
        "state": words.word(words.PROTOCOL, found.state),
        "tone": words.tone(words.PROTOCOL, found.state),
        "may_sign": _may_sign(found, request),
    }
    return _render(request, "commission/protocol.html", context, (_title(lot_review), back), (found.number, ""))


@page("commission", writes=True)
def protocol_sign(request: Any, ref: str) -> HttpResponse:
    found = queries.protocol(ref, request.actor)
    _proceeding(found.proceeding.ref, request)
    back = reverse("commission_protocol", args=[ref])
    if request.method == "POST":
        answer = act(
            request,
            "protocol:sign_protocol",
            lambda actor: operations.sign_protocol(actor=actor, protocol=found),
            then=back,
            said=_("You signed the protocol."),
        )
        assert answer is not None
        return answer
    if not _may_sign(found, request):
        return redirect(back)
    context = {
        "title": _("Sign protocol %(number)s?") % {"number": found.number},
        "consequences": [
            _("You confirm that the protocol says what the sitting decided."),
            _("A signature cannot be taken back."),
            _("With the last signature the protocol is complete and can be published."),
        ],
        "sha256": found.content_sha256,
        "submit": _("Sign"),
        "kind": "primary",
        "cancel_url": back,
        "form": None,
    }
    return _render(request, "applicant/sign.html", context, (found.number, back))


urlpatterns = [
    path("", own_list, name="commission"),
    path("applications/<str:ref>/", candidacy, name="candidacy"),
    path("applications/<str:ref>/recuse/", recuse, name="recuse"),
    path("protocols/<str:ref>/", protocol, name="commission_protocol"),
    path("protocols/<str:ref>/sign/", protocol_sign, name="commission_sign"),
    path("<str:ref>/", proceeding, name="proceeding"),
    path("<str:ref>/declaration/", declaration, name="declaration"),
    path("<str:ref>/recusals/", recusals, name="recusals"),
]
