"""Applications on paper: the envelope is registered unopened, and after the opening keyed in and compared."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import operations, queries
from jardam.contests.policy import PAPER
from jardam.fields import in_language
from jardam.parties import queries as parties

from .. import contest_page, formats, lists, words
from ..application_page import budget_table, documents_of, whole
from ..door import act
from ..forms import ChoiceField, DocumentField, LongTextField, TextField, TinField
from ..pages import language, page
from ..steps import StepForm, confirm, crumbs, cursor, fill_in, wrong_role
from ..templatetags.ui import Cell, Column, Pager, SummaryRow, Table
from ..together import file_response, show


def _own_contest(ref: str, request: Any) -> Any:
    """A contest of the customer the actor acts for; anything else is not found."""
    found = queries.contest(ref, request.actor)
    if not request.actor.acts_for(found.customer_id):
        raise type(found).DoesNotExist
    return found


def _contest_url(contest: Any) -> str:
    return reverse("desk_contest", args=[contest.ref])


def _trail(contest: Any, *links: tuple[str, str]) -> list[Any]:
    return crumbs((in_language(contest.title), _contest_url(contest)), *links)


# --- the book of envelopes -------------------------------------------------------------------------------------


@page("customer")
def papers(request: Any, ref: str) -> HttpResponse:
    """Every envelope of a contest, newest first."""
    found = _own_contest(ref, request)
    before = cursor(request, lambda one: queries.paper(one, request.actor))
    rows, more = lists.cut(queries.papers(found, before, lists.PAGE + 1))
    lines = [
        [
            Cell(one.number, reverse("desk_paper", args=[one.ref])),
            one.received_at,
            Cell(words.word(words.PAPER, one.state), tone=words.tone(words.PAPER, one.state)),
        ]
        for one in rows
    ]
    title = _("Applications on paper")
    columns = [Column(_("Number")), Column(_("Received"), "instant"), Column(_("State"), "tag")]
    context: dict[str, Any] = {
        "title": title,
        "breadcrumbs": _trail(found, (title, "")),
        "new_url": "" if wrong_role(PAPER, "register_paper", request.actor) else _new_url(found),
        "new": _("Register an envelope"),
        "table": Table(title, columns, lines, empty=_("No envelope has come in.")),
        "pager": lists.pager(request, rows, more) if rows else Pager(""),
    }
    return show(request, "steps/list.html", context)


def _new_url(contest: Any) -> str:
    return reverse("desk_paper_new", args=[contest.ref])


class PaperForm(StepForm):
    lot = ChoiceField(gettext_lazy("For which lot"), select=True)
    carrier = TextField(gettext_lazy("Who brought it"), max_length=200)
    envelope = LongTextField(gettext_lazy("What stands on the envelope"), max_length=600, rows=3)
    photograph = DocumentField(gettext_lazy("Photograph of the closed envelope"), kinds=("jpg", "jpeg", "png", "pdf"))
    back = DocumentField(gettext_lazy("Photograph of its back"), kinds=("jpg", "jpeg", "png", "pdf"), required=False)

    def __init__(self, lots: list[Any], *args: Any) -> None:
        super().__init__(*args)
        named = [(one.ref, f"{one.number}. {in_language(one.measure.title)}") for one in lots]
        self.fields["lot"].choices = named  # type: ignore[attr-defined]

    def photographs(self) -> list[tuple[bytes, str]]:
        given = (self.cleaned_data["photograph"], self.cleaned_data["back"])
        return [(b"".join(one.chunks()), one.name) for one in given if one]


@page("customer", writes=True)
def paper_new(request: Any, ref: str) -> HttpResponse:
    """Register an envelope, unopened. Its second is that of this page's arrival here."""
    found = _own_contest(ref, request)
    lots = {one.ref: one for one in queries.lots(found)}
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaperForm(list(lots.values()), *typed)
    title = _("Register an envelope")
    return fill_in(
        request,
        form,
        lambda actor, given: operations.register_paper(
            actor=actor,
            lot=lots[given["lot"]],
            carrier=given["carrier"],
            envelope=given["envelope"],
            photographs=form.photographs(),
        ),
        verb="paper:register_paper",
        then=lambda paper: reverse("desk_paper", args=[paper.ref]),
        said=_("The envelope is registered. Print the receipt for whoever brought it."),
        title=title,
        submit=_("Register"),
        back_url=reverse("desk_papers", args=[ref]),
        refusals=wrong_role(PAPER, "register_paper", request.actor),
        breadcrumbs=_trail(found, (_("Applications on paper"), reverse("desk_papers", args=[ref])), (title, "")),
        lead=_("Do not open it. What comes after the deadline is registered as late and refused at the opening."),
    )


