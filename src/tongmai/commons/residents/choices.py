"""The choices of forms and filters, so that pages need no models."""

from tongmai.commons.residents.models import Coverage, EmergencyReview, Identifier, Medium, Sex, Tag
from tongmai.commons.residents.models.contact import Relation

SEXES = Sex.choices
ID_KINDS = [choice for choice in Identifier.Kind.choices if choice[0] != Identifier.Kind.HEALTH_FILE]
ALL_ID_KINDS = Identifier.Kind.choices
MEDIUM_KINDS = Medium.Kind.choices
RELATIONS = Relation.choices
GUARDIAN_RELATIONS = [choice for choice in Relation.choices if choice[0] != Relation.SELF]
SCHEMES = Coverage.Scheme.choices
GROUPS = Tag.Kind.choices
GROUP_SOURCES = Tag.Source.choices
VERDICTS = EmergencyReview.Verdict.choices
