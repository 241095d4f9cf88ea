import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("individuals", "0001_the_first_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="documented_by",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="consent",
            name="documented_title",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
        migrations.AddField(
            model_name="consent",
            name="is_clarified",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="consent",
            name="purpose",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="consent",
            name="type",
            field=models.CharField(
                choices=[
                    ("information_transfer", "Informationsöverföring"),
                    ("planning", "SIP upprättas"),
                    ("coordinated_record", "Sammanhållen dokumentation"),
                    ("relative_participation", "Närstående deltar"),
                    ("proxy", "Ombud"),
                ],
                max_length=30,
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="value",
            field=models.CharField(
                choices=[
                    ("yes", "Ja"),
                    ("partial", "Ja, delvis"),
                    ("no", "Nej"),
                    ("unable", "Kan inte ta ställning"),
                    ("compulsory_care", "Tvångsvård"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("common_id", models.UUIDField()),
                (
                    "type",
                    models.CharField(
                        choices=[("outer_block", "Yttre spärr"), ("inner_block", "Inre spärr")],
                        max_length=20,
                    ),
                ),
                ("branch", models.CharField(max_length=30)),
                ("unit_id", models.CharField(blank=True, max_length=32)),
                ("info_classes", models.JSONField(default=list)),
                ("placed_at", models.DateTimeField()),
                ("placed_by", models.CharField(max_length=100)),
                ("placed_title", models.CharField(max_length=60)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=100)),
                ("lifted_title", models.CharField(blank=True, max_length=60)),
                (
                    "individual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="individuals.individual",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BlockNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("common_id", models.UUIDField()),
                ("owner", models.CharField(max_length=63)),
                ("is_blocked", models.BooleanField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("common_id", "owner"), name="block_notice_once")
                ],
            },
        ),
    ]
