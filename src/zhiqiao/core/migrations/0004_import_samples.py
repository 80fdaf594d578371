from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_import_sheets")]

    operations = [
        migrations.AddField(
            "importbatch",
            "samples",
            models.JSONField(default=list, verbose_name="first rows"),
        ),
    ]
