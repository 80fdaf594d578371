from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_body_clerk")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="must_be_confirmed",
            field=models.BooleanField(default=False, verbose_name="must be confirmed"),
        ),
    ]
