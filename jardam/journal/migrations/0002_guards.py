"""Triggers of the journal, and the functions every room's guards call."""

from django.db import migrations

from jardam.journal.schema import DROP_FUNCTIONS, FUNCTIONS, append_only


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        append_only("journal_record"),
        append_only("journal_privatepart"),
    ]
