"""What is refused about local codes."""

from tongmai.kernel.errors import InvalidInput, VersionConflict
from tongmai.kernel.text import N_


class NotInSet(InvalidInput):
    """The unified set has no such code today."""

    code = "code-not-in-set"
    sentence = N_("统一目录中现在没有编码“{code}”，请从查找结果中选择")


class DecidedMeanwhile(VersionConflict):
    """Somebody else has decided about the code since it was looked at."""

    code = "code-decided-meanwhile"
    sentence = N_("{name}刚刚处理了这个编码，请看过之后再决定")
