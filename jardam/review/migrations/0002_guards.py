"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("review", "0001_tables"), ("journal", "0002_guards")]
    operations = [
        append_only("review_member"),
        append_only("review_interest"),
        append_only("review_scoresheet"),
        append_only("review_award"),
        guard_state("review_commission", "commission"),
        guard_state("review_proceeding", "proceeding"),
        guard_state("review_candidacy", "candidacy"),
        guard_state("review_protocol", "protocol"),
        append_only("review_departure"),
        append_only("review_recusal"),
        append_only("review_adjournment"),
        append_only("review_reservecall"),
        guard_state("review_mending", "mending"),
        guard_state("review_cut", "cut"),
        append_only("review_panelmember"),
        append_only("review_returned"),
        guard_state("review_appealpanel", "appeal_panel"),
        guard_state("review_appeal", "appeal"),
        guard_state("review_erratum", "erratum"),
    ]
