# A later list finds a row again by what its own list said.

from django.db import migrations, models


def keep_present_keys(apps, _schema_editor):
    recognitions = apps.get_model("projects", "Recognition").objects
    imported = recognitions.filter(import_batch__isnull=False)
    imported.update(imported_key=models.F("natural_key"))


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_outbox'),
        ('projects', '0001_initial'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='recognition',
            name='imported_key',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.RunPython(keep_present_keys, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='recognition',
            index=models.Index(fields=['natural_key'], name='projects_recognition_key'),
        ),
        migrations.AddIndex(
            model_name='recognition',
            index=models.Index(fields=['imported_key'], name='projects_recognition_imported'),
        ),
    ]
