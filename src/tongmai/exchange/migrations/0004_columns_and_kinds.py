import itertools

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

KINDS = [('residents', '居民花名册'), ('staff', '人员名册'), ('contracts', '签约名单'), ('capacity', '号源床位计划'), ('prices', '价格表')]
STATES = ['mapping', 'checking', 'checked', 'applying', 'applied', 'abandoned']
STEPS = ['map', 'finish_check', 'confirm', 'finish', 'abandon']


def cells_in_columns(apps, schema_editor):
    """Rows were kept by field: now in the order of the head, which for these runs is that of the fields.

    Which column of the file a field came from was not kept, so the line of its headings goes, and there is no way back.
    """
    Run, Row = apps.get_model('exchange', 'ImportRun'), apps.get_model('exchange', 'ImportRow')
    for run in Run.objects.all():
        rows = Row.objects.filter(run=run).order_by('id')
        fields = sorted(set(itertools.chain.from_iterable(rows.values_list('cells', flat=True))))
        run.head, run.places = fields, {field: at for at, field in enumerate(fields)}
        last = list(rows.order_by('line').values_list('line', flat=True)[:run.done_rows])[-1:]
        run.scope, run.done_line = run.county_code, last[0] if last else 0
        run.save(update_fields=['head', 'places', 'scope', 'done_line'])
        for row in rows.iterator(chunk_size=2_000):
            row.cells = [row.cells.get(field, '') for field in fields]
            row.save(update_fields=['cells'])


def whose(apps, schema_editor):
    """What was remembered belongs to the county whose import used it last."""
    Run = apps.get_model('exchange', 'ImportRun')
    for name in ('SourceRow', 'ColumnChoice'):
        last = Run.objects.filter(kind=OuterRef('kind'), source=OuterRef('source')).order_by('-created_at')
        rows = apps.get_model('exchange', name).objects
        rows.update(scope=Coalesce(Subquery(last.values('county_code')[:1]), models.Value('')))


def nothing(apps, schema_editor):
    """The columns go; what was remembered stays."""


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0003_intake'),
    ]

    operations = [
        *(
            migrations.AlterField(model, 'kind', models.CharField(choices=KINDS, max_length=12))
            for model in ('columnchoice', 'importrun', 'sourcerow')
        ),
        migrations.RemoveConstraint('importrun', 'import_state'),
        migrations.AlterField(
            'importrun', 'state', models.CharField(choices=[(s, s) for s in STATES], default='checking', max_length=10)
        ),
        migrations.AlterField('importtransition', 'step', models.CharField(choices=[(s, s) for s in STEPS], max_length=16)),
        migrations.AlterField(
            'importtransition', 'to_state', models.CharField(choices=[(s, s) for s in STATES], max_length=10)
        ),
        migrations.AddConstraint(
            'importrun', models.CheckConstraint(condition=Q(('state__in', STATES)), name='import_state')
        ),
        migrations.AddField('importrun', 'places', models.JSONField(default=dict)),
        migrations.AddField('importrun', 'scope', models.CharField(blank=True, default='', max_length=36), preserve_default=False),
        migrations.AddField('importrun', 'done_line', models.PositiveIntegerField(default=0)),
        migrations.AddField('importrow', 'number_key', models.CharField(blank=True, default='', max_length=16), preserve_default=False),
        migrations.AddField('sourcerow', 'scope', models.CharField(blank=True, default='', max_length=36), preserve_default=False),
        migrations.AddField('columnchoice', 'scope', models.CharField(blank=True, default='', max_length=36), preserve_default=False),
        migrations.AlterField('columnchoice', 'heading', models.CharField(blank=True, max_length=120)),
        migrations.RunPython(cells_in_columns),
        migrations.RunPython(whose, nothing),
        migrations.RemoveConstraint('sourcerow', 'sourcerow_once_per_identity'),
        migrations.AddConstraint(
            'sourcerow',
            models.UniqueConstraint(fields=('kind', 'scope', 'source', 'identity'), name='sourcerow_once_per_identity'),
        ),
        migrations.RemoveConstraint('columnchoice', 'columnchoice_once'),
        migrations.AddConstraint(
            'columnchoice',
            models.UniqueConstraint(fields=('kind', 'scope', 'source', 'field'), name='columnchoice_once'),
        ),
        migrations.AddIndex(
            'importrow',
            models.Index(condition=~Q(number_key=''), fields=['run', 'number_key'], name='importrow_by_number'),
        ),
    ]
