"""The gallery: every component on one page, for the eye, the screenshot and the accessibility check."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tongmai.ui import plots
from tongmai.ui.http import page
from tongmai.ui.words import TONES, Choice, Crumb, Deadline, Listing, RailStop, Tag, TimelineEntry


class Sample(forms.Form):
    reason = forms.CharField(label=_("原因"), help_text=_("写给接收方看"), widget=forms.Textarea(attrs={"rows": 3}))
    ward = forms.ChoiceField(label=_("病区"), choices=[("1", _("内科")), ("2", _("外科"))])
    side = forms.ChoiceField(
        label=_("方向"), choices=[("up", _("上转")), ("down", _("下转"))], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label=_("已取得知情同意"))


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    wrong = Sample({"reason": ""})
    wrong.is_valid()
    return page(
        request,
        "ui/gallery.html",
        {
            "now": now,
            "crumbs": [Crumb(_("通脉"), "/"), Crumb(_("组件"))],
            "tags": [Tag(tone, tone) for tone in TONES],
            "deadlines": [
                Deadline(now + timedelta(hours=left), now - timedelta(hours=10), now) for left in (40, 2, -1)
            ],
            "stops": [
                RailStop(str(_("草稿")), "done"),
                RailStop(str(_("已提交")), "done"),
                RailStop(str(_("乡镇审核")), "skipped"),
                RailStop(str(_("接收")), "now"),
                RailStop(str(_("到诊"))),
            ],
            "entries": [
                TimelineEntry(now - timedelta(hours=5), str(_("提交")), "示例甲", "示例镇卫生院"),
                TimelineEntry(now, str(_("退回补充")), "示例乙", "示例县医院", str(_("缺少心电图")), "amber"),
            ],
            "choices": [
                Choice("", str(_("全部")), 12),
                Choice("new", str(_("待接收")), 3),
                Choice("late", str(_("超时"))),
            ],
            "policy": SimpleNamespace(
                title=_("示例规则"),
                value=24,
                unit="hour",
                status="local-default",
                note=_("仅用于展示组件"),
                source=None,
            ),
            "wrong": wrong,
            "form": Sample(),
            "listing": Listing(rows=[1], next_href="?page=2", said="1–1"),
            "lines": plots.plot(
                [
                    plots.Line(
                        str(_("图")),
                        [
                            plots.Point(now - timedelta(days=30 * n), Decimal(n % 5 + 4), str(n))
                            for n in range(9, 0, -1)
                        ],
                    )
                ],
                low=Decimal(4),
                high=Decimal(6),
            ),
            "bars": {
                "xAxis": {"type": "category", "data": ["A", "B", "C"]},
                "yAxis": {"type": "value"},
                "series": [{"type": "bar", "data": [5, 9, 4]}],
            },
            "flow": {
                "series": [
                    {
                        "type": "sankey",
                        "data": [{"name": "A"}, {"name": "B"}, {"name": "C"}],
                        "links": [
                            {"source": "A", "target": "B", "value": 9},
                            {"source": "B", "target": "C", "value": 4},
                        ],
                    }
                ]
            },
        },
    )
