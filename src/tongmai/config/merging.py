"""What a merge of two entries does with tables that residents know nothing of."""

from tongmai.commons.residents.services.merging import call, may_stay
from tongmai.kernel.text import N_

# The same said of both: the survivor's stands, the other stays where it was.
may_stay("encounters.Allergy", "encounters.MedicationStatement")

# Of these a person can have one at a time: a merge waits until one of two is finished.
call("encounters.Encounter", N_("住院"))
call("encounters.Episode", N_("同一问题的病程"))
call("capacity.BookedPlace", N_("同一时段的预约"))
call("family_doctors.Contract", N_("家庭医生签约"))
call("referrals.Referral", N_("同一病种的转诊"))
