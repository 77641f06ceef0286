"""Triggers of the ledger: a posting sums to zero and has at least two entries (decisions.md §4.3)."""

from __future__ import annotations

from django.db import migrations

ZERO_SUM = migrations.RunSQL(
    """
    CREATE FUNCTION jardam_entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE bad bigint;
    BEGIN
      SELECT posting_id INTO bad FROM added GROUP BY posting_id HAVING sum(amount) <> 0 LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'posting_not_zero: entries of posting % do not sum to zero', bad USING ERRCODE = 'JD003';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER treasury_entry_zero_sum AFTER INSERT ON treasury_entry
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION jardam_entries_sum_to_zero();

    CREATE FUNCTION jardam_posting_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE n bigint; s numeric;
    BEGIN
      SELECT count(*), coalesce(sum(amount), 0) INTO n, s FROM public.treasury_entry WHERE posting_id = NEW.id;
      IF n < 2 OR s <> 0 THEN
        RAISE EXCEPTION 'posting_not_whole: posting % has % entries, sum %', NEW.id, n, s USING ERRCODE = 'JD003';
      END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER treasury_posting_whole AFTER INSERT ON treasury_posting
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION jardam_posting_is_whole();
    """,
    """
    DROP TRIGGER treasury_posting_whole ON treasury_posting;
    DROP FUNCTION jardam_posting_is_whole();
    DROP TRIGGER treasury_entry_zero_sum ON treasury_entry;
    DROP FUNCTION jardam_entries_sum_to_zero();
    """,
)
