"""What can go wrong with a person's identity and record."""

from tongmai.kernel.errors import Conflict, InvalidInput, NotPermitted
from tongmai.kernel.text import N_


class AlreadyRegistered(Conflict):
    """The number belongs to a resident whom this actor may find.  Fact: `resident_id`."""

    code = "already-registered"
    sentence = N_("该证件号码已建档，请打开已有档案")

    @property
    def resident_id(self):
        """Return whom the number belongs to."""
        return self.facts["resident_id"]


class IdentifierTaken(Conflict):
    """The number belongs to somebody out of this actor's reach; who it is, is not said."""

    code = "identifier-taken"
    sentence = N_("该证件号码已在其他地区建档。请核对姓名，并用“凭证件查找”调入")


class NumberTaken(Conflict):
    """A card or code with this number was handed out before; numbers are never used again."""

    code = "number-taken"
    sentence = N_("该卡号已发放过，不能再次使用")


class BasisNeeded(NotPermitted):
    """The resident may be found, but there is no reason to open her record.  Fact: `resident_id`."""

    code = "basis-needed"
    sentence = N_("您目前没有查阅该居民档案的依据。如遇紧急情况，可说明理由后查阅，系统会通知其家庭医生和管理者")


class DoesNotMatch(InvalidInput):
    """No resident has both this name and this number."""

    code = "does-not-match"
    sentence = N_("没有姓名与证件号码都相符的居民")
