import django.db.models.deletion
from django.db import migrations, models

FORMATS = ['text', 'pdf', 'html', 'rtf', 'xml', 'cda', 'image', 'other']
LEVELS = ['normal', 'restricted', 'very_restricted']
PARTS = ['author', 'custodian', 'signer', 'authenticator', 'enterer', 'informant', 'performer', 'responsible']


class Migration(migrations.Migration):

    dependencies = [
        ('results', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint('document', 'document_format'),
        migrations.AlterField('document', 'format', models.CharField(choices=[(f, f) for f in FORMATS], max_length=8)),
        migrations.AddConstraint(
            'document', models.CheckConstraint(condition=models.Q(('format__in', FORMATS)), name='document_format')
        ),
        *(
            migrations.AddField(
                'document', name, models.CharField(blank=True, default='', max_length=length), preserve_default=False
            )
            for name, length in (
                ('set_number', 199), ('kind_system', 64), ('kind_name', 80), ('language', 16), ('visit_number', 80), ('event_name', 200),
            )
        ),
        migrations.AddField('document', 'version_number', models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField('document', 'event_started_at', models.DateTimeField(blank=True, null=True)),
        migrations.AddField('document', 'event_ended_at', models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            'document', 'confidentiality',
            models.CharField(choices=[(c, c) for c in LEVELS], default='normal', max_length=16),
        ),
        migrations.AddConstraint(
            'document',
            models.CheckConstraint(condition=models.Q(('confidentiality__in', LEVELS)), name='document_confidentiality'),
        ),
        migrations.AddField(
            'document', 'supplements',
            models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                              related_name='supplemented_by', to='results.document'),
        ),
        migrations.CreateModel(
            name='DocumentBody',
            fields=[
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True,
                                                  related_name='body', serialize=False, to='results.document')),
                ('media_type', models.CharField(max_length=80)),
                ('content', models.BinaryField()),
                ('n_bytes', models.PositiveIntegerField()),
            ],
            options={'abstract': False},
        ),
        migrations.CreateModel(
            name='DocumentParticipant',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('part', models.CharField(choices=[(p, p) for p in PARTS], max_length=16)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('number', models.CharField(blank=True, max_length=120)),
                ('org_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT,
                                               related_name='participants', to='results.document')),
            ],
            options={
                'ordering': ['document', 'position'],
                'constraints': [
                    models.UniqueConstraint(fields=('document', 'position'), name='documentparticipant_once'),
                    models.CheckConstraint(condition=models.Q(('part__in', PARTS)), name='documentparticipant_part'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DocumentSection',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('depth', models.PositiveSmallIntegerField()),
                ('code', models.CharField(blank=True, max_length=60)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('html', models.TextField(blank=True)),
                ('n_entries', models.PositiveIntegerField(default=0)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sections',
                                               to='results.document')),
            ],
            options={
                'ordering': ['document', 'position'],
                'constraints': [
                    models.UniqueConstraint(fields=('document', 'position'), name='documentsection_once'),
                ],
            },
        ),
    ]
