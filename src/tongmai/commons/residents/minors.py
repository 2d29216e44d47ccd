"""Who may agree for a child (个人信息保护法 第三十一条)."""

from datetime import date
from uuid import UUID

from tongmai.commons.residents.models import Resident
from tongmai.commons.residents.rules import age_on
from tongmai.foundation.orgs import policy
from tongmai.kernel.text import N_

GUARDIAN_NEEDED = N_("不满规定年龄的儿童，须由父母或其他监护人同意")


def needs_guardian(resident_id: UUID, on: date) -> bool:
    """Whether the person is too young on that day to agree herself; one whose birth is unknown counts as grown up."""
    born_on = Resident.objects.values_list("born_on", flat=True).get(id=resident_id)
    return born_on is not None and age_on(born_on, on) < policy.value("residents.guardian_before", on=on).int
