"""What can keep a resident from a result for a while."""

from tongmai.kernel.errors import NotPermitted
from tongmai.kernel.text import N_


class NotVerifiedYet(NotPermitted):
    code = "not-verified-yet"
    sentence = N_("这份结果还没有审核，审核后可以在这里查看")


class DoctorFirst(NotPermitted):
    """Fact `at`: from when on the resident reads it herself."""

    code = "doctor-first"
    sentence = N_("医生会先向您说明这份结果。过几天您也可以在这里自己查看；着急请联系开单的医生")
