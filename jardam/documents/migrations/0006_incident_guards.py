"""Triggers: failures of a print are written once; of an incident only the state changes."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state

KEEP = """
CREATE FUNCTION jardam_keep_incident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) - '{state,act_id}'::text[]) <> (to_jsonb(OLD) - '{state,act_id}'::text[]) THEN
    RAISE EXCEPTION 'append_only: % of % is not possible', TG_OP, TG_TABLE_NAME USING ERRCODE = 'JD001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_incident_keep BEFORE UPDATE ON documents_incident
  FOR EACH ROW EXECUTE FUNCTION jardam_keep_incident();
"""
DROP_KEEP = "DROP TRIGGER documents_incident_keep ON documents_incident; DROP FUNCTION jardam_keep_incident();"


class Migration(migrations.Migration):
    dependencies = [("documents", "0005_incidents_and_print_tries"), ("journal", "0002_guards")]
    operations = [
        append_only("documents_printtry"),
        guard_state("documents_incident", "incident"),
        migrations.RunSQL(KEEP, DROP_KEEP),
    ]
