"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state

KEEP_DOCUMENT = """
CREATE FUNCTION jardam_keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.print_id IS NOT NULL
     OR (to_jsonb(NEW) - '{state,act_id,print_id}'::text[]) <> (to_jsonb(OLD) - '{state,act_id,print_id}'::text[]) THEN
    RAISE EXCEPTION 'append_only: % of % is not possible', TG_OP, TG_TABLE_NAME USING ERRCODE = 'JD001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_document_keep BEFORE UPDATE ON documents_document
  FOR EACH ROW EXECUTE FUNCTION jardam_keep_document();
"""
DROP_KEEP_DOCUMENT = (
    "DROP TRIGGER documents_document_keep ON documents_document; DROP FUNCTION jardam_keep_document();"
)

KEEP_INCIDENT = """
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
DROP_KEEP_INCIDENT = (
    "DROP TRIGGER documents_incident_keep ON documents_incident; DROP FUNCTION jardam_keep_incident();"
)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_tables"), ("journal", "0002_guards")]
    operations = [
        append_only("documents_file"),
        append_only("documents_signature"),
        append_only("documents_seal"),
        append_only("documents_look"),
        append_only("documents_sealedfile"),
        guard_state("documents_document", "document"),
        migrations.RunSQL(KEEP_DOCUMENT, DROP_KEEP_DOCUMENT),
        append_only("documents_printtry"),
        guard_state("documents_incident", "incident"),
        migrations.RunSQL(KEEP_INCIDENT, DROP_KEEP_INCIDENT),
    ]
