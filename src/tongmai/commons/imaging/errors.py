"""Why what was stored cannot be had, or nothing be stored, where a PACS keeps the images."""

from tongmai.commons.imaging.pixels.errors import Unreadable
from tongmai.kernel.errors import Unavailable
from tongmai.kernel.text import N_


class ArchiveAway(Unavailable):
    """The PACS cannot be asked, or does not answer as one.  Fact `why`: for the log and `tongmai check images`."""

    code = "archive-away"
    sentence = N_("暂时连不上影像归档系统（PACS），请稍后再试；长时间不恢复请联系系统管理员")


class Altered(Unreadable):
    """What the PACS gives is not what was received: nothing of it is shown."""

    code = "image-altered"
    sentence = N_("影像归档系统返回的文件与收到时不一致，已停止显示；请联系系统管理员")
