"""What must be true of all of it."""

from __future__ import annotations

from collections.abc import Iterator

from jardam.journal.queries import Check, agrees_with_act, sql_check

from ..models import (
    Adoption,
    Comment,
    CommitteeOpinion,
    Correction,
    CouncilDecision,
    CouncilReport,
    Discussion,
    FormerHead,
    Gathering,
    Measure,
    MeasureVersion,
    Problem,
    Programme,
    ProgrammeSection,
    Publication,
    RevisedMeasure,
    RevisedSection,
    StruckMeasure,
)
from ..rules import as_written
from .slips import FACTS

_PAPER = """coalesce((SELECT f.sha256 FROM documents_file f WHERE f.id = t.file_id), '')
               = coalesce(r.public_data->>'file', '')"""


_WORDS = """encode(sha256(convert_to(concat_ws(E'\\n', {texts}, {unit}, {place}), 'UTF8')), 'hex')"""


def _words(*names: str, unit: str = "t.unit", place: str = "t.place") -> str:
    parts = [f"coalesce({name}->>'{code}', '')" for name in names for code in ("ky", "ru", "en")]
    return _WORDS.format(texts=", ".join(parts), unit=unit, place=place)


def _same_words(model: type[Problem] | type[Comment] | type[Programme], column: str, *verbs: str) -> Check:
    """Whether a text is still the one whose fingerprint the last such act keeps, unless that was erased lawfully."""
    table = model._meta.db_table
    return sql_check(
        f"{table} {{0}}: its {column} is not what was written (journal_record {{1}})",
        f"""SELECT t.id, r.id FROM {table} t
            CROSS JOIN LATERAL (SELECT * FROM journal_record r WHERE r.object_kind = %s AND r.object_id = t.id
              AND r.verb = ANY(%s) ORDER BY r.id DESC LIMIT 1) r
            JOIN journal_privatepart p ON p.record_id = r.id
            WHERE p.payload->>'{column}' <> encode(sha256(convert_to(t.{column}, 'UTF8')), 'hex')
            ORDER BY t.id LIMIT 1""",
        [model.KIND, list(verbs)],
    )


def checks() -> list[Check]:
    return [*_programmes(), *_people(), *_council(), *_versions(), *_slips()]


def _programmes() -> list[Check]:
    """Programmes and measures are what their acts said; no measure was given more than its amount."""
    return [
        agrees_with_act(
            Measure,
            """t.amount = (r.public_data->>'amount')::numeric AND t.year = (r.public_data->>'year')::int
               AND t.form = r.public_data->>'form' AND t."group" = r.public_data->>'group'
               AND t.programme_id = r.object_id""",
        ),
        agrees_with_act(
            StruckMeasure,
            """t.measure_id = (r.public_data->>'measure')::bigint AND t.struck_at = r.at AND r.object_id =
                 (SELECT m.programme_id FROM planning_measure m WHERE m.id = t.measure_id)
               AND t.by_id IS NOT DISTINCT FROM (SELECT m.id FROM planning_measure m WHERE m.act_id = r.id)""",
        ),
        agrees_with_act(
            FormerHead,
            """t.programme_id = r.object_id AND t.changed_at = r.at
               AND jsonb_build_array(t.year_from, t.year_to) = r.public_data->'was'->'years'
               AND t.study_id IS NOT DISTINCT FROM (r.public_data->'was'->>'study')::bigint
               AND r.public_data->'was'->>'words' = """
            + _words("t.title", "t.goal", unit="t.part_of", place="t.level"),
        ),
        agrees_with_act(
            Programme,
            """jsonb_build_array(t.year_from, t.year_to) = r.public_data->'years' AND (r.verb <> 'change_head'
                 OR t.study_id IS NOT DISTINCT FROM (r.public_data->>'study')::bigint AND r.public_data->>'words' = """
            + _words("t.title", "t.goal", unit="t.part_of", place="t.level")
            + ")",
            "draft_programme",
            "enter_existing",
            "change_head",
        ),
        _same_words(Programme, "dropped_because", "drop_programme"),
        sql_check(
            "planning_struckmeasure {0}: {1} was allocated to the measure it took out",
            """SELECT s.id, sum(e.amount) FROM planning_struckmeasure s
               JOIN treasury_posting p ON p.source_kind = 'measure' AND p.source_id = s.measure_id
                 AND p.verb = 'allocate'
               JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY s.id ORDER BY s.id LIMIT 1""",
        ),
        agrees_with_act(
            ProgrammeSection,
            """t.programme_id = r.object_id AND t.code = r.public_data->>'section'
               AND r.public_data->>'text' = encode(sha256(convert_to(
                 coalesce(t.text->>'ky', '') || E'\\n' || coalesce(t.text->>'ru', '') || E'\\n'
                 || coalesce(t.text->>'en', ''), 'UTF8')), 'hex')""",
        ),
        sql_check(
            "planning_measure {0}: {1} was allocated to it, over its amount {2}",
            """SELECT m.id, sum(e.amount), m.amount FROM (
                 SELECT m.id, coalesce((SELECT v.amount FROM planning_measureversion v WHERE v.measure_id = m.id
                   ORDER BY v.id DESC LIMIT 1), m.amount) AS amount FROM planning_measure m) m
               JOIN treasury_posting p ON p.source_kind = 'measure' AND p.source_id = m.id AND p.verb = 'allocate'
               JOIN treasury_entry e ON e.posting_id = p.id AND e.amount > 0
               GROUP BY m.id, m.amount HAVING sum(e.amount) > m.amount ORDER BY m.id LIMIT 1""",
        ),
    ]


