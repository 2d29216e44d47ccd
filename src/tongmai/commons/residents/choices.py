"""The choices of forms and filters, so that pages need no models."""

from django.utils.translation import gettext_lazy

from tongmai.commons.residents.consent_text import PARTIES as PARTY_LABELS
from tongmai.commons.residents.models import Coverage, EmergencyReview, Identifier, Medium, Sex, Tag, UseConsent
from tongmai.commons.residents.models.contact import Relation
from tongmai.commons.residents.sensitive.rules import KIND_LABELS

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
SENSITIVE_KINDS = [(str(kind), gettext_lazy(label)) for kind, label in KIND_LABELS.items()]
PARTIES = [(str(party), gettext_lazy(label)) for party, label in PARTY_LABELS.items()]
PURPOSES = UseConsent.Purpose.choices
HOW = UseConsent.How.choices
GIVEN = UseConsent.Given.choices
