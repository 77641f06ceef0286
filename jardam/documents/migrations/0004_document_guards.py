"""Triggers: sealed files are written once; of a document only state and print come later."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state

KEEP = """
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
DROP_KEEP = "DROP TRIGGER documents_document_keep ON documents_document; DROP FUNCTION jardam_keep_document();"


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_files_and_documents"), ("journal", "0002_guards")]
    operations = [
        append_only("documents_sealedfile"),
        guard_state("documents_document", "document"),
        migrations.RunSQL(KEEP, DROP_KEEP),
    ]
