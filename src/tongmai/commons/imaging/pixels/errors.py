"""Why an image cannot be shown."""

from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_


class NoPixels(NotFound):
    """The object is no image: a report, a waveform, a plan."""

    code = "no-pixels"
    sentence = N_("这个对象不含图像")


class NoSuchFrame(NotFound):
    """Facts `frame`, `n_frames`."""

    code = "no-such-frame"
    sentence = N_("没有第 {frame} 帧，这个文件共 {n_frames} 帧")


class Unreadable(InvalidInput):
    code = "image-unreadable"
    sentence = N_("影像文件不完整或已损坏，无法显示；请让设备重新发送")


class Truncated(Unreadable):
    """Fewer pixels than the file says that it has."""

    code = "image-truncated"
    sentence = N_("影像数据不完整（传输中断或文件被截断），无法显示；请让设备重新发送")


class Unsupported(InvalidInput):
    """Fact `syntax`: the name of the encoding."""

    code = "image-encoding-unsupported"
    sentence = N_("暂不支持这种影像编码：{syntax}")


class TooLarge(InvalidInput):
    """One frame would take more memory than a page may."""

    code = "image-too-large"
    sentence = N_("单帧图像过大（{rows}×{columns}），不能在浏览器中显示")
