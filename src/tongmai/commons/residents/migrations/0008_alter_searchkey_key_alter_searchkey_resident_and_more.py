import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0007_unusual_reading"),
    ]

    operations = [
        migrations.AlterField(
            model_name="searchkey",
            name="key",
            field=models.CharField(max_length=80),
        ),
        migrations.AlterField(
            model_name="searchkey",
            name="resident",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to="residents.resident",
            ),
        ),
        migrations.AddIndex(
            model_name="searchkey",
            index=models.Index(fields=["key"], name="searchkey_by_key", opclasses=["varchar_pattern_ops"]),
        ),
    ]
