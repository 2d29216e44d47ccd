"""The shape of what is entered."""

from datetime import date, timedelta

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from tongmai.commons.capacity.presenters import KINDS, WEEKDAYS
from tongmai.commons.capacity.services.sessions import MOST_DAYS, MOST_PLACES

MOST_NIGHTS = 30  # of one stay on a page; the API takes more


class _Day(forms.DateInput):
    input_type = "date"


class _Clock(forms.TimeInput):
    input_type = "time"


class _DayField(forms.DateField):
    """A day of this century: what lies outside is a slip of the finger, and overflows when weeks are added."""

    widget = _Day(format="%Y-%m-%d")
    default_validators = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31))]


class BoardFilter(forms.Form):
    """Which part of the board; what cannot be used counts as blank."""

    org = forms.UUIDField(required=False)
    kind = forms.ChoiceField(choices=[("", ""), *KINDS.items()], required=False)
    department = forms.CharField(max_length=16, required=False)
    from_day = _DayField(required=False)

    def asked(self) -> dict:
        """Return the usable values."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}


class Reason(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class Version(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class Total(Version):
    total = forms.IntegerField(label=_("名额总数"), min_value=1, max_value=MOST_PLACES)


class Publish(forms.Form):
    """One session, or the same every day until a last day."""

    resource = forms.ChoiceField(label=_("资源"))
    day = _DayField(label=_("日期"))
    until = _DayField(label=_("到（含当日；床位按日发布时填写）"), required=False)
    starts = forms.TimeField(label=_("开始"), widget=_Clock, required=False)
    ends = forms.TimeField(label=_("结束"), widget=_Clock, required=False)
    total = forms.IntegerField(label=_("每个时段的名额"), min_value=1, max_value=MOST_PLACES)

    def __init__(self, *args, resources, **kwargs):
        super().__init__(*args, **kwargs)
        self.resources = {str(each.id): each for each in resources}
        self.fields["resource"].choices = [
            (key, f"{each.name}（{each.department}）") for key, each in self.resources.items()
        ]

    def clean(self):
        data = super().clean()
        resource = self.resources.get(data.get("resource", ""))
        if resource and resource.kind != "bed" and not (data.get("starts") and data.get("ends")):
            self.add_error("starts", _("请填写开始和结束时间"))
        first, last = data.get("day"), data.get("until")
        if first and last and not 0 <= (last - first).days < MOST_DAYS:
            self.add_error("until", _("最后一天应在第一天之后，且不超过 92 天"))
        return data


class WeeklyLine(forms.Form):
    weekday = forms.TypedChoiceField(label=_("星期"), coerce=int, choices=list(enumerate(WEEKDAYS)))
    starts_time = forms.TimeField(label=_("开始"), widget=_Clock)
    ends_time = forms.TimeField(label=_("结束（00:00 表示当日结束）"), widget=_Clock)
    total = forms.IntegerField(label=_("名额"), min_value=1, max_value=MOST_PLACES)


class PublishWeeks(forms.Form):
    from_day = _DayField(label=_("从"))
    days = forms.IntegerField(label=_("天数"), min_value=1, max_value=MOST_DAYS, initial=14)


class ResourceChange(Version):
    """What a keeper may change of a resource."""

    name = forms.CharField(label=_("名称"), max_length=60)
    practitioner_id = forms.ChoiceField(label=_("医生"), required=False)
    reserved_rate = forms.DecimalField(
        label=_("本资源预留比例（%）"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        help_text=_("高于政策比例时生效；留空则按政策。"),
    )
    place = forms.CharField(label=_("就诊地点"), max_length=80, required=False)
    notice = forms.CharField(label=_("就诊须知"), max_length=200, required=False)
    is_active = forms.BooleanField(label=_("开放预约"), required=False, initial=True)

    def __init__(self, *args, staff=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["practitioner_id"].choices = [("", _("不指定")), *staff]

    def values(self) -> dict:
        """Return what the services take: shares as 0–1, blanks as none."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        rate = data["reserved_rate"]
        return data | {
            "reserved_rate": rate / 100 if rate is not None else None,
            "practitioner_id": data["practitioner_id"] or None,
        }


class ResourceNew(ResourceChange):
    """A new resource also says where it belongs and what it is."""

    version = None
    is_active = None
    department_id = forms.ChoiceField(label=_("科室"))
    kind = forms.ChoiceField(label=_("类别"), choices=list(KINDS.items()))
    catalog_code = forms.ChoiceField(label=_("资源种类"))
    field_order = ("department_id", "kind", "catalog_code", "name")

    def __init__(self, *args, departments=(), catalog=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"].choices = list(departments)
        self.fields["catalog_code"].choices = list(catalog)


class DeskFilter(forms.Form):
    """What is wanted at the desk."""

    org = forms.UUIDField(required=False)
    kind = forms.ChoiceField(choices=list(KINDS.items()), required=False)
    department = forms.CharField(max_length=16, required=False)
    from_day = _DayField(label=_("从"), required=False)
    nights = forms.IntegerField(label=_("住几晚"), required=False, min_value=1, max_value=MOST_NIGHTS)
    resident = forms.UUIDField(required=False)

    def asked(self) -> dict:
        """Return the usable values."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}


class Stay(forms.Form):
    """From which night, and how many; what cannot be used counts as blank."""

    from_day = _DayField(label=_("从哪晚"), required=False)
    nights = forms.IntegerField(label=_("住几晚"), required=False, min_value=1, max_value=MOST_NIGHTS)

    def asked(self, *, today: date, first: date, nights: int) -> dict:
        """Return the first night, not before today, and their number; `first` and `nights` where nothing is asked."""
        self.is_valid()
        from_day = self.cleaned_data.get("from_day") or first
        return {"from_day": max(from_day, today), "nights": self.cleaned_data.get("nights") or nights}


class Book(forms.Form):
    resident_id = forms.UUIDField(error_messages={"required": _("请先选择居民"), "invalid": _("请先选择居民")})
    pools = forms.CharField(max_length=40 * 37, error_messages={"required": _("请选择时段")})
    emergency = forms.BooleanField(required=False)

    def clean_pools(self):
        parts = self.cleaned_data["pools"].split(",")
        field = forms.UUIDField()
        return [field.clean(part) for part in parts]


class Move(Reason):
    pools = Book.declared_fields["pools"]
    clean_pools = Book.clean_pools


class WeekFilter(forms.Form):
    """Which weeks of the compliance page."""

    from_day = _DayField(label=_("从哪一周"), required=False)
    weeks = forms.IntegerField(label=_("周数"), required=False, min_value=1, max_value=26)
    kind = forms.ChoiceField(choices=[("", ""), *KINDS.items()], required=False)
    org = forms.UUIDField(required=False)

    def asked(self, *, today: date) -> dict:
        """Return the usable values; six weeks up to the next one when nothing is asked."""
        self.is_valid()
        data = self.cleaned_data
        weeks = data.get("weeks") or 6
        first = data.get("from_day") or today - timedelta(weeks=weeks - 2)
        return {"from_day": first, "weeks": weeks, "kind": data.get("kind") or None, "org_id": data.get("org")}
