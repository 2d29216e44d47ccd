# A diagnosis may stand as the word of the referral that brought it.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("encounters", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="encounterdiagnosis",
            name="diagnosis_certainty",
        ),
        migrations.AlterField(
            model_name="encounterdiagnosis",
            name="certainty",
            field=models.CharField(
                choices=[
                    ("confirmed", "确诊"),
                    ("clinical", "临床诊断"),
                    ("suspected", "疑似"),
                    ("referred", "转诊诊断，待确认"),
                ],
                default="confirmed",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="encounterdiagnosis",
            constraint=models.CheckConstraint(
                condition=models.Q(("certainty__in", ["confirmed", "clinical", "suspected", "referred"])),
                name="diagnosis_certainty",
            ),
        ),
    ]
