"""What can go wrong with a code.  None of it says whether the number is known."""

from tongmai.kernel.errors import InvalidInput, TooMany, Unavailable
from tongmai.kernel.text import N_


class WrongCode(InvalidInput):
    """Not the code, or one that is used up, too old or another browser's."""

    code = "wrong-code"
    sentence = N_("验证码不正确或已失效。请核对最新一条短信；输错多次或超过时间的，请重新获取。")


class TooSoon(TooMany):
    """A code was asked for a moment ago.  Facts: `seconds`."""

    code = "code-too-soon"
    sentence = N_("验证码刚刚发出，请 {seconds} 秒后再重新获取。")


class TooManyCodes(TooMany):
    """Facts: `seconds`, after which it is worth trying again."""

    code = "too-many-codes"
    sentence = N_("获取验证码的次数过多，请明天再试。着急请带身份证到就近的医疗机构窗口办理。")


class TooManyWrongCodes(TooMany):
    """Facts: `minutes`, `seconds`."""

    code = "too-many-wrong-codes"
    sentence = N_("输错验证码的次数过多，请 {minutes} 分钟后再试，或带身份证到就近的医疗机构窗口办理。")


class GatewayAway(Unavailable):
    """Nothing was made and nothing counted."""

    code = "gateway-away"
    sentence = N_(
        "短信服务暂时不通，验证码没有发出，也没有计入次数。请过几分钟再试，或带身份证到就近的医疗机构窗口办理。"
    )
