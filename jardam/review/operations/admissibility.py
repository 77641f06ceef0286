"""What is admitted, what is rejected, and what may be mended first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jardam.contests import operations as contests
from jardam.documents import operations as documents
from jardam.journal.models import Record
from jardam.journal.operations import lock, perform
from jardam.journal.procedure import may
from jardam.kernel.actor import Actor, system
from jardam.kernel.canonical import plain
from jardam.kernel.refusal import Refused, refuse_if_any
from jardam.regime import operations as regime
from jardam.rulebook.house import HOUSE

from .. import models, queries
from ..models import (
    Candidacy,
    Mending,
    Proceeding,
)
from ..policy import (
    CANDIDACY,
    MENDING,
    PROCEEDING,
)
from ..rules import (
    COMMISSION_DECIDES,
    DOCUMENT,
    MEND_FIRST,
    NO_FILE,
    NOT_FAULTED,
    UNKNOWN_GROUND,
    fault_faults,
    mended,
)
from .decision import AdmissionVote, admission_counted
from .steps import advance


def admit(*, actor: Actor, candidacy: Candidacy, vote: AdmissionVote | None = None) -> Candidacy:
    """Admit an application to the scoring. Where `adm.decided_by` leaves it to the commission, its `vote` is entered:
    refuses `commission_decides_admission`, `no_quorum`, `vote_not_carried`, `votes_exceed_present`, `chair_absent`,
    `sitting_in_future`."""
    return _screen(candidacy, "admit", actor, {}, {}, vote)


def reject(
    *, actor: Actor, candidacy: Candidacy, ground: str, text: str, vote: AdmissionVote | None = None
) -> Candidacy:
    """Reject an application on a coded ground of `adm.grounds`, with the reason in words. Refuses `ground_unknown`,
    and `mending_first` for a curable fault nobody was asked to mend yet (H-02); of the `vote`, as `admit` does."""
    settlement = candidacy.proceeding.commission.contest.settlement
    known = {g.code: g for g in settlement.value("adm.grounds")}
    if ground not in known:
        raise UNKNOWN_GROUND.refuse(settlement.basis("adm.grounds"), at_field="ground", grounds=tuple(known))
    if known[ground].curable and settlement.flag("adm.mending") and not queries.had_chance_to_mend(candidacy):
        raise MEND_FIRST.refuse(HOUSE["H-02"].basis, at_field="ground")
    changes = {"ground": ground, "ground_text": text}
    return _screen(candidacy, "reject", actor, {"ground": ground}, changes, vote)


def _screen(
    candidacy: Candidacy,
    verb: str,
    actor: Actor,
    public: dict[str, Any],
    changes: dict[str, Any],
    vote: AdmissionVote | None,
) -> Candidacy:
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    if proceeding.state != "admissibility":
        raise Refused(*may(PROCEEDING, proceeding, "start_scoring", system(actor.at)))
    refuse_if_any(may(CANDIDACY, candidacy, verb, actor))
    voted = _voted(candidacy, vote, actor)
    acted_on = vote.held_on if vote and voted else None
    record = perform(
        CANDIDACY, candidacy, verb, actor=actor, public=public | voted, changes=changes, acted_on=acted_on
    )
    if acted_on:
        row = {name: voted[name] for name in ("present", "votes_for", "votes_against", "abstained")}
        models.AdmissionVote.objects.create(candidacy=candidacy, held_on=acted_on, act_id=record.pk, **row)
    _screened(proceeding, actor, record)
    return candidacy


def _voted(candidacy: Candidacy, vote: AdmissionVote | None, actor: Actor) -> dict[str, Any]:
    """The commission's vote, where the rules leave admission to it; nothing where the secretary decides."""
    settlement = candidacy.proceeding.commission.contest.settlement
    if not queries.commission_admits(settlement):
        return {}
    if vote is None:
        raise COMMISSION_DECIDES.refuse(settlement.basis("adm.decided_by"))
    counted = admission_counted(candidacy, vote, actor)
    return {
        "present": counted.present,
        "votes_for": vote.votes_for,
        "votes_against": vote.votes_against,
        "abstained": vote.abstained,
    }


def _screened(proceeding: Proceeding, actor: Actor, record: Record) -> None:
    """When the last application is admitted or rejected, the lot goes on by itself."""
    if advance(proceeding, "start_scoring", actor, record):
        advance(proceeding, "reveal", actor, record)  # when every member has an interest in every application
    else:
        facts = PROCEEDING.facts(proceeding, actor)
        if not facts.undecided:
            advance(proceeding, "skip_scoring", actor, record)


