"""The closed lists of critical values."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Source(models.TextChoices):
    """Where a critical value was found."""

    REPORT = "report", _("检查检验报告")
    FINDING = "finding", _("诊断医生所选")
    ECG = "ecg", _("心电图")
    BY_HAND = "by_hand", _("人工上报")
    DRILL = "drill", _("演练")


class Setting(models.TextChoices):
    """Where the person is treated; the limits of time differ."""

    INPATIENT = "inpatient", _("住院")
    OUTPATIENT = "outpatient", _("门诊")
    EMERGENCY = "emergency", pgettext_lazy("setting", "急诊")
    UNKNOWN = "unknown", _("未知")


class Measure(models.TextChoices):
    """What was done about it."""

    TREATED = "treated", _("已给予处置")
    ORDERED = "ordered", _("已开具医嘱")
    REPEATED = "repeated", _("复查以核实")
    CALLED = "called", _("已联系患者到诊")
    ADMITTED = "admitted", _("收住院或留观")
    REFERRED = "referred", _("转诊或转运")
    CONSULTED = "consulted", _("请会诊")
    EXPECTED = "expected", _("与病情相符，继续观察")
    OTHER = "other", _("其他")


class Pattern(models.TextChoices):
    """What the computer measured in an electrocardiogram that wants somebody at once."""

    STEMI_SUSPECTED = "stemi_suspected", _("疑似 ST 段抬高型心肌梗死（STEMI）")
    RATE_BELOW_40 = "rate_below_40", _("心率过缓（低于 40 次/分）")
    RATE_ABOVE_180 = "rate_above_180", _("心率过速（高于 180 次/分）")


class Basis(models.TextChoices):
    """How firmly a limit stands."""

    STATED = "stated", _("政策明文")
    INFERRED = "inferred", _("依政策推定")
    LOCAL = "local-default", _("本地默认")
