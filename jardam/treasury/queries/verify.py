"""What must be true of all of it."""

from __future__ import annotations

from jardam.journal.queries import Check, agrees_with_act, sql_check

from ..models import Appropriation, CashPlan, LineMatch, PaymentOrder, PaymentPackage, Shortfall, Statement, YearClose
from ..rules import Stage

WAYS = {
    "appropriate": (Stage.AUTHORITY, Stage.APPROPRIATED),
    "allocate": (Stage.APPROPRIATED, Stage.ALLOCATED),
    "reserve": (Stage.ALLOCATED, Stage.RESERVED),
    "release": (Stage.RESERVED, Stage.ALLOCATED),
    "commit": (Stage.RESERVED, Stage.COMMITTED),
    "owe": (Stage.OBLIGATION, Stage.UNDELIVERED),
    "uncommit": (Stage.COMMITTED, Stage.RESERVED),
    "unowe": (Stage.UNDELIVERED, Stage.OBLIGATION),
    "order": (Stage.COMMITTED, Stage.ORDERED),
    "unorder": (Stage.ORDERED, Stage.COMMITTED),
    "pay": (Stage.ORDERED, Stage.PAID),
    "unpay": (Stage.PAID, Stage.ORDERED),
    "raise": (Stage.AUTHORITY, Stage.APPROPRIATED),
    "deallocate": (Stage.ALLOCATED, Stage.APPROPRIATED),
    "move": (Stage.ALLOCATED, Stage.ALLOCATED),
    "cover": (Stage.APPROPRIATED, Stage.SHORT),
    "return": (Stage.PAID, Stage.RETURNED),
    "accept": (Stage.UNDELIVERED, Stage.ACCEPTED),
}
"""From where to where each verb moves money; only a reversal goes another way."""


_BOUND = (Stage.APPROPRIATED, Stage.ALLOCATED, Stage.RESERVED, Stage.COMMITTED)


MORE_WAYS = (
    ("cut", Stage.APPROPRIATED, Stage.AUTHORITY),
    ("cut", Stage.SHORT, Stage.AUTHORITY),
    ("order", Stage.PAYABLE, Stage.ORDERED),
    ("unorder", Stage.ORDERED, Stage.PAYABLE),
    ("payable", Stage.COMMITTED, Stage.PAYABLE),
    *(("lapse", stage, Stage.LAPSED) for stage in _BOUND),
    *(("carry_over", stage, Stage.CARRIED) for stage in _BOUND),
    *(("carry_in", Stage.AUTHORITY, stage) for stage in _BOUND),
)
"""The verbs that have more than one way."""


_AS_ROWS = ", ".join(
    f"('{verb}', '{out}', '{into}')" for verb, out, into in (*((verb, *way) for verb, way in WAYS.items()), *MORE_WAYS)
)


