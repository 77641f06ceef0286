import django.db.models.deletion
from django.db import migrations, models

import jardam.fields


class Migration(migrations.Migration):
    replaces = [
        ("documents", "0001_initial"),
        ("documents", "0003_files_and_documents"),
        ("documents", "0004_document_guards"),
        ("documents", "0005_incidents_and_print_tries"),
        ("documents", "0006_incident_guards"),
    ]

    initial = True

    dependencies = [
        ("journal", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(max_length=100)),
                ("name", jardam.fields.Text(max_length=200)),
                ("uploaded_by_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(db_index=True, max_length=60)),
                ("person_id", models.BigIntegerField()),
                ("person_name", jardam.fields.Text(max_length=200)),
                ("mandate_id", models.BigIntegerField()),
                ("role", models.CharField(max_length=32)),
                ("purpose", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=60, unique=True)),
                ("wrapped_key", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_kind", models.CharField(max_length=24)),
                ("object_id", models.BigIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("carrier", models.CharField(max_length=12)),
                ("side", models.CharField(max_length=16)),
                ("person_id", models.BigIntegerField()),
                ("person_name", jardam.fields.Text(max_length=200)),
                ("mandate_id", models.BigIntegerField()),
                ("act_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("object_kind", "object_id", "content_sha256", "person_id"), name="signature_once_each"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("carrier__in", ["platform", "ink", "certificate"])),
                        name="signature_carrier_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", jardam.fields.Ref()),
                ("label", models.CharField(db_index=True, max_length=60)),
                ("facts", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sealed", to="documents.file"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("kind", models.CharField(max_length=16)),
                ("number", jardam.fields.Text(max_length=48)),
                ("title", jardam.fields.Localised()),
                ("language", models.CharField(max_length=2)),
                ("object_kind", models.CharField(max_length=24)),
                ("object_id", models.BigIntegerField()),
                ("content", models.BinaryField()),
                ("content_sha256", models.CharField(db_index=True, max_length=64)),
                ("hash_v", models.PositiveSmallIntegerField()),
                ("template", models.CharField(max_length=24)),
                ("public", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "print",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="document",
                        to="documents.file",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["object_kind", "object_id", "id"], name="document_by_object"),
                    models.Index(fields=["number", "id"], name="document_by_number"),
                    models.Index(condition=models.Q(("state", "issued")), fields=["id"], name="document_not_printed"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("issued", "printed"))), name="document_state_known"
                    ),
                    models.CheckConstraint(
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
                                    "acceptance",
                                    "report",
                                ),
                            )
                        ),
                        name="document_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("print__isnull", True), ("state", "issued")),
                            models.Q(("print__isnull", False), ("state", "printed")),
                            _connector="OR",
                        ),
                        name="document_printed_with_print",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=24)),
                ("act_id", models.BigIntegerField()),
                ("ref", jardam.fields.Ref()),
                ("ground", models.CharField(max_length=12)),
                ("subject", jardam.fields.Text(max_length=120)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "closed"))), name="incident_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ground__in", ("missing", "changed", "unopened", "no_key"))),
                        name="incident_ground_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("subject", "ground"), name="incident_open_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrintTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("fault", jardam.fields.Text(max_length=300)),
                ("at", models.DateTimeField()),
                ("again_at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="documents.document"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("document", "number"), name="print_try_counted_once")],
            },
        ),
    ]
