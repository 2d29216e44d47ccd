"""The closed lists that forms and the API offer."""

from tongmai.care.family_doctors.models import Contract, TeamMember
from tongmai.commons.residents.models import Tag

How = Contract.How
Part = TeamMember.Part
Group = Tag.Kind
