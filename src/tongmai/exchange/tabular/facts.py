"""What one row says.  Pure: cells in, typed facts or problems out.  Whether they agree with what we hold is asked later."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import wraps
from typing import TypeVar

from tongmai.exchange import wording
from tongmai.exchange.tabular.reading import LOST_DIGITS
from tongmai.kernel import citizen_id
from tongmai.kernel.text import is_chinese

Cells = Mapping[str, str]
Stated = TypeVar("Stated")  # the facts of a kind of row


@dataclass(frozen=True)
class Problem:
    """Why a row is not taken: a key of `wording.ROWS`, and whether a person could still decide for it (held)."""

    what: str
    facts: Mapping[str, str] = field(default_factory=dict)
    is_held: bool = False


@dataclass(frozen=True)
class ResidentFacts:
    """A resident as a register states her.  Empty text and None mean: the register does not say."""

    identity: str
    name: str
    citizen_number: str
    sex: str
    born_on: date | None
    phone: str
    village_code: str
    town: str
    village: str
    address: str
    scheme: str  # our slug, "" where the register does not say
    tags: tuple[str, ...]  # our slugs, in order
    insurance_number: str = ""


@dataclass(frozen=True)
class StaffFacts:
    """A member of staff as a list states her.  `role` and `grade` are our slugs."""

    number: str
    name: str
    org_code: str
    org_name: str
    department: str
    role: str
    grade: str
    licence: str
    phone: str
    starts_on: date | None


SEXES = {
    "男": "male", "男性": "male", "1": "male", "m": "male", "male": "male",
    "女": "female", "女性": "female", "2": "female", "f": "female", "female": "female",
}  # fmt: skip
UNKNOWN_SEXES = {"", "0", "9", "未知", "未说明", "未说明的性别", "未知的性别", "不详", "u", "o"}

ROLES = {
    "村医": "village_doctor", "乡村医生": "village_doctor",
    "全科医生": "general_practitioner", "全科": "general_practitioner", "家庭医生": "general_practitioner",
    "护士": "nurse", "护师": "nurse", "主管护师": "nurse", "护理": "nurse",
    "挂号收费员": "registrar", "挂号员": "registrar", "收费员": "registrar", "导诊": "registrar",
    "技师": "technician", "检验技师": "technician", "影像技师": "technician", "医技": "technician",
    "专科医生": "specialist", "医师": "specialist", "医生": "specialist", "临床医生": "specialist",
    "诊断医生": "reporting_doctor", "影像诊断医生": "reporting_doctor",
    "药师": "pharmacist", "药剂师": "pharmacist",
    "转诊专员": "referral_coordinator", "转诊协调员": "referral_coordinator",
    "号源床位管理员": "resource_manager", "床位管理员": "resource_manager",
    "医保专员": "insurance_officer", "医保员": "insurance_officer",
    "管理者": "manager", "院长": "manager", "副院长": "manager",
}  # fmt: skip

GRADES = {
    "": "none", "无": "none", "无职称": "none",
    "初级": "junior", "医士": "junior", "医师": "junior", "住院医师": "junior", "护士": "junior", "护师": "junior",
    "中级": "intermediate", "主治医师": "intermediate", "主管护师": "intermediate", "主管技师": "intermediate",
    "主管药师": "intermediate",
    "副高": "deputy_senior", "副高级": "deputy_senior", "副主任医师": "deputy_senior", "副主任护师": "deputy_senior",
    "副主任药师": "deputy_senior",
    "正高": "senior", "正高级": "senior", "主任医师": "senior", "主任护师": "senior", "主任药师": "senior",
}  # fmt: skip

SCHEMES = {
    "城乡居民": "resident", "城乡居民医保": "resident", "居民医保": "resident", "城乡居民基本医疗保险": "resident",
    "新农合": "resident", "居民": "resident",
    "职工": "employee", "职工医保": "employee", "城镇职工": "employee", "城镇职工基本医疗保险": "employee",
    "职工基本医疗保险": "employee",
    "自费": "none", "全自费": "none", "未参保": "none", "无": "none",
    "其他": "other", "商业医疗保险": "other", "公费": "other", "公费医疗": "other",
}  # fmt: skip

# Groups by age are derived from the birth and not stored; "" says that a word is understood and nothing is stored.
TAGS = {
    "高血压": "hypertension", "高血压患者": "hypertension", "糖尿病": "diabetes", "糖尿病患者": "diabetes",
    "2型糖尿病": "diabetes", "Ⅱ型糖尿病": "diabetes", "慢阻肺": "copd", "冠心病": "coronary", "脑卒中": "stroke",
    "卒中": "stroke", "严重精神障碍": "severe_mental", "重性精神病": "severe_mental", "精神障碍": "severe_mental",
    "肺结核": "tuberculosis", "肺结核患者": "tuberculosis", "肿瘤": "tumour", "恶性肿瘤": "tumour",
    "孕产妇": "pregnant", "孕妇": "pregnant", "残疾人": "disabled", "残疾": "disabled",
    "贫困户": "poor_household", "脱贫户": "poor_household", "低保": "poor_household", "低收入人口": "poor_household",
    "计生特殊家庭": "special_family", "计划生育特殊家庭": "special_family",
    "老年人": "", "65岁以上老年人": "", "儿童": "", "0-6岁儿童": "", "0～6岁儿童": "", "一般人群": "", "无": "",
}  # fmt: skip

_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T].*)?")
_DAYS_OF_EXCEL = re.compile(r"\d{4,5}")  # a date whose cell was formatted as a number: days since 1899-12-30
EXCEL_BEGINS, LEAST_DAYS_OF_EXCEL = date(1899, 12, 30), 3_000  # below, a year is meant; people of 1908 are gone
_PHONE = re.compile(r"(?:\+?86)?(1\d{10}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|\d{7,8})")
_NOT_OF_A_PHONE = re.compile(r"[\s\u3000()（）]")
_SEX_NUMBER = re.compile(r"^\d[.、\s]*(?=[男女])")
_LONGEST = {
    "identity": 60,
    "name": 60,
    "address": 200,
    "town": 60,
    "village": 60,
    "org": 120,
    "department": 60,
    "licence": 32,
}
_COMMON_ROLES = ("村医", "全科医生", "护士", "专科医生", "技师", "药师", "挂号员", "转诊专员", "床位管理员", "医保专员")
_COMMON_TAGS = (
    "高血压",
    "糖尿病",
    "慢阻肺",
    "冠心病",
    "脑卒中",
    "严重精神障碍",
    "肺结核",
    "肿瘤",
    "孕产妇",
    "残疾人",
    "低收入人口",
    "老年人",
)


def or_problem(read: Callable[[Cells], Stated]) -> Callable[[Cells], Stated | Problem]:
    """Let what reads a row return the first thing that is wrong with it."""

    @wraps(read)
    def told(cells: Cells) -> Stated | Problem:
        try:
            return read(cells)
        except Refused as refused:
            return refused.problem

    return told


def identity_of(cells: Cells) -> str:
    """Return by what a row is recognised the next time: its number in the source, else the citizen's number."""
    number = citizen_id.normalised(cells.get("citizen_id", ""))
    if len(number) == 15 and citizen_id.is_valid(number):
        number = citizen_id.parse(number).number
    return cells.get("identity", "") or number


