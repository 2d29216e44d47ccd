"""Messages of a hospital's own system, for tests: written as Chinese vendors write them."""

NUMBER = "340199198407210029"
TXA = "TXA|1|DS^出院小结|TX|20261112090000||||||||DOC1|||||AU"
OTHER = "340199195703120016"


def message(kind: str, control: str, *segments: str, at: str = "20261110093000", **header: str) -> bytes:
    """Return a message of the county hospital's system; `header`: application, facility, version, characters."""
    said = {
        "application": "HIS",
        "facility": "示例县人民医院",
        "version": "2.4",
        "characters": "UNICODE UTF-8",
    } | header
    msh = (
        f"MSH|^~\\&|{said['application']}|{said['facility']}|TONGMAI|县域平台|{at}||{kind}|{control}|P|{said['version']}"
        f"|||AL|NE|CHN|{said['characters']}"
    )
    return "\r".join([msh, *segments, ""]).encode("gb18030" if said["characters"].startswith("GB") else "utf-8")


def evn(event: str, at: str) -> str:
    return f"EVN|{event}|{at}"


def pid(
    number: str = "0001", name: str = "示例陶", citizen: str = NUMBER, born: str = "19840721", sex: str = "2"
) -> str:
    return f"PID|1||{number}^^^^21~{citizen}^^^^1||{name}||{born}|{sex}|||甲镇1号||13900000001"


def pv1(visit: str = "ZY001", kind: str = "I", ward: str = "XNK^心内科^12床", begun: str = "", ended: str = "") -> str:
    fields = ["PV1", "1", kind, ward, *[""] * 3, "10021^示例钱", *[""] * 11, visit, *[""] * 24, begun, ended]
    return "|".join(fields)


def adt(event: str, control: str, at: str, *more: str, who: str = "", visit: str = "", **header: str) -> bytes:
    """Return an ADT of this event."""
    return message(
        f"ADT^{event}", control, evn(event, at), who or pid(), visit or pv1(begun=at), *more, at=at, **header
    )


def oru(
    control: str, *obx: str, at: str = "20261111101500", status: str = "F", who: str = "", visit: str = ""
) -> bytes:
    """Return a blood count; without `obx` a usual one."""
    values = obx or (
        "OBX|1|NM|WBC^白细胞计数||13.62|10^9/L|3.5-9.5|H|||F",
        "OBX|2|NM|PLT^血小板计数||28|10^9/L|125-350|LL|||F||||危急值",
        "OBX|3|ST|MORPH^血细胞形态||可见异型淋巴细胞 \\T\\ 少量中毒颗粒|||A|||F",
    )
    order = "ORC|RE|SQ1^HIS|LIS1^LIS"
    obr = f"OBR|1|SQ1^HIS|LIS1^LIS|250101015^血细胞分析^LN|||20261111092000||||||||1&全血|10021^示例钱||||||{at}||HM|{status}"
    return message("ORU^R01", control, who or pid(), visit or pv1(), order, obr, *values, at=at)
