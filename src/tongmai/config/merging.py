"""What a merge of two entries does with tables that residents know nothing of."""

from tongmai.commons.residents.services.later import ask_origins, name_rows
from tongmai.commons.residents.services.merging import call, may_stay
from tongmai.exchange import origins
from tongmai.kernel.text import N_

# The same said of both: the survivor's stands, the other stays where it was.
may_stay("resident_requests.LogRead", "recognition.Asking", "recognition.Shown")
may_stay("encounters.Allergy", "encounters.MedicationStatement")

# Of these a person can have one at a time: a merge waits until one of two is finished.
call("encounters.Encounter", N_("住院"))
call("encounters.Episode", N_("同一问题的病程"))
call("capacity.BookedPlace", N_("同一时段的预约"))
call("family_doctors.Contract", N_("家庭医生签约"))
call("referrals.Referral", N_("同一病种的转诊"))
call("recognition.Decision", N_("同一天对同一项目的互认"))
call("residents.SharingChoice", N_("共享意愿"))  # which of two counts is not guessed: one is withdrawn first
call("residents.UseConsent", N_("诊疗以外的使用"))
call("resident_requests.WardRequest", N_("添加同一名家庭成员的申请"))

# What came after a merge is told by these words when the merge is undone; of rows that go together by the first of them.
# Who undoes it reads no records: she is told what it is, where and when, and nothing of what it says.
name_rows("referrals.Referral", N_("转诊"), title=["number"], at=["created_at"], org="sender__short_name")
name_rows("family_doctors.Contract", N_("签约"), title=["number"], at=["created_at"], org="team__org__short_name")
name_rows("encounters.Encounter", N_("就诊"), at=["started_at", "planned_for"], org="org__short_name")
name_rows("capacity.Booking", N_("预约"), at=["starts_at"], org="resource__org__short_name")
name_rows("results.Report", N_("检查检验报告"), at=["issued_at", "received_at"], org="org__short_name")
name_rows("results.Document", N_("外来文书"), at=["written_at", "received_at"], org="org__short_name")
name_rows("results.Request", N_("医嘱申请"), at=["requested_at", "received_at"], org="org__short_name")
name_rows("critical_values.CriticalValue", N_("危急值"), at=["raised_at"], org="org__short_name", is_drawn=True)
name_rows("recognition.Decision", N_("结果互认"), title=["item_name"], at=["decided_at"], org="org__short_name")
name_rows("recognition.Asking", N_("互认查询"), at=["asked_at"], org="org__short_name")
name_rows("recognition.Shown", N_("互认提示"), at=["shown_at"], org="org__short_name")
name_rows("encounters.Episode", N_("诊疗过程"), at=["opened_at"], org="opened_org__short_name")
name_rows("encounters.Allergy", N_("过敏"), at=["recorded_at"])
name_rows("encounters.MedicationStatement", N_("用药"), at=["recorded_at"])
name_rows("residents.SharingChoice", N_("共享意愿"), at=["decided_at"])
name_rows("residents.UseConsent", N_("诊疗以外的使用"), title=["recipient"], at=["decided_at"])
name_rows("capacity.Refusal", N_("无号登记"), at=["refused_at"])
name_rows("capacity.Ban", N_("黑名单"), at=["banned_at"])

ask_origins(origins.numbers_of)
