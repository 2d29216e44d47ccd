"""Several at the same moment: one stands, the others are told; a worker that is killed between two things."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings

from tongmai.care.critical_values import errors, services, telling
from tongmai.care.critical_values.models import CriticalValue, Notice, Transition
from tongmai.care.critical_values.tests import factories
from tongmai.foundation.orgs.models import Staff
from tongmai.foundation.texting.models import TextMessage

N = 8


def test_of_many_who_acknowledge_one_stands_and_the_others_are_told_who(threads):
    ward = factories.ward()
    value = ward.told()
    people = [ward.gp, ward.nurse]
    done = threads(N, lambda i: services.acknowledge(value_id=value.id, read_back="2.5", by=people[i % 2]))
    done.only_errors_of(errors.AlreadyAcknowledged)
    assert len(done.results) == 1
    winner = done.results[0].acknowledged_name
    assert {error.facts["name"] for error in done.errors} == {winner}
    assert Transition.objects.filter(value=value, step="acknowledge").count() == 1


def test_of_many_workers_each_rung_is_taken_once(threads):
    ward = factories.ward()
    values = [ward.told() for _ in range(3)]
    late = ward.later(ward.system, 12)
    threads(N, lambda i: services.escalate_due(late)).only_errors_of()
    assert Transition.objects.filter(step="escalate").count() == 2 * len(values)
    assert Notice.objects.filter(minutes=5).count() == len(values)


def test_answering_and_escalating_at_once_agree(threads):
    ward = factories.ward()
    value = ward.told()
    late = ward.later(ward.system, 5)

    def act(i):
        if i % 2:
            return services.escalate_due(late)
        return services.acknowledge(value_id=value.id, read_back="2.5", by=ward.later(ward.gp, 5))

    threads(N, act).only_errors_of(errors.AlreadyAcknowledged)
    steps = list(Transition.objects.filter(value=value).order_by("id").values_list("step", flat=True))
    assert steps[-1] == "acknowledge", "nobody is overtaken who has answered"
    assert CriticalValue.objects.get().state == "acknowledged"


def test_the_same_heard_by_many_is_raised_once(threads):
    ward = factories.ward()
    hit = factories.Hit(1, "potassium", "血钾", "2.5", "mmol/L", "low", factories.RuleKind.BY_HAND)
    origin = factories.Origin("by_hand", "same", ward.world.lead.id, ward.world.now)
    ordered = factories.Ordered(ward.world.township.id)
    threads(
        N,
        lambda i: services.raise_value(ward.resident.id, hit=hit, origin=origin, ordered=ordered, by=ward.system),
    ).only_errors_of()
    assert (CriticalValue.objects.count(), Notice.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_the_message_and_the_mark_leaves_both_or_neither(monkeypatch):
    """The rung, who is told and the text are one transaction; what is done again afterwards stands once."""
    ward = factories.ward()
    Staff.objects.filter(id=ward.nurse.staff_id).update(phone="13900000001")
    value = ward.told()
    due = ward.later(ward.system, 5)
    real = telling.tell

    class Killed(BaseException):
        pass

    def told_and_killed(*args, **kwargs):
        real(*args, **kwargs)
        raise Killed

    with override_settings(SMS="console"):
        monkeypatch.setattr(telling, "tell", told_and_killed)
        with pytest.raises(Killed), transaction.atomic():
            services.escalate_due(due)
        assert not TextMessage.objects.exists()
        assert not Transition.objects.filter(step="escalate").exists()
        monkeypatch.setattr(telling, "tell", real)
        services.escalate_due(due.at(due.now + timedelta(seconds=30)))
        services.escalate_due(due.at(due.now + timedelta(seconds=60)))
    assert TextMessage.objects.count() == 1
    assert Transition.objects.filter(value=value, step="escalate").count() == 1
