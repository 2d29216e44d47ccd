"""What the worker does again and again.  Each job is safe to repeat and to run late."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from tongmai.care.critical_values import services as critical_values
from tongmai.care.diagnostics import services as diagnostics
from tongmai.care.family_doctors import services as family_doctors
from tongmai.commons.capacity import services as capacity
from tongmai.commons.encounters import marking as encounter_marks
from tongmai.commons.residents import services as residents
from tongmai.commons.results import marking as result_marks
from tongmai.exchange.services import answers, intake_worker
from tongmai.foundation.audit import noting, retention, seals
from tongmai.foundation.audit.worker import Job
from tongmai.foundation.orgs.services import attempts, sign_ins
from tongmai.foundation.terminology import noting as terminology
from tongmai.foundation.texting import sending
from tongmai.kernel.text import N_


def _seal(by: Any) -> int:
    """Seal, and note the end of the chain beside the database once that is certain."""
    n_rows = seals.seal_due(by)
    transaction.on_commit(lambda: noting.note(now=by.now))
    return n_rows


def _mark(by: Any) -> int:
    """Mark as sensitive what policy says is: entries that came before a change of the lists."""
    return encounter_marks.mark(by.today) + result_marks.mark(by.today)


JOBS = (
    Job(name="capacity.release", title=N_("释放未用的预留名额"), every=timedelta(minutes=5), work=capacity.release_due),
    Job(name="capacity.expire", title=N_("收回过期的占位"), every=timedelta(minutes=1), work=capacity.expire_holds),
    Job(
        name="critical_values.escalate",
        title=N_("危急值无人确认时逐级上报"),
        every=timedelta(seconds=10),
        work=lambda by: critical_values.escalate_due(by=by),
        claim=timedelta(minutes=1),
    ),
    Job(
        name="exchange.answers",
        title=N_("写出未送达的转诊回复"),
        every=timedelta(minutes=1),
        work=answers.write_pending,
    ),
    Job(
        name="exchange.intake",
        title=N_("处理已收到而未处理完的消息"),
        every=intake_worker.EVERY,
        work=intake_worker.apply_waiting,
    ),
    Job(
        name="terminology.counts",
        title=N_("记下本地编码出现的次数"),
        every=timedelta(minutes=1),
        work=lambda by: terminology.write_counts(),
    ),
    Job(
        name="diagnostics.escalate",
        title=N_("提醒中心主任将要超时的检查"),
        every=timedelta(minutes=1),
        work=diagnostics.escalate_due,
    ),
    Job(
        name="family_doctors.end",
        title=N_("结束到期的签约"),
        every=timedelta(hours=1),
        work=lambda by: family_doctors.end_expired(by=by),
    ),
    Job(
        name="orgs.sign_ins",
        title=N_("清除过期的登录和失败计数"),
        every=timedelta(days=1),
        work=lambda by: attempts.forget_old(by=by) + sign_ins.forget_old(by=by),
    ),
    Job(name="texting.send", title=N_("发送短信"), every=sending.EVERY, work=sending.send_due),
    Job(name="texting.forget", title=N_("清除旧的短信和验证码"), every=timedelta(days=1), work=sending.forget_old),
    Job(
        name="residents.reading",
        title=N_("查找异常查阅"),
        every=timedelta(days=1),
        work=residents.find_last_days,
    ),
    Job(name="residents.sensitive", title=N_("按政策标记受限记录"), every=timedelta(days=1), work=_mark),
    Job(name="audit.seal", title=N_("封存事件和查阅记录"), every=timedelta(minutes=15), work=_seal),
    Job(name="audit.retire", title=N_("清除留存期满的记录"), every=timedelta(days=1), work=retention.retire_old),
)
