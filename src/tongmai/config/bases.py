"""Why may this actor open this person's record?  Each app that knows a reason offers it here."""

from tongmai.commons.residents import reasons as residents
from tongmai.commons.residents.bases import Basis, provide

provide(Basis.SELF)(residents.is_herself)
provide(Basis.GUARDIAN)(residents.is_guardian)
provide(Basis.CONTRACT)(residents.is_family_doctor)
provide(Basis.RESPONSIBLE_AREA)(residents.is_responsible_for_area)
provide(Basis.EMERGENCY)(residents.has_emergency_access)
