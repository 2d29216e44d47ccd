"""One tree of errors.  An error carries a code, its facts, and a sentence; it never decides how it is shown."""

from typing import Any

from tongmai.kernel.text import N_


class TongmaiError(Exception):
    """Something a user can understand and act on.  Mistakes of a programmer are plain exceptions and crash.

    `sentence` is a template in Chinese, filled with the facts after translation.
    """

    code = "error"
    sentence = N_("操作没有完成")

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        return self.said(lambda text: text)

    def said(self, translate: Any) -> str:
        """Return the sentence, translated by `translate` and filled with the facts."""
        template: str = translate(self.sentence)
        return template.format_map(_Facts(self.facts))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


class NotFound(TongmaiError):
    """Absent, or not in the reach of this actor: the answer is the same for both."""

    code = "not-found"
    sentence = N_("没有找到，或者您无权查看")


class NotSignedIn(TongmaiError):
    code = "not-signed-in"
    sentence = N_("请先登录")


class NotPermitted(TongmaiError):
    """The actor may know of the thing, but this post may not do this."""

    code = "not-permitted"
    sentence = N_("您当前的岗位不能进行这项操作")


class InvalidInput(TongmaiError):
    """What was entered cannot be used.  Facts: `field`, and what is wrong with it as `problem`."""

    code = "invalid-input"
    sentence = N_("{field}：{problem}")


class StepNotAllowed(TongmaiError):
    """The table of states has no such row, or not for this actor.  Facts: `state`, `step`."""

    code = "step-not-allowed"
    sentence = N_("当前状态不允许这一步，请刷新后再看")


class Conflict(TongmaiError):
    """Somebody else was faster, or the same thing exists already."""

    code = "conflict"
    sentence = N_("与已有的内容冲突")


class VersionConflict(Conflict):
    """The caller saw an older version.  Facts: `seen`, `current`."""

    code = "version-conflict"
    sentence = N_("内容已被他人更新，请刷新后再提交")


def require_seen(seen: int | None, current: int) -> None:
    """Check that the caller saw what is there now; None: a program that did not look.  Raises VersionConflict."""
    if seen is not None and seen != current:
        raise VersionConflict(seen=seen, current=current)


class PreconditionRequired(TongmaiError):
    code = "precondition-required"
    sentence = N_("请在 If-Match 中给出您看到的版本")


class TooMany(TongmaiError):
    code = "too-many"
    sentence = N_("请求太频繁，请稍后再试")


class Unavailable(TongmaiError):
    """Something this needs cannot be reached; nothing was done."""

    code = "unavailable"
    sentence = N_("所依赖的服务暂时不可用，请稍后再试")


class DatabaseAway(Unavailable):
    """The database cannot be reached, or went away in the middle."""

    code = "database-away"
    sentence = N_("暂时连不上数据库，请稍后再试")


class DatabaseBusy(Unavailable):
    """The database was reached, but others kept this waiting for too long; nothing was done."""

    code = "database-busy"
    sentence = N_("系统正忙，请稍后再试")


class StorageFull(Unavailable):
    """There is no room to write; nothing was done."""

    code = "storage-full"
    sentence = N_("存储空间已满，暂时不能保存。请联系系统管理员")


# The nearest class in an error's ancestry decides.
HTTP_STATUS: dict[type[TongmaiError], int] = {
    NotFound: 404,
    NotSignedIn: 401,
    NotPermitted: 403,
    InvalidInput: 422,
    StepNotAllowed: 409,
    VersionConflict: 412,
    PreconditionRequired: 428,
    Conflict: 409,
    TooMany: 429,
    StorageFull: 507,
    Unavailable: 503,
    TongmaiError: 400,
}


def http_status(error: TongmaiError) -> int:
    """Return the HTTP status of `error`: that of the nearest class in its ancestry."""
    return next(HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS)
