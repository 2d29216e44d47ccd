"""The roles that a post can have."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    VILLAGE_DOCTOR = "village_doctor", _("村医")
    GENERAL_PRACTITIONER = "general_practitioner", _("全科医生")
    NURSE = "nurse", _("护士")
    REGISTRAR = "registrar", _("挂号收费员")
    TECHNICIAN = "technician", _("技师")
    SPECIALIST = "specialist", _("专科医生")
    REPORTING_DOCTOR = "reporting_doctor", _("诊断医生")
    PHARMACIST = "pharmacist", _("药师")
    REFERRAL_COORDINATOR = "referral_coordinator", _("转诊专员")
    RESOURCE_MANAGER = "resource_manager", _("号源床位管理员")
    INSURANCE_OFFICER = "insurance_officer", _("医保专员")
    MANAGER = "manager", _("管理者")
    HEALTH_COMMISSION = "health_commission", _("卫健委监管员")
    CDC_OFFICER = "cdc_officer", _("疾控人员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")
    RESIDENT = "resident", pgettext_lazy("role", "居民")
    SYSTEM = "system", _("系统")


CLINICAL = frozenset({Role.VILLAGE_DOCTOR, Role.GENERAL_PRACTITIONER, Role.SPECIALIST})
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# Who may not work away from the place of registration without an agreement (执业地点).
LICENSED = frozenset(
    {Role.VILLAGE_DOCTOR, Role.GENERAL_PRACTITIONER, Role.SPECIALIST, Role.REPORTING_DOCTOR, Role.NURSE}
)
# Who comes into contact with residents' records; an administrator may hold none of these beside her post.
RECORD_SIDE = LICENSED | {Role.REGISTRAR, Role.TECHNICIAN, Role.PHARMACIST, Role.REFERRAL_COORDINATOR}
# Roles that are posts of people at organisations: all but the resident herself and the system.
GRANTABLE = frozenset(Role) - {Role.RESIDENT, Role.SYSTEM}
