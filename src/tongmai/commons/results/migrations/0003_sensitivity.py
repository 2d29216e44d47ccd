from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from tongmai.commons.results import marking


def mark(apps, schema_editor):
    """What is stored already gets its sensitive kinds; repeated every night for what policy says later."""
    marking.mark(timezone.localdate(), marking.of_migration(apps))


class Migration(migrations.Migration):

    dependencies = [
        ('encounters', '0003_sensitivity'),
        ('orgs', '0002_sign_ins'),
        ('residents', '0005_consents'),
        ('results', '0002_shared_documents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='sensitivity',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='report',
            name='sensitivity',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='request',
            name='sensitivity',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('sensitivity', ''), _negated=True), fields=['resident'], name='document_sensitive'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('sensitivity', ''), _negated=True), fields=['resident'], name='report_sensitive'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('sensitivity', ''), _negated=True), fields=['resident'], name='request_sensitive'),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