def _people() -> list[Check]:
    """What people said and were answered is what was written."""
    return [
        sql_check(
            "planning_problem {0}: its measure {1} does not stand in a programme any more",
            """SELECT p.id, p.measure_id FROM planning_problem p JOIN planning_measure m ON m.id = p.measure_id
               LEFT JOIN planning_struckmeasure s ON s.measure_id = m.id
               JOIN planning_programme g ON g.id = m.programme_id
               WHERE s.id IS NOT NULL OR g.state = 'dropped' ORDER BY p.id LIMIT 1""",
        ),
        agrees_with_act(
            Discussion,
            """t.closes_at = (r.public_data->>'closes_at')::timestamptz AND t.opened_at = r.at
               AND t.programme_id = r.object_id""",
        ),
        agrees_with_act(
            Problem,
            """t.customer_id = (r.public_data->>'customer')::bigint AND t."group" = r.public_data->>'group'
               AND t.proposed_by_id = r.person_id""",
            "propose_problem",
        ),
        agrees_with_act(Problem, "t.ground = r.public_data->>'ground'", "decline_problem"),
        agrees_with_act(
            Problem,
            """(t.answered_at = r.at OR r.verb IN ('follow_measure', 'return_problem'))
               AND t.measure_id IS NOT DISTINCT FROM (r.public_data->>'measure')::bigint""",
            "take_up_problem",
            "turn_down_problem",
            "follow_measure",
            "return_problem",
        ),
        agrees_with_act(
            Comment,
            """t.programme_id = (r.public_data->>'programme')::bigint AND t.made_by_id = r.person_id
               AND t.organisation_id IS NOT DISTINCT FROM (r.public_data->>'organisation')::bigint""",
            "make_comment",
        ),
        _same_words(Problem, "text", "propose_problem"),
        _same_words(Problem, "answer", "take_up_problem", "turn_down_problem"),
        _same_words(Comment, "text", "make_comment"),
        _same_words(Comment, "answer", "take_up_comment", "turn_down_comment"),
        sql_check(
            "planning_programme {0}: it went to the council with {1} comments unanswered",
            """SELECT p.id, count(c.id) FROM planning_programme p
               JOIN planning_comment c ON c.programme_id = p.id AND c.state = 'made'
               WHERE p.state NOT IN ('draft', 'discussion') GROUP BY p.id ORDER BY p.id LIMIT 1""",
        ),
    ]


def _council() -> list[Check]:
    """What the council did with a programme, and what its year brought."""
    return [
        agrees_with_act(
            Adoption,
            """t.number = r.public_data->>'number' AND t.adopted_on = (r.public_data->>'adopted_on')::date
               AND t.votes_for IS NOT DISTINCT FROM (r.public_data->>'for')::int
               AND t.votes_against IS NOT DISTINCT FROM (r.public_data->>'against')::int
               AND t.programme_id = r.object_id
               AND t.in_force_on IS NOT DISTINCT FROM (r.public_data->>'in_force_on')::date
               AND t.register_number = coalesce(r.public_data->>'register_number', '')
               AND """
            + _PAPER,
        ),
        agrees_with_act(
            CouncilDecision,
            """CASE r.object_kind WHEN 'revision' THEN t.revision_id = r.object_id AND t.programme_id =
                   (SELECT v.programme_id FROM planning_revision v WHERE v.id = r.object_id)
                 ELSE t.programme_id = r.object_id AND t.revision_id IS NULL END
               AND (r.verb IN ('return_for_rework', 'return_revision') OR (
                 t.number = r.public_data->>'number' AND t.decided_on = (r.public_data->>'decided_on')::date
                 AND encode(sha256(convert_to(t.reason, 'UTF8')), 'hex') = r.public_data->>'reason'
                 AND t.votes_for IS NOT DISTINCT FROM (r.public_data->'vote'->>'votes_for')::int
                 AND t.votes_against IS NOT DISTINCT FROM (r.public_data->'vote'->>'votes_against')::int
                 AND t.in_force_on IS NOT DISTINCT FROM (r.public_data->>'in_force_on')::date
                 AND t.register_number = coalesce(r.public_data->>'register_number', '')))
               AND """
            + _PAPER,
        ),
        agrees_with_act(
            CommitteeOpinion,
            """t.programme_id = r.object_id AND t.committee = r.public_data->>'committee'
               AND t.opinion = r.public_data->>'opinion'
               AND encode(sha256(convert_to(t.text, 'UTF8')), 'hex') = r.public_data->>'text'""",
        ),
        agrees_with_act(
            Publication,
            """t.programme_id = r.object_id AND t.place = r.public_data->>'place'
               AND t.published_on = (r.public_data->>'published_on')::date
               AND t.register_number = coalesce(r.public_data->>'register_number', '')""",
        ),
        agrees_with_act(
            CouncilReport,
            """t.programme_id = r.object_id AND t.year = (r.public_data->>'year')::int
               AND t.figures = r.public_data->'figures'
               AND encode(sha256(convert_to(t.text, 'UTF8')), 'hex') = r.public_data->>'text'""",
        ),
        agrees_with_act(
            Gathering,
            """t.programme_id = r.object_id AND t.year = (r.public_data->>'year')::int
               AND t.held_on = (r.public_data->>'held_on')::date
               AND t.headcount = (r.public_data->>'headcount')::int""",
        ),
    ]


