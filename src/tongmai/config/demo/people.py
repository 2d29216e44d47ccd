"""Invented people: names that say so, numbers in an area that does not exist, ages as in a county of Anhui."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tongmai.kernel.citizen_id import check_digit

AREA = "340199"
MARK = "·示"  # 示例: each name of the demonstration ends in it

# Surname → people among a thousand; rounded shares of the commonest surnames in eastern China.
SURNAMES = {
    "王": 75, "李": 70, "张": 68, "刘": 50, "陈": 48, "杨": 28, "黄": 22, "赵": 22, "周": 24, "吴": 24, "徐": 22, "孙": 18,
    "朱": 20, "马": 12, "胡": 18, "郭": 12, "林": 10, "何": 12, "高": 12, "罗": 10, "郑": 10, "梁": 8, "谢": 8, "宋": 10,
    "唐": 9, "许": 10, "韩": 8, "邓": 6, "冯": 7, "曹": 9, "彭": 6, "曾": 5, "肖": 6, "田": 5, "董": 7, "潘": 8, "袁": 7,
    "蔡": 6, "蒋": 6, "余": 6, "于": 4, "杜": 5, "叶": 7, "程": 9, "魏": 5, "苏": 5, "吕": 5, "丁": 8, "任": 4, "卢": 6,
    "姚": 5, "沈": 5, "钟": 4, "姜": 4, "崔": 3, "谭": 3, "陆": 5, "范": 5, "汪": 12, "方": 9, "夏": 8, "束": 3, "单": 2,
    "仇": 1, "解": 1, "查": 3, "盛": 4, "伍": 3, "宛": 2, "欧阳": 1,
}  # fmt: skip
GIVEN = {
    ("1", 1965): "国 建 军 明 华 德 福 贵 荣 宝 富 根 发 水 木 良 才 庆 成 友 世 志 义 仁 正 道 文 光 家 远",
    ("2", 1965): "秀 英 兰 珍 桂 凤 玉 梅 芳 莲 翠 素 霞 香 云 春 菊 贞 淑 华 琴 金 银 巧 爱 惠 美 彩 月 芝",
    ("1", 1995): "伟 强 磊 军 勇 涛 杰 斌 波 辉 刚 鹏 飞 超 俊 峰 亮 健 林 海 龙 平 东 洋 松 兵 凯 宏 志 新",
    ("2", 1995): "丽 娟 敏 静 艳 燕 玲 娜 芬 红 霞 婷 萍 莉 慧 颖 雪 琳 倩 晶 洁 晓 梅 云 蕾 丹 青 莹 月 春",
    ("1", 9999): "浩 宇 轩 子 涵 博 文 泽 睿 晨 俊 逸 梓 辰 瑞 嘉 皓 铭 昊 天 一 诺 沐 阳 奕 航 思 源 佑 承",
    ("2", 9999): "梓 涵 欣 怡 诗 雨 萱 可 馨 语 桐 若 汐 一 诺 思 琪 雅 婷 紫 佳 悦 心 妍 艺 璇 沐 瑶 安 然",
}
# Years of age from–before → people among a thousand.
AGES = {(0, 5): 45, (5, 15): 120, (15, 25): 80, (25, 35): 120, (35, 45): 120, (45, 55): 170, (55, 65): 140,
        (65, 75): 125, (75, 85): 60, (85, 96): 20}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """An invented person.  `sex` is GB/T 2261.1 (1 male, 2 female)."""

    name: str
    sex: str
    born_on: date
    citizen_id: str


def invent(random: Random, *, today: date, oldest: int = 96, youngest: int = 0) -> Person:
    """Return a person whose age lies in [youngest, oldest) on `today`."""
    born_on = _birthday(random, today, youngest, oldest)
    sex = "1" if random.random() < 0.515 else "2"
    return Person(
        name=name(random, sex, born_on.year),
        sex=sex,
        born_on=born_on,
        citizen_id=citizen_number(born_on, sex, random.randrange(500)),
    )


def name(random: Random, sex: str, year: int) -> str:
    """Return a marked name of the kind given to children of `sex` in `year`."""
    surname = random.choices(list(SURNAMES), weights=list(SURNAMES.values()))[0]
    pool = next(GIVEN[key] for key in sorted(GIVEN) if key[0] == sex and year < key[1]).split()
    given = random.choice(pool) if random.random() < 0.25 else "".join(random.sample(pool, 2))
    return surname + given + MARK


def citizen_number(born_on: date, sex: str, pair: int) -> str:
    """Return a valid number of area 340199; `pair` in 0–499 tells people of one birthday and sex apart."""
    order = pair * 2 + (1 if sex == "1" else 0)
    body = f"{AREA}{born_on:%Y%m%d}{order:03d}"
    return body + check_digit(body)


def _birthday(random: Random, today: date, youngest: int, oldest: int) -> date:
    bands = {band: share for band, share in AGES.items() if band[1] > youngest and band[0] < oldest}
    low, high = random.choices(list(bands), weights=list(bands.values()))[0]
    low, high = max(low, youngest), min(high, oldest)
    return today - timedelta(days=random.randrange(low * 365 + low // 4, high * 365 + high // 4))
