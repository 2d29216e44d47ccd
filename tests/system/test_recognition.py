"""A chest film of two days ago, taken at the township, is recognised by the hospital instead of a second one."""

from datetime import date

from django.utils import timezone

from tongmai.commons.recognition import keepers, kept
from tongmai.commons.recognition.models import Decision
from tongmai.commons.recognition.tests import factories
from tongmai.commons.residents.timeline import Kind
from tongmai.foundation.catalog.services import load_starter
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs


def test_the_film_of_the_township_is_recognised_instead_of_a_repeat(county, seat):
    # Given a township whose chest films carry the county's mark, and somebody who was referred with such a film
    now = timezone.now()
    load_starter(Actor.system(now=now))
    factories.load_items(now)
    factories.evaluation(county.world.township, on=date(now.year - 1, 12, 1), now=now)
    factories.evaluation(
        county.world.township, on=now.date(), scope="province", areas=("34",), area_name="安徽省", now=now
    )
    film = factories.chest_film(county.resident.id, county.world.township, now=now, days_ago=0)
    factories.chest_film(county.resident.id, county.world.township, name="胸部CT平扫", code="ct-chest", now=now)
    county.accepted()
    factories.keep({film.order_number: factories.CHEST})
    try:
        _recognised(county, seat)
    finally:
        kept.provide("imaging", keepers.images)


def _recognised(county, seat):
    # When the hospital's doctor is about to order one, she sees it and may look at it
    doctor = seat(county.specialist)
    doctor.opens("diagnostics:new", county.resident.id, query="?item=dr-chest-pa")
    doctor.sees("应予互认", "安徽省HR", "仍要检查").keeps_picture("recognition-order")
    doctor.page.get_by_text("另有 1 份结果不作互认").click()
    doctor.sees("同部位的另一种检查，不是同一项目")

    # And recognises it: nothing is ordered, and for some minutes she can take it back
    doctor.presses("互认这份结果").sees("已互认", "撤销互认").keeps_picture("recognition-done")
    assert Decision.objects.get().mark == "安徽省HR"

    # Then the resident reads in her own record that it was not done again
    herself = seat(orgs.actor(Role.RESIDENT, resident_id=county.resident.id), on_phone=True)
    herself.opens("portal:own-record", county.resident.id, query=f"?kind={Kind.RECOGNITION}")
    herself.sees("不用重做").keeps_picture("recognition-own")

    # And the manager sees what was recognised and saved, and which marks stand
    manager = seat(county.world.actor(Role.REFERRAL_COORDINATOR))
    manager.opens("recognition:figures").keeps_picture("recognition-figures")
    manager.opens("recognition:rows").keeps_picture("recognition-rows")
    manager.opens("recognition:marks").sees("安徽省HR").keeps_picture("recognition-marks")
    manager.opens("recognition:enter").keeps_picture("recognition-enter")
