from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from tongmai.commons.encounters import marking


def mark(apps, schema_editor):
    """What is stored already gets its sensitive kinds; repeated every night for what policy says later."""
    marking.mark(timezone.localdate(), marking.of_migration(apps))


class Migration(migrations.Migration):

    dependencies = [
        ('encounters', '0002_referred_diagnosis'),
        ('orgs', '0002_sign_ins'),
        ('residents', '0004_own_pages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='encounter',
            name='sensitivity',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='encounterdiagnosis',
            name='sensitivity',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='episode',
            name='sensitivity',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='medicationstatement',
            name='sensitivity',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddIndex(
            model_name='encounter',
            index=models.Index(condition=models.Q(('sensitivity', ''), _negated=True), fields=['resident'], name='encounter_sensitive'),
        ),
        migrations.AddIndex(
            model_name='episode',
            index=models.Index(condition=models.Q(('sensitivity', ''), _negated=True), fields=['resident'], name='episode_sensitive'),
        ),
        migrations.AddIndex(
            model_name='medicationstatement',
            index=models.Index(condition=models.Q(('sensitivity', ''), _negated=True), fields=['resident'], name='medication_sensitive'),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
