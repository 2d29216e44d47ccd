from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0005_consents")]

    operations = [
        migrations.AddField(model_name="merge", name="stood", field=models.JSONField(null=True)),
    ]
