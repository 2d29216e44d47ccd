from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("encounters", "0003_sensitivity")]

    operations = [
        migrations.AddField(
            model_name="encounter",
            name="doctor",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
    ]