# --- one envelope ----------------------------------------------------------------------------------------------


def _paper(ref: str, request: Any) -> Any:
    return queries.paper(ref, request.actor)


def _application_of(paper: Any) -> Any:
    return getattr(paper, "application", None)


@page("customer")
def paper(request: Any, ref: str) -> HttpResponse:
    """An envelope, what is known of it, and the next step; to be printed as its receipt."""
    found = _paper(ref, request)
    contest, application = found.contest, _application_of(found)
    said = queries.envelope(found)
    ground = words.PAPER_GROUND.get(found.ground, "")
    rows = [
        SummaryRow(_("Contest"), in_language(contest.title)),
        SummaryRow(_("Received"), formats.instant(found.received_at, seconds=True)),
        SummaryRow(_("Applications until"), contest_page.deadline(contest.deadline_at)),
        SummaryRow(_("Brought by"), said["carrier"]),
        SummaryRow(_("On the envelope"), said["envelope"].split("\n")),
        *([SummaryRow(_("Refused because"), str(ground))] if ground else []),
        *([SummaryRow(_("Applicant"), in_language(application.applicant.title))] if application else []),
    ]
    files = [
        (formats.size(told["size"]), reverse("desk_paper_file", args=[ref, one.ref]))
        for one, told in queries.attachments(found)
    ]
    context = {
        "title": _("Envelope %(number)s") % {"number": found.number},
        "breadcrumbs": _trail(
            contest, (_("Applications on paper"), reverse("desk_papers", args=[contest.ref])), (found.number, "")
        ),
        "paper": found,
        "state": words.word(words.PAPER, found.state),
        "tone": words.tone(words.PAPER, found.state),
        "rows": rows,
        "files": files,
        "steps": _steps(found, application, request),
        "remark": queries.remark_on(application) if application else "",
    }
    return show(request, "customer/paper.html", context)


def _steps(paper: Any, application: Any, request: Any) -> list[tuple[str, str]]:
    """What may be done next: words and address."""
    steps = []
    if application is None and paper.state == "opened":
        steps.append((_("Key it in"), reverse("desk_paper_key", args=[paper.ref])))
    if application is not None and application.state == "keying":
        steps.append((_("Go on keying in"), reverse("application", args=[application.ref])))
        steps.append((_("Hand it over for comparison"), reverse("desk_paper_finish", args=[paper.ref])))
    if application is not None and application.state == "keyed":
        steps.append((_("Compare with the scan"), reverse("desk_paper_compare", args=[paper.ref])))
    if application is None and "refuse_paper" in queries.paper_actions(paper, request.actor):
        steps.append((_("Refuse it"), reverse("desk_paper_refuse", args=[paper.ref])))
    return steps


@page("customer")
def paper_file(request: Any, ref: str, file_ref: str) -> HttpResponse:
    """A photograph of the envelope."""
    found = _paper(ref, request)
    return file_response(*queries.paper_file(found, file_ref))


class RefuseForm(StepForm):
    ground = ChoiceField(gettext_lazy("Why"), choices=list(words.PAPER_GROUND.items()))


@page("customer", writes=True)
def paper_refuse(request: Any, ref: str) -> HttpResponse:
    found = _paper(ref, request)
    title = _("Refuse the envelope")
    return fill_in(
        request,
        RefuseForm(request.POST if request.method == "POST" else None),
        lambda actor, given: operations.refuse_paper(actor=actor, paper=found, ground=given["ground"]),
        verb="paper:refuse_paper",
        then=reverse("desk_paper", args=[ref]),
        said=_("The envelope is refused. Tell whoever sent it, and why."),
        title=title,
        submit=_("Refuse"),
        back_url=reverse("desk_paper", args=[ref]),
        refusals=wrong_role(PAPER, "refuse_paper", request.actor),
        breadcrumbs=_trail(found.contest, (found.number, reverse("desk_paper", args=[ref])), (title, "")),
        kind="warning",
    )


