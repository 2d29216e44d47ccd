"""Numbers, beds and the desk: the manager's board, what is kept for family doctors, and who stays away too often."""

from datetime import timedelta

from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity.models import Ban, Booking, Pool
from tongmai.commons.capacity.tests import factories as places


def test_the_resource_manager_sees_the_board_and_compliance_and_closes_a_session(county, seat):
    # Given a clinic with sessions, one place taken by a family doctor's referral
    pool, other = county.pool(days=1), county.pool(days=2)
    county.booked(pool)
    screen = seat(county.world.actor("resource_manager"))

    # When the manager opens the board
    screen.opens("capacity:board").sees("心血管内科").keeps_picture("capacity-board")

    # Then what was kept and used can be proved
    screen.opens("capacity:compliance").sees("预留达标").keeps_picture("capacity-compliance")

    # And a session is closed with a reason; those who were booked are told apart
    screen.opens("capacity:session", pool.id).keeps_picture("capacity-session")
    screen.fills("原因", "医生外出进修").presses("停诊").sees("已停诊：医生外出进修")
    assert Pool.objects.get(id=pool.id).state == "closed"
    assert Pool.objects.get(id=other.id).state == "open"

    # And whom it strands is on somebody's list
    coordinator = seat(county.coordinator)
    coordinator.opens("portal:home").sees(county.resident.name).keeps_picture("stranded")

    # And the other pages of the manager can be read
    screen.opens("capacity:resources").keeps_picture("capacity-resources")
    screen.opens("capacity:resource", pool.resource_id)
    screen.opens("capacity:refusals")


def test_the_registrar_books_notes_a_no_show_and_the_ban_is_lifted(county, seat):
    # Given somebody who stayed away twice, and a session of today that has begun
    registrar = county.world.actor("registrar", org=county.world.lead)
    stays_away(county, registrar, times=2)
    begun = county.pool(days=0, total=10)
    Pool.objects.filter(id=begun.id).update(
        starts_at=county.world.now - timedelta(hours=3), ends_at=county.world.now + timedelta(hours=1)
    )
    tomorrow = county.pool(days=1)

    # When the registrar books a public place at the desk
    screen = seat(registrar)
    screen.opens("capacity:desk", query=f"?org={county.world.lead.id}")
    screen.picks("pick-resident_id", "slj", county.resident.name).keeps_picture("desk")
    screen.page.locator(f"input[value='{tomorrow.id}']").check()
    screen.presses("预约")
    booking = Booking.objects.latest("created_at")
    assert (booking.resident_id, booking.state) == (county.resident.id, "booked")

    # And she does not come a third time
    missed = places.booking(begun, by=registrar.at(begun.starts_at - timedelta(days=1)), of=county.resident)
    screen.opens("capacity:session", begun.id).presses("爽约")
    missed.refresh_from_db()
    assert missed.state == "no_show"

    # Then she cannot be booked for a while, and the list says why
    screen.opens("capacity:bans").sees(county.resident.name, "暂停中").keeps_picture("bans")
    screen.opens("capacity:desk", query=f"?org={county.world.lead.id}&resident={county.resident.id}").sees(
        "次爽约暂停预约"
    )

    # And with a reason the ban is lifted by whoever may
    manager = seat(county.world.actor("resource_manager"))
    manager.opens("capacity:bans").presses_and_says("解除", "住院期间未能取消，家属已说明")
    assert Ban.objects.get().lift_reason == "住院期间未能取消，家属已说明"


def stays_away(county, registrar, *, times: int) -> None:
    """The resident is booked and does not come, on earlier days."""
    for days in range(1, times + 1):
        pool = county.pool(days=days)
        booking = places.booking(pool, by=registrar, of=county.resident)
        began = county.world.now - timedelta(days=days)
        Pool.objects.filter(id=pool.id).update(starts_at=began, ends_at=began + timedelta(hours=3))
        Booking.objects.filter(id=booking.id).update(starts_at=began)
        capacity.no_show(booking_id=booking.id, by=registrar)
