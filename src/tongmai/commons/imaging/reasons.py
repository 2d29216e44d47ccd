"""What this app knows of why a record is opened, and what in it is sensitive."""

from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.imaging.models import Study


def marked_studies(resident_id: UUID) -> QuerySet:
    """Return the kinds and the organisation of each sensitive study of the person."""
    return Study.objects.filter(resident_id=resident_id).exclude(sensitivity="").values_list("sensitivity", "org_id")