def day(text: str) -> date | None:
    """Return the day that a cell states: 1965-03-07, 1965/3/7, 19650307, 1965年3月7日, or Excel's count of days.

    None where it states none; a year alone is none.
    """
    found = _DAY.fullmatch(text)
    try:
        if found:
            return date(*(int(part) for part in found.groups() if part))
        if _DAYS_OF_EXCEL.fullmatch(text) and int(text) > LEAST_DAYS_OF_EXCEL:
            return EXCEL_BEGINS + timedelta(days=int(text))
    except ValueError:
        pass
    return None


class Refused(Exception):
    """What is wrong with a row, on its way to whoever reads it."""

    def __init__(self, what: str, *, is_held: bool = False, **facts: str) -> None:
        super().__init__(what)
        self.problem = Problem(what, facts, is_held)


@or_problem
def resident_facts(cells: Cells) -> ResidentFacts:
    """Return what a row of a resident register says, or the first thing that is wrong with it.

    The citizen's number decides on sex and birth: a row that contradicts it is held, because one of the two is wrong.
    """
    name = name_of(cells)
    check_cells(cells)
    number = citizen_id.normalised(cells.get("citizen_id", ""))
    sex, born_on = _sex(cells.get("sex", "")), day_of(cells.get("born_on", ""))
    if number:
        stated = _by_number(number, sex, born_on)
        number, sex, born_on = stated.number, stated.sex.value, stated.born_on
    if born_on is None:
        raise Refused("no-birth")
    identity = identity_of(cells)
    if not identity:
        raise Refused("no-row-identity")
    return ResidentFacts(
        identity=identity,
        name=name,
        citizen_number=number,
        sex=sex,
        born_on=born_on,
        phone=_phone(cells.get("phone", "")),
        village_code=_village_code(cells.get("village_code", "")),
        town=cells.get("town", ""),
        village=cells.get("village", ""),
        address=cells.get("address", ""),
        scheme=_scheme(cells.get("insurance", "")),
        tags=_tags(cells.get("tags", "")),
        insurance_number=_insurance_number(cells.get("insurance_number", "")),
    )


