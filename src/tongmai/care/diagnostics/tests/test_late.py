"""Images that come late: a repeat after its device said that it is done, and what comes while or after somebody reads."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tongmai.care.diagnostics import presenters, rules, selectors, services, worklists
from tongmai.care.diagnostics.models import Order
from tongmai.care.diagnostics.states import State
from tongmai.commons.ecg import services as ecg
from tongmai.commons.ecg import synthetic, writing
from tongmai.commons.ecg.selectors import recordings_of_order as ecg_of
from tongmai.commons.imaging.models import Device, Instance, PerformedStep, Series, Study
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import NotFound, StepNotAllowed, VersionConflict

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def images_of(order, at, n=1):
    """Images of an order, with nobody having heard of them."""
    study, _ = Study.objects.get_or_create(
        uid=order.study_uid,
        defaults={
            "resident": order.resident, "org": order.site, "order_number": order.number, "received_at": at, "linked_at": at,
        },
    )  # fmt: skip
    series, _ = Series.objects.get_or_create(uid=f"{order.study_uid}.1", defaults={"study": study, "received_at": at})
    first = series.instances.count() + 1
    for each in range(first, first + n):
        Instance.objects.create(
            sop_uid=f"{order.study_uid}.1.{each}", series=series, sop_class="1.2", transfer_syntax="1.2", sha256="0" * 64,
            n_bytes=1, n_rows=64, n_columns=64, received_at=at,
        )  # fmt: skip
    return study


def completed(order, at, *, site=None, state="completed"):
    device = Device.objects.create(
        org=site or order.site,
        name="DR 1",
        modalities="DX",
        ae_title=f"DR{at:%H%M%S}",
        registered_at=at,
        host="127.0.0.1",
        port=104,
    )
    return PerformedStep.objects.create(
        sop_uid=f"{order.study_uid}.9.{at:%H%M%S}",
        device=device,
        order_number=order.number,
        state=state,
        received_at=at,
    )


def told(study, at):
    """Return the order after the worker has heard that images were added."""
    services.images_added(study_id=study.id, by=Actor.system(now=at))
    return Order.objects.get(number=study.order_number)


class TestRepeat:
    def rejected(self, county):
        order = county.sent()
        study = images_of(order, county.world.now)
        services.reject(order.id, reasons=["positioning"], by=county.reader.at(county.world.now + MINUTE))
        order.refresh_from_db()
        return order, study, order.state_since

    def test_images_after_the_device_said_completed_are_performed_and_sent(self, county):
        order, study, since = self.rejected(county)
        completed(order, since + MINUTE)
        services.device_completed(order_number=order.number, org_id=order.site_id, by=Actor.system(now=since + MINUTE))
        assert told(study, since + MINUTE).state == "rejected", "nothing new has come yet"
        images_of(order, since + 2 * MINUTE)
        assert told(study, since + 2 * MINUTE).state == "sent"
        assert told(study, since + 3 * MINUTE).state == "sent", "heard again"
        assert [each.step for each in order.transitions.order_by("id")][-2:] == ["redo", "send"]

    def test_without_the_device_saying_so_it_waits_for_the_technician(self, county):
        order, study, since = self.rejected(county)
        completed(order, since - MINUTE)  # of the first time
        completed(order, since + MINUTE, state="in_progress")
        images_of(order, since + 2 * MINUTE)
        assert told(study, since + 2 * MINUTE).state == "rejected"

    def test_a_device_of_another_site_says_nothing_of_it(self, county):
        order, study, since = self.rejected(county)
        completed(order, since + MINUTE, site=county.world.lead)
        images_of(order, since + 2 * MINUTE)
        assert told(study, since + 2 * MINUTE).state == "rejected"


class TestWhileSomebodyReads:
    def test_what_came_since_she_claimed_it_is_new(self, county):
        order = county.claimed()
        study = images_of(order, order.claimed_at - MINUTE)
        assert selectors.arrivals(order.id, by=county.reader) is None
        images_of(order, order.claimed_at + 5 * MINUTE, n=2)
        assert told(study, order.claimed_at + 6 * MINUTE).state == "claimed"
        found = selectors.arrivals(order.id, by=county.reader)
        assert (found.n_images, found.last_at, found.may_note) == (2, order.claimed_at + 5 * MINUTE, False)

    def test_before_anybody_reads_nothing_is_new(self, county):
        order = county.sent()
        study = images_of(order, order.sent_at + MINUTE)
        assert told(study, order.sent_at + MINUTE).late_images_at is None
        assert selectors.arrivals(order.id, by=county.reader) is None

    def test_a_stranger_learns_nothing(self, county):
        with pytest.raises(NotFound):
            selectors.arrivals(county.claimed().id, by=county.stranger)


class TestAfterTheReport:
    def test_who_verifies_what_she_has_open_is_told_first(self, county):
        order = county.preliminary()
        study = images_of(order, order.submitted_at + MINUTE)
        told(study, order.submitted_at + MINUTE)
        with pytest.raises(VersionConflict):
            services.verify(order.id, by=county.second, seen_version=order.version)
        assert selectors.arrivals(order.id, by=county.second).n_images == 1
        published = services.verify(order.id, by=county.second.at(county.world.now + 2 * MINUTE))
        assert published.late_images_at is None, "she has seen them"
        assert selectors.arrivals(order.id, by=county.second) is None

    def test_the_centre_is_told_and_the_report_stays(self, county):
        order = county.published()
        study = images_of(order, order.published_at + MINUTE, n=3)
        late = told(study, order.published_at + MINUTE)
        assert (late.state, late.n_versions, late.late_images_at) == ("published", 1, order.published_at + MINUTE)
        assert told(study, order.published_at + 9 * MINUTE).version == late.version, "heard again"
        assert [each.title for each in worklists.waiting(by=county.reader)] == ["报告后新到图像"]
        assert selectors.in_box("late", by=county.second).get() == order
        assert not selectors.in_box("late", by=county.gp).exists()

    def test_a_reader_has_looked_and_leaves_it(self, county):
        order = county.published()
        study = images_of(order, order.published_at + MINUTE)
        told(study, order.published_at + MINUTE)
        later = order.published_at + 5 * MINUTE
        for _twice in range(2):
            seen = services.note_late_images(order.id, by=county.second.at(later))
        assert (seen.late_images_at, seen.state) == (None, "published")
        assert [each.step for each in order.transitions.order_by("id")][-2:] == ["verify", rules.LATE_SEEN]
        assert told(study, later + MINUTE).late_images_at is None, "an old delivery brings nothing back"
        images_of(order, later + 2 * MINUTE)
        assert told(study, later + 2 * MINUTE).late_images_at is not None, "and one more image does"

    def test_what_the_worker_has_not_heard_of_yet_can_be_seen_already(self, county):
        order = county.published()
        images_of(order, order.published_at + MINUTE)
        later = county.reader.at(order.published_at + 2 * MINUTE)
        assert selectors.arrivals(order.id, by=later) is not None
        services.note_late_images(order.id, by=later)
        assert selectors.arrivals(order.id, by=later) is None

    def test_only_a_reader_of_the_centre_says_so(self, county):
        order = county.published()
        for by in (county.gp, county.director):
            with pytest.raises(StepNotAllowed):
                services.note_late_images(order.id, by=by)
        with pytest.raises(StepNotAllowed):
            services.note_late_images(county.claimed(item_code="ct-head").id, by=county.reader)

    def test_an_amended_report_has_seen_them(self, county):
        order = county.published()
        study = images_of(order, order.published_at + MINUTE)
        told(study, order.published_at + MINUTE)
        later = county.reader.at(order.published_at + 5 * MINUTE)
        services.amend(order.id, reason="补充新到图像", by=later)
        assert selectors.arrivals(order.id, by=later).n_images == 1
        services.submit_report(order.id, by=later)
        assert services.verify(order.id, by=county.second.at(later.now + MINUTE)).late_images_at is None

    def test_another_study_of_the_order_is_remembered_and_so_is_one_that_a_person_put_to_it(self, county):
        """Received long before, linked only now: nobody who wrote the report can have seen it."""
        order = county.published()
        at = order.published_at + MINUTE
        study = images_of(order, order.published_at - 9 * MINUTE)
        assert selectors.arrivals(order.id, by=county.reader) is None
        Study.objects.filter(id=study.id).update(linked_at=at)
        services.data_arrived(order_number=order.number, by=Actor.system(now=at))
        assert Order.objects.get(id=order.id).late_images_at == at
        found = selectors.arrivals(order.id, by=county.reader)
        assert (found.n_images, found.last_at) == (1, at)

    def test_an_electrocardiogram_after_the_report_is_remembered_too(self, county):
        order = county.claimed(item_code="ecg-12")
        services.save_draft(order.id, lines=[("心律", "窦性")], conclusion="窦性心律", by=county.reader)
        services.submit_report(order.id, by=county.reader)
        later = order.claimed_at + 9 * MINUTE
        ecg.receive(
            writing.part10(replace(synthetic.recording(), order_number=order.number)), resident_id=county.resident.id,
            order_number=order.number, org_id=county.world.township.id, received_from="device", by=county.technician.at(later),
        )  # fmt: skip
        assert ecg_of(order.number), "it stands with the order"
        services.data_arrived(order_number=order.number, by=Actor.system(now=later))
        assert Order.objects.get(id=order.id).late_images_at == later
        found = selectors.arrivals(order.id, by=county.reader)
        assert (found.n_images, found.n_recordings) == (0, 1)
        assert "新到 1 份心电图" in presenters.arrived(found)

    def test_a_study_of_no_order_is_nothing(self, county):
        order = county.ordered()
        study = images_of(order, county.world.now)
        Study.objects.filter(id=study.id).update(resident=None, order_number="", linked_at=None, doubts="no-order")
        assert services.images_added(study_id=study.id, by=Actor.system(now=county.world.now)) is None


@pytest.mark.parametrize(("state", "expected"), [
    (State.ORDERED, None), (State.SENT, None), (State.CLAIMED, 1), (State.PRELIMINARY, 2), (State.PUBLISHED, None),
])  # fmt: skip
def test_up_to_when_the_images_were_before_a_reader(state, expected, county):
    at = [county.world.now + n * MINUTE for n in range(5)]

    def until(**known):
        return rules.images_seen_until(
            state, **({"claimed_at": at[1], "submitted_at": at[2], "published_at": None, "looked_at": None} | known)
        )

    assert until() == (at[expected] if expected else None)
    if state in (State.CLAIMED, State.PUBLISHED):
        assert until(published_at=at[3]) == at[3] and until(published_at=at[3], looked_at=at[4]) == at[4]
