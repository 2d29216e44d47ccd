"""What can go wrong when a place is wanted."""

from tongmai.kernel.errors import Conflict, InvalidInput, NotPermitted
from tongmai.kernel.text import N_


class NoCapacity(Conflict):
    """Every place that this asker may take is taken.  The refusal has been written down.  Facts: `pool_id`."""

    code = "no-capacity"
    sentence = N_("没有可用的号源或床位了，请改选其他时间")


class NightFull(NoCapacity):
    """A stay of several nights finds no bed on one of them.  Facts: `pool_id`, `day`."""

    code = "night-full"
    sentence = N_("{day} 晚没有可用的床位了，整段没有预约；请改选日期、天数或病区")


class SessionClosed(Conflict):
    """The session was closed.  Facts: `pool_id`, `reason`."""

    code = "session-closed"
    sentence = N_("该时段已停诊：{reason}")


class AlreadyBooked(Conflict):
    """The resident has a place in the same session already."""

    code = "already-booked"
    sentence = N_("该居民在此时段已有预约，不能重复占用")


class Banned(NotPermitted):
    """The resident missed too many bookings.  Facts: `until`."""

    code = "banned"
    sentence = N_("该居民因多次爽约暂停预约，至 {until}；急诊和转诊不受限，机构可提前解除")


class NotTogetherError(InvalidInput):
    """The chosen pools do not make one booking.  Facts: `field`, `problem`, `why`."""

    code = "not-together"


class HoldIsOver(Conflict):
    code = "hold-is-over"
    sentence = N_("占位已过期，请重新选择")


class TooEarly(Conflict):
    """The step is not possible yet.  Facts: `from_at`."""

    code = "too-early"
    sentence = N_("还没有到时间，{from_at} 起才能登记")


class TooLate(Conflict):
    code = "too-late"
    sentence = N_("就诊时间已过，不能再取消或改期，请登记到诊或爽约")


class TooLateForResident(Conflict):
    code = "too-late-for-resident"
    sentence = N_("离就诊时间太近，不能自行取消。请打电话给就诊的医疗机构")


class BelowTaken(Conflict):
    """A session cannot have fewer places than are taken.  Facts: `taken`."""

    code = "below-taken"
    sentence = N_("已有 {taken} 人占用，总数与预留数不能再减；请先为他们改期")


class OneSessionAtATime(Conflict):
    """Another session of the same resource begins at that instant."""

    code = "session-exists"
    sentence = N_("该资源在此时间已有排班")


class BelongsToReferral(Conflict):
    """The booking was made for a referral; the step is taken on the referral, so that both stay one.  Facts: `source_id`."""

    code = "belongs-to-referral"
    sentence = N_("这个预约属于一份转诊，请在转诊单上登记，两边才会一致")
