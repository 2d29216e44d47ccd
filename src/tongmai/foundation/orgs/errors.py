"""What can be wrong with a change to organisations, people and posts."""

from tongmai.kernel.errors import Conflict, InvalidInput, NotPermitted, TooMany
from tongmai.kernel.text import N_


class AlreadyExists(Conflict):
    """Facts: `value`."""

    code = "already-exists"
    sentence = N_("“{value}”已经存在，请换一个")


class OrgInUse(Conflict):
    """The organisation cannot be closed while something depends on it.  Facts: `n_posts`, `n_children`, `n_memberships`."""

    code = "org-in-use"
    sentence = N_(
        "还不能停用：有 {n_posts} 个在岗岗位、{n_children} 个下属机构、{n_memberships} 个医联体成员身份，请先结束它们"
    )


class MembershipOverlaps(Conflict):
    """Facts: `org`, `alliance`."""

    code = "membership-overlaps"
    sentence = N_("{org}在这段时间里已经是{alliance}的成员")


class LeadTaken(Conflict):
    """Two leads at a time.  Facts: `alliance`."""

    code = "lead-taken"
    sentence = N_("{alliance}在这段时间里已有牵头单位")


class LeadCannotLeave(Conflict):
    """Facts: `org`."""

    code = "lead-cannot-leave"
    sentence = N_("{org}是牵头单位，请先更换牵头单位，或结束整个医联体")


class AgreementInUse(Conflict):
    """Facts: `n_posts`."""

    code = "agreement-in-use"
    sentence = N_("有 {n_posts} 个岗位在该日之后才开始，请先撤销这些岗位")


class AgreementMissing(Conflict):
    """A licensed person works elsewhere without an agreement that covers the time.  Facts: `name`, `registered`, `org`."""

    code = "agreement-missing"
    sentence = N_("{name}的执业注册地是{registered}；到{org}执业，须有覆盖全部时段的托管、帮扶或派驻协议")


class RolesApart(Conflict):
    """Facts: `name`, `held`, `role`."""

    code = "roles-apart"
    sentence = N_(
        "{name}在这段时间里担任“{held}”，不能同时担任“{role}”：三类管理员须由不同的人担任，且不得兼任接触病历的岗位"
    )


class OneAdministratorPost(Conflict):
    """Facts: `name`."""

    code = "one-administrator-post"
    sentence = N_("{name}在这段时间里已有管理员岗位：一个人同时只能有一个，请先结束原来的")


class LastAdministrator(Conflict):
    """Without another one nobody could do this work, or give anybody the post.  Facts: `role`."""

    code = "last-administrator"
    sentence = N_("这是最后一位“{role}”：请先让另一位上岗并开通账号")


class PostOverlaps(Conflict):
    """Facts: `name`."""

    code = "post-overlaps"
    sentence = N_("{name}在这段时间里已有相同的岗位")


class RoleOutOfPlace(InvalidInput):
    """The role does not exist at such an organisation.  Facts: `field`, `role`, `org`."""

    code = "role-out-of-place"
    sentence = N_("{org}没有“{role}”这一岗位")


class OwnRights(NotPermitted):
    """Nobody gives, takes or resets her own rights."""

    code = "own-rights"
    sentence = N_("不能变更自己的岗位、账号或令牌，请由另一位安全管理员办理")


class WrongPassword(InvalidInput):
    code = "wrong-password"
    sentence = N_("当前密码不正确")


class PasswordMustChange(NotPermitted):
    """Signed in with an initial password: it has to be changed before anything else."""

    code = "password-must-change"
    sentence = N_("请先修改初始密码")


class SecondFactorMissing(NotPermitted):
    """The post asks for a second factor, and the account has none: nothing else may be done before."""

    code = "second-factor-missing"
    sentence = N_("您的岗位须先启用第二种登录验证方式")


class TooManyAttempts(TooMany):
    """Failures at the door; said alike whether there is such an account or not.  Facts: `minutes`, `seconds`."""

    code = "too-many-attempts"
    sentence = N_("登录失败次数过多，已暂停登录。请 {minutes} 分钟后再试；着急请联系本单位的安全管理员。")


class TooFast(TooMany):
    """Facts: `seconds`."""

    code = "too-fast"
    sentence = N_("操作太频繁，请 {seconds} 秒后再试")


class WrongCode(InvalidInput):
    code = "wrong-code"
    sentence = N_("验证码不正确或已经用过，请等下一个")
