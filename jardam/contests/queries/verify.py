"""What `jardam verify` proves of contests and applications."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db import connection

from jardam.documents import operations as documents
from jardam.documents.sealing import KeyFault
from jardam.journal.queries import Check, agrees_with_act, sql_check
from jardam.kernel.canonical import digest
from jardam.rulebook.settlement import Settlement

from ..models import (
    Announcement,
    Application,
    Attachment,
    Collaborator,
    Contest,
    DraftSection,
    Erratum,
    LotOutcome,
    Order,
    Outage,
    Paper,
    Postponement,
    Question,
    Version,
)


def checks() -> list[Check]:
    """Invariants 1, 4 and 6 (blueprint §6) among contests and applications."""
    return [
        agrees_with_act(
            Contest,
            """t.edition = r.public_data->>'edition' AND t.edition_sha256 = r.public_data->>'rules'
               AND encode(sha256(t.settlement_bytes), 'hex') = r.public_data->>'settlement'
               AND t.announced_at = r.at""",
            "announce",
        ),
        agrees_with_act(
            Contest,
            "t.deadline_at = (r.public_data->>'deadline')::timestamptz",
            *("announce", "amend", "extend_for_outage", "resume", "reopen"),
        ),
        _settled_rules,
        sql_check(
            "contests_lot {0}: it is over {1}, but {2} was reserved for it",
            """SELECT l.id, l.amount, coalesce(sum(e.amount), 0) FROM contests_lot l
               JOIN contests_contest c ON c.id = l.contest_id AND c.state NOT IN ('draft', 'discarded')
               LEFT JOIN treasury_posting p ON p.source_kind = 'lot' AND p.source_id = l.id AND p.verb = 'reserve'
               LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY l.id, l.amount HAVING coalesce(sum(e.amount), 0) <> l.amount ORDER BY l.id LIMIT 1""",
        ),
        *_after_the_announcement(),
        agrees_with_act(
            Contest, "t.guests IS NOT DISTINCT FROM (r.public_data->>'guests')::int", "open_applications", "reopen"
        ),
        agrees_with_act(Application, "t.number = r.public_data->>'number'", "open", "compare"),
        sql_check(
            "contests_application {0}: {1}, but no version of it is there",
            """SELECT a.id, a.state FROM contests_application a
               WHERE a.state IN ('submitted', 'opened')
                 AND NOT EXISTS (SELECT 1 FROM contests_version v WHERE v.application_id = a.id)
               ORDER BY a.id LIMIT 1""",
        ),
        agrees_with_act(
            Version,
            """t.content_sha256 = r.public_data->>'content_sha256' AND t.number = (r.public_data->>'version')::int
               AND t.application_id = r.object_id AND t.at = r.at""",
        ),
        sql_check(
            "contests_version {0}: submitted at {1}, not before the deadline ({2})",
            """SELECT v.id, v.at, c.deadline_at FROM contests_version v
               JOIN contests_application a ON a.id = v.application_id JOIN contests_contest c ON c.id = a.contest_id
               JOIN journal_record r ON r.id = v.act_id AND r.verb <> 'mend_content'
               WHERE v.at >= c.deadline_at AND a.paper_id IS NULL ORDER BY v.id LIMIT 1""",
        ),
        agrees_with_act(
            Paper,
            """t.number = r.public_data->>'number'
               AND t.received_at = (r.public_data->>'received_at')::timestamptz AND t.received_at = r.at""",
            "register_paper",
            "register_late",
        ),
        agrees_with_act(Paper, "t.ground = r.public_data->>'ground'", "refuse_paper"),
        agrees_with_act(Collaborator, "t.hand = r.public_data->>'hand'", "invite_collaborator"),
        sql_check(
            "contests_paper {0}: {1}, but it came in at {2}, and the deadline was {3}",
            """SELECT p.id, p.state, p.received_at, c.deadline_at FROM contests_paper p
               JOIN contests_contest c ON c.id = p.contest_id
               WHERE (p.received_at >= c.deadline_at AND p.state IN ('registered', 'opened', 'taken_in'))
                  OR (p.received_at < c.deadline_at AND p.ground = 'late') ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "contests_paper {0}: {1}, but the application made from it is {2}",
            """SELECT p.id, p.state, coalesce(a.state, 'not there') FROM contests_paper p
               LEFT JOIN contests_application a ON a.paper_id = p.id
               WHERE (p.state = 'taken_in') <> (coalesce(a.state, '') = 'opened') ORDER BY p.id LIMIT 1""",
        ),
        sql_check(
            "contests_application {0}: {1} keyed it in and found it equal to the scan (journal_record {2})",
            """SELECT a.id, r.person_name, r.id FROM contests_application a
               JOIN journal_record r ON r.object_kind = 'application' AND r.object_id = a.id AND r.verb = 'compare'
               WHERE r.person_id = a.keyed_by_id ORDER BY a.id LIMIT 1""",
        ),
        sql_check(
            "contests_version {0}: it was submitted without the head's sign-off of exactly this content",
            """SELECT v.id FROM contests_version v
               JOIN contests_application a ON a.id = v.application_id AND a.paper_id IS NULL
               WHERE NOT EXISTS (SELECT 1 FROM documents_signature s
                 WHERE s.object_kind = 'application' AND s.object_id = a.id AND s.side = 'applicant_head'
                   AND s.content_sha256 = v.content_sha256) ORDER BY v.id LIMIT 1""",
        ),
        _attachments,
        _version_contents,
        _draft_contents,
    ]


