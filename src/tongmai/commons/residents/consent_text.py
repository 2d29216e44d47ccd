"""What a resident is told before she decides about her record, and the words of what she may decide."""

from tongmai.commons.residents.sensitive.rules import Party
from tongmai.kernel.text import N_

TEXT_VERSION = "2026-11"  # a changed text gets a new version; decisions name the one that was shown

SHARING = (
    N_("医共体各成员机构共用一份健康档案；查阅须有依据，每次查阅都有记录，本人可以查看。"),
    N_("可以拒绝共享全部档案，或只对某一机构拒绝；正在诊治的机构、接收转诊的机构和紧急抢救不受影响。"),
    N_(
        "艾滋病、性传播疾病、精神障碍、物质依赖、生育等记录默认只有诊治该病的机构可见，经本人同意才向签约医生或其他机构开放。"
    ),
    N_("决定可以随时更改或撤回；撤回前的查阅不受影响。拒绝共享不影响就诊，但医生可能看不到既往情况。"),
)
USE = (
    N_("将个人健康信息用于诊疗以外的目的须单独同意：写明用途、使用方和期限，不同意不影响就诊。"),
    N_("只在所写的用途、使用方和期限内有效；另有用途或使用方的须另行同意。"),
    N_("可以随时撤回；撤回后不再提供，已经依法使用的部分不受影响。"),
)
PARTIES = {
    Party.MEMBERS: N_("全部成员机构"),
    Party.CONTRACT: N_("签约的家庭医生"),
    Party.ORG: N_("指定机构"),
}
