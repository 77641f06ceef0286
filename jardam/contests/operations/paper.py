"""Applications on paper: envelopes, and keying in what was in them."""

from __future__ import annotations

from collections.abc import Sequence

from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import lock, lock_shared, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor
from jardam.kernel.canonical import digest
from jardam.kernel.refusal import refuse_if_any
from jardam.parties.models import Organisation
from jardam.rulebook.house import HOUSE

from ..models import (
    Application,
    Contest,
    Lot,
    Paper,
    Version,
)
from ..policy import APPLICATION, PAPER
from ..rules import (
    NOT_PAPER_GROUND,
    NOT_REGISTERED,
    PAPER_GROUNDS,
    PAPER_KEYED,
    REMARK,
)
from .kept import keep_file, keep_section, keep_version, number_of, whole_content

SCAN, ENVELOPE = "scan", "envelope"


def register_paper(
    *, actor: Actor, lot: Lot, carrier: str, envelope: str, photographs: Sequence[tuple[bytes, str]] = ()
) -> Paper:
    """Register an envelope, unopened: its number and second, who brought it, what stands on it, its photographs. What
    comes after the deadline is registered as late. Refuses `switched_off`. Rulebook: `app.paper_allowed`."""
    contest = lock_shared(lot.contest)
    paper = Paper(contest=contest, lot=lot, received_at=actor.at)
    documents.seal_new(paper.label, actor.at)
    told = {"carrier": carrier, "envelope": envelope}
    paper.sealed = documents.seal_content(paper.label, "envelope", told)
    is_late = contest.deadline_at is not None and actor.at >= contest.deadline_at
    verb = "register_late" if is_late else "register_paper"
    refuse_if_any(may(PAPER, paper, verb, actor))
    paper.number = number_of(contest, "P", actor)
    public = {"number": paper.number, "received_at": actor.at}
    perform(PAPER, paper, verb, actor=actor, public=public, edition=contest.edition)
    for content, name in photographs:
        keep_file(content, name, ENVELOPE, actor, paper=paper)
    return paper


def open_papers(contest: Contest, actor: Actor, cause: Record) -> None:
    """At the opening: envelopes in time are opened, late ones are refused."""
    for paper in contest.papers.filter(state__in=("registered", "late")).order_by("id"):
        (paper,) = lock(paper)
        if paper.state == "registered":
            perform(PAPER, paper, "open_paper", actor=actor, cause=cause)
        else:
            _refuse_paper(paper, "late", actor, cause)


def refuse_paper(*, actor: Actor, paper: Paper, ground: str) -> Paper:
    """An envelope that does not come before the commission, on a ground of rules.PAPER_GROUNDS. Refuses
    `paper_ground_unknown`, `envelope_sealed`."""
    lock_shared(paper.contest)
    (paper,) = lock(paper)
    fitting = ("late",) if paper.state == "late" else tuple(code for code in PAPER_GROUNDS if code != "late")
    if ground not in fitting:
        raise NOT_PAPER_GROUND.refuse(HOUSE["H-25"].basis, at_field="ground")
    _refuse_paper(paper, ground, actor, None)
    return paper


def _refuse_paper(paper: Paper, ground: str, actor: Actor, cause: Record | None) -> None:
    basis = paper.contest.settlement.basis("ann.min_term") if ground == "late" else HOUSE["H-25"].basis
    changes = {"ground": ground}
    perform(
        PAPER, paper, "refuse_paper", actor=actor, public={"ground": ground}, changes=changes, basis=basis, cause=cause
    )


def key_in(*, actor: Actor, paper: Paper, applicant: Organisation | None) -> Application:
    """Begin to key in an opened envelope; its sections are then saved like any others. Refuses `envelope_sealed`,
    `keyer_votes`, `one_application_a_lot`, `organisation_not_registered` where no applicant was found."""
    if applicant is None:
        raise NOT_REGISTERED.refuse(HOUSE["H-16"].basis, at_field="tin")
    contest = lock_shared(paper.contest)
    (paper,) = lock(paper)
    if Application.objects.filter(paper=paper).exists():
        raise PAPER_KEYED.refuse(HOUSE["H-32"].basis)
    application = Application(
        lot=paper.lot, contest=contest, applicant=applicant, paper=paper, created_at=actor.at, keyed_by_id=None
    )
    perform(APPLICATION, application, "key_in", actor=actor, public={"paper": paper.number}, edition=contest.edition)
    documents.seal_new(application.label, actor.at)
    return application


def finish_keying(*, actor: Actor, application: Application) -> Application:
    """Hand what was keyed in to another person. Refuses `sections_missing`, `scan_missing`, `keyer_votes`."""
    (application,) = lock(application)
    refuse_if_any(may(APPLICATION, application, "finish_keying", actor))
    sha256 = digest(whole_content(application).as_plain())
    changes = {"keyed_by_id": actor.person_id}
    perform(
        APPLICATION,
        application,
        "finish_keying",
        actor=actor,
        public={"content_sha256": sha256},
        changes=changes,
        edition=application.contest.edition,
    )
    return application


def return_keying(*, actor: Actor, application: Application, remark: str) -> Application:
    """It is not what the scan says: back to whoever keyed it in, with what differs (sealed). Refuses
    `keyed_by_you`."""
    (application,) = lock(application)
    perform(APPLICATION, application, "return_keying", actor=actor, edition=application.contest.edition)
    keep_section(application, REMARK, remark, actor, 1)
    return application


def compare(*, actor: Actor, application: Application) -> Version:
    """Another person finds it equal to the scan: it is numbered and stands in the review like any other. Refuses
    `keyed_by_you`."""
    contest = lock_shared(application.contest)
    (application,) = lock(application)
    refuse_if_any(may(APPLICATION, application, "compare", actor))
    data = whole_content(application).as_plain()
    number = number_of(contest, "A", actor)
    record = perform(
        APPLICATION,
        application,
        "compare",
        actor=actor,
        public={"number": number, "content_sha256": digest(data), "version": 1},
        changes={"number": number},
        edition=contest.edition,
    )
    assert application.paper is not None
    perform(PAPER, application.paper, "take_in", actor=actor, cause=record)
    return keep_version(application, data, 1, record)
