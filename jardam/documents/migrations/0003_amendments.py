"""Amendments are documents of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_guards"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="document",
            name="document_kind_known",
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "announcement",
                            "council_pack",
                            "invitation",
                            "protocol",
                            "letter",
                            "contract",
                            "amendment",
                            "acceptance",
                            "report",
                        ),
                    )
                ),
                name="document_kind_known",
            ),
        ),
    ]
