"""Entering how a facility's item was evaluated: the mark follows from it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.recognition import access
from tongmai.commons.recognition.choices import Outcome, Scope
from tongmai.commons.recognition.events import EvaluationEntered
from tongmai.commons.recognition.models import Evaluation, Item
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

COUNTRY = "全国"
_DIGITS = {Scope.PROVINCE: 2, Scope.CITY: 4, Scope.COUNTY: 6}


@dataclass(frozen=True)
class EvaluationEntry:
    """An evaluation as a person enters it.  `areas`: beginnings of division codes; of the country none is needed."""

    item_code: str
    scope: str
    outcome: str
    evaluated_on: date
    area_name: str = ""
    areas: tuple[str, ...] = ()
    name: str = ""
    body: str = ""
    note: str = ""


@transaction.atomic
def enter_evaluation(org_id: UUID, *, entry: EvaluationEntry, by: Actor) -> Evaluation:
    """Write down one evaluation of a facility's item; a passed one carries the mark for half a year.  Said twice it holds once.

    Raises:
        NotFound: no such facility in reach.  NotPermitted: `by` does not keep its marks.
        InvalidInput: an unknown item, a day to come, an area that does not fit its scope, a failure without a word on it.
    """
    org = access.facility(org_id, by=by, to=Action.MANAGE_RECOGNITION)
    scope, outcome, areas, area_name = _checked(entry, by)
    ends_before = None
    if outcome == Outcome.PASSED:
        ends_before = policy.value("recognition.evaluation_valid", on=entry.evaluated_on, at=org).after(
            entry.evaluated_on
        )
    key = {
        "org": org, "item_id": entry.item_code, "areas": areas, "evaluated_on": entry.evaluated_on, "outcome": outcome,
    }  # fmt: skip
    try:
        with transaction.atomic():
            made = Evaluation.objects.create(
                **key, scope=scope, area_name=area_name, ends_before=ends_before, name=entry.name.strip()[:120],
                body=entry.body.strip()[:120], note=entry.note.strip()[:200], entered_at=by.now,
                entered_by_id=by.user_id, entered_by_name=by.name,
            )  # fmt: skip
    except IntegrityError:
        return Evaluation.objects.get(**key)
    told = EvaluationEntered(evaluation_id=made.id, org_id=org.id, item_code=entry.item_code, outcome=str(outcome))
    audit.record(told, by=by, subject_id=org.id)
    return made


def _checked(entry: EvaluationEntry, by: Actor) -> tuple[Scope, Outcome, str, str]:
    if not Item.objects.filter(code=entry.item_code).exists():
        raise InvalidInput(field="item", problem=N_("请从互认项目清单中选择项目"))
    if entry.outcome not in list(Outcome):
        raise InvalidInput(field="outcome", problem=N_("请选择评价结果"))
    if entry.scope not in list(Scope):
        raise InvalidInput(field="scope", problem=N_("请选择互认范围"))
    if entry.evaluated_on > by.today:
        raise InvalidInput(field="evaluated_on", problem=N_("评价日期不能在今天之后"))
    if entry.outcome != Outcome.PASSED and not entry.note.strip():
        raise InvalidInput(field="note", problem=N_("不合格或取消标注，请写明原因"))
    scope = Scope(entry.scope)
    if scope == Scope.NATIONAL:
        return scope, Outcome(entry.outcome), "", COUNTRY
    return scope, Outcome(entry.outcome), _areas(entry, scope), _area_name(entry)


def _areas(entry: EvaluationEntry, scope: Scope) -> str:
    areas = sorted({area.strip() for area in entry.areas if area.strip()})
    digits = _DIGITS.get(scope)
    fits = [
        area for area in areas if area.isascii() and area.isdigit() and len(area) == (digits or len(area)) in (2, 4, 6)
    ]
    if fits != areas or not areas or (digits and len(areas) != 1):
        raise InvalidInput(field="areas", problem=N_("请填行政区划代码：省两位、市四位、县六位；协议地区填两个以上"))
    if scope == Scope.AGREEMENT and len(areas) < 2:
        raise InvalidInput(field="areas", problem=N_("请填行政区划代码：省两位、市四位、县六位；协议地区填两个以上"))
    return " ".join(areas)


def _area_name(entry: EvaluationEntry) -> str:
    name = entry.area_name.strip().removesuffix("HR").strip()
    if not name:
        raise InvalidInput(field="area_name", problem=N_("请填标识上的地区名称，例如：安徽省"))
    return name[:40]