@or_problem
def staff_facts(cells: Cells) -> StaffFacts:
    """Return what a row of a staff list says, or the first thing that is wrong with it."""
    name = name_of(cells)
    check_cells(cells)
    if not re.fullmatch(r"[\w.-]{1,32}", cells.get("identity", "")):
        raise Refused("bad-staff-number")
    if not (cells.get("org", "") or cells.get("org_code", "")):
        raise Refused("no-org")
    return StaffFacts(
        number=cells["identity"],
        name=name,
        org_code=cells.get("org_code", ""),
        org_name=cells.get("org", ""),
        department=cells.get("department", ""),
        role=_role(cells.get("role", "")),
        grade=_grade(cells.get("grade", "")),
        licence=cells.get("licence", ""),
        phone=_phone(cells.get("phone", "")),
        starts_on=day_of(cells.get("starts_on", "")),
    )


def _role(text: str) -> str:
    if text in ROLES:
        return ROLES[text]
    raise Refused("unknown-role", given=text, known="、".join(_COMMON_ROLES))


def _grade(text: str) -> str:
    if text in GRADES:
        return GRADES[text]
    raise Refused("unknown-grade", given=text)


def _scheme(text: str) -> str:
    if not text or text in SCHEMES:
        return SCHEMES.get(text, "")
    raise Refused("unknown-scheme", given=text[:20])


def _insurance_number(text: str) -> str:
    """A card's number in normal form; a sign for "none" is none."""
    number = citizen_id.normalised(text)
    if number and not re.fullmatch(r"[0-9A-Z]{4,40}", number):
        if not re.search(r"\d", number):
            return ""
        raise Refused("bad-insurance-number", given=text[:20])
    return number


def _tags(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    words = [word for word in re.split(r"[；;、,，/\s]+", text) if word]
    for word in words:
        if word not in TAGS:
            raise Refused("unknown-tag", given=word[:20], known="、".join(_COMMON_TAGS))
    return tuple(sorted({TAGS[word] for word in words if TAGS[word]}))


def _village_code(text: str) -> str:
    if text and not re.fullmatch(r"\d{9}|\d{12}", text):
        raise Refused("bad-village-code")
    return text


def day_of(text: str) -> date | None:
    """Return the day that a cell states, None for an empty one; refuse what is no day."""
    found = day(text) if text else None
    if text and found is None:
        raise Refused("bad-day", given=text[:20])
    return found


def check_cells(cells: Cells) -> None:
    """Refuse cells that are too long, or whose number has lost its end."""
    for field_name, text in cells.items():
        if text.startswith(LOST_DIGITS):
            raise Refused("lost-digits")
        if len(text) > _LONGEST.get(field_name, 200):
            raise Refused("too-long", given=text[:12])


def name_of(cells: Cells) -> str:
    """Return the name.  Chinese names are written without blanks; registers pad short ones to three characters."""
    given = cells.get("name", "").split()
    if not given:
        raise Refused("no-name")
    return ("" if is_chinese(given[0]) else " ").join(given)


def _sex(text: str) -> str:
    key = text if text in SEXES else _SEX_NUMBER.sub("", text.strip().lower())
    if key in UNKNOWN_SEXES:
        return ""
    if key in SEXES:
        return SEXES[key]
    raise Refused("unknown-sex", given=text[:10])


def _phone(text: str) -> str:
    number = _NOT_OF_A_PHONE.sub("", text)
    if not number:
        return ""
    found = _PHONE.fullmatch(number)
    if not found:
        raise Refused("bad-phone", given=text[:20])
    return found.group(1)


def citizen_number(cells: Cells) -> str:
    """Return the citizen's number in normal form, "" where there is none; refuse one that cannot be right."""
    number = citizen_id.normalised(cells.get("citizen_id", ""))
    return _by_number(number, "", None).number if number else ""


def _by_number(number: str, sex: str, born_on: date | None) -> citizen_id.CitizenId:
    try:
        stated = citizen_id.parse(number)
    except citizen_id.CitizenIdError as error:
        raise Refused("bad-citizen-number", **wording.of_error(error)) from None
    if born_on is not None and born_on != stated.born_on:
        raise Refused("other-birth", is_held=True, stated=stated.born_on.isoformat())
    if sex and sex != stated.sex.value:
        raise Refused("other-sex", is_held=True)
    return stated
