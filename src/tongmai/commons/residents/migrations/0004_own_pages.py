import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ADULT = 18  # as it was when this was written; afterwards the policy residents.adult_age says


def fill(apps, schema_editor):
    """Guardianships that began while the ward was a child end when she has grown up."""
    rows = apps.get_model("residents", "Guardian").objects.filter(resident__born_on__isnull=False)
    for row in rows.select_related("resident").iterator():
        born_on = row.resident.born_on
        leap = (born_on.month, born_on.day) == (2, 29)
        grown_up_on = born_on.replace(year=born_on.year + ADULT, **({"month": 3, "day": 1} if leap else {}))
        if row.starts_on < grown_up_on:
            row.grown_up_on = grown_up_on
            row.save(update_fields=["grown_up_on"])


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0003_search_by_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("guardian", "grown_up_on", models.DateField(blank=True, null=True)),
        migrations.AddField("phone", "checked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "phone",
            "checked_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]  # fmt: skip
