from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="codelist",
            name="system",
            field=models.CharField(
                choices=[
                    ("icd10", "疾病诊断 ICD-10"),
                    ("drugs", "药品"),
                    ("consumables", "医用耗材"),
                    ("charges", "医疗服务项目"),
                ],
                max_length=16,
            ),
        ),
    ]
