"""What can go wrong with the record."""

from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_


class ResidentDeceased(Conflict):
    """A death is entered for this person."""

    code = "resident-deceased"
    sentence = N_("该居民已登记死亡，不能开始新的就诊。如登记有误，请先更正")


class NotOpenForWriting(Conflict):
    """The encounter is not in progress.  Fact: `state`."""

    code = "encounter-not-open"
    sentence = N_("本次就诊不在进行中。补记请先说明原因重新打开")


class AlreadyAdmitted(Conflict):
    """The person has a stay in this organisation that is not finished."""

    code = "already-admitted"
    sentence = N_("该居民正在本机构住院，请先办理出院")


class CannotFinish(InvalidInput):
    """Something that the end of this encounter needs is missing.  Facts: `field`, `problem`."""

    code = "cannot-finish"
