# The night of a stay that had no bed.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="slotissue",
            name="full_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
