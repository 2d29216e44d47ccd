"""From the centre's queue to the record."""

from datetime import timedelta

import pytest

from tongmai.care.diagnostics import errors, services
from tongmai.care.diagnostics.models import Order, ReportVersion
from tongmai.commons.residents import access as residents
from tongmai.commons.results.models import Report
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.models import Staff
from tongmai.kernel.errors import InvalidInput, NotFound, StepNotAllowed, VersionConflict

pytestmark = pytest.mark.django_db


def test_the_whole_thread_ends_in_the_record(county):
    order = county.published()
    report = Report.objects.get(id=order.report_id)
    assert (report.order_number, report.status, report.conclusion) == (order.number, "final", "未见明显异常")
    assert [(row.name, row.text) for row in report.observations.all()] == [("肺野", "双肺纹理清晰")]
    assert (order.state, order.author_id, order.verifier_id) == (
        "published", county.reader.staff_id, county.second.staff_id,
    )  # fmt: skip
    steps = list(order.transitions.values_list("step", flat=True))
    assert steps == ["order", "perform", "send", "claim", "submit", "verify"]


def test_one_reader_claims_and_keeps_it(county):
    order = county.sent()
    services.claim(order.id, by=county.reader)
    assert services.claim(order.id, by=county.reader).version == order.version + 1
    with pytest.raises(errors.AlreadyClaimed):
        services.claim(order.id, by=county.second)
    with pytest.raises(StepNotAllowed):
        services.release(order.id, by=county.second)
    services.release(order.id, by=county.reader)
    assert services.claim(order.id, by=county.second).reader_id == county.second.staff_id


def test_the_most_urgent_comes_first(county):
    routine, urgent = county.sent(), county.sent(item_code="ct-head", priority="emergency")
    assert services.claim_next(by=county.reader).id == urgent.id
    assert services.claim_next(by=county.reader).id == routine.id
    assert services.claim_next(by=county.reader) is None


def test_many_readers_share_a_queue_and_no_study_has_two(threads, county):
    for item in ("dr-chest-pa", "ct-head", "ecg-12"):
        county.sent(item_code=item)
    readers = [county.another_reader() for _ in range(6)]
    outcomes = threads(6, lambda i: services.claim_next(by=readers[i])).only_errors_of()
    got = [each.id for each in outcomes.results if each is not None]
    assert len(got) == len(set(got)) == 3


def test_without_a_licence_or_elsewhere_nobody_reports(county):
    order = county.sent()
    Staff.objects.filter(id=county.second.staff_id).update(licence_number="")
    with pytest.raises(errors.NotAReader):
        services.claim(order.id, by=county.second)
    with pytest.raises(errors.NotAReader):
        services.claim_next(by=county.technician)
    with pytest.raises(NotFound):
        services.claim(order.id, by=county.world.actor("reporting_doctor", org=county.world.tcm))


def test_the_author_never_verifies(county):
    order = county.preliminary()
    with pytest.raises(errors.SamePerson):
        services.verify(order.id, by=county.reader)
    services.send_back(order.id, by=county.second, reason="请补充肺门")
    order.refresh_from_db()
    assert (order.state, order.reader_id) == ("claimed", county.reader.staff_id)


def test_of_many_who_verify_one_publishes(threads, county):
    order = county.preliminary()
    people = [county.reader, county.second, county.another_reader()]
    threads(3, lambda i: services.verify(order.id, by=people[i])).only_errors_of(StepNotAllowed)
    order.refresh_from_db()
    assert order.verifier_id not in (None, order.author_id)
    assert ReportVersion.objects.filter(order=order).count() == 1


def test_an_emergency_is_published_by_one_person(county):
    order = county.written(priority="emergency")
    assert services.submit_report(order.id, by=county.reader).state == "published"


def test_a_report_without_a_conclusion_stays(county):
    order = county.claimed()
    services.save_draft(order.id, lines=[("肺野", "清晰")], conclusion=" ", by=county.reader)
    with pytest.raises(errors.ConclusionMissing):
        services.submit_report(order.id, by=county.reader)


def test_a_draft_is_the_readers_and_is_not_overwritten_unseen(county):
    order = county.written()
    with pytest.raises(StepNotAllowed):
        services.save_draft(order.id, lines=[], conclusion="别人", by=county.second)
    with pytest.raises(VersionConflict):
        services.save_draft(order.id, lines=[], conclusion="旧页", by=county.reader, seen_draft=1)


def test_what_fails_the_check_goes_back_with_reasons_and_comes_again(county):
    order = county.sent()
    for reasons, note in (([], ""), (["no_such"], ""), (["other"], " ")):
        with pytest.raises(InvalidInput):
            services.reject(order.id, reasons=reasons, note=note, by=county.reader)
    services.reject(order.id, reasons=["motion", "positioning"], by=county.reader)
    order.refresh_from_db()
    assert (order.state, order.n_rejections) == ("rejected", 1)
    assert order.transitions.last().reason == "运动伪影、体位不正"
    services.perform(order.id, by=county.technician)
    assert services.send(order.id, by=county.technician).state == "sent"


