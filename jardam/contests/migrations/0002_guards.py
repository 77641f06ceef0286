"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state

LOTS_STAND = """
CREATE FUNCTION jardam_lot_of_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row contests_lot := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM 1 FROM public.contests_contest c WHERE c.id = row.contest_id AND c.state = 'draft';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'append_only: the lots of an announced contest stand' USING ERRCODE = 'JD001';
  END IF;
  RETURN row;
END $$;
CREATE TRIGGER contests_lot_of_draft BEFORE INSERT OR UPDATE OR DELETE ON contests_lot
  FOR EACH ROW EXECUTE FUNCTION jardam_lot_of_draft();
"""

ONE_OUTAGE_AT_A_TIME = """
ALTER TABLE contests_outage ADD CONSTRAINT outage_once
  EXCLUDE USING gist (tstzrange(begins_at, ends_at) WITH &&);
"""


class Migration(migrations.Migration):
    dependencies = [("contests", "0001_tables"), ("journal", "0002_guards")]
    operations = [
        append_only("contests_version"),
        guard_state("contests_contest", "contest"),
        guard_state("contests_application", "application"),
        append_only("contests_announcement"),
        append_only("contests_erratum"),
        append_only("contests_postponement"),
        append_only("contests_order"),
        guard_state("contests_question", "question"),
        guard_state("contests_outage", "outage"),
        migrations.RunSQL(
            LOTS_STAND, "DROP TRIGGER contests_lot_of_draft ON contests_lot; DROP FUNCTION jardam_lot_of_draft();"
        ),
        migrations.RunSQL(ONE_OUTAGE_AT_A_TIME, "ALTER TABLE contests_outage DROP CONSTRAINT outage_once;"),
        guard_state("contests_collaborator", "collaborator"),
        guard_state("contests_partner", "partner"),
        guard_state("contests_paper", "paper"),
        append_only("contests_lotoutcome"),
    ]
