from django.db import migrations, models

KINDS = [
    ("residents", "居民花名册"),
    ("staff", "人员名册"),
    ("contracts", "签约名单"),
    ("capacity", "号源床位计划"),
    ("prices", "价格表"),
    ("codes", "编码对照表"),
    ("limits", "危急值界值表"),
]


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_fewer_indexes")]

    operations = [
        migrations.AlterField(model, "kind", models.CharField(choices=KINDS, max_length=12))
        for model in ("columnchoice", "importrun", "sourcerow")
    ]