def test_the_director_gives_it_to_who_is_on_duty_and_has_the_fewest(county):
    now = county.world.now
    for who in (county.reader, county.second):
        services.set_duty(
            staff_id=who.staff_id, category="imaging", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=8),
            by=county.director,
        )  # fmt: skip
    county.claimed()
    order = county.sent(item_code="ct-head")
    assert services.assign(order.id, by=county.director).reader_id == county.second.staff_id
    assert (
        services.assign(order.id, by=county.director, staff_id=county.reader.staff_id).reader_id
        == county.reader.staff_id
    )
    with pytest.raises(InvalidInput):
        services.assign(order.id, by=county.director, staff_id=county.technician.staff_id)


def test_an_amendment_leaves_its_trace(county):
    order = county.published()
    with pytest.raises(errors.ReasonMissing):
        services.amend(order.id, by=county.second, reason="")
    services.amend(order.id, by=county.second, reason="漏写结节")
    assert Report.objects.get(id=order.report_id).conclusion == "未见明显异常"
    services.save_draft(
        order.id, lines=[("肺野", "右上肺小结节")], conclusion="右上肺小结节，建议复查", by=county.second
    )
    services.submit_report(order.id, by=county.second)
    services.verify(order.id, by=county.reader)
    report = Report.objects.get(id=order.report_id)
    assert (report.version, report.status, report.conclusion) == (2, "corrected", "右上肺小结节，建议复查")
    kept = list(ReportVersion.objects.filter(order=order).values_list("number", "conclusion", "reason"))
    assert kept == [(1, "未见明显异常", ""), (2, "右上肺小结节，建议复查", "漏写结节")]
    assert Order.objects.get(id=order.id).seen_at is None


def test_an_amendment_can_be_dropped(county):
    order = county.published()
    services.amend(order.id, by=county.second, reason="看错了")
    dropped = services.drop_amendment(order.id, by=county.second, reason="原报告无误")
    assert dropped.state == "published"
    assert (dropped.reader_id, dropped.author_id, dropped.verifier_id) == (
        None, county.reader.staff_id, county.second.staff_id,
    )  # fmt: skip


def test_a_critical_finding_is_told_at_once_and_once(county):
    system = county.world.actor("system")
    assert services.load_starter(by=system) > 0
    assert services.load_starter(by=system) == 0
    order = county.claimed()
    services.mark_finding(order.id, code="tension_pneumothorax", by=county.reader)
    services.mark_finding(order.id, code="tension_pneumothorax", by=county.reader)
    told = Event.objects.get(name="diagnostics.CriticalFindingMarked")
    assert told.payload["org_id"] == str(county.world.township.id)
    with pytest.raises(InvalidInput):
        services.mark_finding(order.id, code="stemi", by=county.reader)


def test_a_marked_finding_makes_no_normal_report(county):
    services.load_starter(by=county.world.actor("system"))
    order = county.written()
    services.mark_finding(order.id, code="tension_pneumothorax", by=county.reader)
    with pytest.raises(errors.MarkedButNormal):
        services.submit_report(order.id, by=county.reader)
    services.save_draft(order.id, lines=[], conclusion="左侧张力性气胸", is_abnormal=True, by=county.reader)
    assert services.submit_report(order.id, by=county.reader).state == "preliminary"


def test_the_ordering_doctor_takes_note_once(county):
    order = county.published()
    assert order.due_at is not None
    assert services.note_seen(order.id, by=county.gp).due_at is None
    services.note_seen(order.id, by=county.gp)
    with pytest.raises(StepNotAllowed):
        services.note_seen(order.id, by=county.second)


def test_what_will_be_late_is_told_to_the_director_once(county):
    order = county.sent()
    system = county.world.actor("system")
    assert services.escalate_due(system) == 0
    later = system.at(order.sent_at + timedelta(minutes=91))
    assert services.escalate_due(later) == 1
    assert services.escalate_due(later) == 0


def test_an_order_opens_the_record_to_those_who_examine_and_report(county):
    order = county.ordered()
    assert residents.open_record(county.resident.id, by=county.technician, what="x").basis == "order"
    assert not residents.may_open(county.resident.id, by=county.reader)
    services.perform(order.id, by=county.technician)
    services.send(order.id, by=county.technician)
    assert residents.open_record(county.resident.id, by=county.reader, what="x").basis == "order"


def test_agreements_do_not_overlap_and_end(county):
    village, on = county.world.village.id, county.director.today
    row = services.set_agreement(site_id=village, category="ecg", starts_on=on, by=county.director)
    with pytest.raises(errors.AgreementOverlaps):
        services.set_agreement(site_id=village, category="ecg", starts_on=on + timedelta(days=9), by=county.director)
    with pytest.raises(InvalidInput):
        services.end_agreement(row.id, by=county.director, ends_before=on)
    services.end_agreement(row.id, by=county.director, ends_before=on + timedelta(days=5))
    services.set_agreement(site_id=village, category="ecg", starts_on=on + timedelta(days=9), by=county.director)


def test_templates_and_turns_are_kept_by_the_centre(county):
    services.save_template(name="膝", category="imaging", lines="骨质：正常", by=county.reader)
    assert services.save_template(name="膝", category="imaging", lines="骨质：完整", by=county.director).version == 2
    now = county.world.now
    turn = services.set_duty(
        staff_id=county.reader.staff_id,
        category="ecg",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        by=county.director,
    )
    services.remove_duty(turn.id, by=county.director)
    with pytest.raises(NotFound):
        services.remove_duty(turn.id, by=county.director)
