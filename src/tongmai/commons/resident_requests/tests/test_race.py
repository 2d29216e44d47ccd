"""Two at once: one answer counts, one dispute of a thing is open, one guardian is entered."""

from datetime import date

from django.utils import timezone

from tongmai.commons.encounters.tests import factories as visits
from tongmai.commons.resident_requests import services
from tongmai.commons.resident_requests.errors import DisputedAlready
from tongmai.commons.resident_requests.models import Dispute, DisputeTransition
from tongmai.commons.resident_requests.states import DisputeStep
from tongmai.commons.residents.models import Guardian
from tongmai.commons.residents.tests import factories as people
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories
from tongmai.kernel.errors import Conflict, StepNotAllowed


def _world():
    world = factories.county_world(now=timezone.now())
    her = people.resident("示例张小芳", by=world.actor(Role.REGISTRAR))
    return world, her, factories.actor(Role.RESIDENT, resident_id=her.id).at(world.now)


def test_one_dispute_of_an_entry_is_open_and_one_answer_counts(threads):
    world, her, she = _world()
    doctor = world.actor(Role.GENERAL_PRACTITIONER)
    visit = visits.visit(her, by=doctor)
    raised = threads(
        4,
        lambda i: services.dispute_entry(her.id, by=she, entry_kind="encounter", entry_id=visit.id, said=f"不是我 {i}"),
    )
    raised.only_errors_of(DisputedAlready)
    assert len(raised.results) == 1
    dispute = Dispute.objects.get()
    steps = (DisputeStep.ANSWER, DisputeStep.REJECT, DisputeStep.CORRECT, DisputeStep.ANSWER)
    got = threads(4, lambda i: services.settle(dispute.id, by=doctor, step=steps[i], said=f"答复第 {i} 次"))
    got.only_errors_of(StepNotAllowed)
    assert len(got.results) == 1 and DisputeTransition.objects.count() == 2


def test_a_guardian_is_entered_once(threads):
    world, her, she = _world()
    registrar = world.actor(Role.REGISTRAR)
    number = people.citizen_id(date(2021, 6, 1))
    people.resident("示例二宝", born_on=date(2021, 6, 1), by=registrar, id_number=number)
    asked = services.ask_for_ward(by=she, name="示例二宝", number=number, relation="mother")
    got = threads(4, lambda i: services.accept_ward(asked.id, by=registrar))
    got.only_errors_of(StepNotAllowed, Conflict)
    assert len(got.results) == 1 and Guardian.objects.count() == 1