class ApplicantForm(StepForm):
    tin = TinField(
        gettext_lazy("Taxpayer number of the applicant"),
        hint=gettext_lazy("As it stands in the paper. The organisation must be registered here."),
    )


@page("customer", writes=True)
def paper_key(request: Any, ref: str) -> HttpResponse:
    """Begin to key in: whose application it is."""
    found = _paper(ref, request)
    title = _("Key in what came on paper")
    return fill_in(
        request,
        ApplicantForm(request.POST if request.method == "POST" else None),
        lambda actor, given: operations.key_in(
            actor=actor, paper=found, applicant=parties.organisation_by_tin(given["tin"])
        ),
        verb="application:key_in",
        then=lambda application: reverse("application", args=[application.ref]),
        said=_("Key in every part exactly as it stands on the paper, then upload the scan."),
        title=title,
        submit=_("Begin"),
        back_url=reverse("desk_paper", args=[ref]),
        breadcrumbs=_trail(found.contest, (found.number, reverse("desk_paper", args=[ref])), (title, "")),
        lead=_("By somebody without a vote. Another person compares it with the scan; the scan prevails."),
    )


@page("customer", writes=True)
def paper_finish(request: Any, ref: str) -> HttpResponse:
    found = _paper(ref, request)
    return confirm(
        request,
        lambda actor: operations.finish_keying(actor=actor, application=found.application),
        verb="application:finish_keying",
        then=reverse("desk_paper", args=[ref]),
        said=_("Handed over. Another person compares it with the scan."),
        title=_("Hand it over for comparison?"),
        consequences=[_("Another person compares every part with the scan."), _("Until then you change nothing.")],
        submit=_("Hand over"),
        back_url=reverse("desk_paper", args=[ref]),
        breadcrumbs=_trail(found.contest, (found.number, reverse("desk_paper", args=[ref]))),
        kind="primary",
    )


class CompareForm(StepForm):
    outcome = ChoiceField(
        gettext_lazy("Does it say what the scan says?"),
        choices=[("equal", gettext_lazy("Yes, in every part")), ("differs", gettext_lazy("No, it differs"))],
    )
    remark = LongTextField(gettext_lazy("Where it differs"), max_length=2000, rows=4, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "differs" and not cleaned.get("remark"):
            self.add_error("remark", _("Say where it differs, so that it can be corrected."))
        return cleaned


@page("customer", writes=True)
def paper_compare(request: Any, ref: str) -> HttpResponse:
    """What was keyed in beside its scan; found equal it goes into the review, else back to be corrected."""
    found = _paper(ref, request)
    application = found.application
    form = CompareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        is_equal = given["outcome"] == "equal"
        answer = act(
            request,
            "application:compare" if is_equal else "application:return_keying",
            lambda actor: (
                operations.compare(actor=actor, application=application)
                if is_equal
                else operations.return_keying(actor=actor, application=application, remark=given["remark"])
            ),
            then=reverse("desk_paper", args=[ref]),
            form=form,
            said=_("It stands in the review now.") if is_equal else _("It is returned to be corrected."),
        )
        if answer is not None:
            return answer
    draft = queries.whole_draft(application)
    title = _("Compare with the scan")
    kinds = application.contest.settlement.value("app.documents")
    context = {
        "title": title,
        "breadcrumbs": _trail(found.contest, (found.number, reverse("desk_paper", args=[ref])), (title, "")),
        "form": form,
        "applicant": in_language(application.applicant.title),
        "parts": whole(draft),
        "budget": budget_table(draft),
        "documents": [
            (what, name, reverse("application_document", args=[application.ref, file_ref]))
            for file_ref, what, name in documents_of(draft, kinds, language())
        ],
        "cancel_url": reverse("desk_paper", args=[ref]),
    }
    return show(request, "customer/paper_compare.html", context)
