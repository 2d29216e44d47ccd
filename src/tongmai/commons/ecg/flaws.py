"""Why a file is no recording that we can read."""

from typing import Any

from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

FLAWS = {
    "unknown": N_("不是可以读取的心电文件；可以上传 DICOM、SCP-ECG、HL7 aECG、WFDB 或 GE MUSE XML"),
    "empty": N_("文件是空的"),
    "too-large": N_("文件超过 {most} MB"),
    "broken": N_("文件不完整或已损坏（{what}）"),
    "checksum": N_("文件的校验和不符，传输中可能损坏（{what}）"),
    "no-leads": N_("文件里没有可以读取的心电导联"),
    "too-many-leads": N_("文件有 {n} 个导联，最多 {most} 个"),
    "too-long": N_("记录太长，静息心电图最长 {most} 分钟"),
    "rate": N_("采样率 {rate} Hz 不可能，文件可能损坏"),
    "amplitude": N_("电压数值不可能，单位或文件可能有误"),
    "unit": N_("不认识的电压单位“{unit}”"),
    "not-waveform": N_("这个 DICOM 文件不含心电波形"),
    "compressed": N_("这个文件的压缩方式（{what}）还不能读取，请在设备上改为不压缩后重发"),
    "bad-xml": N_("XML 有错误（第 {line} 行）"),
    "entity": N_("XML 中定义了实体，按规定不予读取"),
    "too-deep": N_("XML 的层数或元素太多"),
    "missing-file": N_("缺少与 {header} 配套的数据文件 {name}，请一起上传"),
    "no-header": N_("缺少 .hea 头文件，请与数据文件一起上传"),
    "format": N_("不支持的 WFDB 存储格式 {format}"),
}


class Unreadable(InvalidInput):
    """A file that cannot be read.  Fact `flaw` says why; the rest fill the sentence."""

    code = "unreadable-recording"

    def __init__(self, flaw: str, **facts: Any) -> None:
        super().__init__(flaw=flaw, **({"field": "files"} | facts))
        self.sentence = FLAWS[flaw]
