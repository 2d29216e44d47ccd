"""Who may agree for a child (个人信息保护法 第三十一条), and from when somebody decides herself."""

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


def grown_up_on(born_on: date | None, *, on: date) -> date | None:
    """Return the first day on which somebody born then decides herself; None for one whose birth is unknown."""
    if born_on is None:
        return None
    year = born_on.year + policy.value("residents.adult_age", on=on).int
    is_leap_day = (born_on.month, born_on.day) == (2, 29)
    return date(year, 3, 1) if is_leap_day else born_on.replace(year=year)


def end_of_guardianship(born_on: date | None, *, starts_on: date, on: date) -> date | None:
    """Return when a guardianship that begins on `starts_on` ends by itself; None for that of an adult."""
    grown_up = grown_up_on(born_on, on=on)
    return grown_up if grown_up is not None and starts_on < grown_up else None
