"""What a facility of each kind has in the demonstration: departments, wards, clinics, machines and posts.

Sizes are cut to what a demonstration can show; the shape is that of a county hospital and a township health centre.
"""

from dataclasses import dataclass

from tongmai.foundation.orgs.roles import Role


@dataclass(frozen=True)
class DepartmentPlan:
    """A department: national specialty code, name, numbers per half-day clinic, beds of its ward (0: none)."""

    code: str
    name: str
    clinic: int = 0
    beds: int = 0
    clinic_kind: str = "clinic-specialist"
    bed_kind: str = "bed-general"


@dataclass(frozen=True)
class MachinePlan:
    """An examination resource: its kind in the catalogue, the department that runs it, places per half-day."""

    kind: str
    department: str
    name: str
    places: int


GENERAL_HOSPITAL = (
    DepartmentPlan("03.04", "心血管内科", 18, 24),
    DepartmentPlan("03.03", "神经内科", 16, 24),
    DepartmentPlan("03.01", "呼吸内科", 16, 20),
    DepartmentPlan("03.02", "消化内科", 16, 18),
    DepartmentPlan("03.07", "内分泌科", 14, 14),
    DepartmentPlan("03.06", "肾内科", 10, 12),
    DepartmentPlan("04.01", "普外科", 14, 20),
    DepartmentPlan("04.03", "骨科", 16, 22),
    DepartmentPlan("04.04", "泌尿外科", 10, 12),
    DepartmentPlan("05.01", "妇科", 12, 12),
    DepartmentPlan("05.02", "产科", 14, 14, bed_kind="bed-obstetric"),
    DepartmentPlan("07", "儿科", 20, 16, bed_kind="bed-paediatric"),
    DepartmentPlan("19", "肿瘤科", 10, 14),
    DepartmentPlan("21", "康复医学科", 10, 16, bed_kind="bed-rehabilitation"),
    DepartmentPlan("20", "急诊医学科"),
    DepartmentPlan("32", "医学影像科"),
)
TCM_HOSPITAL = (
    DepartmentPlan("50.01", "中医内科", 16, 20, clinic_kind="clinic-tcm"),
    DepartmentPlan("03.04", "心血管内科", 12, 14),
    DepartmentPlan("03.03", "脑病科", 12, 16),
    DepartmentPlan("04.03", "骨伤科", 14, 20),
    DepartmentPlan("50.13", "针灸科", 12, 10, clinic_kind="clinic-tcm"),
    DepartmentPlan("21", "康复医学科", 10, 18, bed_kind="bed-rehabilitation"),
    DepartmentPlan("20", "急诊医学科"),
    DepartmentPlan("32", "医学影像科"),
)
TOWNSHIP = (
    DepartmentPlan("02", "全科医疗科", 20, 12, clinic_kind="clinic-general"),
    DepartmentPlan("01", "预防保健科"),
    DepartmentPlan("32", "医学影像科"),
)
VILLAGE: tuple[DepartmentPlan, ...] = ()
OUTSIDE = (DepartmentPlan("03.04", "心血管内科", 10, 10), DepartmentPlan("19", "肿瘤科", 8, 10))

MACHINES_OF_LEAD = (
    MachinePlan("ct", "32", "CT 一室", 16),
    MachinePlan("mr", "32", "磁共振室", 2),
    MachinePlan("us-abdomen", "32", "腹部超声一室", 18),
    MachinePlan("us-heart", "32", "心脏超声室", 10),
    MachinePlan("ecg-holter", "32", "动态心电图室", 8),
)
MACHINES_OF_TOWNSHIP = (MachinePlan("us-abdomen", "32", "超声室", 15),)

# Role → how many of it, and in which department (None: none in particular).
LEAD_POSTS: tuple[tuple[Role, str | None, int], ...] = (
    (Role.REFERRAL_COORDINATOR, None, 2),
    (Role.RESOURCE_MANAGER, None, 1),
    (Role.REGISTRAR, None, 2),
    (Role.NURSE, "20", 1),
    (Role.TECHNICIAN, "32", 1),
    (Role.REPORTING_DOCTOR, "32", 2),
    (Role.PHARMACIST, None, 1),
    (Role.INSURANCE_OFFICER, None, 1),
    (Role.MANAGER, None, 1),
)
TOWNSHIP_POSTS: tuple[tuple[Role, str | None, int], ...] = (
    (Role.GENERAL_PRACTITIONER, "02", 2),
    (Role.NURSE, "02", 1),
    (Role.TECHNICIAN, "32", 1),
    (Role.REGISTRAR, None, 1),
)
VILLAGE_POSTS: tuple[tuple[Role, str | None, int], ...] = ((Role.VILLAGE_DOCTOR, None, 1),)
SPECIALISTS_PER_DEPARTMENT = 2
MACHINES_BY_KIND = {
    kind: {machine.name for machine in MACHINES_OF_LEAD if machine.kind == kind}
    for kind in {machine.kind for machine in MACHINES_OF_LEAD}
}
