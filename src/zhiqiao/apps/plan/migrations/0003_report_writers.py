from django.conf import settings
from django.db import migrations, models


def name_known_writers(apps, _schema_editor):
    report = apps.get_model("plan", "ProgressReport")
    for one in report.objects.exclude(written_by=None).iterator():
        one.writers.add(one.written_by_id)


class Migration(migrations.Migration):
    dependencies = [
        ("plan", "0002_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="progressreport",
            name="writers",
            field=models.ManyToManyField(
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="everybody who wrote in it",
            ),
        ),
        migrations.RunPython(name_known_writers, migrations.RunPython.noop),
    ]
