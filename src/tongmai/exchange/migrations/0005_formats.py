from django.db import migrations, models

FORMATS = [('hl7v2', 'HL7 v2'), ('cda', 'CDA')]


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0004_columns_and_kinds'),
    ]

    operations = [
        migrations.AddField('inboundmessage', 'format', models.CharField(choices=FORMATS, default='hl7v2', max_length=8)),
        migrations.AddConstraint(
            'inboundmessage',
            models.CheckConstraint(condition=models.Q(('format__in', ['hl7v2', 'cda'])), name='inbound_format'),
        ),
    ]