def _after_the_announcement() -> list[Check]:
    return [
        agrees_with_act(
            Announcement,
            """t.contest_id = r.object_id AND t.at = r.at AND encode(sha256(t.content), 'hex') = t.content_sha256
               AND t.deadline_at = (r.public_data->>'deadline')::timestamptz""",
        ),
        sql_check(
            "contests_contest {0}: its announcement does not read as version {1} of it was published",
            """SELECT c.id, a.number FROM contests_contest c JOIN LATERAL (
                 SELECT * FROM contests_announcement WHERE contest_id = c.id ORDER BY number DESC LIMIT 1
               ) a ON true CROSS JOIN LATERAL (SELECT convert_from(a.content, 'UTF8')::jsonb AS said) v
               WHERE (c.title, c.goal, c.tasks, c.problem, to_jsonb(c.contacts))
                 IS DISTINCT FROM (v.said->'title', v.said->'goal', v.said->'tasks', v.said->'problem',
                                   v.said->'contacts')
                 OR c.months::text <> v.said->>'months' ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contests_contest {0}: announced, but no version of its announcement is kept",
            """SELECT c.id FROM contests_contest c WHERE c.state NOT IN ('draft', 'discarded')
                 AND NOT EXISTS (SELECT 1 FROM contests_announcement a WHERE a.contest_id = c.id)
               ORDER BY c.id LIMIT 1""",
        ),
        agrees_with_act(
            Erratum,
            """t.field = r.public_data->>'field' AND t.at = r.at AND EXISTS (
                 SELECT 1 FROM contests_announcement a WHERE a.id = t.announcement_id AND a.contest_id = r.object_id
                   AND a.number = (r.public_data->>'version')::int)""",
        ),
        agrees_with_act(
            Postponement,
            "t.contest_id = r.object_id AND t.to_at = (r.public_data->>'deadline')::timestamptz AND t.at = r.at",
        ),
        agrees_with_act(
            Outage,
            """t.begins_at = (r.public_data->>'from')::timestamptz
               AND t.ends_at = (r.public_data->>'until')::timestamptz AND t.registered_at = r.at""",
        ),
        agrees_with_act(
            Order,
            """t.contest_id = r.object_id AND t.verb = r.verb AND t.ground = r.public_data->>'ground'
               AND t.number = r.public_data->>'document' AND t.issued_on = (r.public_data->>'document_on')::date""",
        ),
        agrees_with_act(Question, "t.asker_id = r.person_id AND t.asked_at = r.at", "ask"),
        agrees_with_act(
            Contest,
            "t.outcome = coalesce(r.public_data->>'outcome', r.public_data->>'ground')",
            *("mark_decided", "declare_void"),
        ),
        agrees_with_act(
            LotOutcome,
            """t.at = r.at AND EXISTS (
                 SELECT 1 FROM contests_lot l WHERE l.id = t.lot_id AND l.contest_id = r.object_id
                   AND t.outcome = r.public_data->'lots'->>l.number::text)""",
        ),
        sql_check(
            "contests_contest {0}: it is {1}, but its lots still hold {2}",
            """SELECT c.id, c.state, sum(b.amount) FROM contests_contest c JOIN contests_lot l ON l.contest_id = c.id
               JOIN treasury_account a ON a.stage = 'reserved' AND a.owner_kind = 'lot' AND a.owner_id = l.id
               JOIN treasury_balance b ON b.account_id = a.id
               WHERE c.state IN ('cancelled', 'void') GROUP BY c.id, c.state HAVING sum(b.amount) <> 0
               ORDER BY c.id LIMIT 1""",
        ),
        sql_check(
            "contests_application {0}: it was opened, though its contest was cancelled",
            """SELECT a.id FROM contests_application a JOIN contests_contest c ON c.id = a.contest_id
               WHERE c.state = 'cancelled' AND a.state = 'opened' ORDER BY a.id LIMIT 1""",
        ),
        _digested_texts,
    ]


_DIGESTED = (
    ("contests_question", "text", "ask", "text_sha256"),
    ("contests_question", "answer", "answer", "text_sha256"),
    ("contests_announcement", "reason", "amend", "reason_sha256"),
    ("contests_order", "text", "cancel", "text_sha256"),
    ("contests_order", "text", "declare_void", "text_sha256"),
    ("contests_order", "text", "resume", "text_sha256"),
    ("contests_order", "text", "suspend", "text_sha256"),
    ("contests_erratum", "wrong", "rectify", "wrong"),
    ("contests_erratum", "right", "rectify", "right"),
)
"""Texts that the journal holds by their digest only: table, column, verb of the act, where the act holds it."""


def _digested_texts() -> Iterator[str]:
    for table, column, verb, key in _DIGESTED:
        of_row = "r.object_kind = 'question' AND r.object_id = t.id" if "question" in table else "r.id = t.act_id"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT t.id, r.id, t."{column}", r.public_data->>%s FROM {table} t
                    JOIN journal_record r ON {of_row} AND r.verb = %s ORDER BY t.id""",
                [key, verb],
            )
            for pk, act, text, said in cursor:
                if digest(text) != said:
                    yield f"{table} {pk}: its {column} is not what its act (journal_record {act}) said"
                    break


def _settled_rules() -> Iterator[str]:
    for row in Contest.objects.exclude(settlement_bytes=None).order_by("id").iterator(chunk_size=200):
        stored = bytes(row.settlement_bytes or b"")
        try:
            is_same = Settlement.from_canonical(stored).as_canonical() == stored
        except (ValueError, LookupError, TypeError):
            is_same = False
        if not is_same:
            yield f"contests_contest {row.pk}: its settled rules do not read back as they were stored"
            return


def _version_contents() -> Iterator[str]:
    rows = Version.objects.select_related("application").order_by("id")
    for version in rows.iterator(chunk_size=200):
        try:
            content = documents.unseal_content(version.application.label, f"v{version.number}", version.sealed)
        except KeyFault as fault:
            yield f"contests_version {version.pk}: {fault}"
            return
        if digest(content) != version.content_sha256:
            yield f"contests_version {version.pk}: its content does not match the hash on the receipt"
            return


def _draft_contents() -> Iterator[str]:
    rows = DraftSection.objects.select_related("application").order_by("id")
    for row in rows.iterator(chunk_size=200):
        try:
            documents.unseal_content(row.application.label, f"draft-{row.section}", row.sealed)
        except KeyFault as fault:
            yield f"contests_draftsection {row.pk}: {fault}"
            return


def _attachments() -> Iterator[str]:
    """Every sealed file opens, and is what its sealed note says."""
    rows = Attachment.objects.select_related("file__file").order_by("id")
    for row in rows.iterator(chunk_size=100):
        try:
            said, content = documents.open_sealed(row.file)
            same = hashlib.sha256(content).hexdigest() == said["sha256"]
        except (KeyFault, documents.DamagedFile) as fault:
            yield f"contests_attachment {row.pk}: {fault}"
            return
        if not same:
            yield f"contests_attachment {row.pk}: its bytes are not those that were sealed"
            return
