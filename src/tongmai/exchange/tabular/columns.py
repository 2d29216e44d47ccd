"""Which heading means which field: synonyms that registers in the counties use, and what a person has said for a source."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from tongmai.exchange.tabular.errors import unusable
from tongmai.exchange.tabular.reading import tidy
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class Column:
    """A field that we read.  `headings`: the names it goes by, the first is the one in our template."""

    field: str
    headings: tuple[str, ...]
    is_required: bool = False
    example: str = ""


RESIDENTS = (
    Column("identity", ("档案编号", "健康档案号", "档案号", "居民编号", "个人编号", "编号", "id"), example="LJ-000123"),
    Column("name", ("姓名", "居民姓名", "患者姓名", "本人姓名", "name"), True, "示例甲"),
    Column(
        "citizen_id",
        ("身份证号", "身份证号码", "公民身份号码", "身份证", "证件号码", "证件号", "idcard"),
        example="340199196503070027",
    ),
    Column("sex", ("性别", "性别名称", "sex"), example="女"),
    Column("born_on", ("出生日期", "出生年月日", "出生年月", "生日", "birthday"), example="1965-03-07"),
    Column(
        "phone",
        ("联系电话", "本人电话", "电话", "手机", "手机号", "手机号码", "电话号码", "phone"),
        example="13900000000",
    ),
    Column("village_code", ("村代码", "村居代码", "行政区划代码", "区划代码", "居委会代码"), example="340124101201"),
    Column("town", ("乡镇", "镇", "街道", "乡镇街道", "所属乡镇", "乡镇名称")),
    Column("village", ("村", "村居", "居委会", "村委会", "所属村", "村名", "村名称", "行政村"), example="示例村"),
    Column("address", ("详细地址", "现住址", "住址", "地址", "居住地址", "家庭住址"), example="示例村 3 组"),
    Column("insurance", ("医保类型", "参保类型", "医疗保险", "险种", "医疗费用支付方式"), example="城乡居民"),
    Column(
        "insurance_number",
        (
            "医保编号",
            "医保号",
            "医保卡号",
            "医保个人编号",
            "参保号",
            "参保编号",
            "社保卡号",
            "社会保障卡号",
            "社会保障号",
        ),
    ),
    Column("tags", ("人群分类", "重点人群", "人群类别", "人群标签"), example="高血压；老年人"),
)

STAFF = (
    Column("identity", ("工号", "人员编号", "职工编号", "员工编号", "编号", "id"), True, "LJ0001"),
    Column("name", ("姓名", "人员姓名", "医生姓名", "name"), True, "示例乙"),
    Column("org_code", ("机构代码", "单位代码", "医疗机构代码", "组织机构代码")),
    Column("org", ("机构", "机构名称", "单位", "单位名称", "所在机构", "医疗机构", "工作单位"), example="某镇卫生院"),
    Column("department", ("科室", "科室名称", "所在科室", "部门"), example="全科医疗科"),
    Column("role", ("岗位", "角色", "岗位名称", "人员类别", "类别"), example="全科医生"),
    Column("grade", ("职称", "专业技术职称", "职称等级", "专业技术职务"), example="主治医师"),
    Column("licence", ("执业证书编号", "医师执业证书编号", "执业证号", "执业编码")),
    Column("phone", ("联系电话", "电话", "手机", "手机号", "手机号码")),
    Column("starts_on", ("到岗日期", "入职日期", "任职日期", "起始日期")),
)

CONTRACTS = (
    Column("identity", ("协议编号", "签约编号", "协议书编号", "签约协议编号", "编号", "id"), example="QY-000123"),
    Column("name", ("姓名", "居民姓名", "签约居民", "签约对象", "name"), True, "示例甲"),
    Column("citizen_id", RESIDENTS[2].headings, True, "340199196503070027"),
    Column("team", ("签约团队", "团队", "家庭医生团队", "团队名称", "服务团队"), True, "示例村家庭医生团队"),
    Column("doctor", ("家庭医生", "签约医生", "责任医生", "医生", "医生姓名"), example="示例乙"),
    Column(
        "starts_on", ("签约日期", "协议开始日期", "生效日期", "开始日期", "签约时间", "起始日期"), True, "2026-11-22"
    ),
    Column("years", ("签约年限", "协议期限", "年限", "期限"), example="1"),
    Column("ends_on", ("到期日期", "截止日期", "协议结束日期", "结束日期", "终止日期")),
    Column("agreed_name", ("签字人", "签约人", "签字人姓名"), example="示例甲"),
    Column("agreed_how", ("签署方式", "签约方式", "签字方式"), example="本人签字"),
)

CAPACITY = (
    Column("resource", ("资源", "资源名称", "门诊", "号源名称", "病区", "项目"), True, "全科门诊"),
    Column("department", ("科室", "科室名称", "所在科室", "部门"), example="全科医疗科"),
    Column("kind", ("资源类别", "资源种类", "类别", "类型"), example="普通门诊"),
    Column("day", ("日期", "出诊日期", "排班日期", "就诊日期"), True, "2026-11-24"),
    Column("starts", ("开始", "开始时间", "起始时间", "上班时间"), example="08:00"),
    Column("ends", ("结束", "结束时间", "截止时间", "下班时间"), example="12:00"),
    Column("total", ("名额", "号源数", "限号数", "床位数", "总数", "数量"), True, "20"),
)

PRICES = (
    Column("code", ("项目编码", "编码", "收费编码", "项目代码", "代码", "药品编码", "耗材编码"), True, "110100001"),
    Column("name", ("项目名称", "名称", "收费项目", "药品名称", "耗材名称"), True, "示例诊查费"),
    Column("system", ("项目类别", "类别", "目录", "目录类别"), example="医疗服务项目"),
    Column("unit", ("计价单位", "单位", "计量单位"), example="次"),
    Column("price", ("价格", "单价", "收费标准", "项目价格", "价格元", "单价元", "金额"), True, "10.00"),
    Column("institution", ("机构级别", "医疗机构等级", "机构等级", "执行机构类别", "级别"), example="乡镇级"),
    Column("org", ("执行机构", "机构", "机构名称", "医疗机构")),
    Column("starts_on", ("执行日期", "生效日期", "开始日期", "起始日期"), True, "2027-01-01"),
    Column("ends_on", ("截止日期", "失效日期", "终止日期", "结束日期")),
    Column("document", ("依据", "文号", "批准文号", "文件依据"), example="示例价〔2026〕1 号"),
)

CODES = (
    Column("org_code", ("机构代码", "医疗机构代码")),
    Column("org", ("机构名称", "机构", "医疗机构", "成员单位"), example="示例镇卫生院"),
    Column("code_set", ("目录", "目录类别", "类别"), True, "诊断"),
    Column("system", ("编码体系", "编码系统"), example="院内"),
    Column("code", ("本地编码", "院内编码", "医院编码", "源编码"), True, "GXY01"),
    Column("name", ("本地名称", "院内名称", "医院名称", "源名称"), example="高血压病"),
    Column("unified_code", ("统一编码", "医保编码", "国家编码", "目标编码"), True, "I10.x00"),
    Column("relation", ("关系", "对应关系"), example="等同"),
    Column("note", ("备注", "说明")),
)

LIMITS = (
    Column("item", ("项目", "项目名称", "检验项目", "检验项目名称", "危急值项目", "项目代码"), True, "血钾"),
    Column("low", ("低于", "低限", "危急低值", "低值", "下限", "危急值下限"), True, "2.8"),
    Column("high", ("高于", "高限", "危急高值", "高值", "上限", "危急值上限"), True, "6.2"),
    Column("unit", ("单位", "计量单位", "结果单位"), example="mmol/L"),
    Column("sex", ("性别", "适用性别")),
    Column("age_from", ("年龄起（天）", "年龄起", "年龄下限", "起始年龄"), example="28"),
    Column("age_before", ("年龄止（天，不含）", "年龄止", "年龄上限", "截止年龄")),
    Column("source", ("依据", "评审依据", "来源"), True, "检验科 2026 年评审记录"),
    Column("status", ("性质", "依据的性质")),
    Column("level", ("层级", "适用范围")),
    Column("starts_on", ("生效日期", "执行日期", "启用日期", "开始日期"), example="2026-12-01"),
)

KINDS: dict[str, tuple[Column, ...]] = {
    "residents": RESIDENTS, "staff": STAFF, "contracts": CONTRACTS, "capacity": CAPACITY, "prices": PRICES,
    "codes": CODES, "limits": LIMITS,
}  # fmt: skip
KIND_NAMES = {
    "residents": N_("居民花名册"), "staff": N_("人员名册"), "contracts": N_("签约名单"), "capacity": N_("号源床位计划"),
    "prices": N_("价格表"), "codes": N_("编码对照表"), "limits": N_("危急值界值表"),
}  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """How the columns of a file fit our fields.

    `places`: field → index of its column.  `missing`: required fields without one.  `several`: fields that more than one
    column could be.  `unused`: indexes of named columns that mean nothing to us.
    """

    places: dict[str, int]
    missing: tuple[str, ...]
    several: tuple[str, ...]
    unused: tuple[int, ...]

    @property
    def is_clear(self) -> bool:
        """Whether nobody needs to be asked."""
        return not (self.missing or self.several)


def headings(kind: str, saved: Mapping[str, str]) -> list[str]:
    """Return every heading by which the head line of such a file may be recognised."""
    return [name for column in KINDS[kind] for name in column.headings] + [name for name in saved.values() if name]


def title(kind: str, field: str) -> str:
    """Return what a field is called in our template."""
    return next(column.headings[0] for column in KINDS[kind] if column.field == field)


def labels(head: Sequence[str]) -> list[str]:
    """Return what each column is called: its heading; the second one of the same heading with a number behind it."""
    seen: Counter[str] = Counter()
    named = []
    for heading in head:
        seen[tidy(heading)] += 1
        n = seen[tidy(heading)]
        named.append(f"{heading[:100]} ‹{n}›" if heading and n > 1 else heading[:100])
    return named


def fit(kind: str, head: Sequence[str], saved: Mapping[str, str]) -> Fit:
    """Return how the columns of a file fit.  What a person has said for the source goes before the synonyms."""
    by_heading: dict[str, list[int]] = {}
    by_label = {tidy(label): index for index, label in enumerate(labels(head)) if label}
    for index, heading in enumerate(head):
        by_heading.setdefault(tidy(heading), []).append(index)
    places: dict[str, int] = {}
    several: dict[str, list[int]] = {}
    for column in KINDS[kind]:
        said = saved.get(column.field)
        if said is not None:
            places |= {column.field: by_label[tidy(said)]} if tidy(said) in by_label else {}
            continue
        found = next((by_heading[tidy(name)] for name in column.headings if tidy(name) in by_heading), [])
        if len(found) > 1:
            several[column.field] = found
        elif found:
            places[column.field] = found[0]
    missing = [c.field for c in KINDS[kind] if c.is_required and c.field not in places and c.field not in several]
    meant = {*places.values(), *chain.from_iterable(several.values())}
    unused = [i for i, heading in enumerate(head) if heading and i not in meant]
    return Fit(places, tuple(missing), tuple(several), tuple(unused))


def match(kind: str, head: Sequence[str], saved: Mapping[str, str]) -> dict[str, int]:
    """Return field → index of its column, where nobody can be asked.

    Raises:
        UnusableFile: a required field has no column, or several columns could be a field.
    """
    found = fit(kind, head, saved)
    if found.several:
        raise unusable("same-headings", columns=title(kind, found.several[0]))
    if found.missing:
        raise unusable("missing-columns", columns="、".join(title(kind, field) for field in found.missing))
    return found.places


def cells_by_field(row: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """Return the row as field → text; fields without a column are left out."""
    return {field: row[index] for field, index in places.items()}
