"""What is refused over DICOMweb beside what is refused everywhere."""

from tongmai.kernel.errors import InvalidInput, TongmaiError
from tongmai.kernel.text import N_


class NotAcceptable(TongmaiError):
    """The caller takes no form in which this can be given."""

    code = "not-acceptable"
    sentence = N_("不能按请求的媒体类型或传输语法提供：{asked}")


class WrongParameter(InvalidInput):
    code = "wrong-parameter"
    sentence = N_("查询参数 {name} 的值不对：{value}")


class NotMultipart(InvalidInput):
    code = "not-multipart"
    sentence = N_('请求体不是 multipart/related; type="application/dicom"')
