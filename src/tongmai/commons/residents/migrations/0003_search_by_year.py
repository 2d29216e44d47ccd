from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import ExtractYear


def fill(apps, schema_editor):
    residents = apps.get_model("residents", "Resident").objects.filter(id=OuterRef("resident_id"))
    year = residents.annotate(year=ExtractYear("born_on")).values("year")
    apps.get_model("residents", "SearchKey").objects.update(born_year=Subquery(year))


class Migration(migrations.Migration):
    dependencies = [("residents", "0002_resident_index")]

    operations = [
        migrations.AddField("searchkey", "born_year", models.PositiveSmallIntegerField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "searchkey",
            models.Index(
                fields=["born_year", "key"], name="searchkey_of_year", opclasses=["int2_ops", "varchar_pattern_ops"]
            ),
        ),
    ]
