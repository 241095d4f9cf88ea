import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0005_log_what_storelog_asks"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("common_id", models.UUIDField(db_index=True)),
                ("reader", models.CharField(max_length=63)),
                ("unit_id", models.CharField(max_length=32)),
                ("unit_name", models.CharField(max_length=100)),
                ("staff_id", models.UUIDField()),
                ("staff_name", models.CharField(max_length=100)),
                ("title", models.CharField(max_length=60)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("danger_to_life", "Fara för den enskildes liv"),
                            ("serious_risk", "Annars allvarlig risk för den enskildes hälsa"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("needs_second", models.BooleanField(default=False)),
                ("second_id", models.UUIDField(null=True)),
                ("second_name", models.CharField(blank=True, max_length=100)),
                ("second_title", models.CharField(blank=True, max_length=60)),
                ("opened_at", models.DateTimeField(null=True)),
                ("closes_at", models.DateTimeField(null=True)),
                ("follow_up_due_at", models.DateTimeField()),
                ("overdue_at", models.DateTimeField(null=True)),
                ("followed_up_at", models.DateTimeField(null=True)),
                ("followed_up_by", models.CharField(blank=True, max_length=100)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("justified", "Befogad"), ("not_justified", "Inte befogad")],
                        max_length=20,
                    ),
                ),
                ("comment", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="EmergencySetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(default=60)),
            ],
        ),
        migrations.CreateModel(
            name="EmergencySight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=63)),
                ("has_unblocked", models.BooleanField(null=True)),
                ("has_blocked", models.BooleanField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("lift_asked_at", models.DateTimeField(null=True)),
                (
                    "lift_answer",
                    models.CharField(
                        blank=True,
                        choices=[("lifted", "Spärren är hävd"), ("refused", "Spärren ligger kvar")],
                        max_length=10,
                    ),
                ),
                ("lift_answered_at", models.DateTimeField(null=True)),
                ("lift_answered_by", models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="opening",
            name="opening_once",
        ),
        migrations.AddField(
            model_name="opening",
            name="branch",
            field=models.CharField(db_default="health_care", max_length=30),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.UniqueConstraint(
                fields=("common_id", "viewer", "branch", "info_class"), name="opening_once"
            ),
        ),
        migrations.AddIndex(
            model_name="emergencyaccess",
            index=models.Index(fields=["staff_id", "asked_at"], name="emergency_staff"),
        ),
        migrations.AddIndex(
            model_name="emergencyaccess",
            index=models.Index(
                condition=models.Q(("followed_up_at", None)),
                fields=["follow_up_due_at"],
                name="emergency_follow_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencysetting",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gte", 15), ("minutes__lte", 240)),
                name="emergency_minutes",
            ),
        ),
        migrations.AddField(
            model_name="emergencysight",
            name="access",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sights",
                to="sharing.emergencyaccess",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencysight",
            constraint=models.UniqueConstraint(fields=("access", "owner"), name="sight_once"),
        ),
    ]
