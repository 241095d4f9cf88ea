from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0005_open_by_branch_and_in_emergency")]

    operations = [
        migrations.AddField(
            model_name="accesslog",
            name="emergency_id",
            field=models.UUIDField(null=True),
        ),
    ]
