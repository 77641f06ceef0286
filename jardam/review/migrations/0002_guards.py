"""Triggers: what no code path of this room can go round."""

from django.db import migrations

from jardam.journal.schema import append_only, guard_state


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("review_member"),
        append_only("review_interest"),
        append_only("review_scoresheet"),
        append_only("review_award"),
        guard_state("review_commission", "commission"),
        guard_state("review_proceeding", "proceeding"),
        guard_state("review_candidacy", "candidacy"),
        guard_state("review_protocol", "protocol"),
    ]