def _versions() -> list[Check]:
    """Versions of an adopted programme, and what they put in force."""
    return [
        agrees_with_act(
            RevisedMeasure,
            """t.revision_id = r.object_id AND t.key = r.public_data->>'key'
               AND t.measure_id IS NOT DISTINCT FROM (r.public_data->>'measure')::bigint
               AND t.year = (r.public_data->>'year')::int AND t.form = r.public_data->>'form'
               AND t."group" = r.public_data->>'group' AND t.amount = (r.public_data->>'amount')::numeric
               AND t.baseline = (r.public_data->>'baseline')::int AND t.target = (r.public_data->>'target')::int
               AND r.public_data->>'words' = """
            + _words("t.title", "t.indicator"),
        ),
        agrees_with_act(
            RevisedSection,
            """t.revision_id = r.object_id AND t.code = r.public_data->>'section'
               AND r.public_data->>'text' = encode(sha256(convert_to(
                 coalesce(t.text->>'ky', '') || E'\\n' || coalesce(t.text->>'ru', '') || E'\\n'
                 || coalesce(t.text->>'en', ''), 'UTF8')), 'hex')""",
        ),
        agrees_with_act(
            MeasureVersion,
            """t.measure_id = (r.public_data->>'measure')::bigint AND t.amount = (r.public_data->>'amount')::numeric
               AND t.revision_id = (r.public_data->>'revision')::bigint
               AND t.baseline = (r.public_data->>'baseline')::int AND t.target = (r.public_data->>'target')::int
               AND r.public_data->>'words' = """
            + _words("(SELECT m.title FROM planning_measure m WHERE m.id = t.measure_id)", "t.indicator"),
        ),
        sql_check(
            "planning_measureversion {0}: its version {1} was never adopted",
            """SELECT v.id, r.number FROM planning_measureversion v JOIN planning_revision r ON r.id = v.revision_id
               WHERE r.state <> 'adopted' ORDER BY v.id LIMIT 1""",
        ),
        sql_check(
            "planning_revision {0}: it says another amount of planning_measure {1} than what was put in force",
            """SELECT r.id, v.measure_id FROM planning_revision r
               JOIN planning_measureversion v ON v.revision_id = r.id
               JOIN LATERAL (SELECT * FROM planning_revisedmeasure d WHERE d.revision_id = r.id
                 AND d.measure_id = v.measure_id ORDER BY d.id DESC LIMIT 1) d ON true
               WHERE d.amount <> v.amount ORDER BY r.id LIMIT 1""",
        ),
    ]


def _slips() -> list[Check]:
    """Corrections say what their acts said, and each follows the one before it."""
    return [
        agrees_with_act(
            Correction,
            """t.fact = r.public_data->>'fact' AND t.fact_id = (r.public_data->>'fact_id')::bigint
               AND t.field = r.public_data->>'field' AND t.corrected_at = r.at
               AND t.thing = r.object_kind AND t.thing_id = r.object_id
               AND encode(sha256(convert_to(t.was, 'UTF8')), 'hex') = r.public_data->>'was'
               AND encode(sha256(convert_to(t.now, 'UTF8')), 'hex') = r.public_data->>'now'
               AND encode(sha256(convert_to(t.reason, 'UTF8')), 'hex') = r.public_data->>'reason'""",
        ),
        _corrections_follow,
    ]


def _corrections_follow() -> Iterator[str]:
    """The first correction of a field found what was recorded there, each later one what the one before it said."""
    said: dict[tuple[str, int, str], str] = {}
    for one in Correction.objects.order_by("id"):
        key = (one.fact, one.fact_id, one.field)
        if key not in said:
            row = FACTS[one.fact][0]._default_manager.filter(pk=one.fact_id).first()
            said[key] = as_written(getattr(row, one.field, None))
        if one.was != said[key]:
            yield f"planning_correction {one.pk}: something else stood there"
            return
        said[key] = one.now
