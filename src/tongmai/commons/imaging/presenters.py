"""A study in words, and as the viewer's script reads it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.commons.imaging import documents
from tongmai.commons.imaging.key_images import Key
from tongmai.commons.residents import words
from tongmai.kernel.months import local_day
from tongmai.kernel.text import N_
from tongmai.ui.words import day, when

MODALITIES = {
    "CR": N_("X 线摄影（CR）"), "DX": N_("数字 X 线（DX）"), "CT": N_("CT"), "MR": N_("磁共振"), "US": N_("超声"),
    "MG": N_("乳腺 X 线"), "XA": N_("血管造影"), "RF": N_("透视"), "NM": N_("核医学"), "PT": N_("PET"), "ES": N_("内镜"),
    "ECG": N_("心电"), "SR": N_("结构化报告"), "OT": N_("其他"),
}  # fmt: skip
# A picture in the address of another: the script puts them in.
_INSTANCE, _FRAME = UUID(int=0), 987654321


@dataclass(frozen=True)
class SeriesTile:
    """A series in the list beside the picture."""

    id: UUID
    label: str
    count: str
    thumbnail_href: str  # "" where there is nothing to see
    document_hrefs: tuple[str, ...] = ()  # of what is read instead of looked at


@dataclass(frozen=True)
class KeyTile:
    """A key image in the list below the measures."""

    instance_id: UUID
    frame: int
    label: str
    who: str
    thumbnail_href: str


@dataclass(frozen=True)
class StudyRow:
    """A study in a person's list."""

    id: UUID
    at: str
    modality: str
    description: str
    org: str
    n_series: int
    n_images: int


def modality(code: str) -> str:
    """Return the kind of machine in a word; the code itself where it has none."""
    return _(MODALITIES[code]) if code in MODALITIES else code


def title(study: Any) -> str:
    """Return what a study is called."""
    return study.description or modality(study.modality) or _("影像")


def taken_at(study: Any) -> str:
    """Return when a study was taken; when it came, if the images do not say."""
    return when(study.studied_at or study.received_at)


def rows(studies: Iterable[Any]) -> list[StudyRow]:
    """Return the studies of a list in words (`selectors.listed` has counted)."""
    return [
        StudyRow(s.id, taken_at(s), modality(s.modality), title(s), s.org.name, s.n_series, s.n_images or 0)
        for s in studies
    ]


def tiles(study: Any, instances: Sequence[Any], pass_: str) -> list[SeriesTile]:
    """Return the series of a study as the list beside the picture shows them."""
    found = []
    for series, own in _by_series(instances):
        shown = [each for each in own if each.n_rows]
        n = sum(each.n_frames for each in shown)
        href = thumbnail_href(shown[len(shown) // 2].id, pass_) if shown else ""
        hrefs = tuple(
            reverse("imaging:document", args=[study.id, each.id]) for each in own if documents.is_one(each.sop_class)
        )
        count = _("%(n)s 幅") % {"n": n} if n else _("无图像")
        found.append(SeriesTile(series.id, series_label(series), count, href, hrefs))
    return found


def key_tiles(keys: Sequence[Key], pass_: str) -> list[KeyTile]:
    """Return the key images in words."""
    return [
        KeyTile(
            key.instance_id, key.frame, _("关键图像 %(n)s") % {"n": n}, f"{key.marked_name} {when(key.marked_at)}",
            thumbnail_href(key.instance_id, pass_, key.frame),
        )
        for n, key in enumerate(keys, start=1)
    ]  # fmt: skip


def series_label(series: Any) -> str:
    """Return what a series is called: its number and its words."""
    said = " ".join(part for part in (series.description, series.body_part) if part)
    number = f"{series.number}." if series.number is not None else ""
    return " ".join(part for part in (number, said or series.modality) if part)


def thumbnail_href(instance_id: UUID, pass_: str, frame: int = 0) -> str:
    """Return the address of a small picture; of the frame in the middle unless one is named."""
    named = f"&frame={frame}" if frame else ""
    return f"{reverse('imaging:thumbnail', args=[instance_id])}?pass={pass_}{named}"


def for_script(shown: Sequence[tuple[Any, Any, Sequence[Any], str]], *, today: date, first: str, frame: int) -> dict:
    """Return what the viewer's script is told: of each study its words and its series with their frames.

    `shown`: study, its person, its instances, its pass.
    """
    said = [_study(study, person, instances, pass_) for study, person, instances, pass_ in shown]
    return {
        "studies": said, "first": first, "first_frame": frame, "words": _words(),
        "key_image_href": reverse("imaging:key-image", args=[shown[0][0].id]),
    }  # fmt: skip


def _study(study: Any, person: Any, instances: Sequence[Any], pass_: str) -> dict[str, Any]:
    taken = local_day(study.studied_at or study.received_at)
    age = words.age(person.born_on, taken)
    overlay = [f"{person.name} {person.sex_text} {age}", person.id_masked, study.order_number or study.said_accession]
    href = reverse("imaging:frame", args=[_INSTANCE, _FRAME])
    return {
        "id": str(study.id), "date": taken_at(study), "org": study.org.name, "overlay": [line for line in overlay if line],
        "frame_href": href.replace(str(_INSTANCE), "INSTANCE").replace(str(_FRAME), "FRAME") + f"?pass={pass_}",
        "series": [
            {
                "id": str(series.id), "label": series_label(series), "modality": series.modality or study.modality,
                "instances": [[str(each.id), each.n_frames] for each in own if each.n_rows],
            }
            for series, own in _by_series(instances)
        ],
    }  # fmt: skip


def _by_series(instances: Sequence[Any]) -> list[tuple[Any, list[Any]]]:
    found: dict[UUID, tuple[Any, list[Any]]] = {}
    for each in instances:
        found.setdefault(each.series_id, (each.series, []))[1].append(each)
    return list(found.values())


def _words() -> dict[str, Any]:
    """Return the words that the script shows."""
    return {
        "loading": _("正在载入"), "no_pixels": _("这个检查没有可显示的图像"), "not_kept": _("没有保存，请重试"),
        "projected": _("（投影，未校准）"), "mean": _("均值"), "area": _("面积"), "grey": _("灰度"),
        "window": _("窗宽/窗位"), "own_curve": _("设备曲线"), "zoom": _("缩放"), "inverted": _("反相"), "frame": _("帧"),
        "presets": {
            "choose": _("预设窗…"), "own": _("原始"), "whole": _("全范围"), "soft": _("软组织"), "lung": _("肺窗"),
            "bone": _("骨窗"), "brain": _("脑窗"), "abdomen": _("腹部"), "mediastinum": _("纵隔"), "stroke": _("脑卒中"),
            "vessels": _("血管"), "harder": _("高对比"), "softer": _("低对比"),
        },
        "kinds": {
            "length": _("长度"), "angle": _("角度"), "ellipse": _("椭圆区域"), "rectangle": _("矩形区域"), "probe": _("取值"),
        },
    }  # fmt: skip


def day_of(study: Any) -> str:
    """Return the day of a study, for a list of earlier ones."""
    return day(local_day(study.studied_at or study.received_at))
