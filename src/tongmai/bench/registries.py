"""Invented registers of whole counties with the truth beside them: the same people in several systems, with their mistakes.

The people live in households that share a telephone and a house; some are twins, some have a neighbour of the same name.
How often a system is wrong stands in `RATES`: assumed, not measured in a hospital.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tongmai.config.demo.people import AGES, AREA, SURNAMES, citizen_number
from tongmai.kernel import lunar

# Share of all records, or of those to whom it can happen.
RATES: dict[str, float] = {
    "seen in a second system": 0.22,
    "seen in a third system": 0.04,
    "no number below 6": 0.45,
    "no number below 15": 0.15,
    "no number above 75": 0.12,
    "no number": 0.04,
    "number mistyped": 0.02,
    "number in its old form, above 35": 0.015,
    "number of somebody else in the house": 0.002,
    "child under a parent's number": 0.012,
    "name with a homophone": 0.03,
    "name with a variant character": 0.1,
    "newborn called after the mother": 0.15,
    "birthday: month and day swapped": 0.006,
    "birthday: another year": 0.008,
    "birthday in the Chinese calendar": 0.01,
    "birthday: first of January": 0.006,
    "sex missing": 0.01,
    "sex wrong": 0.002,
    "no telephone": 0.15,
    "another telephone": 0.22,
    "telephone mistyped": 0.01,
    "no insurance number": 0.35,
    "insurance number mistyped": 0.003,
    "no address": 0.20,
    "moved": 0.05,
    "twins": 0.004,
    "neighbour of the same name": 0.006,
}
VARIANTS = {
    "坤": "堃", "哲": "喆", "峰": "峯", "升": "昇", "宝": "寶", "珍": "珎", "国": "國",
    "兰": "蘭", "凤": "鳳", "龙": "龍", "伟": "偉", "杰": "傑", "军": "軍", "东": "東",
}  # fmt: skip
# More surnames than the demonstration's: of ten thousand people, rounded.
MORE_SURNAMES = (
    "熊 白 秦 江 孟 龚 邱 骆 侯 邹 石 金 陶 孔 雷 贺 顾 毛 龙 万 段 钱 汤 尹 黎 易 常 武 乔 赖 文 庞 樊 殷 施 洪 翟 安 颜 倪"
    " 严 牛 温 芦 季 俞 章 鲁 葛 韦 毕 聂 焦 向 柳 邢 岳 齐 梅 莫 庄 辛 管 祝 左 涂 谷 祁 舒 耿 牟 卜 路 詹 关 苗 凌 费 纪 靳 童"
    " 欧 甄 项 曲 成 游 裴 席 卫 查 屈 鲍 位 覃 霍 翁 隋 甘 薄 柏 宁 尉 柯 阮 桂 闵 车 娄 褚 司马 诸葛 上官 慕 桑 宗 麻 蒙 冷"
).split()
_GIVEN = {
    "1": "国建军明华德福贵荣宝富根发水木良才庆成友世志义仁正道文光家远伟强磊勇涛杰斌波辉刚鹏飞超"
         "俊峰亮健林海龙平东洋松兵凯宏新浩宇轩子涵博泽睿晨逸梓辰瑞嘉皓铭昊天一诺沐阳奕航思源佑承"
         "学永长金玉生春万立传信守礼让敬忠孝和顺安康泰祥兴旺喜庭树桥川江河山石虎彪雄威武震坤乾哲彬升达振启先兆景中全有",
    "2": "秀英兰珍桂凤玉梅芳莲翠素霞香云春菊贞淑华琴金银巧爱惠美彩月芝丽娟敏静艳燕玲娜芬红"
         "婷萍莉慧颖雪琳倩晶洁晓蕾丹青莹欣怡诗雨萱可馨语桐若汐思琪雅紫佳悦心妍艺璇沐瑶安然"
         "荷叶花枝蓉薇兴先传友道永成正世英文秋冬夏如意平和宁靖娥嫦娣招小大子群珠宝珊瑛瑾瑜璐璟婉媛媚姣妹姗露霜冰洋海波涛",
}  # fmt: skip
HOMOPHONES = {
    "伟": "玮苇纬", "军": "君均钧", "华": "花骅", "明": "鸣铭", "国": "帼", "建": "健剑", "德": "得", "福": "富甫", "文": "雯纹", "志": "智至",
    "英": "瑛莹", "兰": "岚蓝", "珍": "真贞", "芳": "方", "梅": "玫", "霞": "侠", "玉": "裕", "红": "宏洪", "静": "靖敬", "丽": "莉立", "敏": "闽",
    "玲": "灵凌", "娟": "涓", "萍": "平苹", "燕": "艳雁", "洁": "杰", "宇": "雨羽", "轩": "萱", "涵": "晗", "博": "勃", "晨": "辰", "欣": "新心",
    "怡": "宜", "诗": "思", "佳": "嘉", "波": "博", "辉": "晖", "刚": "钢", "超": "朝", "俊": "峻", "峰": "锋丰", "健": "建", "林": "霖琳", "平": "萍",
    "龙": "隆", "勇": "永", "涛": "韬", "斌": "彬", "成": "诚", "庆": "青", "生": "升", "金": "今", "春": "椿", "学": "雪", "永": "勇", "义": "艺",
}  # fmt: skip
SURNAME_HOMOPHONES = {
    "章": "张", "程": "陈", "肖": "萧", "付": "傅", "于": "余", "余": "俞", "许": "徐", "江": "姜", "魏": "卫", "李": "黎",
}  # fmt: skip
PER_VILLAGE = 1_500
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Record:
    """What one system says of a person; `person` is the truth."""

    person: int
    name: str
    sex: str
    born_on: date
    number: str
    phone: str
    insurance: str
    village: str
    address: str


@dataclass
class _House:
    village: str
    address: str
    phone: str
    surname: str
    people: list[Record] = field(default_factory=list)


class Registry:
    """A county of `n` people.  The same `seed` gives the same records."""

    def __init__(self, n: int, *, seed: int = 1) -> None:
        self.n = n
        self._random = Random(f"registry-{seed}")
        weighted = [(name, share * 10) for name, share in SURNAMES.items()] + [(name, 12) for name in MORE_SURNAMES]
        self._surnames = [name for name, _ in weighted]
        self._shares = _running(share for _, share in weighted)
        self._bands = list(AGES)
        self._band_shares = _running(AGES.values())
        self._order: dict[tuple[date, str], int] = {}
        self._given = {sex: list(_GIVEN[sex]) for sex in _GIVEN}
        self._next = 0

    def people(self) -> Iterator[Record]:
        """Yield everybody as she is, household by household."""
        while self._next < self.n:
            yield from self._household()[: max(0, self.n - self._first)]

    def records(self) -> Iterator[tuple[Record, int]]:
        """Yield what the systems say: each record with the number of the system, 0 for the first that saw the person."""
        for person, mates in self._with_mates():
            for system in range(1 + self._is("seen in a second system") + self._is("seen in a third system")):
                yield self._said(person, mates), system

    def stranger(self) -> Record:
        """Return a record of somebody who is in none of the registers (of the same county: asked for after `records`)."""
        mates = self._household()
        person = self._random.choice(mates)
        return self._said(person, mates)

    def said_of(self, person: Record, mates: list[Record]) -> Record:
        """Return what one more system says of somebody."""
        return self._said(person, mates)

    def _with_mates(self) -> Iterator[tuple[Record, list[Record]]]:
        while self._next < self.n:
            mates = self._household()
            for person in mates[: max(0, self.n - self._first)]:
                yield person, mates

    def _household(self) -> list[Record]:
        random = self._random
        self._first = self._next
        villages = max(1, self.n // PER_VILLAGE)
        at = random.randrange(villages)
        house = _House(
            village=f"{AREA}{100 + at // 20:03}{200 + at % 20:03}",
            address=f"{random.randint(1, 30)}组{random.randint(1, 60)}号",
            phone=self._new_phone(),
            surname=self._surname(),
        )
        grown = self._born(25, 96)
        self._add(house, self._given_name("1"), "1", grown, house.surname)
        if random.random() < 0.8:
            self._add(
                house, self._given_name("2"), "2", grown + timedelta(random.randint(-1800, 2600)), self._surname()
            )
        for _ in range(random.choices((0, 1, 2, 3), (30, 35, 28, 7))[0]):
            born = min(TODAY - timedelta(random.randint(0, 400)), grown + timedelta(random.randint(8000, 13000)))
            self._child(house, born)
        if self._is("neighbour of the same name"):
            person = random.choice(house.people)
            other = replace(
                house, address=f"{random.randint(1, 30)}组{random.randint(1, 60)}号", phone=self._new_phone()
            )
            self._add(other, person.name, person.sex, person.born_on + timedelta(random.randint(-1500, 1500)), "", True)
            house.people.append(other.people.pop())
        return house.people

    def _child(self, house: _House, born: date) -> None:
        sex = "1" if self._random.random() < 0.52 else "2"
        name = self._given_name(sex)
        self._add(house, name, sex, born, house.surname)
        if self._is("twins"):
            twin_sex = sex if self._random.random() < 0.67 else "21"[int(sex) - 1]
            twin = (
                name[0] + self._given_name(twin_sex)[-1] if self._random.random() < 0.5 else self._given_name(twin_sex)
            )
            self._add(house, twin, twin_sex, born, house.surname)

    def _add(self, house: _House, given: str, sex: str, born: date, surname: str, alone: bool = False) -> None:
        random = self._random
        born = min(born, TODAY)
        at = self._order.get((born, sex), 0)
        while at >= 500:  # no more numbers for this day and sex
            born -= timedelta(1)
            at = self._order.get((born, sex), 0)
        self._order[born, sex] = at + 1
        phone = house.phone if (random.random() < 0.45 or (TODAY - born).days < 15 * 365) else self._new_phone()
        house.people.append(
            Record(
                person=self._next, name=surname + given, sex=sex, born_on=born, number=citizen_number(born, sex, at),
                phone=house.phone if alone else phone, insurance=f"3401{self._next:08}{random.randrange(10)}",
                village=house.village, address=house.address,
            )
        )  # fmt: skip
        self._next += 1

    def _said(self, person: Record, mates: list[Record]) -> Record:
        number = self._number(person, mates)
        name = self._name(person, mates)
        sex = "" if self._is("sex missing") else "21"[int(person.sex) - 1] if self._is("sex wrong") else person.sex
        moved = self._is("moved")
        has_address = not self._is("no address")
        return Record(
            person=person.person, name=name, sex=sex, born_on=self._birthday(person.born_on), number=number,
            phone=self._phone(person), insurance=self._insurance(person),
            village="" if not has_address else self._elsewhere() if moved else person.village,
            address="" if not has_address else f"{self._random.randint(1, 30)}组{self._random.randint(1, 60)}号"
            if moved else person.address,
        )  # fmt: skip

    def _number(self, person: Record, mates: list[Record]) -> str:
        age = (TODAY - person.born_on).days // 365
        if self._is(_missing(age)):
            return ""
        if len(mates) > 1:
            if age < 15 and self._is("child under a parent's number"):
                return mates[0].number
            if self._is("number of somebody else in the house"):
                return self._random.choice(mates).number
        if age > 35 and self._is("number in its old form, above 35"):
            return person.number[:6] + person.number[8:17]
        return self._typo(person.number) if self._is("number mistyped") else person.number

    def _name(self, person: Record, mates: list[Record]) -> str:
        name = person.name
        if (TODAY - person.born_on).days < 365 and self._is("newborn called after the mother"):
            mother = next((each.name for each in mates if each.sex == "2" and each is not person), mates[0].name)
            return f"{mother}之{'子' if person.sex == '1' else '女'}"
        if self._is("name with a homophone"):
            name = self._homophone(name)
        if self._is("name with a variant character"):
            name = "".join(VARIANTS.get(ch, ch) for ch in name)
        return name

    def _homophone(self, name: str) -> str:
        at = [i for i, ch in enumerate(name) if i and ch in HOMOPHONES]
        if at:
            i = self._random.choice(at)
            return name[:i] + self._random.choice(HOMOPHONES[name[i]]) + name[i + 1 :]
        return SURNAME_HOMOPHONES.get(name[0], name[0]) + name[1:]

    def _birthday(self, born: date) -> date:
        if born.day <= 12 and self._is("birthday: month and day swapped"):
            return date(born.year, born.day, born.month)
        if self._is("birthday: another year"):
            return _year_off(born, self._random.choice((-10, -2, -1, 1, 2, 10)))
        if born.year < 1985 and self._is("birthday in the Chinese calendar"):
            said = lunar.lunar(born)
            try:
                return date(*said) if said else born
            except ValueError:
                return born
        return date(born.year, 1, 1) if born.year < 1960 and self._is("birthday: first of January") else born

    def _phone(self, person: Record) -> str:
        if self._is("no telephone"):
            return ""
        if self._is("another telephone"):
            return self._new_phone()
        return self._typo(person.phone) if self._is("telephone mistyped") else person.phone

    def _insurance(self, person: Record) -> str:
        if self._is("no insurance number"):
            return ""
        return self._typo(person.insurance) if self._is("insurance number mistyped") else person.insurance

    def _typo(self, digits: str) -> str:
        """Another digit, or two neighbours exchanged."""
        at = self._random.randrange(6, len(digits) - 1)
        if self._random.random() < 0.4:
            return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        return digits[:at] + str((int(digits[at]) + self._random.randint(1, 9)) % 10) + digits[at + 1 :]

    def _elsewhere(self) -> str:
        at = self._random.randrange(max(1, self.n // PER_VILLAGE))
        return f"{AREA}{100 + at // 20:03}{200 + at % 20:03}"

    def _new_phone(self) -> str:
        return f"199{self._random.randrange(10_000_000, 99_999_999)}"

    def _surname(self) -> str:
        return self._random.choices(self._surnames, cum_weights=self._shares)[0]

    def _given_name(self, sex: str) -> str:
        first, second = self._random.choice(self._given[sex]), self._random.choice(self._given[sex])
        return first if self._random.random() < 0.15 else first + second

    def _born(self, youngest: int, oldest: int) -> date:
        while True:
            low, high = self._random.choices(self._bands, cum_weights=self._band_shares)[0]
            age = self._random.uniform(low, high)
            if youngest <= age < oldest:
                return TODAY - timedelta(days=int(age * 365.25))

    def _is(self, what: str) -> bool:
        return self._random.random() < RATES[what]


def _missing(age: int) -> str:
    if age < 6:
        return "no number below 6"
    if age < 15:
        return "no number below 15"
    return "no number above 75" if age > 75 else "no number"


def _year_off(born: date, years: int) -> date:
    try:
        moved = born.replace(year=born.year + years)
    except ValueError:
        return born
    return moved if moved <= TODAY else born


def _running(shares) -> list[int]:
    total, found = 0, []
    for share in shares:
        total += share
        found.append(total)
    return found
