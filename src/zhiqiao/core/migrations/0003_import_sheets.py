from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_rights")]

    operations = [
        migrations.RenameField("importbatch", "notices", "other_sheets"),
        migrations.AlterField(
            "importbatch",
            "other_sheets",
            models.JSONField(default=list, verbose_name="other sheets"),
        ),
    ]