def note_fault(*, actor: Actor, candidacy: Candidacy, ground: str, places: Sequence[str], note: str) -> Mending:
    """Note a curable fault and the places of the application it is in; again before anybody is asked, it is noted
    anew. Refuses `fault_not_curable`, `place_unknown`, `mending_asked_already`. Rulebook: `adm.grounds`,
    `adm.mending`."""
    proceeding, candidacy = lock(candidacy.proceeding, candidacy)
    refuse_if_any(fault_faults(ground, places, proceeding.commission.contest.settlement))
    if candidacy.state != "listed" or proceeding.state != "admissibility":
        refuse_if_any(may(CANDIDACY, candidacy, "admit", actor))
        refuse_if_any(may(PROCEEDING, proceeding, "close_mending", actor))
    mending = Mending.objects.filter(candidacy=candidacy).first() or Mending(candidacy=candidacy)
    if mending.pk:
        (mending,) = lock(mending)
    changes = {"ground": ground, "places": list(places), "note": note}
    public = {"ground": ground, "places": list(places)}
    perform(MENDING, mending, "note_fault", actor=actor, public=public, changes=changes)
    return mending


def request_mending(*, actor: Actor, proceeding: Proceeding) -> Proceeding:
    """Ask everybody in whose application a curable fault was noted to mend it: at one moment, until one moment (H-02),
    once. Refuses `no_faults_noted`, `mending_asked_already`. Rulebook: `adm.cure_term`."""
    (proceeding,) = lock(proceeding)
    until = regime.deadline(proceeding.commission.contest.settlement, "adm.cure_term", actor.at)
    noted = [one for one in queries.mendings_open(proceeding) if one.candidacy.state == "listed"]
    record = perform(
        PROCEEDING,
        proceeding,
        "request_mending",
        actor=actor,
        public={"until": until.at, "applications": len(noted)},
        edition=proceeding.commission.contest.edition,
    )
    for mending in noted:
        perform(MENDING, lock(mending)[0], "ask_mending", actor=actor, cause=record)
    proceeding.mending_until, proceeding.mending_how = until.at, plain(until.as_plain())
    proceeding.save(update_fields=["mending_until", "mending_how"])
    return proceeding


def mend(
    *,
    actor: Actor,
    mending: Mending,
    changes: Mapping[str, Any],
    files: Mapping[str, tuple[bytes, str]] | None = None,
) -> Mending:
    """The applicant mends the faulted places (place → what stands there now), once and in time: a new version beside
    the one that was submitted. *Files*: place of a document → its bytes and name, sealed like the others.

    Refuses `mending_over`, `place_not_open`, `mended_file_missing`, what a file is refused for, and what a submission
    is refused for.
    """
    mending, application = lock(mending, mending.candidacy.application)
    refuse_if_any(may(MENDING, mending, "mend", actor))
    given = files or {}
    opened = {place for place in mending.places if place.startswith(DOCUMENT)}
    if strange := tuple(sorted((set(changes) | set(given)) - set(mending.places) | set(changes) & opened)):
        raise NOT_FAULTED.refuse(HOUSE["H-02"].basis, places=strange)
    if missing := opened - set(given):
        raise NO_FILE.refuse(HOUSE["H-02"].basis, at_field=min(missing).replace(".", "-"))
    version = application.versions.latest("number")
    content = documents.unseal_content(application.label, f"v{version.number}", version.sealed)
    public = {"version": version.number + 1}
    noted = {"version_before": version.number, "version_after": version.number + 1, "mended_at": actor.at}
    record = perform(MENDING, mending, "mend", actor=actor, public=public, changes=noted)
    received = {
        place: contests.mend_document(
            actor=actor, application=application, kind=place.removeprefix(DOCUMENT), content=bytes_, name=name
        )
        for place, (bytes_, name) in given.items()
    }
    data = mended(content, {**changes, **received})
    contests.mend_content(actor=actor, application=application, data=data, cause=record)
    return mending


def close_mending(*, actor: Actor, proceeding: Proceeding) -> Proceeding:
    """When the time is over: what was not mended is rejected on the ground that was noted, or voted on where the
    commission decides (`adm.decided_by`). Refuses `mending_not_over`."""
    (proceeding,) = lock(proceeding)
    record = perform(PROCEEDING, proceeding, "close_mending", actor=actor)
    for mending in queries.mendings_open(proceeding):
        if mending.state != "asked":
            continue
        candidacy, fresh = lock(mending.candidacy, mending)
        perform(MENDING, fresh, "lapse_mending", actor=actor, cause=record)
        if candidacy.state != "listed" or queries.commission_admits(proceeding.commission.contest.settlement):
            continue  # rejected already; or the commission votes on it (adm.decided_by)
        changes = {"ground": fresh.ground, "ground_text": fresh.note}
        perform(
            CANDIDACY,
            candidacy,
            "reject",
            actor=actor,
            public={"ground": fresh.ground},
            changes=changes,
            cause=record,
        )
    _screened(proceeding, actor, record)
    return proceeding
