"""What can go wrong with a person's identity and record."""

from django.urls import reverse

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


class CounterNeeded(NotPermitted):
    """She cannot come in by a code; what is in the way is said at the counter, to her."""

    code = "counter-needed"
    sentence = N_("目前不能用短信验证码登录。请带身份证和手机到就近的医疗机构窗口，由工作人员核对后开通")


class DoesNotMatch(InvalidInput):
    """No resident has both this name and this number."""

    code = "does-not-match"
    sentence = N_("没有姓名与证件号码都相符的居民")


class EntryMerged(Conflict):
    """The entry was merged into another one.  Fact: `resident_id`, of the entry that stands for the person now."""

    code = "entry-merged"
    sentence = N_("该档案已并入同一居民的另一份档案，请打开合并后的档案")

    @property
    def instead_href(self) -> str:
        """Return the address of the entry that stands for the person now."""
        return reverse("portal:resident", args=[self.facts["resident_id"]])


class MergeBlocked(Conflict):
    """Both entries have something of which a person can have one only.  Fact: `what`, the table."""

    code = "merge-blocked"
    sentence = N_("两份档案都有只能存在一份的在办内容（{what}），请先办结其中一份再合并")


class PartingBlocked(Conflict):
    """Of what came since the merge, one thing has no place beside what the retired entry has.  Fact: `what`."""

    code = "parting-blocked"
    sentence = N_("“{what}”在撤销后的档案中已有一份，不能再归过去，请改归另一份档案")


class NotTheLastMerge(Conflict):
    """The survivor was merged into another entry since.  Fact: `resident_id`, of that entry."""

    code = "not-the-last-merge"
    sentence = N_("合并后的档案又并入了另一份档案，请先撤销后一次合并")
