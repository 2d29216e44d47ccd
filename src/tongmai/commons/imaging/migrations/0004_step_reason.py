from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imaging', '0003_not_taken'),
    ]

    operations = [
        migrations.AddField(
            model_name='performedstep',
            name='reason',
            field=models.CharField(blank=True, max_length=120),
        ),
    ]
