"""The part of the journal that lives in PostgreSQL: triggers no code path can go round.

Rooms call `append_only(table)` and `guard_state(table, kind)` in their migrations.
"""

from __future__ import annotations

from django.db import migrations

# Tables are named with their schema: a temporary table of the session would be found first.
FUNCTIONS = """
CREATE FUNCTION jardam_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only: % of % is not possible', TG_OP, TG_TABLE_NAME USING ERRCODE = 'JD001';
END $$;

CREATE FUNCTION jardam_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was text := '';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.state = OLD.state AND NEW.act_id = OLD.act_id THEN RETURN NEW; END IF;
    IF NEW.act_id <= OLD.act_id THEN
      RAISE EXCEPTION 'state_without_act: %.% needs a newer act', TG_TABLE_NAME, NEW.id USING ERRCODE = 'JD002';
    END IF;
    was := OLD.state;
  END IF;
  PERFORM 1 FROM public.journal_record r
    WHERE r.id = NEW.act_id AND r.object_kind = TG_ARGV[0] AND r.object_id = NEW.id
      AND r.before = was AND r.after = NEW.state;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'state_without_act: no record explains % of %.%', NEW.state, TG_TABLE_NAME, NEW.id
      USING ERRCODE = 'JD002';
  END IF;
  RETURN NEW;
END $$;
"""

DROP_FUNCTIONS = "DROP FUNCTION jardam_guard_state(); DROP FUNCTION jardam_append_only();"


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE of `table`, for its owner too."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION jardam_append_only();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION jardam_append_only();
        """,
        f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};",
    )


def guard_state(table: str, kind: str) -> migrations.RunSQL:
    """Refuse any state of `table` that no newer journal record of `kind` explains."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_guard_state BEFORE INSERT OR UPDATE ON {table}
          FOR EACH ROW EXECUTE FUNCTION jardam_guard_state('{kind}');
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION jardam_append_only();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION jardam_append_only();
        """,
        f"""DROP TRIGGER {table}_guard_state ON {table}; DROP TRIGGER {table}_no_delete ON {table};
            DROP TRIGGER {table}_no_truncate ON {table};""",
    )
