"""The one table of saved views."""

from django.db import models
from django.db.models import Q

from tongmai.kernel.ids import new_id


class SavedView(models.Model):
    """A list as one user likes to see it.  Hers alone; removed for good, since nothing follows from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="saved_views")
    list_name = models.CharField(max_length=40)  # the name of its address: lists.LISTS
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=600)  # of the address, without page and search
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["saved_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "list_name", "name"], name="saved_view_name_once"),
            models.CheckConstraint(name="saved_view_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
