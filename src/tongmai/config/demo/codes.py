"""The members' own codes: what their systems call things, some of it mapped already, some of it waiting."""

from datetime import datetime
from random import Random

from tongmai.config.demo.cast import Cast
from tongmai.config.demo.days import Town
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.terminology import noting, selectors, services
from tongmai.foundation.terminology.choices import CodeSet, Relation
from tongmai.foundation.terminology.noting import Said

MOST_SEEN = 40
OF_HOSPITALS = (
    Said(CodeSet.DIAGNOSES, "ICD10", "I10.x00", "特发性高血压", "ADT^A01 DG1-3: I10.x00^特发性高血压^ICD10"),
    Said(CodeSet.DIAGNOSES, "ICD10", "E11.900", "2型糖尿病", "ADT^A01 DG1-3: E11.900^2型糖尿病^ICD10"),
    Said(
        CodeSet.DIAGNOSES, "院内", "GXY03", "高血压病3级（极高危）", "ADT^A01 DG1-3: GXY03^高血压病3级（极高危）^院内"
    ),
    Said(CodeSet.DIAGNOSES, "院内", "NGS01", "脑梗塞恢复期", "ADT^A03 DG1-3: NGS01^脑梗塞恢复期^院内"),
    Said(CodeSet.DIAGNOSES, "院内", "XTDC", "胸痛待查", "ADT^A04 DG1-3: XTDC^胸痛待查^院内"),
    Said(CodeSet.DRUGS, "院内", "YP0231", "阿司匹林肠溶片", "ORM^O01 RXO-1: YP0231^阿司匹林肠溶片^院内"),
    Said(CodeSet.DRUGS, "院内", "YP0448", "苯磺酸氨氯地平片", "ORM^O01 RXO-1: YP0448^苯磺酸氨氯地平片^院内"),
    Said(CodeSet.DRUGS, "院内", "YP0907", "自制皮炎搽剂", "ORM^O01 RXO-1: YP0907^自制皮炎搽剂^院内"),
    Said(CodeSet.CONSUMABLES, "院内", "HC017", "5ml注射器", "ORM^O01 RQD-2: HC017^5ml注射器^院内"),
    Said(CodeSet.CHARGES, "", "250101015", "血细胞分析", "ORU^R01 OBR-4: 250101015^血细胞分析^"),
    Said(CodeSet.CHARGES, "院内", "XCG5", "血常规五分类", "ORU^R01 OBR-4: XCG5^血常规五分类^院内"),
    Said(CodeSet.CHARGES, "院内", "CTPS", "CT平扫（胸部）", "ORU^R01 OBR-4: CTPS^CT平扫（胸部）^院内"),
)
OF_CENTRES = (
    Said(CodeSet.DIAGNOSES, "", "高血压", "高血压", "ADT^A04 DG1-4: ^高血压^"),
    Said(CodeSet.DIAGNOSES, "", "J06.900", "急性上呼吸道感染", "ADT^A04 DG1-3: J06.900^急性上呼吸道感染^"),
    Said(CodeSet.DIAGNOSES, "", "TNB", "糖尿病（二型）", "ADT^A04 DG1-3: TNB^糖尿病（二型）^"),
    Said(CodeSet.DRUGS, "", "Y118", "二甲双胍片", "ORM^O01 RXO-1: Y118^二甲双胍片^"),
    Said(CodeSet.CHARGES, "", "SF031", "心电图十二导", "ORM^O01 OBR-4: SF031^心电图十二导^"),
)
DECIDED = {
    "GXY03": ("I10.x05", Relation.EQUIVALENT), "YP0231": ("B01AC06", Relation.WIDER), "HC017": ("TS-103", Relation.EQUIVALENT),
    "XCG5": ("250101015", Relation.EQUIVALENT), "YP0907": ("", Relation.NONE), "Y118": ("A10BA02", Relation.WIDER),
}  # fmt: skip


def build(cast: Cast, towns: list[Town], *, now: datetime, random: Random) -> None:
    """Note what the systems of the first chain bring, and let the coordinator settle some of it."""
    lead, centre = towns[0].lead, towns[0].centre
    _note(lead, OF_HOSPITALS, now, random)
    _note(centre, OF_CENTRES, now, random)
    noting.write_counts()
    by = cast.actor(lead.id, Role.REFERRAL_COORDINATOR, now, random=random)
    for row in selectors.local_codes(by=by, standing=selectors.WAITS):
        code, relation = DECIDED.get(row.code, ("", ""))
        if relation == Relation.NONE:
            services.no_counterpart(row.id, by=by, note="院内制剂")
        elif relation:
            services.map_code(row.id, unified_code=code, relation=relation, by=by)


def _note(org: Org, said: tuple[Said, ...], now: datetime, random: Random) -> None:
    by = Actor.system(now=now)
    for each in said:
        for _ in range(random.randint(1, MOST_SEEN)):
            noting.note(org.id, [each], by=by)
