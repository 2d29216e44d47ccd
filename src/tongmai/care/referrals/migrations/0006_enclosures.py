import django.db.models.deletion
import tongmai.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ecg', '0001_initial'),
        ('referrals', '0005_open_work'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.UUIDField(default=tongmai.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('enclosed_at', models.DateTimeField()),
                ('enclosed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ecg.recording')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enclosures', to='referrals.referral')),
            ],
            options={
                'ordering': ['enclosed_at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('referral', 'recording'), name='referral_enclosed_once')],
            },
        ),
    ]
