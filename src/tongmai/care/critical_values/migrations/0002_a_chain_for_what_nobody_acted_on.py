from django.conf import settings
from django.db import migrations, models
from django.db.models import F

from tongmai.care.critical_values.states import Owed


def count_from_the_reading_back(apps, schema_editor):
    """What was read back and not acted on counts its minutes from then; the chain begins anew."""
    values = apps.get_model("critical_values", "CriticalValue")
    values.objects.filter(state="acknowledged").update(clock_from=F("acknowledged_at"), escalated_minutes=0)


class Migration(migrations.Migration):
    dependencies = [
        ("critical_values", "0001_initial"),
        ("orgs", "0002_sign_ins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="transition", name="critical_rung_once"),
        migrations.AddField(
            model_name="notice",
            name="owed",
            field=models.CharField(choices=[(each, each) for each in Owed], default=Owed.ANSWER, max_length=6),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("owed__in", list(Owed))), name="critical_notice_owed"
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("step", "escalate")),
                fields=("value", "from_state", "minutes"),
                name="critical_rung_once",
            ),
        ),
        migrations.RunPython(count_from_the_reading_back, migrations.RunPython.noop),
    ]
