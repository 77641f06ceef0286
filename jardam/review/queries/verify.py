"""What `jardam verify` asks of the review."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby

from django.db.models import F

from jardam.documents import operations as documents
from jardam.documents.sealing import KeyFault
from jardam.journal.models import PrivatePart, Record
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.canonical import digest, plain
from jardam.kernel.money import Money
from jardam.kernel.refusal import Refused
from jardam.rulebook import methods

from ..models import (
    Adjournment,
    AdmissionVote,
    Appeal,
    AppealPanel,
    Award,
    Candidacy,
    Commission,
    Cut,
    Departure,
    Erratum,
    Halt,
    Interest,
    Mending,
    Notification,
    Proceeding,
    Protocol,
    Recusal,
    ReserveCall,
    Returned,
    ScoreSheet,
)
from ..rules import in_order
from .errata import erratum_unsigned
from .protocols import content_of, ranking_rows, signatures_missing
from .scores import candidates_of, open_sheet


def checks() -> list[Check]:
    """Invariants 3, 4 and 8 (blueprint §6): no scorer with an interest; the same scores give the same ranking."""
    return [
        agrees_with_act(Commission, "t.order_number = r.public_data->>'order'", "appoint_commission"),
        _seats,
        _declarations,
        sql_check(
            "review_scoresheet {0}: scored by member {1}, who declared an interest",
            """SELECT s.id, s.member_id FROM review_scoresheet s
               JOIN review_interest i ON i.member_id = s.member_id AND i.candidacy_id = s.candidacy_id
               WHERE i.conflicted ORDER BY s.id LIMIT 1""",
        ),
        agrees_with_act(
            ScoreSheet,
            """encode(sha256(t.sealed), 'hex') = r.public_data->>'sealed_sha256' AND t.at = r.at
               AND r.person_id = (SELECT person_id FROM review_member m WHERE m.id = t.member_id)""",
        ),
        _score_sheets,
        agrees_with_act(Candidacy, "t.ground = r.public_data->>'ground'", "reject", "screen_again"),
        agrees_with_act(
            Protocol,
            "t.content_sha256 = r.public_data->>'content_sha256' AND t.number = r.public_data->>'number'",
            "draft_protocol",
        ),
        agrees_with_act(
            Protocol,
            """t.published_at = r.at AND t.signing_from = COALESCE(
                 (SELECT (s.public_data->>'signing_from')::timestamptz FROM journal_record s
                  WHERE s.object_kind = 'proceeding' AND s.object_id = t.proceeding_id AND s.verb = 'resume_review'
                    AND s.public_data->>'protocol' = t.ref AND s.id > r.id ORDER BY s.id DESC LIMIT 1),
                 (r.public_data->>'signing_from')::timestamptz)
               AND t.approval_order = coalesce(r.public_data->>'approval', '')
               AND t.approved_on IS NOT DISTINCT FROM (r.public_data->>'approved_on')::date
               AND t.appeal_until IS NOT DISTINCT FROM (r.public_data->>'appeal_until')::timestamptz""",
            "publish_protocol",
        ),
        _protocol_contents,
        _protocol_signatures,
        _rankings,
        agrees_with_act(
            Award,
            """t.amount = (r.public_data->>'amount')::numeric AND t.rank = (r.public_data->>'rank')::int
               AND t.candidacy_id = r.object_id""",
        ),
        _awards,
        *_appeal_checks(),
        _cut_awards,
        _successors,
        agrees_with_act(
            Departure,
            """t.order_number = r.public_data->>'order' AND t.left_on = r.acted_on
               AND (SELECT name FROM review_member m WHERE m.id = t.member_id) = r.public_data->>'left'
               AND (SELECT name FROM review_member m WHERE m.id = t.successor_id) = r.public_data->>'came'""",
        ),
        agrees_with_act(
            Recusal,
            """t.ground = r.public_data->>'ground' AND t.at = r.at
               AND (SELECT ref FROM review_candidacy c WHERE c.id = t.candidacy_id) = r.public_data->>'candidacy'
               AND (r.verb = 'prove_recusal') = t.proven""",
        ),
        agrees_with_act(
            Proceeding,
            "t.mending_until IS NOT DISTINCT FROM (r.public_data->>'until')::timestamptz",
            "request_mending",
            "resume_review",
        ),
        agrees_with_act(
            Halt,
            """t.verb = r.verb AND t.ground = r.public_data->>'ground' AND t.number = r.public_data->>'document'
               AND t.issued_on = r.acted_on AND t.at = r.at AND t.proceeding_id = r.object_id""",
        ),
        _standstills,
        agrees_with_act(
            Mending, "t.ground = r.public_data->>'ground' AND t.places = r.public_data->'places'", "note_fault"
        ),
        agrees_with_act(Mending, "t.version_after = (r.public_data->>'version')::int AND t.mended_at = r.at", "mend"),
        sql_check(
            "review_mending {0}: mended at {1}, not before the end of the time ({2})",
            """SELECT m.id, m.mended_at, p.mending_until FROM review_mending m
               JOIN review_candidacy c ON c.id = m.candidacy_id JOIN review_proceeding p ON p.id = c.proceeding_id
               WHERE m.state = 'mended' AND m.mended_at >= p.mending_until ORDER BY m.id LIMIT 1""",
        ),
        agrees_with_act(
            Adjournment,
            """t.held_on = r.acted_on AND t.number = (r.public_data->>'sitting')::int
               AND t.present = (r.public_data->>'present')::int AND t.needed = (r.public_data->>'needed')::int""",
        ),
        agrees_with_act(
            AdmissionVote,
            """t.candidacy_id = r.object_id AND t.held_on = r.acted_on
               AND t.present = (r.public_data->>'present')::int
               AND t.votes_for = (r.public_data->>'votes_for')::int
               AND t.votes_against = (r.public_data->>'votes_against')::int
               AND t.abstained = (r.public_data->>'abstained')::int""",
        ),
        agrees_with_act(
            Notification,
            """t.candidacy_id = r.object_id AND t.told_on = r.acted_on AND t.way = r.public_data->>'way'
               AND (SELECT number FROM review_protocol p WHERE p.id = t.protocol_id) = r.public_data->>'protocol'""",
        ),
        agrees_with_act(ReserveCall, "t.released = (r.public_data->>'released')::numeric"),
        _cut_amounts,
    ]


def _standstills() -> Iterator[str]:
    """Since when a lot stands still, and when it did before, are what the acts say; so are the words of the orders."""
    verbs = ("suspend_review", "resume_review")
    acts: dict[int, list[Record]] = {}
    for act in Record.objects.filter(object_kind=Proceeding.KIND, verb__in=verbs).order_by("id"):
        acts.setdefault(act.object_id, []).append(act)
    for pk, stopped_at, standstills in Proceeding.objects.order_by("id").values_list(
        "id", "stopped_at", "standstills"
    ):
        of = acts.get(pk, [])
        said = [[begin.at.isoformat(), end.at.isoformat()] for begin, end in zip(of[::2], of[1::2], strict=False)]
        if standstills != said or stopped_at != (of[-1].at if len(of) % 2 else None):
            yield f"review_proceeding {pk}: when it stood still is not what its acts say"
            break
    known = {act.pk: act for of in acts.values() for act in of}
    for halt in Halt.objects.order_by("id"):
        if halt.act_id not in known or digest(halt.text) != known[halt.act_id].public_data["text_sha256"]:
            yield f"review_halt {halt.pk}: its text is not what its act (journal_record {halt.act_id}) said"
            break


def _cut_amounts() -> Iterator[str]:
    """The amount proposed is in the private part of its act, as long as that is kept."""
    parts = PrivatePart.objects.filter(record__object_kind=Cut.KIND, record__verb="propose_cut")
    said = {object_id: payload["amount"] for object_id, payload in parts.values_list("record__object_id", "payload")}
    for pk, amount in Cut.objects.order_by("id").values_list("id", "amount"):
        if said.get(pk, str(amount)) != str(amount):
            yield f"review_cut {pk}: another amount was proposed"
            return


def _seats() -> Iterator[str]:
    for commission in Commission.objects.order_by("id").iterator(chunk_size=200):
        said = Record.objects.get(object_kind=Commission.KIND, object_id=commission.pk, verb="appoint_commission")
        seats = [[m.name, m.side, m.seat] for m in commission.members.filter(act_id=said.pk).order_by("id")]
        if seats != said.public_data["seats"]:
            yield f"review_commission {commission.pk}: its seats are not those of the order"
            return


def _declarations() -> Iterator[str]:
    """The declarations of one act, against the digest it left."""
    rows = Interest.objects.order_by("act_id", "candidacy_id").values_list("act_id", "candidacy__ref", "conflicted")
    declared = {act: [[ref, it] for _, ref, it in group] for act, group in groupby(rows, key=lambda row: row[0])}
    for act, public in Record.objects.filter(verb="declare_interests").order_by("id").values_list("id", "public_data"):
        if public.get("digest") != digest(declared.get(act, [])):
            first = Interest.objects.filter(act_id=act).order_by("id").first()
            yield f"review_interest {first.pk if first else 0}: not what was declared (journal_record {act})"
            return


def _score_sheets() -> Iterator[str]:
    for sheet in ScoreSheet.objects.select_related("candidacy").order_by("id").iterator(chunk_size=200):
        try:
            open_sheet(sheet.candidacy, sheet)
        except KeyFault as fault:
            yield f"review_scoresheet {sheet.pk}: {fault}"
            return


def _sound(protocol: Protocol) -> bool:
    """Whether its bytes are those that were signed; what is not sound is not read any further."""
    return sha256(bytes(protocol.content)).hexdigest() == protocol.content_sha256


def _protocols() -> Iterator[Protocol]:
    return Protocol.objects.select_related("proceeding__commission__contest").order_by("id").iterator(chunk_size=50)


def _protocol_contents() -> Iterator[str]:
    for protocol in _protocols():
        if not _sound(protocol):
            yield f"review_protocol {protocol.pk}: its content does not match its hash"
            return


def _protocol_signatures() -> Iterator[str]:
    for protocol in _protocols():
        if protocol.state != "drafted" and _sound(protocol) and (names := signatures_missing(protocol)):
            yield f"review_protocol {protocol.pk}: {protocol.state}, but not signed by {', '.join(names)}"
            return


def _rankings() -> Iterator[str]:
    for protocol in _protocols():
        if _sound(protocol) and not _ranking_repeats(protocol):
            yield f"review_protocol {protocol.pk}: the scores give another ranking than it says"
            return


def _ranking_repeats(protocol: Protocol) -> bool:
    """The same scores under the same rules give the same order, totals and points. What does not open is the matter
    of other checks."""
    content = content_of(protocol)
    settlement = protocol.proceeding.commission.contest.settlement
    try:
        found = candidates_of(protocol)
        ranking = methods.rank((c.entry(content["drawing"]) for c in found), settlement)
        order = [ref for ref, _ in in_order(ranking, content["drawing"])]
    except KeyFault:
        return True
    except (ValueError, LookupError, ArithmeticError, Refused):
        return False
    totals = {ref: str(place.total) for place in ranking.places for ref in place.refs}
    points = {c.ref: plain(c.points(settlement)) for c in found}
    rows = content["ranking"]
    return order == [row["candidacy"] for row in rows] and all(
        row["total"] == totals[row["candidacy"]] and row["points"] in ({}, points[row["candidacy"]]) for row in rows
    )


def _awards() -> Iterator[str]:
    """Each award stands in its protocol, and each award of a published protocol was given. One called from the reserve
    stands there as the reserve, with no more than was asked for."""
    for protocol in _protocols():
        if protocol.state not in ("published", "superseded") or not _sound(protocol):
            continue
        rows = ranking_rows(protocol)
        said = {
            (r["candidacy"], r["rank"], r["title"], r["amount"], r["requested"])
            for r in rows
            if r["outcome"] == "awarded"
        }
        waiting = {(r["candidacy"], r["rank"], r["title"], r["requested"]) for r in rows if r["outcome"] == "reserve"}
        given = {
            (a.candidacy.ref, a.rank, a.project_title, str(Money(a.amount)), str(Money(a.requested))): a.pk
            for a in protocol.awards.select_related("candidacy").order_by("id")
        }
        strange = {one for one in set(given) - said if (*one[:3], one[4]) not in waiting}
        if strange:
            yield f"review_award {min(given[one] for one in strange)}: its protocol does not say so"
        elif said - set(given):
            yield f"review_protocol {protocol.pk}: an award it gives is not there"


def _appeal_checks() -> list[Check]:
    """Nobody answers their own decision; an answer is what was answered; a superseded protocol has its appeal and,
    once the lot is decided again, its successor."""
    return [
        agrees_with_act(AppealPanel, "t.order_number = r.public_data->>'order'", "appoint_panel"),
        _panel_seats,
        sql_check(
            "review_panelmember {0}: person {1} answers appeals and sat in the commission",
            """SELECT p.id, p.person_id FROM review_panelmember p JOIN review_appealpanel a ON a.id = p.panel_id
               JOIN review_commission c ON c.contest_id = a.contest_id
               JOIN review_member m ON m.commission_id = c.id AND m.person_id = p.person_id
               ORDER BY p.id LIMIT 1""",
        ),
        agrees_with_act(
            Appeal,
            """t.number = r.public_data->>'number' AND t.subject = r.public_data->>'subject' AND t.filed_at = r.at
               AND t.content_sha256 = r.public_data->>'content_sha256'
               AND t.answer_by = (r.public_data->>'answer_by')::timestamptz""",
            "file_appeal",
        ),
        agrees_with_act(
            Appeal,
            """t.answered_at = r.at AND t.step = coalesce(r.public_data->>'step', '')
               AND t.ground = coalesce(r.public_data->>'ground', '')
               AND encode(sha256(convert_to(t.answer, 'UTF8')), 'hex') = r.public_data->>'answer_sha256'""",
            "uphold",
            "reject_appeal",
            "leave_unexamined",
        ),
        sql_check(
            "review_appeal {0}: filed at {1}, not before the end of the term ({2})",
            """SELECT a.id, a.filed_at, p.appeal_until FROM review_appeal a
               JOIN review_protocol p ON p.id = a.protocol_id
               WHERE (a.filed_at < p.appeal_until) IS NOT TRUE ORDER BY a.id LIMIT 1""",
        ),
        _appeal_contents,
        _returns,
        sql_check(
            "review_protocol {0}: superseded, but no appeal against it was carried out",
            """SELECT p.id FROM review_protocol p WHERE p.state = 'superseded' AND NOT EXISTS
                 (SELECT 1 FROM review_appeal a WHERE a.protocol_id = p.id AND a.state = 'carried_out')
               ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "review_protocol {0}: superseded and without a successor, though its lot is decided again",
            """SELECT p.id FROM review_protocol p JOIN review_proceeding l ON l.id = p.proceeding_id
               WHERE p.state = 'superseded' AND l.state IN ('decided', 'published') AND NOT EXISTS
                 (SELECT 1 FROM review_protocol n WHERE n.proceeding_id = l.id AND n.round = p.round + 1)
               ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "review_proceeding {0}: published, but {1} protocols of its round {2} stand",
            """SELECT l.id, count(p.id), l.round FROM review_proceeding l LEFT JOIN review_protocol p
                 ON p.proceeding_id = l.id AND p.round = l.round AND p.state = 'published'
               WHERE l.state = 'published' GROUP BY l.id, l.round HAVING count(p.id) <> 1 ORDER BY l.id LIMIT 1""",
        ),
        sql_check(
            "contests_lot {0}: under review again, but {1} of its {2} is reserved",
            """SELECT o.id, coalesce(sum(e.amount), 0), o.amount FROM review_proceeding l
               JOIN contests_lot o ON o.id = l.lot_id
               LEFT JOIN treasury_account c ON c.owner_kind = 'lot' AND c.owner_id = o.id AND c.stage = 'reserved'
               LEFT JOIN treasury_entry e ON e.account_id = c.id
               WHERE l.round > 1 AND l.state <> 'published'
               GROUP BY o.id, o.amount HAVING coalesce(sum(e.amount), 0) <> o.amount ORDER BY o.id LIMIT 1""",
        ),
        agrees_with_act(Erratum, "t.content_sha256 = r.public_data->>'content_sha256'", "rectify"),
        agrees_with_act(Erratum, "t.published_at = r.at", "publish_erratum"),
        _errata,
    ]


def _panel_seats() -> Iterator[str]:
    for panel in AppealPanel.objects.order_by("id").iterator(chunk_size=200):
        said = Record.objects.get(object_kind=AppealPanel.KIND, object_id=panel.pk, verb="appoint_panel")
        if [[m.name, m.seat] for m in panel.members.order_by("id")] != said.public_data["seats"]:
            yield f"review_appealpanel {panel.pk}: its seats are not those of the order"
            return


def _appeal_contents() -> Iterator[str]:
    for row in Appeal.objects.order_by("id").iterator(chunk_size=200):
        try:
            content = documents.unseal_content(row.label, "text", row.sealed)
        except KeyFault as fault:
            yield f"review_appeal {row.pk}: {fault}"
            return
        if digest(content) != row.content_sha256:
            yield f"review_appeal {row.pk}: its text does not match the hash on the receipt"
            return


def _returns() -> Iterator[str]:
    """The applications an upheld appeal returns are those its answer named."""
    said = Record.objects.filter(object_kind=Appeal.KIND, verb="uphold").order_by("id")
    for appeal_id, public in said.values_list("object_id", "public_data"):
        rows = Returned.objects.filter(appeal_id=appeal_id).order_by("candidacy_id")
        if list(rows.values_list("candidacy__number", flat=True)) != public["returned"]:
            yield f"review_appeal {appeal_id}: it does not return the applications its answer named"
            return


def _errata() -> Iterator[str]:
    for row in Erratum.objects.select_related("protocol__proceeding__commission").order_by("id"):
        if sha256(bytes(row.content)).hexdigest() != row.content_sha256:
            yield f"review_erratum {row.pk}: its content does not match its hash"
            return
        if row.state == "published" and (missing := erratum_unsigned(row)):
            yield f"review_erratum {row.pk}: published, but not signed by {', '.join(m.name for m in missing)}"


def _cut_awards() -> Iterator[str]:
    """Nobody gets less than they asked for without having agreed (H-05)."""
    for award in Award.objects.filter(amount__lt=F("requested")).select_related("candidacy__cut").order_by("id"):
        cut = getattr(award.candidacy, "cut", None)
        if cut is None or cut.state != "agreed" or cut.amount != award.amount:
            yield f"review_award {award.pk}: less than was asked for, and the applicant did not agree to it"
            return


def _successors() -> Iterator[str]:
    """Who took a seat took it for the same side and with the same vote."""
    for row in Departure.objects.select_related("member", "successor").order_by("id").iterator(chunk_size=200):
        was, now = row.member, row.successor
        if (was.side, was.seat, was.commission_id) != (now.side, now.seat, now.commission_id):
            yield f"review_departure {row.pk}: the seat went to another side or to another commission"
            return
