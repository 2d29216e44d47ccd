import django.db.models.deletion
import tongmai.commons.residents.reading.rules
import tongmai.commons.residents.reading.states
import tongmai.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0002_sign_ins'),
        ('residents', '0006_merge_stood'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReaderDay',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('user_id', models.UUIDField()),
                ('role', models.CharField(max_length=32)),
                ('county_code', models.CharField(blank=True, max_length=6)),
                ('on', models.DateField()),
                ('n_reads', models.PositiveIntegerField()),
                ('n_residents', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['role', 'on'], name='readerday_of_role')],
                'constraints': [models.UniqueConstraint(fields=('user_id', 'on'), name='readerday_once')],
            },
        ),
        migrations.CreateModel(
            name='ReadingFinding',
            fields=[
                ('id', models.UUIDField(default=tongmai.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=160, unique=True)),
                ('kind', models.CharField(choices=[('volume', 'volume'), ('no_action', 'no_action'), ('neighbour', 'neighbour'), ('same_name', 'same_name'), ('colleague', 'colleague'), ('emergency_only', 'emergency_only'), ('gone', 'gone'), ('sensitive', 'sensitive')], max_length=16)),
                ('state', models.CharField(choices=[('open', 'open'), ('asked', 'asked'), ('answered', 'answered'), ('explained', 'explained'), ('escalated', 'escalated')], default=tongmai.commons.residents.reading.states.State['OPEN'], max_length=12)),
                ('on', models.DateField()),
                ('reader_name', models.CharField(max_length=60)),
                ('reader_org_name', models.CharField(max_length=120)),
                ('reader_role', models.CharField(max_length=32)),
                ('county_code', models.CharField(blank=True, max_length=6)),
                ('n', models.PositiveIntegerField()),
                ('of', models.PositiveIntegerField(null=True)),
                ('most', models.DecimalField(decimal_places=1, max_digits=8, null=True)),
                ('own_usual', models.DecimalField(decimal_places=1, max_digits=8, null=True)),
                ('role_usual', models.DecimalField(decimal_places=1, max_digits=8, null=True)),
                ('days', models.PositiveSmallIntegerField(null=True)),
                ('found_at', models.DateTimeField()),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reader_org', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.org')),
                ('resident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.resident')),
            ],
            options={
                'ordering': ['-on', '-found_at', 'id'],
                'indexes': [
                    models.Index(fields=['county_code', 'state', '-on'], name='finding_of_county'),
                    models.Index(fields=['reader', 'state'], name='finding_of_reader'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', [tongmai.commons.residents.reading.rules.Kind['VOLUME'], tongmai.commons.residents.reading.rules.Kind['NO_ACTION'], tongmai.commons.residents.reading.rules.Kind['NEIGHBOUR'], tongmai.commons.residents.reading.rules.Kind['SAME_NAME'], tongmai.commons.residents.reading.rules.Kind['COLLEAGUE'], tongmai.commons.residents.reading.rules.Kind['EMERGENCY_ONLY'], tongmai.commons.residents.reading.rules.Kind['GONE'], tongmai.commons.residents.reading.rules.Kind['SENSITIVE']])), name='finding_kind'),
                    models.CheckConstraint(condition=models.Q(('state__in', [tongmai.commons.residents.reading.states.State['OPEN'], tongmai.commons.residents.reading.states.State['ASKED'], tongmai.commons.residents.reading.states.State['ANSWERED'], tongmai.commons.residents.reading.states.State['EXPLAINED'], tongmai.commons.residents.reading.states.State['ESCALATED']])), name='finding_state'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ReadingTransition',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('step', models.CharField(max_length=12)),
                ('to_state', models.CharField(max_length=12)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=60)),
                ('by_org_name', models.CharField(blank=True, max_length=120)),
                ('by_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transitions', to='residents.readingfinding')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
    ]