_CHECKS = (
    (
        "treasury_posting {0}: its entries sum to {1}, not to zero",
        """SELECT p.id, coalesce(sum(e.amount), 0) FROM treasury_posting p
           LEFT JOIN treasury_entry e ON e.posting_id = p.id
           GROUP BY p.id HAVING coalesce(sum(e.amount), 1) <> 0 OR count(e.id) < 2 ORDER BY p.id LIMIT 1""",
    ),
    (
        "treasury_balance {0}: it shows {1}, the entries sum to {2}",
        """SELECT b.account_id, b.amount, coalesce(sum(e.amount), 0) FROM treasury_balance b
           LEFT JOIN treasury_entry e ON e.account_id = b.account_id
           GROUP BY b.account_id, b.amount HAVING b.amount <> coalesce(sum(e.amount), 0)
           ORDER BY b.account_id LIMIT 1""",
    ),
    (
        "treasury_account {0}: it has no balance row",
        """SELECT a.id FROM treasury_account a LEFT JOIN treasury_balance b ON b.account_id = a.id
           WHERE b.account_id IS NULL ORDER BY a.id LIMIT 1""",
    ),
    (
        "treasury_balance {0}: {1} stands on it, below zero",
        """SELECT b.account_id, b.amount FROM treasury_balance b JOIN treasury_account a ON a.id = b.account_id
           WHERE b.amount < 0 AND a.stage NOT IN ('authority', 'obligation', 'short') ORDER BY b.account_id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: maker and checker are the same person",
        "SELECT id FROM treasury_paymentorder WHERE maker_id = checker_id ORDER BY id LIMIT 1",
    ),
    (
        "treasury_paymentorder {0}: {1}, but the ledger has paid {2} for it",
        """SELECT o.id, o.state, coalesce(sum(e.amount), 0) FROM treasury_paymentorder o
           LEFT JOIN treasury_posting p ON p.source_kind = 'payment' AND p.source_id = o.id
             AND p.verb IN ('pay', 'unpay')
           LEFT JOIN treasury_entry e ON e.posting_id = p.id
             AND (p.verb = 'pay' AND e.amount > 0 OR p.verb = 'unpay' AND e.amount < 0)
           GROUP BY o.id, o.state, o.amount
           HAVING coalesce(sum(e.amount), 0) <>
             CASE WHEN o.state IN ('executed', 'credited') THEN o.amount ELSE 0 END
           ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: {1}, but the ledger has taken {2} of its order back",
        """SELECT o.id, o.state, coalesce(sum(e.amount), 0) FROM treasury_paymentorder o
           LEFT JOIN treasury_posting p ON p.source_kind = 'payment' AND p.source_id = o.id AND p.verb = 'unorder'
           LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
           GROUP BY o.id, o.state, o.amount
           HAVING coalesce(sum(e.amount), 0) <>
             CASE WHEN o.state IN ('refused', 'bounced', 'withdrawn') THEN o.amount ELSE 0 END
           ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: {1}, but its package ({2}) is {3}",
        """SELECT o.id, o.state, k.id, k.state FROM treasury_paymentorder o
           JOIN treasury_paymentpackage k ON k.id = o.package_id
           WHERE (o.state = 'packed') <> (k.state IN ('drawn_up', 'half_signed'))
              OR o.state = 'prepared' OR o.checker_id <> k.second_id OR o.organisation_id <> k.organisation_id
           ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_cashplan {0}: it gives {1} for month {2}, but {3} has gone out",
        """SELECT c.id, m.amount, m.month, sum(o.amount) FROM treasury_cashplan c
           JOIN treasury_cashplanmonth m ON m.plan_id = c.id AND m.version = c.version
           JOIN treasury_appropriation a ON a.organisation_id = c.organisation_id AND a.line = c.line
           JOIN treasury_paymentorder o ON o.appropriation_id = a.id
             AND o.state IN ('approved', 'executed', 'credited')
             AND extract(year FROM o.sent_on) = c.year AND extract(month FROM o.sent_on) = m.month
           GROUP BY c.id, m.amount, m.month HAVING sum(o.amount) > m.amount ORDER BY c.id LIMIT 1""",
    ),
    (
        "treasury_shortfall {0}: {1}, but the account of its appropriation lacks {2}",
        """SELECT s.id, s.state, -coalesce(sum(b.amount), 0) FROM treasury_shortfall s
           LEFT JOIN treasury_account a ON a.appropriation_id = s.appropriation_id AND a.stage = 'short'
           LEFT JOIN treasury_balance b ON b.account_id = a.id
           WHERE s.state = 'open'
              OR NOT EXISTS (SELECT 1 FROM treasury_shortfall o
                             WHERE o.appropriation_id = s.appropriation_id AND o.state = 'open')
           GROUP BY s.id, s.state HAVING (s.state = 'open') <> (coalesce(sum(b.amount), 0) < 0)
           ORDER BY s.id LIMIT 1""",
    ),
    (
        "treasury_appropriation {0}: its year is closed, but {1} still stands on account {2} ({3})",
        """SELECT t.id, b.amount, a.id, a.stage FROM treasury_appropriation t
           JOIN treasury_account a ON a.appropriation_id = t.id
             AND a.stage IN ('appropriated', 'allocated', 'reserved', 'committed')
           JOIN treasury_balance b ON b.account_id = a.id
           WHERE t.state = 'closed' AND b.amount > 0 ORDER BY t.id LIMIT 1""",
    ),
    (
        "treasury_yearcloseline {0}: over {1}, but {2} was posted as {3}",
        """SELECT l.id, l.amount, e.amount, p.verb FROM treasury_yearcloseline l
           JOIN treasury_posting p ON p.id = l.posting_id
           JOIN treasury_entry e ON e.posting_id = p.id AND e.account_id = l.account_id
           WHERE e.amount <> -l.amount OR p.verb <> l.outcome ORDER BY l.id LIMIT 1""",
    ),
    (
        "treasury_appropriation {0}: {1} is recorded, {2} is posted",
        """SELECT t.id, t.amount, coalesce(sum(e.amount), 0) FROM treasury_appropriation t
           LEFT JOIN treasury_account a ON a.appropriation_id = t.id AND a.stage = 'authority'
           LEFT JOIN treasury_entry e ON e.account_id = a.id
           GROUP BY t.id, t.amount HAVING t.amount <> -coalesce(sum(e.amount), 0) ORDER BY t.id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: it is over {1}, but the ledger has ordered {2} for it",
        """SELECT o.id, o.amount, coalesce(sum(e.amount), 0) FROM treasury_paymentorder o
           LEFT JOIN treasury_posting p ON p.source_kind = 'payment' AND p.source_id = o.id AND p.verb = 'order'
           LEFT JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
           GROUP BY o.id, o.amount HAVING coalesce(sum(e.amount), 0) <> o.amount ORDER BY o.id LIMIT 1""",
    ),
    (
        "treasury_posting {0}: {1} does not move money from {2} to {3}",
        f"""SELECT p.id, p.verb, giver.stage, taker.stage FROM treasury_posting p
           JOIN treasury_entry eo ON eo.posting_id = p.id AND eo.amount < 0
           JOIN treasury_account giver ON giver.id = eo.account_id
           JOIN treasury_entry ei ON ei.posting_id = p.id AND ei.amount > 0
           JOIN treasury_account taker ON taker.id = ei.account_id
           WHERE p.reverses_id IS NULL AND (p.verb, giver.stage, taker.stage) NOT IN (VALUES {_AS_ROWS})
           ORDER BY p.id LIMIT 1""",
    ),
    (
        "treasury_posting {0}: it does not reverse posting {1}",
        """SELECT p.id, p.reverses_id FROM treasury_posting p
           WHERE p.reverses_id IS NOT NULL AND EXISTS (
             SELECT account_id FROM treasury_entry WHERE posting_id IN (p.id, p.reverses_id)
             GROUP BY account_id HAVING sum(amount) <> 0) ORDER BY p.id LIMIT 1""",
    ),
)


_STATEMENT_CHECKS = (
    (
        "treasury_statement {0}: it says {1} lines, {2} out and {3} in; it holds {4}, {5} and {6}",
        """SELECT s.id, s.lines_count, s.total_out, s.total_in, count(l.id),
             coalesce(sum(l.amount) FILTER (WHERE l.direction = 'out'), 0),
             coalesce(sum(l.amount) FILTER (WHERE l.direction = 'in'), 0)
           FROM treasury_statement s LEFT JOIN treasury_statementline l ON l.statement_id = s.id
           GROUP BY s.id HAVING (s.lines_count, s.total_out, s.total_in) IS DISTINCT FROM (
             count(l.id)::int, coalesce(sum(l.amount) FILTER (WHERE l.direction = 'out'), 0),
             coalesce(sum(l.amount) FILTER (WHERE l.direction = 'in'), 0)) ORDER BY s.id LIMIT 1""",
    ),
    (
        "treasury_statementline {0}: {1} over {2}, but payment {3} is No. {4} over {5}",
        """SELECT l.id, l.document, l.amount, o.id, o.document_number, o.amount FROM treasury_statementline l
           JOIN treasury_paymentorder o ON o.id = l.payment_id
           WHERE (l.document, l.amount) IS DISTINCT FROM (o.document_number, o.amount)
              OR (l.found = 'matched' AND l.day <> o.executed_on) ORDER BY l.id LIMIT 1""",
    ),
    (
        "treasury_linematch {0}: its line is {1} over {2}, what it is said to be over {3}",
        """SELECT m.id, l.found, l.amount, coalesce(o.amount, e.amount) FROM treasury_linematch m
           JOIN treasury_statementline l ON l.id = m.line_id
           LEFT JOIN treasury_paymentorder o ON o.id = m.payment_id
           LEFT JOIN treasury_entry e ON e.posting_id = m.refund_id AND e.amount > 0
           WHERE l.found <> 'unmatched' OR l.amount <> coalesce(o.amount, e.amount, l.amount)
              OR l.direction <> m.direction ORDER BY m.id LIMIT 1""",
    ),
    (
        "treasury_paymentorder {0}: {1} lines of statements are said to be it, direction {2}",
        """SELECT s.payment_id, count(*), s.direction FROM (
             SELECT payment_id, direction FROM treasury_statementline WHERE payment_id IS NOT NULL
             UNION ALL
             SELECT payment_id, direction FROM treasury_linematch
             WHERE state <> 'rejected' AND payment_id IS NOT NULL) s
           GROUP BY s.payment_id, s.direction HAVING count(*) > 1 ORDER BY s.payment_id LIMIT 1""",
    ),
)


def checks() -> list[Check]:
    """Invariants 2 and 3 (blueprint §6, decisions.md §8)."""
    return [
        *(sql_check(sentence, query) for sentence, query in (*_CHECKS, *_STATEMENT_CHECKS)),
        agrees_with_act(
            Appropriation,
            """t.year = (r.public_data->>'year')::int AND t.source = r.public_data->>'source'
               AND t.line = r.public_data->>'line' AND t.code = COALESCE(r.public_data->>'code', t.code)
               AND t.is_existing = COALESCE((r.public_data->>'existing')::boolean, false)""",
            "appropriate",
            "carry_over",
        ),
        agrees_with_act(
            Appropriation,
            "t.amount = (r.public_data->>'amount')::numeric AND t.document = r.public_data->>'document'",
            "appropriate",
            "carry_over",
            "revise_appropriation",
        ),
        agrees_with_act(
            PaymentOrder,
            "t.amount = (r.public_data->>'amount')::numeric",
            "order_payment",
            "record_existing_payment",
        ),
        agrees_with_act(
            PaymentOrder,
            """t.maker_id = r.person_id AND (r.public_data->>'account' IS NULL OR r.public_data->>'account'
                 = (SELECT ref FROM parties_bankaccount b WHERE b.id = t.account_id))""",
            "order_payment",
            "redirect_payment",
            "record_existing_payment",
        ),
        agrees_with_act(PaymentOrder, "t.checker_id = r.person_id", "approve_payment", "confirm_existing_payment"),
        agrees_with_act(
            PaymentOrder,
            """t.document_number = r.public_data->>'number' AND t.executed_on = (r.public_data->>'on')::date""",
            "execute_payment",
            "record_existing_payment",
        ),
        agrees_with_act(
            PaymentOrder, "t.settled_on = (r.public_data->>'on')::date", "credit_payment", "bounce_payment"
        ),
        agrees_with_act(PaymentPackage, "t.first_id = r.person_id AND t.first_signed_at = r.at", "sign_package"),
        agrees_with_act(PaymentPackage, "t.second_id = r.person_id AND t.sent_at = r.at", "send_package"),
        agrees_with_act(
            CashPlan,
            """t.version = (r.public_data->>'version')::int AND r.public_data->'months' =
                 (SELECT jsonb_agg(m.amount::text ORDER BY m.month) FROM treasury_cashplanmonth m
                  WHERE m.plan_id = t.id AND m.version = t.version)""",
            "plan_cash",
            "change_cash_plan",
        ),
        agrees_with_act(
            Statement,
            """t.sha256 = r.public_data->>'sha256' AND t.lines_count = (r.public_data->>'lines')::int
               AND t.total_out = (r.public_data->>'out')::numeric
               AND t.total_in = (r.public_data->>'in')::numeric""",
            "import_statement",
        ),
        agrees_with_act(
            LineMatch,
            """t.proposed_by_id = r.person_id
               AND (SELECT ref FROM treasury_statementline l WHERE l.id = t.line_id) = r.public_data->>'line'
               AND coalesce((SELECT ref FROM treasury_paymentorder o WHERE o.id = t.payment_id), '')
                 = r.public_data->>'payment'
               AND coalesce((SELECT left(encode(sha256(a.public), 'hex'), 16) FROM treasury_posting p
                 JOIN journal_record a ON a.id = p.act_id WHERE p.id = t.refund_id), '')
                 = coalesce(r.public_data->>'refund', '')""",
            "propose_match",
        ),
        agrees_with_act(LineMatch, "t.checked_by_id = r.person_id", "confirm_match", "reject_match"),
        agrees_with_act(Shortfall, "t.missing = (r.public_data->>'missing')::numeric", "open_shortfall"),
        agrees_with_act(YearClose, "t.year = (r.public_data->>'year')::int", "close_year"),
    ]
