from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("results", "0003_sensitivity")]

    operations = [
        migrations.AddField(
            model_name="request",
            name="category",
            field=models.CharField(
                choices=[("examination", "examination"), ("medicine", "medicine"), ("supply", "supply")],
                db_default="examination",
                default="examination",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="instructions",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("category__in", ["examination", "medicine", "supply"])), name="request_category"
            ),
        ),
    ]
