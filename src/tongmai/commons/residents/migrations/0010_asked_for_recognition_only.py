from django.db import migrations, models

from tongmai.commons.residents.reading.rules import Kind


class Migration(migrations.Migration):
    dependencies = [("residents", "0009_derived_rows_proved_by_check")]

    operations = [
        migrations.RemoveConstraint(model_name="readingfinding", name="finding_kind"),
        migrations.AlterField(
            model_name="readingfinding",
            name="kind",
            field=models.CharField(choices=[(each.value, each.value) for each in Kind], max_length=16),
        ),
        migrations.AddConstraint(
            model_name="readingfinding",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", list(Kind))), name="finding_kind"),
        ),
    ]
