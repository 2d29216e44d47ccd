"""Words for how the machine stands: the part of the operators' page that is about disks, backups and slow pages."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongmai.foundation.audit.operating import SlowRoute, State
from tongmai.ui.words import ago

# Less room than this needs a look; a database that cannot write stops everything.
_LITTLE_ROOM = 0.1
_SLOW_MS = 1_000


def numbers(state: State, now: datetime) -> list[dict[str, Any]]:
    """Return the numbers about backup, seal and room that stand beside those of the queue."""
    backup, fullest = state.backup, min(state.disks, key=lambda disk: disk.free_rate)
    return [
        {
            "label": _("最近备份"),
            "value": ago(backup.at, now) if backup.at else _("从未"),
            "definition": _("tongmai backup 最近一次成功的时间；超过规定间隔时变红"),
            "tone": "red" if backup.is_overdue or backup.last_error else "",
        },
        {
            "label": _("最近封存"),
            "value": ago(state.sealed_at, now) if state.sealed_at else _("从未"),
            "definition": _("最近一次封存事件和查阅记录的时间；每天一次"),
            "tone": "",
        },
        {
            "label": _("磁盘剩余"),
            "value": size(fullest.free_bytes),
            "definition": _("数据所在磁盘的剩余空间；不足一成时变红"),
            "tone": "red" if fullest.free_rate < _LITTLE_ROOM else "",
        },
    ]


def backup_warning(state: State) -> tuple[str, str] | None:
    """Return what is wrong with the backups and what to do, None when nothing is."""
    backup = state.backup
    if backup.last_error:
        return _("最近一次备份失败：%(error)s") % {"error": backup.last_error}, _("排除原因后再运行 tongmai backup。")
    if backup.at is None:
        return _("从未备份过"), _("请用系统的定时器每天运行一次 tongmai backup，并把文件另存到本机之外。")
    if backup.is_overdue:
        return _("最近一次备份已超过规定的间隔"), _("请检查每天运行 tongmai backup 的定时器。")
    return None


def slow_rows(routes: list[SlowRoute]) -> list[dict[str, Any]]:
    """Return the slowest routes for the table."""
    return [
        {
            "route": each.route,
            "n": each.n,
            "n_failed": each.n_failed,
            "p50": _bound(each.p50_ms),
            "p95": _bound(each.p95_ms),
            "mean": f"{each.mean_ms} ms",
            "is_slow": each.p95_ms is None or each.p95_ms > _SLOW_MS,
        }
        for each in routes
    ]


def facts(state: State) -> list[tuple[str, str]]:
    """Return version, database and disks as pairs."""
    disks = "；".join(
        _("%(path)s：剩余 %(free)s，共 %(total)s")
        % {"path": disk.path, "free": size(disk.free_bytes), "total": size(disk.total_bytes)}
        for disk in state.disks
    )
    return [
        (_("版本"), state.version),
        (_("数据库"), f"{state.database_kind} · {size(state.database_bytes)}"),
        (_("磁盘"), disks),
        (_("最近备份的文件"), state.backup.said),
    ]


def size(n_bytes: int) -> str:
    """Return an amount of room in its unit, e.g. 1.2 GB."""
    amount, units = float(n_bytes), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.1f} {units[0]}" if units[0] != "B" else f"{n_bytes} B"


def _bound(ms: int | None) -> str:
    return f"≤ {ms} ms" if ms is not None else "> 10 s"
