"""Which heading means which field: synonyms that registers in the counties use, and what a person has said for a source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

KINDS: dict[str, tuple[Column, ...]] = {"residents": RESIDENTS, "staff": STAFF}
KIND_NAMES = {"residents": N_("居民花名册"), "staff": N_("人员名册")}


def headings(kind: str, saved: Mapping[str, str]) -> list[str]:
    """Return every heading by which the head line of such a file may be recognised."""
    return [name for column in KINDS[kind] for name in column.headings] + list(saved.values())


def match(kind: str, head: Sequence[str], saved: Mapping[str, str]) -> dict[str, int]:
    """Return field → index of its column.  What was saved for the source goes before the synonyms.

    Raises:
        UnusableFile: a required field has no column, or two columns carry the same saved heading.
    """
    places: dict[str, list[int]] = {}
    for index, heading in enumerate(head):
        places.setdefault(tidy(heading), []).append(index)
    found: dict[str, int] = {}
    for column in KINDS[kind]:
        names = [saved[column.field]] if column.field in saved else list(column.headings)
        index = next((places[tidy(name)] for name in names if tidy(name) in places), [])
        if len(index) > 1:
            raise unusable("same-headings", columns=column.headings[0])
        if index:
            found[column.field] = index[0]
    missing = [column.headings[0] for column in KINDS[kind] if column.is_required and column.field not in found]
    if missing:
        raise unusable("missing-columns", columns="、".join(missing))
    return found


def cells_by_field(row: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """Return the row as field → text; fields without a column are left out."""
    return {field: row[index] for field, index in places.items()}
