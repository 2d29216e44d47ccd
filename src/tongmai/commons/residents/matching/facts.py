"""What a person is compared by, in normal form."""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tongmai.kernel import citizen_id, lunar
from tongmai.kernel.pinyin import usual
from tongmai.kernel.surnames import COMPOUND


class Facts(NamedTuple):
    """A person as two systems are compared; "" stands for unknown everywhere.

    `pinyin` is the usual reading of `name`, `surname` that of its surname.  Days are eight digits: `swapped` is the
    birthday with month and day exchanged where that is a day, `lunar` the same day in the Chinese calendar.
    `number` is a document's, valid or not.
    """

    name: str = ""
    pinyin: str = ""
    surname: str = ""
    sex: str = ""
    born: str = ""
    swapped: str = ""
    lunar: str = ""
    number: str = ""
    is_number_valid: bool = False
    phone: str = ""
    insurance: str = ""
    village: str = ""
    address: str = ""


# Characters that are written one for the other in names, the second stands for both.
_VARIANTS = str.maketrans(
    dict(
        pair
        for pair in (
            "堃坤 喆哲 峯峰 昇升 陞升 甦苏 濬浚 寶宝 寳宝 珎珍 鑑鉴 鑒鉴 瑠琉 畧略 羣群 裏里 裡里 祕秘 牀床 淼渺 犇奔 晳晰 皙晰"
            " 強强 彊强 華华 國国 貴贵 蘭兰 鳳凤 龍龙 偉伟 傑杰 軍军 東东 劉刘 張张 陳陈 楊杨 黃黄 趙赵 吳吴 孫孙 馬马 謝谢 許许"
            " 韓韩 馮冯 鄧邓 葉叶 蕭萧 肖萧 閆闫 閻阎 闫阎 呂吕 盧卢 蔣蒋 賈贾 鍾钟 鐘钟 薑姜 於于 于于 傅付 付付 兪俞 邱丘 丘丘 姪侄"
        ).split()
        if pair[0] != pair[1]
    )
)
_NOT_OF_A_NAME = re.compile(r"[\s·•・.,，、'’\-_*]+|[（(].*?[)）]|\d+$")
_NO_NAME = re.compile(
    r"^(无名氏?.{0,2}|不详|未知|未取名|未命名|佚名|某某|新生儿)$|之[大二三长次小幺]?[子女婴]$|婴儿?$|宝宝$|BABY$", re.I
)
_NOT_OF_AN_ADDRESS = re.compile(r"[\s,，.。、\-—#号室]+")
_SAME_DIGIT = re.compile(r"(.)\1*")
_SEX = {"male": "1", "female": "2", "1": "1", "2": "2"}
_LEAST_PHONE = 7
_LEAST_NUMBER = 6


def facts_of(
    *,
    name: str = "",
    sex: str = "",
    born_on: date | None = None,
    number: str = "",
    phone: str = "",
    insurance: str = "",
    village: str = "",
    address: str = "",
    is_unnamed: bool = False,
) -> Facts:
    """Return the facts of a person in any spelling.

    A valid citizen's number completes a missing birthday and sex.  A newborn called after her mother, and somebody whom
    nobody could ask, have no name; telephone and document numbers of one repeated digit are none.
    """
    value, valid, stated_on, stated_sex = _number(number)
    born_on = born_on or stated_on
    called, pinyin, surname = ("", "", "") if is_unnamed else _name(name)
    born, swapped, moon = _born(born_on) if born_on else ("", "", "")
    return Facts(
        name=called, pinyin=pinyin, surname=surname, sex=_SEX.get(sex, stated_sex), born=born, swapped=swapped, lunar=moon,
        number=value, is_number_valid=valid, phone=_phone(phone), insurance=_plain_number(insurance),
        village=village if len(village) == 12 else "", address=_NOT_OF_AN_ADDRESS.sub("", _half_width(address)),
    )  # fmt: skip


@lru_cache(maxsize=200_000)
def _name(text: str) -> tuple[str, str, str]:
    """Return a name without what is not of it, its reading, and that of its surname."""
    name = _NOT_OF_A_NAME.sub("", _half_width(text)).translate(_VARIANTS)
    if not name or _NO_NAME.search(name):
        return "", "", ""
    compound = COMPOUND.get(name[:2]) if len(name) > 2 else None
    return name[:60], _reading(name)[:80], ("".join(compound) if compound else _reading(name[:1]))[:20]


def _reading(text: str) -> str:
    return usual(text) or text


@lru_cache(maxsize=50_000)
def _born(day: date) -> tuple[str, str, str]:
    digits = day.isoformat().replace("-", "")
    turned = digits[:4] + digits[6:] + digits[4:6] if day.day <= 12 and day.day != day.month else ""
    moon = lunar.lunar(day)
    return digits, turned, f"{moon[0]:04}{moon[1]:02}{moon[2]:02}" if moon else ""


def _number(text: str) -> tuple[str, bool, date | None, str]:
    value = _plain_number(text)
    if not value:
        return "", False, None, ""
    try:
        stated = citizen_id.parse(value)
    except citizen_id.CitizenIdError:
        return value, False, None, ""
    return stated.number, True, stated.born_on, _SEX[stated.sex]


def _plain_number(text: str) -> str:
    value = citizen_id.normalised(text) if text else ""
    is_one = len(value) < _LEAST_NUMBER or not value.isascii() or _SAME_DIGIT.fullmatch(value)
    return "" if is_one else value[:40]


def _phone(text: str) -> str:
    is_plain = text.isascii() and text.isdecimal()
    digits = text if is_plain else "".join(ch for ch in text if ch.isdecimal() and ch.isascii())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return "" if len(digits) < _LEAST_PHONE or _SAME_DIGIT.fullmatch(digits) else digits[:20]


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
