"""The text of the agreement: content, flow, rights and risks (互联网诊疗管理办法 art. 15 asks for these online)."""

from tongmai.kernel.text import N_

TEXT_VERSION = "2026-11"  # a changed text gets a new version; contracts name the one that was agreed to

CONTENT = (
    N_("团队提供基本医疗、健康评估、健康指导、预约与转诊服务，并按规定提供基本公共卫生服务。"),
    N_("由签约医生转诊的，优先预约上级医院专家号、检查和住院床位。"),
)
RIGHTS = (
    N_("居民可以自愿选择团队，可以提出解约；解约自登记之日起生效。"),
    N_("居民可以查看谁在何时打开过自己的健康档案，可以要求更正错误。"),
)
RISKS = (
    N_("家庭医生服务不能代替急救；病情紧急请立即拨打 120。"),
    N_("居民应如实说明病史、过敏和用药情况；隐瞒可能带来风险。"),
)
