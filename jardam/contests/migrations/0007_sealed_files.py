"""Attachments keep their bytes as every sealed file does. No installation holds one of the earlier kind."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contests", "0006_application_guards"),
        ("documents", "0004_document_guards"),
    ]

    operations = [
        migrations.RemoveField(model_name="attachment", name="file"),
        migrations.RemoveField(model_name="attachment", name="sealed"),
        migrations.AddField(
            model_name="attachment",
            name="file",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.sealedfile"
            ),
            preserve_default=False,
        ),
    ]
